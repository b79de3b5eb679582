"""Ranks of candidate pairs from scores or from preference lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from orgraph.solver.matching.problem import Ints


def ranks_of_scores(scores: NDArray[np.float64]) -> Ints:
    """Return ranks from scores, shape (m,): the higher the score of a pair, the smaller its rank; equal scores are ties."""
    _, inverse = np.unique(-np.asarray(scores, dtype=np.float64), return_inverse=True)
    return inverse.astype(np.int64).reshape(-1)


def ranks_of_lists(agent: Ints, partner: Ints, lists: Mapping[int, Sequence[Sequence[int]]]) -> Ints:
    """Return ranks from preference lists.

    Parameters
    ----------
    agent, partner
        Of every candidate pair, the agent whose list counts and the other one: shape (m,).
    lists
        By agent, groups of partners from best to worst; partners of one group are ties. Whoever is not listed comes last, in one tie.
    """
    places = {
        (a, b): place for a, groups in lists.items() for place, group in enumerate(groups) for b in group
    }
    both = zip(agent.tolist(), partner.tolist(), strict=True)
    return np.array([places.get((a, b), len(lists.get(a, ()))) for a, b in both], dtype=np.int64)
