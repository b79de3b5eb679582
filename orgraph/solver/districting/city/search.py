"""The search for a plan: anneal the whole map, then a few neighbouring districts at a time, seats following their districts.

Kirkpatrick, Gelatt, Vecchi (1983), "Optimization by simulated annealing". Heat is measured in the cost of an average unit at the average distance, the price of
a person out of bounds in the average cost of a person.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from orgraph.solver.districting.city.moves import (
    Partition,
    anneal,
    near_districts,
    reanneal,
    reseat,
)
from orgraph.solver.districting.city.recut import rebalance
from orgraph.solver.districting.city.state import CityState, copy_of
from orgraph.solver.districting.random_kernel import uniform

SLICE = 100_000
"""Most proposals between two choices of seats."""


@dataclass(frozen=True, slots=True)
class Cooling:
    """Sweeps over the units that may move, first and last heat, and the price of a person out of bounds, first and last."""

    num_sweeps: int
    heat: tuple[float, float]
    price: tuple[float, float]


QUICK = Cooling(200, (0.3, 0.02), (10.0, 40.0))
WHOLE = Cooling(20_000, (2.0, 0.02), (2.0, 20.0))
PART = Cooling(300, (1.0, 0.02), (5.0, 20.0))
FEWEST, MOST = 2, 9
"""Districts that are annealed among themselves."""
ROUNDS_PER_DISTRICT = 30
NUM_REPAIRS = 50
RECUTS_PER_DISTRICT, RECUTS_AT_ONCE = 10, 100
"""How often as many pairs of districts are cut anew, at most, to get into balance."""


class Search:
    """One search; finds into a state."""

    def __init__(self, state: CityState, start: Partition) -> None:
        self.state = state
        self.town = state.instance.town
        self.part = copy_of(state.instance, start)
        cost = reseat(self.town, self.part, False) or 1.0
        self.person_cost = cost / max(state.instance.total, 1)
        self.unit_cost = cost / state.instance.num_units
        self._units = np.arange(state.instance.num_units)
        self._is_open = np.ones(state.instance.k, dtype=np.bool_)

    def find(self) -> None:
        """Get a first plan in balance, quickly."""
        self._cool(QUICK, np.inf)
        self._repair()

    def improve(self, until_s: float) -> None:
        """Anneal the whole map; the schedule shrinks to what fits until the clock shows ``until_s``."""
        self._cool(WHOLE, until_s)
        self._repair()

    def polish(self, until_s: float) -> None:
        """Anneal a few neighbouring districts at a time, from the best plan on."""
        state = self.state
        if state.best is None:
            return
        self.part = copy_of(state.instance, state.best)
        heat, price = self._scaled(PART)
        cost = state.cost
        for number in range(ROUNDS_PER_DISTRICT * state.instance.k):
            if state.clock.is_over() or state.clock.seconds > until_s:
                break
            wanted = FEWEST + int(uniform(state.random) * (MOST - FEWEST + 1))
            start = int(uniform(state.random) * state.instance.k)
            districts = near_districts(self.town, self.part, start, min(wanted, state.instance.k))
            saved = reanneal(self.town, self.part, districts, PART.num_sweeps, heat, price, state.random)
            cost -= saved
            state.num_rounds = number + 1
            if saved > 0:
                state.offer(self.part, cost)
        state.offer(self.part, reseat(self.town, self.part, True))

    def _cool(self, cooling: Cooling, until_s: float) -> None:
        """Anneal all districts; offer what is in balance in the colder half."""
        clock = self.state.clock
        begin = clock.seconds
        size = min(len(self._units), SLICE)
        num_slices = cooling.num_sweeps * -(-len(self._units) // size)
        heat, price = self._scaled(cooling)
        number = 0.0
        while number < num_slices and not clock.is_over():
            done = number / num_slices
            anneal(
                self.town, self.part, self._units, self._is_open, _between(heat, done), _between(price, done), size, self.state.random
            )  # fmt: skip
            cost = reseat(self.town, self.part, False)
            if done > 0.5:
                self.state.offer(self.part, cost)
            number = max(number + 1, num_slices * (clock.seconds - begin) / max(until_s - begin, 1e-9))

    def _repair(self) -> None:
        """Sweep almost without heat, a person out of bounds costing ever more, then cut pairs anew, until the partition is in balance; then take the best seats."""
        price = 10 * self.person_cost
        for _ in range(NUM_REPAIRS):
            if self._is_done():
                break
            size = min(len(self._units), SLICE)
            heat = 0.02 * self.unit_cost
            anneal(self.town, self.part, self._units, self._is_open, heat, price, size, self.state.random)
            price *= 1.2
        for _ in range(RECUTS_PER_DISTRICT * self.state.instance.k):
            if self._is_done():
                break
            rebalance(self.town, self.part, RECUTS_AT_ONCE, self.state.random)
        self.state.offer(self.part, reseat(self.town, self.part, True))

    def _is_done(self) -> bool:
        return self.state.is_balanced(self.part) or self.state.clock.is_over()

    def _scaled(self, cooling: Cooling) -> tuple[tuple[float, float], tuple[float, float]]:
        heat, price = cooling.heat, cooling.price
        return (
            (heat[0] * self.unit_cost, heat[1] * self.unit_cost),
            (price[0] * self.person_cost, price[1] * self.person_cost),
        )


def _between(ends: tuple[float, float], done: float) -> float:
    return float(ends[0] * (ends[1] / ends[0]) ** done)
