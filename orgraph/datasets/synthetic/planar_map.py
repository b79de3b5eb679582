"""A synthetic map: relaxed Voronoi cells inside an outline, with uneven borders that neighbours share vertex by vertex.

Coordinates are kilometres east and north of an origin. Turning them into degrees is left to the caller.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from random import Random
from typing import TypeAlias

Point: TypeAlias = tuple[float, float]
Ring: TypeAlias = list[Point]

GRID_KM = 0.001
"""Vertices are rounded to this, so that neighbouring cells hold the same ones."""


@dataclass(frozen=True, slots=True)
class PlanarMap:
    """Cells of a map. ``sites[i]`` lies inside ``cells[i]``, an open ring (the first vertex is not repeated), anticlockwise."""

    sites: tuple[Point, ...]
    cells: tuple[tuple[Point, ...], ...]


def make_map(
    outline: Sequence[Point], num_cells: int, *, seed: int, relaxations: int = 3, roughness: float = 0.12
) -> PlanarMap:
    """Return a map of ``num_cells`` cells that fill ``outline``.

    Parameters
    ----------
    outline
        Anticlockwise, at most mildly concave: every cell must stay in one piece.
    num_cells
        How many cells.
    seed
        Seed of every choice.
    relaxations
        Rounds of Lloyd's algorithm: more rounds give more even cells.
    roughness
        How far the middle of a border is moved aside, as a share of its length.

    Notes
    -----
    O(n^2) half-plane cuts per round. Lloyd (1982), "Least squares quantization in PCM".
    """
    random = Random(seed)
    sites = _scatter(outline, num_cells, random)
    for _ in range(relaxations):
        sites = [_centroid(_cell(i, sites, outline)) for i in range(num_cells)]
    rings = [_snap(_cell(i, sites, outline)) for i in range(num_cells)]
    roughened = _roughen(rings, roughness, random)
    return PlanarMap(tuple(sites), tuple(tuple(r) for r in roughened))


def area(ring: Sequence[Point]) -> float:
    """Return the signed area of an open ring, positive when anticlockwise."""
    closed = [*ring, ring[0]]
    return sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in pairwise(closed)) / 2


def _scatter(outline: Sequence[Point], count: int, random: Random) -> list[Point]:
    xs, ys = [p[0] for p in outline], [p[1] for p in outline]
    sites: list[Point] = []
    while len(sites) < count:
        x = min(xs) + (max(xs) - min(xs)) * random.random()
        y = min(ys) + (max(ys) - min(ys)) * random.random()
        if _is_inside((x, y), outline):
            sites.append((x, y))
    return sites


def _is_inside(point: Point, ring: Sequence[Point]) -> bool:
    x, y = point
    inside = False
    for (x0, y0), (x1, y1) in pairwise([*ring, ring[0]]):
        if (y0 > y) != (y1 > y) and x < x0 + (x1 - x0) * (y - y0) / (y1 - y0):
            inside = not inside
    return inside


def _cell(index: int, sites: Sequence[Point], outline: Sequence[Point]) -> Ring:
    ring = list(outline)
    for other, site in enumerate(sites):
        if other != index:
            ring = _nearer(ring, sites[index], site)
    return ring


def _nearer(ring: Ring, site: Point, other: Point) -> Ring:
    """Cut away what is nearer to ``other``."""
    a, b = 2 * (other[0] - site[0]), 2 * (other[1] - site[1])
    c = other[0] * other[0] + other[1] * other[1] - site[0] * site[0] - site[1] * site[1]
    kept: Ring = []
    for p, q in zip(ring, [*ring[1:], ring[0]], strict=True):
        d, e = a * p[0] + b * p[1] - c, a * q[0] + b * q[1] - c
        if d <= 0:
            kept.append(p)
        if (d < 0 < e) or (e < 0 < d):
            t = d / (d - e)
            kept.append((p[0] + t * (q[0] - p[0]), p[1] + t * (q[1] - p[1])))
    return kept


def _centroid(ring: Ring) -> Point:
    x = y = 0.0
    for (x0, y0), (x1, y1) in pairwise([*ring, ring[0]]):
        cross = x0 * y1 - x1 * y0
        x += (x0 + x1) * cross
        y += (y0 + y1) * cross
    scale = 6 * area(ring)
    return x / scale, y / scale


def _snap(ring: Ring) -> Ring:
    snapped = [(round(x / GRID_KM) * GRID_KM, round(y / GRID_KM) * GRID_KM) for x, y in ring]
    return [p for p, before in zip(snapped, [snapped[-1], *snapped[:-1]], strict=True) if p != before]


def _roughen(rings: Sequence[Ring], roughness: float, random: Random) -> list[Ring]:
    """Replace every border by an uneven line, the same one for both of its cells."""
    borders = sorted({_border(p, q) for ring in rings for p, q in pairwise([*ring, ring[0]])})
    lines = {border: _uneven(*border, roughness, random) for border in borders}
    return [_walk(ring, lines) for ring in rings]


def _border(p: Point, q: Point) -> tuple[Point, Point]:
    return (p, q) if p < q else (q, p)


def _uneven(p: Point, q: Point, roughness: float, random: Random, depth: int = 3) -> Ring:
    """Return the points from ``p`` to ``q`` after moving middles aside, halving the move at each depth."""
    if depth == 0:
        return [p, q]
    aside = roughness * (2 * random.random() - 1)
    middle = (
        (p[0] + q[0]) / 2 - aside * (q[1] - p[1]),
        (p[1] + q[1]) / 2 + aside * (q[0] - p[0]),
    )
    first = _uneven(p, middle, roughness * 0.8, random, depth - 1)
    return first + _uneven(middle, q, roughness * 0.8, random, depth - 1)[1:]


def _walk(ring: Ring, lines: dict[tuple[Point, Point], Ring]) -> Ring:
    walked: Ring = []
    for p, q in pairwise([*ring, ring[0]]):
        line = lines[_border(p, q)]
        walked.extend(line[:-1] if p < q else line[:0:-1])
    return walked
