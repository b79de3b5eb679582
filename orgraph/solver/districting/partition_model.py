"""Which sets of a pool are the districts: one column per set, one row per node, and a method per rule and objective that spans districts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from orgraph.solver.districting.instance import Floats, Instance
from orgraph.solver.districting.measure import cheapest_seats
from orgraph.solver.districting.pool import Pool
from orgraph.solver.districting.problem import (
    BorderLength,
    CenterCost,
    Change,
    Difference,
    Objective,
    PointCost,
)
from orgraph.solver.mip import Mip, Terms


class PartitionModel:
    """The columns and rows of one pool."""

    def __init__(self, instance: Instance, pool: Pool) -> None:
        self.instance = instance
        self.pool = pool
        self.held = pool.incidence(instance.num_nodes)
        self.mip = Mip()
        self.constant = 0.0
        self.used = [self.mip.binary() for _ in self.held]
        self._seats: list[int | None] | None = None
        self.place_every_node()
        self.use_k_sets()
        for difference in instance.problem.differences:
            self.differ(difference)

    def place_every_node(self) -> None:
        """Every node lies in exactly one set that is used."""
        for column in self.held.T:
            self.mip.row([(self.used[s], 1.0) for s in np.flatnonzero(column)], at_least=1, at_most=1)

    def use_k_sets(self) -> None:
        """Exactly k sets are used."""
        self.mip.row([(used, 1.0) for used in self.used], at_least=self.instance.k, at_most=self.instance.k)

    def differ(self, difference: Difference) -> None:
        """Enough units sit differently than in another plan; by duality, as in the model by node and district."""
        alike = self.instance.alike(difference.plan)
        num_counted = int(alike.sum())
        prices = [self.mip.continuous(0, num_counted) for _ in range(alike.shape[1])]
        offers = [self.mip.continuous(0, num_counted) for _ in self.used]
        for offer, used, shared in zip(offers, self.used, self.held @ alike, strict=True):
            for price, count in zip(prices, shared, strict=True):
                if count:
                    self.mip.row([(offer, 1.0), (price, 1.0), (used, -float(count))], at_least=0)
        self.mip.row([(c, 1.0) for c in [*prices, *offers]], at_most=num_counted - difference.num_units)

    def hold(self, objective: Objective, at_most: float) -> None:
        """Keep an objective at or below a value."""
        terms, constant = self._value(objective)
        self.mip.row(terms, at_most=at_most - constant)

    def minimize(self, objective: Objective) -> None:
        """Make an objective the cost of the program, up to its constant."""
        terms, self.constant = self._value(objective)
        for column, coefficient in terms:
            self.mip.cost[column] += coefficient

    def labels(self, x: Sequence[float]) -> list[int]:
        """Return the district of every node in an integral point."""
        chosen = [s for s, used in enumerate(self.used) if x[used] > 0.5]
        return [int(d) for d in self.held[chosen].argmax(axis=0)]

    def _value(self, objective: Objective) -> tuple[Terms, float]:
        match objective:
            case BorderLength():
                half = self.pool.perimeter(self.instance.border(objective)) / 2
                return self._per_set(half), 0.0
            case CenterCost():
                return self._per_set(self._cost_at_seats(objective)), 0.0
            case PointCost():  # An instance has it as a matrix.
                raise TypeError(objective.name)
            case Change():
                return self._change(objective)

    def _per_set(self, cost: Floats) -> Terms:
        return [(used, float(c)) for used, c in zip(self.used, cost, strict=True)]

    def _cost_at_seats(self, objective: CenterCost) -> Floats:
        """Return the cost of every set to the seat that all objectives together choose."""
        if self._seats is None:
            centers = [o for o in self.instance.problem.objectives if isinstance(o, CenterCost)]
            costs = [self.instance.center_cost(o) for o in centers]
            self._seats = cheapest_seats(self.instance, self.held, costs)
        to_seats = self.held @ self.instance.center_cost(objective)
        return np.array([row[s] for row, s in zip(to_seats, self._seats, strict=True) if s is not None])

    def _change(self, objective: Change) -> tuple[Terms, float]:
        """Match used sets and parts one to one: ``total - what stays``."""
        kept = self.instance.kept(objective)
        total = float(sum(objective.weight[u] for units in self.instance.members for u in units))
        matches: list[Terms] = [[] for _ in range(kept.shape[1])]
        terms: Terms = []
        for used, stays in zip(self.used, self.held @ kept, strict=True):
            own = [(self.mip.binary(), p) for p in np.flatnonzero(stays)]
            self.mip.row([*((m, 1.0) for m, _ in own), (used, -1.0)], at_most=0)
            for m, p in own:
                matches[p].append((m, 1.0))
                terms.append((m, -float(stays[p])))
        for part in matches:
            self.mip.row(part, at_most=1)
        return terms, total
