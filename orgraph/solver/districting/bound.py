"""A bound for costs to a seat, and pairs of node and seat that no better plan uses: Lagrangian relaxation.

Relaxed are the rows that give every node one district, and both sides of every balance. What is left falls apart by seat and is solved by looking
at signs. Every multiplier vector proves a bound and its own fixings; all of them are valid together.

Fisher (1981), "The Lagrangian relaxation method for solving integer programming problems".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from orgraph.solver.districting.instance import Floats, Instance
from orgraph.solver.districting.layout import Mask

NUM_STEPS = 400
PATIENCE = 12
LEAST_STEP = 0.003
ROW_SCALE = 3.0
"""Balance rows are divided by this times the mean weight of a node, so that one step length suits both kinds of rows."""
MARGIN = 1e-9
"""Relative margin for rounding: a pair is fixed only where the bound passes the cutoff by more than this."""


@dataclass(frozen=True, slots=True)
class Relaxed:
    """A valid lower bound, and the pairs (node, seat) that plans up to the cutoff may use."""

    bound: float
    allowed: Mask


def cheapest_bound(cost: Floats, allowed: Mask) -> float:
    """Return the sum over nodes of the cheapest allowed seat: a bound at once."""
    if not cost.size:
        return 0.0
    least = np.where(allowed, cost, np.inf).min(axis=1)
    return float(least[np.isfinite(least)].sum())


def relax(
    instance: Instance, cost: Floats, allowed: Mask, cutoff: float, is_over: Callable[[], bool]
) -> Relaxed:
    """Return the best bound and all fixings of subgradient runs from several starts.

    Parameters
    ----------
    cost, allowed
        Shape (nodes, seats).
    cutoff
        Plans that cost more are of no interest; it also sets the length of the steps.
    is_over
        Asked at every step.

    Notes
    -----
    O(nodes * seats) per step.
    """
    if _num_open(instance, allowed) < instance.k:
        return Relaxed(cutoff, np.zeros_like(allowed))
    best = cheapest_bound(cost, allowed)
    for level in (1.0, 1.5, 0.5):
        run = _Subgradient(instance, cost, allowed, cutoff)
        run.descend(level, is_over)
        best, allowed = max(best, run.bound), allowed & run.allowed
        if is_over() or _num_open(instance, allowed) < instance.k:
            break
    return Relaxed(min(best, cutoff), allowed)


def _num_open(instance: Instance, allowed: Mask) -> int:
    """Return how many seats may still be seats; with fewer than k no plan costs at most the cutoff."""
    return int(allowed[list(instance.home), range(len(instance.home))].sum())


class _Subgradient:
    """One run of the subgradient method."""

    def __init__(self, instance: Instance, cost: Floats, allowed: Mask, cutoff: float) -> None:
        self.k = instance.k
        self.home = np.array(instance.home, dtype=np.int64)
        self.seat = np.arange(len(self.home))
        self.cost = np.where(allowed, cost, np.inf)
        self.cutoff = cutoff
        self.allowed = allowed
        self.bound = -np.inf
        scale = ROW_SCALE * np.maximum(instance.weights.mean(axis=1), 1e-9)
        self.weight = instance.weights / scale[:, None]
        self.low = (instance.low / scale)[:, None]
        self.high = (instance.high / scale)[:, None]

    def descend(self, level: float, is_over: Callable[[], bool]) -> None:
        """Run from node prices at ``level`` times an even share of the cutoff per unit of cost."""
        price = self._first_prices(level)
        above = np.zeros((len(self.weight), len(self.home)))
        below = np.zeros_like(above)
        step, idle = 1.5, 0
        for _ in range(NUM_STEPS):
            if is_over() or step < LEAST_STEP:
                return
            before = self.bound
            value, g_price, g_above, g_below = self._evaluate(price, above, below)
            idle = 0 if self.bound > before + 1e-6 * abs(before) else idle + 1
            if idle > PATIENCE:
                step, idle = step / 2, 0
            norm = float((g_price**2).sum() + (g_above**2).sum() + (g_below**2).sum())
            if norm < 1e-12 or value >= self.cutoff:
                return
            length = step * (1.02 * self.cutoff - value) / norm
            price = price + length * g_price
            above = np.maximum(above + length * g_above, 0.0)
            below = np.maximum(below + length * g_below, 0.0)

    def _first_prices(self, level: float) -> Floats:
        ordered = np.sort(self.cost, axis=1)
        rank = max(1, round(level * ordered.shape[1] / self.k / 2))
        price: Floats = ordered[:, min(rank, ordered.shape[1] - 1)].copy()
        price[~np.isfinite(price)] = 0.0
        return price

    def _evaluate(self, price: Floats, above: Floats, below: Floats) -> tuple[float, Floats, Floats, Floats]:
        """Return the value and its subgradient at the multipliers; keep the bound and the fixings that they prove."""
        reduced = self.cost - price[:, None] + self.weight.T @ (above - below)
        at_home = reduced[self.home, self.seat]
        gain = np.minimum(reduced, 0.0)
        gain[self.home, self.seat] = at_home
        worth = gain.sum(axis=0) + (self.low * below - self.high * above).sum(axis=0)
        order = np.argsort(worth, kind="stable")
        opened, last = order[: self.k], order[min(self.k, len(order)) - 1]
        value = float(price.sum() + worth[opened].sum())
        self._keep(value, reduced, worth - worth[last])
        taken = reduced[:, opened] < 0
        taken[self.home[opened], np.arange(len(opened))] = True
        load = self.weight @ taken
        g_above, g_below = np.zeros_like(above), np.zeros_like(below)
        g_above[:, opened] = load - self.high
        g_below[:, opened] = self.low - load
        return value, 1.0 - taken.sum(axis=1), g_above, g_below

    def _keep(self, value: float, reduced: Floats, dearer: Floats) -> None:
        self.bound = max(self.bound, value)
        extra = np.maximum(reduced, 0.0)
        extra[self.home, self.seat] = 0.0
        least = value + extra + np.maximum(dearer, 0.0)
        self.allowed = self.allowed & (least <= self.cutoff + MARGIN * abs(self.cutoff))
