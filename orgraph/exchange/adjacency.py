"""Adjacency from polygons: who shares a border line with whom, and how long it is.

The polygons need not be noded together: borders closer than a tolerance count as shared. Lengths are measured in a local equirectangular
projection around the map's middle latitude (sphere of radius 6371.0088 km). East-west lengths are wrong by the share tan(latitude) x (distance from
the middle latitude in radians): at most 0.1 percent over a town of 15 km at latitude 38, 3 percent over a state of 500 km at latitude 33.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import cos, pi, radians

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

EARTH_RADIUS_M = 6_371_008.8
DEFAULT_TOLERANCE_M = 30.0
"""Borders that run closer to each other than this are taken as one border."""
MIN_BORDER_M = 10.0
"""Contact shorter than this is a point, not a border (rook adjacency)."""

MIN_STRIP = 8
"""A strip within the tolerance counts from this many tolerances on."""

_METRES_PER_DEGREE = EARTH_RADIUS_M * pi / 180


@dataclass(frozen=True, slots=True)
class Border:
    """A border between the polygons ``a`` and ``b`` (indexes, a < b). ``is_exact`` is false when only the tolerance found it."""

    a: int
    b: int
    length_m: float
    is_exact: bool


def project(polygons: Sequence[BaseGeometry]) -> list[BaseGeometry]:
    """Return the polygons in metres around the middle of their common box, from WGS-84 degrees; empty input gives an empty list."""
    if not polygons:
        return []
    west, south, east, north = shapely.total_bounds(np.array(polygons, dtype=object))
    origin = np.array([(west + east) / 2, (south + north) / 2])
    scale = np.array([_METRES_PER_DEGREE * cos(radians(origin[1])), _METRES_PER_DEGREE])

    def to_metres(points: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray((points - origin) * scale)

    return [shapely.transform(p, to_metres) for p in polygons]


def borders(
    projected: Sequence[BaseGeometry], *, tolerance_m: float = DEFAULT_TOLERANCE_M
) -> tuple[Border, ...]:
    """Return every border line between two of the projected polygons, by index.

    A border's length is that of the lines that both polygons hold, plus what runs within the tolerance beside it without being shared, in
    pieces longer than eight times the tolerance: where two borders only meet in a sharp corner, they run beside each other for a few
    tolerances too.

    Notes
    -----
    O(n log n) search for pairs that are near each other, then one overlay per pair.
    """
    lines = [p.boundary for p in projected]
    found = (_border(lines, a, b, tolerance_m) for a, b in _near_pairs(projected, tolerance_m))
    return tuple(border for border in found if border.length_m >= MIN_BORDER_M)


def _near_pairs(polygons: Sequence[BaseGeometry], tolerance_m: float) -> Iterator[tuple[int, int]]:
    tree = shapely.STRtree(polygons)
    left, right = tree.query(polygons, predicate="dwithin", distance=max(tolerance_m, 1e-6))
    yield from sorted((int(a), int(b)) for a, b in zip(left, right, strict=True) if a < b)


def _border(lines: Sequence[BaseGeometry], a: int, b: int, tolerance_m: float) -> Border:
    shared = lines[a].intersection(lines[b])
    exact = float(shared.length)
    near = 0.0
    if tolerance_m > 0:
        near = (
            _beside(lines[a], lines[b], shared, tolerance_m)
            + _beside(lines[b], lines[a], shared, tolerance_m)
        ) / 2
    return Border(a, b, round(exact + near, 1), exact >= MIN_BORDER_M)


def _beside(line: BaseGeometry, other: BaseGeometry, shared: BaseGeometry, tolerance_m: float) -> float:
    """Return the length of ``line`` that runs beside ``other`` without being shared."""
    strip = line.intersection(other.buffer(tolerance_m))
    if shared.length > 0:
        strip = strip.difference(shared.buffer(tolerance_m))
    pieces = shapely.get_parts(shapely.line_merge(strip))
    return float(sum(p.length for p in pieces if p.length > MIN_STRIP * tolerance_m))


def overlaps_m2(projected: Sequence[BaseGeometry]) -> Mapping[tuple[int, int], float]:
    """Return the area that pairs of polygons share, in m2, for pairs that share any."""
    tree = shapely.STRtree(projected)
    left, right = tree.query(projected, predicate="intersects")
    areas: dict[tuple[int, int], float] = {}
    for a, b in sorted((int(a), int(b)) for a, b in zip(left, right, strict=True) if a < b):
        if (area := float(projected[a].intersection(projected[b]).area)) > 0:
            areas[a, b] = area
    return areas
