"""The arcs that the bound looks at one by one: every unit with the seats near it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from orgraph.solver.compiled import compiled
from orgraph.solver.districting.city.instance import CityInstance
from orgraph.solver.districting.city.moves import Town
from orgraph.solver.districting.city.space import Floats, Ints, along
from orgraph.solver.districting.city.tree import Tree, within

BREADTH, LEAST, MOST = 1.6, 1.2, 3.0
"""How many times the radius of a disk with a district's people an arc may be long, to be looked at by itself: on an even map, and in any case."""
SLICE = 4096
"""Units, or seats, that one call of a kernel looks at."""


class Arcs(NamedTuple):
    """The units near seat j are ``unit[first[j]:first[j + 1]]``; ``reach`` is their distance to the power that counts, rounded down.

    ``radius`` (n,): of every unit's disk of a district's people, to that power. ``edge`` (n,): every arc of the unit that is left out reaches at least so far.
    """

    first: Ints
    unit: NDArray[np.int32]
    reach: NDArray[np.float32]
    radius: Floats
    edge: Floats


def near_arcs(instance: CityInstance, is_over: Callable[[], bool]) -> Arcs | None:
    """Return for every unit its arcs to all seats some way beyond the radius of its disk; ``None`` when the time is over.

    Notes
    -----
    Under the best rents a seat anywhere is worth about the same, so the rent of a unit exceeds the distance to its seat by the same amount in crowded and in empty
    parts: arcs reach beyond the disk by a share of the mean radius, not of their own. O(a log n) for a arcs, 8 bytes each.
    """
    town, tree, n = instance.town, instance.tree, instance.num_units
    size = town.people if instance.total else np.ones(n, dtype=np.int64)
    squared, first = np.zeros(n), np.zeros(n + 1, dtype=np.int64)
    for begin, end in slices(n):
        measure_disks(town, tree, size, float(size.sum()) / instance.k, squared, begin, end)
        if is_over():
            return None
    edge = _edges(squared, town.space.power)
    for begin, end in slices(n):
        count_arcs(town, tree, edge, first, begin, end)
        if is_over():
            return None
    np.cumsum(first, out=first)
    unit, reaches = np.empty(first[-1], dtype=np.int32), np.empty(first[-1], dtype=np.float32)
    free = first.copy()
    for begin, end in slices(n):
        fill_arcs(town, tree, edge, free, unit, reaches, begin, end)
        if is_over():
            return None
    np.nextafter(reaches, np.float32(0), out=reaches)
    radius = np.array([along(town.space, s) for s in squared.tolist()])
    return Arcs(
        first, unit, reaches, radius, np.array([along(town.space, s) for s in edge.tolist()]) * (1 - 1e-9)
    )


def _edges(squared: Floats, power: int) -> Floats:
    """Return the squared straight length that an arc of every unit may have."""
    radius = squared if power == 2 else np.sqrt(squared)
    beyond = radius + (BREADTH**power - 1) * radius.mean()
    edge: Floats = np.clip(beyond, LEAST**power * radius, MOST**power * radius) ** (2 / power)
    return edge


def slices(length: int) -> Iterator[tuple[int, int]]:
    """Yield what one call of a kernel looks at, as (begin, end)."""
    for begin in range(0, length, SLICE):
        yield begin, min(begin + SLICE, length)


@compiled
def measure_disks(
    town: Town, tree: Tree, size: Ints, wanted: float, squared: Floats, begin: int, end: int
) -> None:
    """Write the squared straight radius round every unit within which ``wanted`` of ``size`` lies; without so much, that of the whole map."""
    xyz = town.space.xyz
    n = len(xyz)
    found = np.empty(n, dtype=np.int64)
    lengths = np.empty(n)
    whole = 0.0
    for axis in range(3):
        whole += (tree.high[0, axis] - tree.low[0, axis]) ** 2
    guess = whole / n * 16
    for i in range(begin, end):
        while True:
            count = within(tree, xyz, i, guess, found, lengths)
            order = np.argsort(lengths[:count])
            total, at = 0.0, 0
            while at < count and total < wanted:
                total += size[found[order[at]]]
                at += 1
            if total >= wanted or count == n:
                break
            guess = guess * 1.5 + whole * 1e-9
        squared[i] = max(lengths[order[at - 1]], whole * 1e-12)
        guess = squared[i] * 1.3


@compiled
def count_arcs(town: Town, tree: Tree, edge: Floats, num: Ints, begin: int, end: int) -> None:
    """Add to ``num[j + 1]`` the arcs of seat j that come from units ``begin`` to ``end`` (exclusive)."""
    found = np.empty(len(edge), dtype=np.int64)
    lengths = np.empty(len(edge))
    for i in range(begin, end):
        for at in range(within(tree, town.space.xyz, i, edge[i], found, lengths)):
            if town.is_seat[found[at]]:
                num[found[at] + 1] += 1


@compiled
def fill_arcs(
    town: Town, tree: Tree, edge: Floats, free: Ints, unit: NDArray[np.int32], reaches: NDArray[np.float32],
    begin: int, end: int,
) -> None:  # fmt: skip
    """Write these arcs where ``free`` says that the next of each seat goes."""
    found = np.empty(len(edge), dtype=np.int64)
    lengths = np.empty(len(edge))
    for i in range(begin, end):
        for at in range(within(tree, town.space.xyz, i, edge[i], found, lengths)):
            j = found[at]
            if town.is_seat[j]:
                unit[free[j]] = i
                reaches[free[j]] = along(town.space, lengths[at])
                free[j] += 1
