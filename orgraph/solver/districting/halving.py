"""Prove the border between two districts: search through all ways to cut the map in two that cost less than the best plan.

A short border is a short walk through the map, of which there are few; a least cut between what is settled on either side bounds what is still open.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from orgraph.solver.districting.annealing_kernel import Board, Ints
from orgraph.solver.districting.halving_kernel import Tree, halve
from orgraph.solver.districting.instance import Instance
from orgraph.solver.districting.problem import BorderLength

MOST_NODES = 800
WORK_IN_SLICE = 2_000_000


class Halving:
    """The search in one instance; it goes on from call to call."""

    def __init__(self, board: Board, cutoff: float) -> None:
        n, arcs = len(board.seat), len(board.head)
        self.board = board
        self.root = _far(board, _far(board, 0))
        self.tree = Tree(
            side=np.full(n, -1),
            trail=np.zeros(n, np.int64),
            mark=np.zeros(n + 1, np.int64),
            branch=np.zeros(n + 1, np.int64),
            tried=np.zeros(n + 1, np.int64),
            flow=np.zeros((n + 1, arcs)),
            value=np.zeros(n + 1),
            at=np.array([-2, 0, 0]),
            most=np.array([cutoff]),
            best=np.full(n, -1),
        )

    def run(self, is_over: Callable[[], bool]) -> bool:
        """Search on; return whether all is searched."""
        work = np.zeros((3, len(self.board.seat)), np.int64)
        budget = max(1, WORK_IN_SLICE // len(self.board.head))
        while not is_over():
            if halve(self.board, self.tree, self.root, budget, work):
                return True
        return False

    @property
    def labels(self) -> list[int] | None:
        """Return the best plan found, ``None`` when there is none up to the cutoff."""
        found: list[int] = self.tree.best.tolist()
        return found if found[0] >= 0 else None


def can_halve(instance: Instance) -> bool:
    """Return whether the problem is one of two connected districts, and the first objective a border of whole lengths."""
    problem = instance.problem
    objective = problem.objectives[0]
    return (
        instance.k == 2
        and instance.num_nodes <= MOST_NODES
        and problem.is_contiguous
        and not problem.differences
        and isinstance(objective, BorderLength)
        and all(length == round(length) for length in objective.length)
    )


def _far(board: Board, start: int) -> int:
    """Return a node with the most steps to ``start``."""
    distance: dict[int, int] = {start: 0}
    queue = [start]
    for u in queue:
        around: Ints = board.head[board.start[u] : board.start[u + 1]]
        for v in around.tolist():
            if v not in distance:
                distance[v] = distance[u] + 1
                queue.append(v)
    return queue[-1]
