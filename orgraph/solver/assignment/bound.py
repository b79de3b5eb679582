"""A bound for the classical problem, and pairs that no better plan uses: Lagrangian relaxation of the rows that give every task one agent.

What is left is a 0-1 knapsack per agent, solved exactly by dynamic programming over its capacity. Fisher, Jaikumar, van Wassenhove (1986), "A multiplier
adjustment method for the generalized assignment problem"; fixing as in Posta, Ferland, Michelon (2012), "An exact method with variable fixing for
solving the generalized assignment problem".
"""

from __future__ import annotations

from copy import copy
from math import ceil

import numpy as np
from numpy.typing import NDArray

from orgraph.solver.assignment.core import Core, Ints
from orgraph.solver.assignment.knapsack import choose_items, fill_row, fill_table, solve_knapsack
from orgraph.solver.assignment.problem import Costs, Mask
from orgraph.solver.compiled import compiled
from orgraph.solver.engine import Clock

LARGEST_TABLE = 2_000_000
"""Loads and capacities are counted in coarser units, rounded down, where a knapsack's table would be larger than this. The bound stays a bound."""
MARGIN = 1e-9
"""Relative margin for rounding in sums of floating-point numbers."""
WHOLE_MARGIN = 1e-6
"""A bound within this of a whole number is not raised past it."""
PATIENCE = 15
LEAST_STEP = 0.002


class Lagrangian:
    """The best prices of the tasks so far, with the bound they prove and the pairs they leave."""

    def __init__(self, core: Core, prices: Costs) -> None:
        self._core = core
        self.grain = max(1, ceil((int(core.capacity.max()) + 1) * core.cost.shape[1] / LARGEST_TABLE))
        self._load: Ints = core.load // self.grain
        self._capacity: Ints = core.capacity // self.grain
        self._trial = prices
        self._direction = np.zeros_like(prices)
        self._step, self._idle = 1.0, 0
        self.prices = prices
        self.value = -np.inf
        self.allowed: Mask = core.allowed

    @property
    def bound(self) -> float:
        """Return the bound, rounded up where all costs are whole."""
        safe = self.value - MARGIN * max(1.0, abs(self.value))
        return float(ceil(safe - WHOLE_MARGIN)) if self._core.step and np.isfinite(safe) else safe

    @property
    def is_exhausted(self) -> bool:
        """Return whether the steps have become too short to matter."""
        return self._step < LEAST_STEP

    def climb(self, num_steps: int, target: float, clock: Clock) -> None:
        """Take subgradient steps towards ``target``, the value of a plan or more. O(agents * tasks * capacity) per step."""
        for _ in range(num_steps):
            if clock.is_over() or self.is_exhausted or self.bound >= target:
                return
            times = np.zeros(len(self._trial), dtype=np.int64)
            value = _price(self._core.cost, self._load, self._capacity, self._trial, self.allowed, times)
            self._note(value)
            self._direction = 0.6 * self._direction + 0.4 * (1.0 - times)
            norm = float((self._direction**2).sum())
            if norm < 1e-12:
                self._step = 0.0
                return
            length = self._step * max(1.02 * target - 0.02 * self.value - value, 1e-6) / norm
            self._trial = self._trial + length * self._direction

    def restart(self) -> None:
        """Step from the best prices again, with long steps."""
        self._trial, self._step, self._idle = self.prices, 1.0, 0
        self._direction = np.zeros_like(self.prices)

    def fixed(self, cutoff: float) -> Mask:
        """Return the pairs that plans of cost up to ``cutoff`` may use. O(agents * tasks * capacity)."""
        least = self.value - MARGIN * max(1.0, abs(self.value))
        allowed = self.allowed.copy()
        most = cutoff + MARGIN * max(1.0, abs(cutoff))
        _fix(self._core.cost, self._load, self._capacity, self.prices, allowed, least, most)
        return allowed

    def supposing(self, cutoff: float) -> Lagrangian:
        """Return a relaxation of the same problem with plans up to ``cutoff`` only; from the same prices."""
        other = copy(self)
        other.allowed = self.fixed(cutoff)
        other.restart()
        return other

    def _note(self, value: float) -> None:
        if value > self.value + 1e-7 * abs(self.value) or not np.isfinite(self.value):
            self._idle = 0
        else:
            self._idle += 1
        if value > self.value:
            self.value, self.prices = value, self._trial
        if self._idle > PATIENCE:
            self._step, self._idle = self._step / 2, 0
            self._trial = self.prices


@compiled
def _price(cost: Costs, load: Ints, capacity: Ints, price: Costs, allowed: Mask, times: Ints) -> float:
    """Return the value of the relaxation; count in ``times`` how many agents take each task."""
    m, n = cost.shape
    table = np.empty((n + 1, capacity.max() + 1))
    items = np.empty(n, dtype=np.int64)
    chosen = np.empty(n, dtype=np.bool_)
    value = float(price.sum())
    for a in range(m):
        value -= solve_knapsack(cost[a], load[a], capacity[a], price, allowed[a], items, table, chosen)
        times += chosen
    return value


@compiled
def _fix(
    cost: Costs, load: Ints, capacity: Ints, price: Costs, allowed: Mask, value: float, cutoff: float
) -> None:
    """Clear ``allowed`` where the relaxation with the pair forced in costs more than ``cutoff``, and at all other agents where one forced out does."""
    m, n = cost.shape
    front = np.empty((n + 1, capacity.max() + 1))
    back = np.empty_like(front)
    items = np.empty(n, dtype=np.int64)
    needed = np.full(n, -1, dtype=np.int64)
    for a in range(m):
        room = capacity[a]
        k = choose_items(cost[a], load[a], room, price, allowed[a], items)
        fill_table(cost[a], load[a], room, price, items, k, front)
        back[k, : room + 1] = 0.0
        for i in range(k - 1, -1, -1):
            fill_row(back[i + 1], back[i], load[a, items[i]], price[items[i]] - cost[a, items[i]], room)
        top = front[k, room]
        for i in range(k):
            t = items[i]
            w, gain = load[a, t], price[t] - cost[a, t]
            inside, outside = -np.inf, -np.inf
            for r in range(room + 1):
                outside = max(outside, front[i, r] + back[i + 1, room - r])
                if r + w <= room:
                    inside = max(inside, front[i, r] + back[i + 1, room - w - r] + gain)
            if value + top - inside > cutoff:
                allowed[a, t] = False
            elif value + top - outside > cutoff:
                needed[t] = a
        for t in range(n):
            if allowed[a, t] and price[t] <= cost[a, t]:
                w = load[a, t]
                if w > room or value + top - (front[k, room - w] + price[t] - cost[a, t]) > cutoff:
                    allowed[a, t] = False
    for t in range(n):
        if needed[t] >= 0:
            for a in range(m):
                if a != needed[t]:
                    allowed[a, t] = False


def candidates(reduced: Costs, allowed: Mask, most: float, least_number: int) -> NDArray[np.bool_]:
    """Return the allowed pairs whose reduced cost is at most ``most``, and so many of the cheapest for every task."""
    ordered = np.where(allowed, reduced, np.inf)
    chosen = allowed & (reduced <= most)
    rows = np.argsort(ordered, axis=0, kind="stable")[:least_number]
    chosen[rows, np.arange(reduced.shape[1])] = True
    return chosen & allowed
