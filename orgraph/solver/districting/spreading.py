"""A bound for borders: flows that must cross them.

Let every unit ``u`` send ``z[u] * weight[v]`` to some other units ``v``. The district of ``u`` holds at most ``high``, so that all but ``z[u] * (high - weight[u])`` of
it leaves the district and crosses a border. Where no edge carries more flow than its length, borders are at least as long as all that crosses. The best flow is
the dual of the linear program of spreading metrics (Even, Naor, Rao, Schieber 1999, "Fast approximate graph partitioning algorithms"); it is approached by
flows along shortest paths, whose tolls grow where flow has gone (Garg, Koenemann 2007, "Faster and simpler algorithms for multicommodity flow").
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import ceil

import numpy as np

from orgraph.solver.districting.annealing_kernel import Board
from orgraph.solver.districting.board import arc_lengths
from orgraph.solver.districting.instance import Instance
from orgraph.solver.districting.problem import BorderLength
from orgraph.solver.districting.spreading_kernel import spread

SLACK = 0.3
"""A node sends flow where its worth is within this share of the greatest."""
FIRST_STEP, LEAST_STEP, STEP_SHRINKS = 0.1, 0.02, 0.995
PATIENCE, GAIN = 60, 1e-3
"""The bound is final when so many passes raise it by less than this share."""
WORK_IN_SLICE = 120_000
LARGEST_TOLL = 1e50
MARGIN = 1e-9
"""Relative, for the rounding of sums."""
WHOLE = 1e-6


class Spreading:
    """Flows in one instance; they grow from call to call."""

    def __init__(self, board: Board, instance: Instance, objective: BorderLength) -> None:
        length = arc_lengths(instance, objective, board.tail, board.head)
        self.board = board._replace(length=length)
        self.is_whole = bool((length == np.round(length)).all())
        self.toll = np.where(length > 0, 1.0, np.inf)
        self.load = np.zeros(len(length))
        self.counts = (np.arange(len(length)) < board.back) & (length > 0)
        self.crossing, self.target, self.step, self.best = 0.0, 0.0, FIRST_STEP, 0.0
        total = np.maximum(instance.weights.sum(axis=1), 1)
        tightest = int((instance.high / total).argmin()) if len(total) else -1
        self.weight = np.ascontiguousarray(instance.weights[tightest]) if len(total) else None
        self.high = int(instance.high[tightest]) if len(total) else 0

    def bounds(self, num_passes: int, is_over: Callable[[], bool]) -> Iterator[float]:
        """Yield ever better bounds; end after so many passes, or when they hardly grow."""
        idle, mark = 0, self.best
        for _ in range(num_passes if self.weight is not None and self.counts.any() else 0):
            if idle >= PATIENCE or not self._pass(is_over):
                return
            before = self.best
            self.best = max(self.best, self._bound())
            if self.best > mark * (1 + GAIN):
                idle, mark = 0, self.best
            idle += 1
            if self.best > before:
                yield float(ceil(self.best - WHOLE)) if self.is_whole else self.best

    def _bound(self) -> float:
        fullest = float((self.load[self.counts] / self.board.length[self.counts]).max())
        return self.crossing / fullest * (1 - MARGIN) if fullest > 0 else 0.0

    def _pass(self, is_over: Callable[[], bool]) -> bool:
        """Let every node send flow once; return whether there was time for it, and any node that could."""
        n, greatest = self.board.seat.size, 0.0
        assert self.weight is not None
        width = max(1, WORK_IN_SLICE // n)
        wanted = (1 - SLACK) * self.target if self.target else np.inf
        for first in range(0, n, width):
            if is_over():
                return False
            last = min(n, first + width)
            crossing, worth, _ = spread(
                self.board, self.weight, self.high, first, last, self.toll, self.load, wanted, self.step
            )
            self.crossing += crossing
            greatest = max(greatest, worth)
        self.target = greatest
        self.step = max(LEAST_STEP, self.step * STEP_SHRINKS)
        self._rescale()
        return greatest > 0

    def _rescale(self) -> None:
        largest = float(self.toll[self.counts].max())
        if largest > LARGEST_TOLL:
            self.toll /= largest
            self.target *= largest
