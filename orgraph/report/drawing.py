"""From longitude and latitude to a flat drawing: projected shapes, paths and the scale bar."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import cos, radians

import numpy as np
from numpy.typing import NDArray
from shapely import force_2d, make_valid, transform, unary_union
from shapely.errors import ShapelyError
from shapely.geometry import Point, Polygon, shape
from shapely.geometry.base import BaseGeometry, BaseMultipartGeometry

from orgraph.planning.restructuring import UnitRow

Coordinates = NDArray[np.float64]

KM_PER_DEGREE = 111.195
"""Length of a degree of latitude on a sphere of 6371.0088 km."""

WIDTH = 560.0
MARGIN = 14.0
FOOT = 14.0
"""Room at the foot for the scale bar, beside the margin."""

LEAST_HEIGHT, MOST_HEIGHT = 260.0, 640.0
SLIT = 0.6
"""Units (of the drawing) up to which gaps between neighbouring shapes are closed when they are merged."""


@dataclass(frozen=True)
class Drawing:
    """Shapes and points of the units on a sheet of ``width`` x ``height``, y downward, north up. Units without a place are left out."""

    width: float
    height: float
    shapes: Mapping[str, BaseGeometry]
    points: Mapping[str, tuple[float, float]]
    per_km: float

    @property
    def has_shapes(self) -> bool:
        """Whether there are areas to fill; otherwise units are drawn as points and lines."""
        return bool(self.shapes)

    def path(self, code: str) -> str:
        """Return the outline of one unit as SVG path data."""
        return path_of(self.shapes[code])

    def merged(self, codes: Iterable[str]) -> BaseGeometry:
        """Return the area of several units as one shape, hair gaps closed."""
        parts = [self.shapes[code].buffer(SLIT) for code in codes if code in self.shapes]
        return unary_union(parts).buffer(-SLIT)

    def center(self, codes: Iterable[str]) -> tuple[float, float] | None:
        """Return a place for a label inside several units; ``None`` where none of them has a place."""
        codes = [code for code in codes if code in self.points]
        area = self.merged(codes) if self.has_shapes else None
        if area is not None and not area.is_empty:
            largest = max(_polygons(area), key=lambda p: p.area)
            inside = largest.buffer(-0.3 * largest.area**0.5)
            spot = (inside if not inside.is_empty else largest).representative_point()
            return spot.x, spot.y
        if not codes:
            return None
        return (
            sum(self.points[c][0] for c in codes) / len(codes),
            sum(self.points[c][1] for c in codes) / len(codes),
        )

    def scale_bar(self) -> tuple[float, str]:
        """Return length on the sheet and distance in km of a bar of about a fifth of the width."""
        wanted = self.width / 5 / self.per_km
        nice = [m * 10.0**e for e in range(-3, 5) for m in (1, 2, 5)]
        km = max((n for n in nice if n <= wanted), default=nice[0])
        return km * self.per_km, f"{km:g}"


def drawing_of(units: Iterable[UnitRow]) -> Drawing | None:
    """Return the drawing; ``None`` where no unit has a place."""
    units = tuple(units)
    shapes = {u.code: area for u in units if (area := _area(u.geometry)) is not None}
    points = {u.code: Point(u.point) for u in units if u.point}
    points |= {code: a.representative_point() for code, a in shapes.items() if code not in points}
    if not points:
        return None
    return _fitted(shapes, points)


def path_of(area: BaseGeometry) -> str:
    """Return an area as SVG path data, rounded to tenths; islands and holes are subpaths."""
    rings = (ring for p in _polygons(area) for ring in (p.exterior, *p.interiors))
    return "".join(_ring(ring.coords) for ring in rings)


def _fitted(shapes: Mapping[str, BaseGeometry], points: Mapping[str, Point]) -> Drawing:
    """Project (equirectangular around the middle) and fit to the sheet."""
    everything = unary_union([*shapes.values(), *points.values()])
    west, south, east, north = everything.bounds
    squeeze = cos(radians((south + north) / 2))
    wide, high = max((east - west) * squeeze, 1e-9), max(north - south, 1e-9)
    per_degree = min((WIDTH - 2 * MARGIN) / wide, (MOST_HEIGHT - 2 * MARGIN) / high)
    height = max(high * per_degree + 2 * MARGIN, LEAST_HEIGHT)
    left = (WIDTH - wide * per_degree) / 2
    top = (height - high * per_degree) / 2

    def placed(coordinates: Coordinates) -> Coordinates:
        x = left + (coordinates[:, 0] - west) * squeeze * per_degree
        return np.column_stack([x, top + (north - coordinates[:, 1]) * per_degree])

    flat = {code: transform(area, placed) for code, area in shapes.items()}
    spots = {code: transform(point, placed) for code, point in points.items()}
    places = {code: (float(spot.x), float(spot.y)) for code, spot in spots.items()}
    return Drawing(WIDTH, height + FOOT, flat, places, per_degree / KM_PER_DEGREE)


def _area(geometry: str) -> BaseGeometry | None:
    """Read a GeoJSON polygon or multipolygon; anything else, or what cannot be read, is left to the point of the unit."""
    if not geometry:
        return None
    try:
        area = make_valid(force_2d(shape(json.loads(geometry))))
    except (ValueError, TypeError, KeyError, AttributeError, ShapelyError):
        return None
    return area if any(_polygons(area)) else None


def _polygons(area: BaseGeometry) -> list[Polygon]:
    if isinstance(area, Polygon):
        return [] if area.is_empty else [area]
    parts = area.geoms if isinstance(area, BaseMultipartGeometry) else ()
    return [polygon for part in parts for polygon in _polygons(part)]


def _ring(coordinates: Iterable[tuple[float, ...]]) -> str:
    """Return a closed ring, points that fall together left out."""
    spots = [f"{x:.1f} {y:.1f}" for x, y, *_ in coordinates]
    kept = [spot for spot, before in zip(spots, [None, *spots], strict=False) if spot != before]
    return f"M{'L'.join(kept[:-1] if len(kept) > 3 else kept)}Z"
