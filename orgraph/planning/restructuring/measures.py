"""Numbers that a problem is made of: kilometres between points, and decimal weights turned into integers once."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import lcm

import numpy as np
from numpy.typing import NDArray

EARTH_RADIUS_KM = 6371.0088
"""Mean radius of the Earth (IUGG R1)."""

LARGEST_SCALE = 10**6
"""Decimals beyond the sixth are rounded."""


def kilometres(points: Sequence[tuple[float, float]]) -> NDArray[np.float64]:
    """Return the great-circle distance of all pairs of (longitude, latitude) in degrees, by the haversine formula: shape (n, n), zero diagonal."""
    lon, lat = np.radians(np.array(points, dtype=np.float64).reshape(-1, 2)).T
    half_lat = np.sin((lat[:, None] - lat[None, :]) / 2)
    half_lon = np.sin((lon[:, None] - lon[None, :]) / 2)
    chord = half_lat**2 + np.cos(lat)[:, None] * np.cos(lat)[None, :] * half_lon**2
    km: NDArray[np.float64] = 2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.minimum(chord, 1.0)))
    return km


def exact(value: int | float) -> Fraction:
    """Return a number as it is written in decimals, not as its binary neighbour."""
    return Fraction(str(value))


def scale_of(values: Sequence[int | float]) -> int:
    """Return the least power of ten, at most :data:`LARGEST_SCALE`, that makes all values whole; beyond it, values are rounded."""
    denominator = lcm(1, *(exact(v).denominator for v in values))
    scale = 1
    while scale % denominator and scale < LARGEST_SCALE:
        scale *= 10
    return scale


def scaled(value: int | float | Fraction, scale: int) -> int:
    """Return ``value * scale``, rounded to a whole number (exactly, for values that :func:`scale_of` has seen)."""
    return round((value if isinstance(value, Fraction) else exact(value)) * scale)


def unscaled(value: float, scale: int) -> int | float:
    """Return a scaled value in the unit of the data: an ``int`` where it is whole and was not scaled."""
    return value if scale == 1 else value / scale
