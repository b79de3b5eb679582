"""The matching problem: pair the agents of two sides many to many, within quotas, by weight, by what both sides prefer, or worst-off first.

Agents are indexes of their side, candidate pairs are numbers ``0 .. m-1``; ids are only names for reasons and findings. All figures are integers, so that
every engine and every bound is exact: scale decimals before they come in here.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]

LARGEST_WEIGHT = 10**9
"""Weights up to this size, of up to a million pairs, sum exactly in 64-bit floats and stay inside the integers of the flow engine."""


@dataclass(frozen=True)
class Side:
    """The agents of one side.

    Parameters
    ----------
    ids
        Names of the agents, unique within the side.
    lower, upper
        Least and greatest number of pairs of every agent, inclusive: shape (n,), ``0 <= lower <= upper``.
    rank
        What the agents of this side prefer: shape (m,), the rank of every candidate pair in the eyes of its agent, smaller is better. Only ranks of one agent
        are compared; equal ranks are ties. ``None``: the heavier, the better. See ``ranks_of_scores`` and ``ranks_of_lists``.
    amount
        With categories: how many pairs of every category an agent needs (left) or offers (right) at most, shape (n, number of categories).
    """

    ids: tuple[str, ...]
    lower: Ints
    upper: Ints
    rank: Ints | None = None
    amount: Ints | None = None

    @property
    def size(self) -> int:
        """Return the number of agents."""
        return len(self.ids)


@dataclass(frozen=True)
class Pairs:
    """The candidate pairs; what is not listed is not possible. All arrays have shape (m,).

    ``left`` and ``right`` are indexes of agents, ``weight`` is what a pair is worth (it may be negative). With categories, ``category`` says which need of the
    left agent the right one would meet; the same two agents may be listed once per category.
    """

    left: Ints
    right: Ints
    weight: Ints
    category: Ints | None = None

    @property
    def size(self) -> int:
        """Return m."""
        return len(self.left)


class End(StrEnum):
    """One of the two sides."""

    LEFT = "left"
    RIGHT = "right"


class Measure(StrEnum):
    """How well off an agent is."""

    FILL = "fill"
    """The number of its pairs: of all plans, one whose numbers, sorted ascending, are lexicographically largest."""
    RANK = "rank"
    """Its choice (1st, 2nd, ...) in every pair: of all plans with the most pairs, one with the fewest pairs of the worst choice, then of the second worst ..."""


@dataclass(frozen=True, slots=True)
class Weight:
    """Greatest weight; as a cost, the weight with its sign turned."""


@dataclass(frozen=True, slots=True)
class Stability:
    """Fewest blocking pairs, 0 where quotas have no lower ends (Gale, Shapley 1962; Roth 1984). Of equal plans found, the heavier."""


@dataclass(frozen=True, slots=True)
class Blend:
    """Weight with its sign turned, plus ``price`` for every blocking pair; with ``most_blocking``, at most so many blocking pairs."""

    price: int = 0
    most_blocking: int | None = None


@dataclass(frozen=True, slots=True)
class Fairness:
    """Worst-off first among the agents of one side, then the greatest weight. Lexicographic, exact."""

    end: End = End.LEFT
    measure: Measure = Measure.FILL


Objective = Weight | Stability | Blend | Fairness


@dataclass(frozen=True)
class Problem:
    """A matching problem.

    Parameters
    ----------
    left, right
        The two sides.
    pairs
        The candidate pairs.
    objective
        What is wanted.
    categories
        Names of the categories; empty for a problem without. A pair of category c takes one unit of the amount that its left agent needs in c and one of what
        its right agent offers in c.
    forbidden
        Numbers of candidate pairs that must not be made.
    kept
        Numbers of candidate pairs that must be made (existing ones, say). Agents hold them above all others, so no blocking pair replaces one.

    Notes
    -----
    *Stable* means weakly stable. A possible pair that is not made *blocks* when each of its two agents wants it: it has room for it, or holds a pair (not a kept
    one) that it ranks strictly worse and that it could give up for it. The one given up is of the same category where the amount of that category is used up, of
    any category where the upper quota is. Lower quotas do not stop a pair from blocking.
    """

    left: Side
    right: Side
    pairs: Pairs
    objective: Objective = Weight()
    categories: tuple[str, ...] = ()
    forbidden: frozenset[int] = frozenset()
    kept: frozenset[int] = frozenset()

    def side(self, end: End) -> Side:
        """Return one of the sides."""
        return self.left if end is End.LEFT else self.right


@dataclass(frozen=True, slots=True)
class Plan:
    """The numbers of the candidate pairs that are made, ascending."""

    pairs: tuple[int, ...]
