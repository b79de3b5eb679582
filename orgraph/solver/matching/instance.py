"""A matching problem as arrays with nothing left out: what the network, the heuristics and the programs read."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from orgraph.solver.matching.problem import End, Ints, Problem, Side

Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Agents:
    """One side: ``of[p]`` the agent of pair p, quotas, ranks, and ``amount`` of shape (n, C), C >= 1, that never binds without categories."""

    end: End
    size: int
    of: Ints
    lower: Ints
    upper: Ints
    rank: Ints
    amount: Ints

    @property
    def num_categories(self) -> int:
        """Return C."""
        return int(self.amount.shape[1])

    def group(self, category: Ints) -> Ints:
        """Return of every pair the number of its (agent, category)."""
        numbers: Ints = self.of * self.num_categories + category
        return numbers


@dataclass(frozen=True)
class Instance:
    """The problem in arrays. ``possible`` marks pairs that are not forbidden and whose amounts are not 0."""

    problem: Problem
    left: Agents
    right: Agents
    weight: Ints
    category: Ints
    possible: Flags
    kept: Flags
    forbidden: Flags

    @property
    def num_pairs(self) -> int:
        """Return the number of candidate pairs."""
        return len(self.weight)

    @property
    def num_categories(self) -> int:
        """Return the number of categories, 1 for a problem without."""
        return self.left.num_categories

    @property
    def sides(self) -> tuple[Agents, Agents]:
        """Return left and right."""
        return self.left, self.right


def build_instance(problem: Problem) -> Instance:
    """Return the arrays of a problem without findings."""
    pairs = problem.pairs
    category = np.zeros(pairs.size, np.int64) if pairs.category is None else pairs.category.astype(np.int64)
    left = _agents(problem, problem.left, End.LEFT, pairs.left)
    right = _agents(problem, problem.right, End.RIGHT, pairs.right)
    forbidden, kept = _marked(pairs.size, problem.forbidden), _marked(pairs.size, problem.kept)
    has_amount = (left.amount[left.of, category] > 0) & (right.amount[right.of, category] > 0)
    return Instance(
        problem,
        left,
        right,
        pairs.weight.astype(np.int64),
        category,
        has_amount & ~forbidden,
        kept,
        forbidden,
    )


def _agents(problem: Problem, side: Side, end: End, of: Ints) -> Agents:
    upper = side.upper.astype(np.int64)
    rank = -problem.pairs.weight if side.rank is None else side.rank
    amount = np.maximum(upper, len(of))[:, None] if side.amount is None else side.amount
    return Agents(
        end,
        side.size,
        of.astype(np.int64),
        side.lower.astype(np.int64),
        upper,
        rank.astype(np.int64),
        amount.astype(np.int64),
    )


def _marked(size: int, numbers: frozenset[int]) -> Flags:
    marks = np.zeros(size, dtype=np.bool_)
    marks[sorted(numbers)] = True
    return marks
