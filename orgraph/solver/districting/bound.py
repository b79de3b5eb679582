"""A bound for costs to a seat, and pairs of node and seat that no better plan uses: Lagrangian relaxation.

Every multiplier vector proves a bound and its own fixings; all of them are valid together, and with what connectedness and totals rule out in what is left.

Fisher (1981), "The Lagrangian relaxation method for solving integer programming problems".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from orgraph.solver.districting.instance import Floats, Instance, Mask
from orgraph.solver.districting.lagrangian import BEST, LIFTED, OVER, descend, lifts
from orgraph.solver.districting.pairs import Multipliers, Pairs
from orgraph.solver.districting.tightening_kernel import tighten

NUM_STEPS = 400
FIRST_STEP = 1.5
LEVELS = (1.0, 1.5, 0.5)
SLICE = 10_000_000
"""Pairs that one slice of a kernel looks at: well below a fifth of a second."""
ROW_SCALE = 0.4
"""Balance rows are divided by this times the mean weight of a node and the root of the nodes per district, so that one step length suits both kinds of rows."""
LEAST_PACE = 0.01
MARGIN = 1e-9
"""Relative margin for rounding: a pair is fixed only where the bound passes the cutoff by more than this."""


@dataclass(frozen=True, slots=True)
class Bounded:
    """A bound, what plans up to the cutoff may use (``None``: there is none), and the multipliers of the bound."""

    bound: float
    pairs: Pairs | None
    multipliers: Multipliers

    @property
    def num_choices(self) -> int:
        """Return how many pairs are open beyond one per node."""
        return 0 if self.pairs is None else self.pairs.num_pairs - len(self.multipliers.price)


def cheapest_bound(cost: Floats, allowed: Mask) -> float:
    """Return the sum over nodes of the cheapest allowed seat: a bound at once."""
    if not cost.size:
        return 0.0
    least = np.where(allowed, cost, np.inf).min(axis=1)
    return float(least[np.isfinite(least)].sum())


class Relaxation:
    """The rows of one instance, scaled, as kernels read them."""

    def __init__(self, instance: Instance, cost: Floats) -> None:
        self.k = instance.k
        self.is_contiguous = instance.problem.is_contiguous
        self.whole = (instance.weights, instance.low, instance.high)
        mean = np.maximum(instance.weights.mean(axis=1), 1e-9)
        tightest = np.argsort((instance.high - instance.low) / mean, kind="stable")
        scale = (ROW_SCALE * mean * np.sqrt(instance.num_nodes / instance.k))[tightest]
        self.weight = instance.weights[tightest] / scale[:, None]
        self.low, self.high = instance.low[tightest] / scale, instance.high[tightest] / scale
        self.heaviness = self.weight[0] if len(self.weight) else np.zeros(instance.num_nodes)
        self.pace = _paces(cost, instance.k)
        self.near_start, self.near = instance.adjacency

    def explore(
        self,
        pairs: Pairs,
        cutoff: float,
        is_over: Callable[[], bool],
        known: Multipliers | None = None,
        *,
        is_brief: bool = False,
    ) -> Bounded:
        """Run from several starts, first from multipliers that are known; each run goes on with what the ones before have left. A brief call has one run."""
        best = Bounded(-np.inf, pairs, known or self._first(pairs, LEVELS[0]))
        left = self.tightened(pairs)
        if left is None:
            return Bounded(cutoff, None, best.multipliers)
        best = Bounded(-np.inf, left, self._moved(best.multipliers, pairs, left))
        for level in LEVELS[:1] if is_brief else LEVELS:
            start = best.multipliers if level == LEVELS[0] else self._first(left, level)
            run = self.descend(left, start, cutoff, NUM_STEPS, is_over)
            if run.pairs is None:
                return run
            multipliers = run.multipliers
            if best.bound >= run.bound:
                multipliers = self._moved(best.multipliers, left, run.pairs)
            left = run.pairs
            best = Bounded(max(best.bound, run.bound), left, multipliers)
            if is_over():
                break
        return best

    def descend(
        self,
        pairs: Pairs,
        multipliers: Multipliers,
        cutoff: float,
        num_steps: int,
        is_over: Callable[[], bool],
        *,
        first_step: float = FIRST_STEP,
    ) -> Bounded:
        """Run from some multipliers, in slices; between them drop what is ruled out."""
        limit = cutoff + MARGIN * abs(cutoff)
        now, best = multipliers.copied(), multipliers.copied()
        progress = np.array([first_step, -np.inf, 0.0, -np.inf, 0.0])
        left: Pairs | None = pairs.copied()
        while num_steps > 0 and not progress[OVER] and not is_over():
            assert left is not None
            steps = min(num_steps, max(1, min(25, SLICE // max(1, left.num_pairs))))
            num_steps -= steps
            is_alive = np.ones(left.num_pairs, dtype=bool)
            self._steps(left, now, best, is_alive, progress, steps, limit)
            if max(progress[BEST], progress[LIFTED]) > limit:
                return Bounded(cutoff, None, best)
            before = left
            left = self.tightened(left, is_alive)
            if left is None:
                return Bounded(cutoff, None, best)
            stays = np.isin(before.seat, left.seat)
            now, best = now.of_seats(stays), best.of_seats(stays)
        return Bounded(float(max(progress[BEST], progress[LIFTED])), left, best)

    def _steps(
        self,
        pairs: Pairs,
        now: Multipliers,
        best: Multipliers,
        is_alive: Mask,
        progress: Floats,
        num_steps: int,
        limit: float,
    ) -> None:
        descend(
            pairs.start, pairs.node, pairs.cost, self.weight, self.low, self.high, self.pace, self.k, limit,
            now.price, now.push, best.price, best.push,
            is_alive, pairs.must_open, progress, num_steps,
        )  # fmt: skip

    def lifts(self, bounded: Bounded) -> Floats:
        """Return by how much every pair lifts the bound when it is used, at the least: shape (pairs,)."""
        pairs, at = bounded.pairs, bounded.multipliers
        assert pairs is not None
        return lifts(
            pairs.start, pairs.node, pairs.cost, self.weight, self.low, self.high, self.k,
            at.price, at.push, pairs.must_open,
        )  # fmt: skip

    def tightened(self, pairs: Pairs, is_alive: Mask | None = None) -> Pairs | None:
        """Return what connectedness and totals leave of the pairs; ``None`` when no plan is left."""
        alive = np.ones(pairs.num_pairs, dtype=bool) if is_alive is None else is_alive
        must_open = pairs.must_open.copy()
        if not tighten(
            pairs.start,
            pairs.node,
            alive,
            must_open,
            self.near_start,
            self.near,
            *self.whole,
            self.is_contiguous,
        ):
            return None
        left, stays = Pairs(pairs.seat, pairs.start, pairs.node, pairs.cost, must_open).kept(alive)
        if left.num_seats < self.k or must_open.sum() > self.k or (must_open & ~stays).any():
            return None
        return left

    def _first(self, pairs: Pairs, level: float) -> Multipliers:
        """Return node prices at the cost of the seat that comes ``level`` times half an even share down each node's list."""
        order = np.lexsort((pairs.cost, pairs.node))
        num_nodes = self.weight.shape[1]
        counts = np.bincount(pairs.node, minlength=num_nodes)
        first = np.concatenate([[0], np.cumsum(counts)[:-1]])
        rank = max(1, round(level * pairs.num_seats / self.k / 2))
        place = first + np.minimum(rank, np.maximum(counts - 1, 0))
        price = pairs.cost[order][np.minimum(place, pairs.num_pairs - 1)]
        return Multipliers(price, np.zeros((len(self.low), pairs.num_seats)))

    def _moved(self, multipliers: Multipliers, pairs: Pairs, left: Pairs) -> Multipliers:
        """Return multipliers for the seats that are left."""
        return multipliers.of_seats(np.isin(pairs.seat, left.seat))


def _paces(cost: Floats, k: int) -> Floats:
    """Return how far prices of nodes move, relative to each other: like the costs that the nodes may expect."""
    if not cost.size:
        return np.ones(len(cost))
    rank = min(cost.shape[1] // k // 2, cost.shape[1] - 1)
    expected: Floats = np.partition(cost, rank, axis=1)[:, rank]
    mean = float(expected.mean())
    return expected / mean + LEAST_PACE if mean > 0 else np.ones(len(cost))
