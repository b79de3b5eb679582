"""A synthetic city: buildings as points with people, and which of them are adjacent. Made for maps of 500 to 100,000 buildings and more.

Coordinates are kilometres east and north of an origin.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import isqrt
from random import Random

from orgraph.datasets.synthetic.planar_map import Point

JITTER = 0.35
"""How far a building stands from its place in the lattice, at most, as a share of the lattice's spacing."""
NUM_CENTRES = 4


@dataclass(frozen=True, slots=True)
class City:
    """Building i stands at ``points[i]`` and houses ``population[i]`` people; ``edges`` are pairs i < j, ascending, of a connected planar graph."""

    points: tuple[Point, ...]
    edges: tuple[tuple[int, int], ...]
    population: tuple[int, ...]


def make_city(
    num_buildings: int, *, seed: int, spacing_km: float = 0.1, people: tuple[int, int] = (10, 90)
) -> City:
    """Return a city of ``num_buildings`` on a jittered square lattice, row by row; every square is cut along its shorter diagonal.

    Parameters
    ----------
    num_buildings
        How many buildings, at least 1. The last row may be shorter.
    seed
        Seed of every choice.
    spacing_km
        Distance between neighbouring places of the lattice.
    people
        Least and greatest number in a building far from every centre; up to four times as many live near one.

    Notes
    -----
    O(n). Squares stay convex enough for at most one diagonal each, so the graph is planar.
    """
    random = Random(seed)
    width = isqrt(num_buildings - 1) + 1
    points = [_place(i, width, spacing_km, random) for i in range(num_buildings)]
    side = width * spacing_km
    centres = [(side * random.random(), side * random.random()) for _ in range(NUM_CENTRES)]
    population = tuple(random.randint(*people) * _crowd(p, centres, side / 8) // 100 for p in points)
    return City(tuple(points), tuple(sorted(_edges(points, width))), population)


def _place(number: int, width: int, spacing_km: float, random: Random) -> Point:
    row, column = divmod(number, width)
    return (
        (column + 0.5 + JITTER * (2 * random.random() - 1)) * spacing_km,
        (row + 0.5 + JITTER * (2 * random.random() - 1)) * spacing_km,
    )


def _crowd(point: Point, centres: Sequence[Point], reach_km: float) -> int:
    """Return how crowded a place is, in percent: 100 far away, 400 at a centre."""
    nearest = min(_squared(point, c) for c in centres)
    return 100 + int(300 / (1 + nearest / (reach_km * reach_km)))


def _edges(points: Sequence[Point], width: int) -> list[tuple[int, int]]:
    edges = [(i, j) for i, j in pairwise(range(len(points))) if j % width]
    edges += [(i, i + width) for i in range(len(points) - width)]
    for lower in range(len(points) - width - 1):
        if (lower + 1) % width:
            rising, falling = (lower, lower + width + 1), (lower + 1, lower + width)
            edges.append(min(rising, falling, key=lambda e: _squared(points[e[0]], points[e[1]])))
    return edges


def _squared(p: Point, q: Point) -> float:
    return (p[0] - q[0]) ** 2 + (p[1] - q[1]) ** 2
