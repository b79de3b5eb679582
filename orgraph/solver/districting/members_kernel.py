"""The members of every district of a partition, side by side."""

from __future__ import annotations

import numpy as np

from orgraph.solver.compiled import compiled
from orgraph.solver.districting.instance import Ints


@compiled
def members_of(label: Ints, num_districts: int) -> tuple[Ints, Ints]:
    """Return ``first`` and ``units``: the units of district d are ``units[first[d]:first[d + 1]]``, ascending. O(n)."""
    first = np.zeros(num_districts + 1, dtype=np.int64)
    for d in label:
        first[d + 1] += 1
    for d in range(num_districts):
        first[d + 1] += first[d]
    free = first[:-1].copy()
    units = np.empty(len(label), dtype=np.int64)
    for i in range(len(label)):
        units[free[label[i]]] = i
        free[label[i]] += 1
    return first, units
