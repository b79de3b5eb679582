"""Subset-row cuts of a partition: of any three units, at most one set holds two or more. Jepsen, Petersen, Spoorendonk, Pisinger (2008)."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from orgraph.solver.covering.sets import Floats, Ints, Sets

NUM_ADDED = 300
MOST_CUTS = 1000
LEAST_VIOLATION = 0.05


@dataclass(frozen=True)
class Cuts:
    """Triples of units, shape (cuts, 3), and which set holds two or more of each: shape (cuts, sets)."""

    triples: Ints
    held: NDArray[np.bool_]

    def sums(self, value: Floats) -> Floats:
        """Return the sum of a value of cuts over every set: shape (sets,)."""
        total = np.zeros(self.held.shape[1])
        for row, one in zip(self.held, value.tolist(), strict=True):
            if one:
                total[row] += one
        return total

    def chosen(self, numbers: Ints) -> Cuts:
        """Return the cuts over some of the sets."""
        return Cuts(self.triples, self.held[:, numbers])

    def extended(self, sets: Sets, triples: Ints) -> Cuts:
        """Return these cuts and those of further triples, up to a thousand in all."""
        fresh = triples[: MOST_CUTS - len(self.triples)]
        held = np.array([_holds_two(sets, triple) for triple in fresh], dtype=np.bool_)
        rows = np.concatenate([self.held, held.reshape(-1, len(sets.cost))])
        return Cuts(np.concatenate([self.triples, fresh]), rows)


def no_cuts(sets: Sets) -> Cuts:
    """Return no cuts."""
    return Cuts(np.zeros((0, 3), dtype=np.int64), np.zeros((0, len(sets.cost)), dtype=np.bool_))


def violated(sets: Sets, used: Floats) -> Ints:
    """Return the triples whose cut a fractional choice breaks most, at most 300: shape (triples, 3).

    Notes
    -----
    With w(a, b) how far sets with both are used, and w(a, b, c) with all three, the cut is broken when w(a, b) + w(a, c) + w(b, c) - 2 w(a, b, c) > 1.
    """
    pairs: dict[tuple[int, int], float] = {}
    triples: dict[tuple[int, int, int], float] = {}
    numbers = np.flatnonzero(used > 1e-9)
    for units, share in zip(sets.tuples(numbers), used[numbers].tolist(), strict=True):
        for a, b in combinations(sorted(units), 2):
            pairs[a, b] = pairs.get((a, b), 0.0) + share
        for a, b, c in combinations(sorted(units), 3):
            triples[a, b, c] = triples.get((a, b, c), 0.0) + share
    near: dict[int, set[int]] = {}
    for a, b in pairs:
        near.setdefault(a, set()).add(b)
    broken = []
    for a, later in near.items():
        for b, c in combinations(sorted(later), 2):
            if (b, c) in pairs:
                total = pairs[a, b] + pairs[a, c] + pairs[b, c] - 2 * triples.get((a, b, c), 0.0)
                if total > 1 + LEAST_VIOLATION:
                    broken.append((-total, (a, b, c)))
    best = [triple for _, triple in sorted(broken)[:NUM_ADDED]]
    return np.array(best, dtype=np.int64).reshape(-1, 3)


def _holds_two(sets: Sets, triple: Ints) -> NDArray[np.bool_]:
    held: NDArray[np.bool_] = np.isin(sets.units, triple).sum(axis=1) >= 2
    return held
