"""Points in space and the distance between them, for kernels: a plane, or a sphere on which the way along the surface counts."""

from __future__ import annotations

from math import asin, sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from orgraph.solver.compiled import compiled
from orgraph.solver.districting.problem import EARTH_RADIUS_KM, PointCost

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Space(NamedTuple):
    """``xyz`` in km, shape (n, 3). ``radius_km`` of the sphere that all points lie on, 0 in the plane. ``power`` of the distance, 1 or 2."""

    xyz: Floats
    radius_km: float
    power: int


class Links(NamedTuple):
    """Neighbours of unit i: ``other[first[i]:first[i + 1]]``."""

    first: Ints
    other: Ints


def space_of(objective: PointCost, units: Ints) -> Space:
    """Return the points of ``units``, in their order."""
    x, y = objective.x[units], objective.y[units]
    if not objective.in_degrees:
        return Space(np.stack([x, y, np.zeros(len(units))], axis=1), 0.0, objective.power)
    lon, lat = np.radians(x), np.radians(y)
    unit_vectors = np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=1)
    return Space(EARTH_RADIUS_KM * unit_vectors, EARTH_RADIUS_KM, objective.power)


@compiled
def reach(space: Space, i: int, j: int) -> float:
    """Return the distance between two points to the power that counts."""
    xyz = space.xyz
    x, y, z = xyz[i, 0] - xyz[j, 0], xyz[i, 1] - xyz[j, 1], xyz[i, 2] - xyz[j, 2]
    return along(space, x * x + y * y + z * z)


@compiled
def along(space: Space, squared: float) -> float:
    """Return what a straight line of this squared length in space measures along the surface, to the power that counts; monotone."""
    if space.radius_km == 0.0:
        return squared if space.power == 2 else sqrt(squared)
    way = 2 * space.radius_km * asin(min(1.0, sqrt(squared) / (2 * space.radius_km)))
    return way * way if space.power == 2 else way
