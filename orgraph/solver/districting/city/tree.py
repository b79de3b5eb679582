"""A tree of boxes over points: which points lie within a distance of another. Points are put in its order, so that near ones are near in memory.

Bentley (1975), "Multidimensional binary search trees used for associative searching". The sphere is searched by straight lines through it.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from orgraph.solver.compiled import compiled
from orgraph.solver.districting.city.space import Floats, Ints

LEAF = 12


class Tree(NamedTuple):
    """Node t holds points ``first[t]`` to ``last[t]`` (exclusive) inside the box ``low[t]``, ``high[t]``; its children are 2t + 1 and 2t + 2."""

    first: Ints
    last: Ints
    low: Floats
    high: Floats


def tree_order(xyz: Floats) -> Ints:
    """Return the points in the order of their tree: every range is halved along its longest side until it is small."""
    order = np.arange(len(xyz))
    for first, last in _ranges(len(xyz))[: _num_inner(len(xyz))]:
        own = order[first:last]
        points = xyz[own]
        axis = int(np.argmax(np.ptp(points, axis=0)))
        half = (last - first) // 2
        order[first:last] = own[np.argpartition(points[:, axis], half)]
    return order


def tree_of(xyz: Floats) -> Tree:
    """Return the tree of points that are in its order already."""
    ranges = _ranges(len(xyz))
    return Tree(
        np.array([first for first, _ in ranges]),
        np.array([last for _, last in ranges]),
        np.array([xyz[first:last].min(axis=0) for first, last in ranges]),
        np.array([xyz[first:last].max(axis=0) for first, last in ranges]),
    )


def _num_inner(num_points: int) -> int:
    leaves = 1
    while num_points > LEAF * leaves:
        leaves *= 2
    return leaves - 1


def _ranges(num_points: int) -> list[tuple[int, int]]:
    ranges = [(0, num_points)]
    for node in range(_num_inner(num_points)):
        first, last = ranges[node]
        middle = first + (last - first) // 2
        ranges += [(first, middle), (middle, last)]
    return ranges


@compiled
def within(tree: Tree, xyz: Floats, center: int, squared: float, found: Ints, distances: Floats) -> int:
    """Write the points within a straight line of this squared length, and the squared lengths; return how many there are.

    ``found`` and ``distances`` take what fits; a return beyond their size says that they were too small.
    """
    num_found = 0
    stack = np.empty(64, dtype=np.int64)
    stack[0] = 0
    depth = 1
    x, y, z = xyz[center, 0], xyz[center, 1], xyz[center, 2]
    while depth > 0:
        depth -= 1
        node = stack[depth]
        outside = 0.0
        for axis in range(3):
            away = max(tree.low[node, axis] - xyz[center, axis], xyz[center, axis] - tree.high[node, axis])
            if away > 0:
                outside += away * away
        if outside > squared:
            continue
        if 2 * node + 2 < len(tree.first):
            stack[depth] = 2 * node + 1
            stack[depth + 1] = 2 * node + 2
            depth += 2
            continue
        for i in range(tree.first[node], tree.last[node]):
            dx, dy, dz = xyz[i, 0] - x, xyz[i, 1] - y, xyz[i, 2] - z
            length = dx * dx + dy * dy + dz * dz
            if length <= squared:
                if num_found < len(found):
                    found[num_found] = i
                    distances[num_found] = length
                num_found += 1
    return num_found
