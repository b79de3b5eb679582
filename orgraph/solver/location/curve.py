"""The order of points along a curve that fills the plane: what is near on the curve is near on the map, and near in memory."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from orgraph.solver.location.distance import plane
from orgraph.solver.location.problem import Floats, Matrix, Points, Problem

ORDER_BITS = 16
Ints = NDArray[np.int64]


def along_curve(at: Floats) -> Ints:
    """Return points, given by coordinates of shape (n, 3), in the order of a Hilbert curve through the plane in which they spread most."""
    flat = plane(at)
    spread = max(float((flat.max(axis=0) - flat.min(axis=0)).max()), 1e-12)
    cells = ((flat - flat.min(axis=0)) / spread * (2**ORDER_BITS - 1)).astype(np.int64)
    return np.argsort(_hilbert(cells[:, 0].copy(), cells[:, 1].copy()), kind="stable")


def reordered(problem: Problem, order: Ints) -> Problem:
    """Return the same problem with node ``order[i]`` at place i."""
    place = np.argsort(order)
    distance = problem.distance
    moved: Points | Matrix = (
        Matrix(distance.cost[np.ix_(order, order)])
        if isinstance(distance, Matrix)
        else Points(distance.xy[order], distance.metric)
    )
    return replace(
        problem,
        node_ids=tuple(problem.node_ids[i] for i in order),
        distance=moved,
        demand=tuple(problem.demand[i] for i in order),
        upper=tuple(problem.upper[i] for i in order if problem.upper),
        lower=tuple(problem.lower[i] for i in order if problem.lower),
        opening=tuple(problem.opening[i] for i in order if problem.opening),
        fixed=frozenset(int(place[i]) for i in problem.fixed),
        forbidden=frozenset(int(place[i]) for i in problem.forbidden),
    )


def _hilbert(x: Ints, y: Ints) -> Ints:
    """Return the place of cells on the Hilbert curve."""
    place = np.zeros_like(x)
    side = 1 << (ORDER_BITS - 1)
    while side:
        right, up = (x & side) > 0, (y & side) > 0
        place += side * side * ((3 * right) ^ up)
        flip = ~up & right
        x, y = np.where(flip, side - 1 - (x & (side - 1)), x), np.where(flip, side - 1 - (y & (side - 1)), y)
        x, y = np.where(up, x, y), np.where(up, y, x)
        side >>= 1
    return place
