"""A bound by Lagrangian relaxation of the rows that give every node one centre, and the pairs that no better plan uses.

What is left falls apart by centre (:mod:`orgraph.solver.location.pricing`). All pairs of nodes are priced, those outside the lists of near nodes
included, so every step proves a bound of the whole problem, whatever its prices.

Fisher (1981), "The Lagrangian relaxation method for solving integer programming problems". Camerini, Fratta, Maffioli (1975), "On improving
relaxation methods by modified gradient techniques", for the direction of the steps.
"""

from __future__ import annotations

from collections.abc import Callable
from math import ceil, inf, isfinite

import numpy as np

from orgraph.solver.location.instance import Instance, Ints, Mask
from orgraph.solver.location.knapsack import count_served_whole, sharpen
from orgraph.solver.location.pricing import count_served, price_centers
from orgraph.solver.location.problem import Floats

ROUNDING = 1e-9
"""A bound is lowered by this share of the sums it is made of, more than what floating point can round up."""
FIRST_STEP = 1.0
LEAST_STEP = 1e-3
PATIENCE, PATIENCE_LARGE = 30, 8
LARGE = 5000
"""Beyond so many nodes there is time for a few hundred steps only, so they get shorter sooner."""
SLICE_WORK = 4_000_000
"""Entries of lists that one call of a kernel may look at."""
MEMORY = 0.98
DEFLECT = 1.5


class Relaxation:
    """A run of the subgradient method that can be continued at any time; mutable.

    ``bound`` is proven whenever it is read, ``openness[j]`` is about how often centre j was opened lately.
    """

    def __init__(self, instance: Instance, price: Floats) -> None:
        self.instance = instance
        self.price = price.copy()
        self.best_price = price.copy()
        self._patience = PATIENCE if instance.num_nodes <= LARGE else PATIENCE_LARGE
        self._highest = highest_prices(instance)
        self.bound = -inf
        self.openness = np.zeros(len(price))
        self.worth = np.zeros(len(price))
        self.shadow = np.zeros(len(price))
        self.step = FIRST_STEP
        self._direction = np.zeros(len(price))
        self._idle = 0
        self.num_steps = 0
        self.is_whole = False

    def sharpen(self) -> None:
        """From now on let centres serve whole nodes only: a better bound, at several times the work. Steps begin anew, from the best prices."""
        self.is_whole = True
        self.price = self.best_price.copy()
        self.step, self._idle = FIRST_STEP, 0
        self._direction = np.zeros_like(self.price)

    @property
    def is_done(self) -> bool:
        """Return whether further steps would be too short to matter."""
        return self.step < LEAST_STEP

    def run(self, num_steps: int, target: float, is_over: Callable[[], bool]) -> None:
        """Take so many steps towards ``target``, the cost of a known plan."""
        for _ in range(num_steps):
            if is_over() or self.is_done:
                return
            value, opened = self.evaluate(self.price, is_over)
            if not isfinite(value):
                return
            self._move(value, opened, target)

    def evaluate(self, price: Floats, is_over: Callable[[], bool]) -> tuple[float, Ints]:
        """Return the value of the relaxation at these prices and the centres it opens; minus infinity when stopped on the way."""
        net = self.instance.net
        n, width = self.instance.lists.near.shape
        far = self._far(price)
        piece = max(1, SLICE_WORK // width)
        for first in range(0, n, piece):
            if is_over():
                return -inf, np.zeros(0, dtype=np.int64)
            price_centers(
                net,
                self.instance.lists,
                price,
                far,
                first,
                min(n, first + piece),
                self.worth,
                self.shadow,
            )
        if self.is_whole:
            sharpen(
                net,
                self.instance.lists,
                price,
                far,
                self._ranked(),
                self.instance.least,
                self.instance.most,
                self.worth,
            )
        opened = self._opened()
        value = float(price.sum() + self.worth[opened].sum())
        slack = ROUNDING * float(np.abs(price).sum() + np.abs(self.worth[opened]).sum())
        if value - slack > self.bound:
            self._idle = 0 if value - self.bound > 1e-5 * abs(value) else self._idle
            self.bound = value - slack
            self.best_price = price.copy()
        return value, opened

    def _far(self, price: Floats) -> Ints:
        """Return the nodes whose price exceeds the end of their list; none where lists are complete."""
        if self.instance.is_complete:
            return np.zeros(0, dtype=np.int64)
        return np.flatnonzero(price > self.instance.lists.near_cost[:, -1])

    def _opened(self) -> Ints:
        """Return the cheapest set of centres: as many as must be, then those that pay, the fixed ones always."""
        paying = int(((self.worth < 0) | self.instance.net.is_fixed).sum())
        count = min(max(self.instance.least, paying), self.instance.most)
        return self._ranked()[:count]

    def _ranked(self) -> Ints:
        """Return all nodes: the fixed ones, then the others by their worth."""
        return np.argsort(np.where(self.instance.net.is_fixed, -inf, self.worth), kind="stable")

    def _move(self, value: float, opened: Ints, target: float) -> None:
        instance = self.instance
        served = np.empty_like(self.price)
        count = count_served_whole if self.is_whole else count_served
        count(instance.net, instance.lists, self.price, self._far(self.price), opened, served)
        self.num_steps += 1
        self.openness *= MEMORY
        self.openness[opened] += 1.0 - MEMORY
        slope = 1.0 - served
        turn = float(self._direction @ slope)
        norm = float(self._direction @ self._direction)
        self._direction = slope + (max(0.0, -DEFLECT * turn / norm) if norm > 0 else 0.0) * self._direction
        self._idle += 1
        if self._idle > self._patience:
            self.step, self._idle = self.step / 2, 0
            self.price = self.best_price.copy()
            self._direction = np.zeros_like(slope)
            return
        square = float(self._direction @ self._direction)
        if square < 1e-12:
            self.step = 0.0
            return
        length = self.step * max(1.001 * target - value, 1e-9) / square
        self.price = np.minimum(self.price + length * self._direction, self._highest)


def highest_prices(instance: Instance) -> Floats:
    """Return prices up to which a centre can only gain by nodes that it lists or that list it: those that steps keep to, since others take long to price."""
    if instance.is_complete:
        return np.full(instance.num_nodes, inf)
    return instance.lists.near_cost[:, -1]


def rounded(instance: Instance, bound: float) -> float:
    """Return the bound, rounded up where all costs are whole numbers."""
    return float(ceil(bound - 1e-6)) if instance.is_whole and isfinite(bound) else bound


def allowed_pairs(relaxation: Relaxation, cutoff: float) -> Mask:
    """Return which node may still be served by which centre in a plan that costs at most ``cutoff``: shape (n, n), centre second.

    Only for instances whose lists of near nodes are complete; the diagonal says which nodes may be centres.
    """
    instance = relaxation.instance
    assert instance.is_complete
    value, opened = relaxation.evaluate(relaxation.best_price, lambda: False)
    worth = np.maximum(relaxation.worth[None, :], _worth_with(relaxation))
    is_opened = np.zeros(instance.num_nodes, dtype=np.bool_)
    is_opened[opened] = True
    free = opened[~instance.net.is_fixed[opened]]
    give = float(relaxation.worth[free].max()) if len(free) else -inf
    if len(opened) < instance.most:
        give = max(give, 0.0)
    dearer = np.maximum(worth - np.where(is_opened, relaxation.worth, give)[None, :], 0.0)
    margin = ROUNDING * float(
        np.abs(relaxation.best_price).sum() + np.abs(relaxation.worth[opened]).sum() + abs(cutoff)
    )
    mask: Mask = (value + dearer <= cutoff + margin) & instance.net.is_allowed[None, :]
    return mask


def _worth_with(relaxation: Relaxation) -> Floats:
    """Return a bound for the worth of centre j when it must serve node i, shape (n, n): the dual of its relaxed knapsack at the known shadow price."""
    instance, price = relaxation.instance, relaxation.best_price
    net, n = instance.net, instance.num_nodes
    shadow = np.where(np.isfinite(relaxation.shadow), relaxation.shadow, 0.0)
    cost = np.empty((n, n))
    np.put_along_axis(cost, instance.lists.near.astype(np.int64), instance.lists.near_cost, axis=1)
    reduced = cost.T - price[:, None] + net.demand[:, None] * shadow[None, :]
    own = cost.diagonal() - price + net.opening
    room = np.where(shadow >= 0, net.upper, net.lower) - net.demand
    reduced[range(n), range(n)] = 0.0
    worth: Floats = own - shadow * room + np.minimum(reduced, 0.0).sum(axis=0)
    return worth[None, :] + np.maximum(reduced, 0.0)
