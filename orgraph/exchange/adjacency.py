"""Adjacency from polygons: who shares a border line with whom, and how long it is.

The polygons need not be noded together: borders closer than a tolerance count as shared. Nearness is judged in a local equirectangular
projection around the map's middle latitude; lengths are measured on the sphere of radius 6371.0088 km, segment by segment at its own
latitude, which is within 0.6 percent of the ellipsoid.
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


@dataclass(frozen=True, slots=True)
class LocalMap:
    """Polygons in metres east and north of the middle of their common box; ``middle_lat`` in degrees."""

    shapes: tuple[BaseGeometry, ...]
    middle_lat: float

    def length_m(self, line: BaseGeometry) -> float:
        """Return the length of a line of this map: east-west parts are scaled by the cosine of their own latitude."""
        parts = shapely.get_parts(line)
        points, part = shapely.get_coordinates(parts, return_index=True)
        steps = np.diff(points, axis=0)[np.diff(part) == 0]
        middles = ((points[1:, 1] + points[:-1, 1]) / 2)[np.diff(part) == 0]
        lat = np.radians(self.middle_lat + middles / _METRES_PER_DEGREE)
        east = steps[:, 0] * np.cos(lat) / cos(radians(self.middle_lat))
        return float(np.hypot(east, steps[:, 1]).sum())


def project(polygons: Sequence[BaseGeometry]) -> LocalMap:
    """Return the polygons in metres around the middle of their common box, from WGS-84 degrees; empty input gives an empty map."""
    if not polygons:
        return LocalMap((), 0.0)
    west, south, east, north = shapely.total_bounds(np.array(polygons, dtype=object))
    origin = np.array([(west + east) / 2, (south + north) / 2])
    scale = np.array([_METRES_PER_DEGREE * cos(radians(origin[1])), _METRES_PER_DEGREE])

    def to_metres(points: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray((points - origin) * scale)

    return LocalMap(tuple(shapely.transform(p, to_metres) for p in polygons), float(origin[1]))


def borders(local: LocalMap, *, tolerance_m: float = DEFAULT_TOLERANCE_M) -> tuple[Border, ...]:
    """Return every border line between two polygons of a map, by index.

    A border's length is that of the lines that both polygons hold, plus what runs within the tolerance beside it without being shared, in
    pieces longer than eight times the tolerance: where two borders only meet in a sharp corner, they run beside each other for a few
    tolerances too.

    Notes
    -----
    O(n log n) search for pairs that are near each other, then one overlay per pair.
    """
    lines = [p.boundary for p in local.shapes]
    found = (_border(local, lines, (a, b), tolerance_m) for a, b in _near_pairs(local.shapes, tolerance_m))
    return tuple(border for border in found if border.length_m >= MIN_BORDER_M)


def _near_pairs(polygons: Sequence[BaseGeometry], tolerance_m: float) -> Iterator[tuple[int, int]]:
    tree = shapely.STRtree(polygons)
    left, right = tree.query(polygons, predicate="dwithin", distance=max(tolerance_m, 1e-6))
    yield from sorted((int(a), int(b)) for a, b in zip(left, right, strict=True) if a < b)


def _border(
    local: LocalMap, lines: Sequence[BaseGeometry], pair: tuple[int, int], tolerance_m: float
) -> Border:
    first, second = lines[pair[0]], lines[pair[1]]
    shared = first.intersection(second)
    exact = local.length_m(shared)
    near = 0.0
    if tolerance_m > 0:
        strips = (_beside(first, second, shared, tolerance_m), _beside(second, first, shared, tolerance_m))
        near = sum(local.length_m(strip) for side in strips for strip in side) / 2
    return Border(*pair, round(exact + near, 1), exact >= MIN_BORDER_M)


def _beside(
    line: BaseGeometry, other: BaseGeometry, shared: BaseGeometry, tolerance_m: float
) -> list[BaseGeometry]:
    """Return the pieces of ``line`` that run beside ``other`` without being shared."""
    strip = line.intersection(other.buffer(tolerance_m))
    if shared.length > 0:
        strip = strip.difference(shared.buffer(tolerance_m))
    pieces = shapely.get_parts(shapely.line_merge(strip))
    return [p for p in pieces if p.length > MIN_STRIP * tolerance_m]


def overlaps_m2(local: LocalMap) -> Mapping[tuple[int, int], float]:
    """Return the area that pairs of polygons share, in m2, for pairs that share any."""
    tree = shapely.STRtree(local.shapes)
    left, right = tree.query(local.shapes, predicate="intersects")
    areas: dict[tuple[int, int], float] = {}
    for a, b in sorted((int(a), int(b)) for a, b in zip(left, right, strict=True) if a < b):
        if (area := float(local.shapes[a].intersection(local.shapes[b]).area)) > 0:
            areas[a, b] = area
    return areas
