"""Kernels for distances: one pair, all pairs, and the nearest nodes of every node by a grid of cells.

Points of every metric are embedded in space so that the straight line is never longer than the distance (for the sphere it is the chord). That
makes one grid serve all metrics.
"""

from __future__ import annotations

from math import asin, floor, sqrt

import numpy as np
from numpy.typing import NDArray

from orgraph.solver.compiled import compiled
from orgraph.solver.location.problem import Floats, Points

EUCLIDEAN, FLOOR, MANHATTAN, HAVERSINE, MATRIX = 0, 1, 2, 3, 4
CODES = {
    "euclidean": EUCLIDEAN,
    "euclidean_floor": FLOOR,
    "manhattan": MANHATTAN,
    "haversine_km": HAVERSINE,
}
RADIUS_KM = 6371.0088
NODES_PER_CELL = 3.0
SLICE = 2000
"""Nodes whose lists are made in one call of a kernel."""


def embedding(points: Points) -> Floats:
    """Return coordinates in space, shape (n, 3): those of the plane, or those on the sphere."""
    at = np.zeros((points.num_nodes, 3))
    if points.metric != "haversine_km":
        at[:, :2] = points.xy
        return at
    lon, lat = np.radians(points.xy[:, 0]), np.radians(points.xy[:, 1])
    at[:, 0] = RADIUS_KM * np.cos(lat) * np.cos(lon)
    at[:, 1] = RADIUS_KM * np.cos(lat) * np.sin(lon)
    at[:, 2] = RADIUS_KM * np.sin(lat)
    return at


@compiled
def cost_of(metric: int, cost: Floats, at: Floats, i: int, j: int) -> float:
    """Return what node i costs when centre j serves it."""
    if metric == MATRIX:
        return cost[i, j]  # type: ignore[no-any-return]
    x = at[i, 0] - at[j, 0]
    y = at[i, 1] - at[j, 1]
    if metric == MANHATTAN:
        return abs(x) + abs(y)  # type: ignore[no-any-return]
    z = at[i, 2] - at[j, 2]
    straight = sqrt(x * x + y * y + z * z)
    if metric == HAVERSINE:
        return 2.0 * RADIUS_KM * asin(min(1.0, straight / (2.0 * RADIUS_KM)))
    return float(floor(straight)) if metric == FLOOR else straight


@compiled
def cost_list(metric: int, cost: Floats, at: Floats, nodes: NDArray[np.int64], j: int) -> Floats:
    """Return what some nodes cost when centre j serves them; shape as ``nodes``."""
    found = np.empty(len(nodes))
    for t in range(len(nodes)):
        found[t] = cost_of(metric, cost, at, nodes[t], j)
    return found


@compiled
def cost_matrix(metric: int, at: Floats) -> Floats:
    """Return the distances of all pairs, shape (n, n)."""
    n = len(at)
    found = np.zeros((n, n))
    for i in range(n):
        for j in range(n):
            found[i, j] = cost_of(metric, found, at, i, j)
    return found


def plane(at: Floats) -> Floats:
    """Return the two coordinates that spread most, shape (n, 2)."""
    spread = at.max(axis=0) - at.min(axis=0)
    return np.ascontiguousarray(at[:, np.sort(np.argsort(-spread, kind="stable")[:2])])


def nearest(metric: int, at: Floats, width: int) -> tuple[NDArray[np.int32], Floats]:
    """Return the ``width`` nearest nodes of every node, itself first, and their distances, ascending: shapes (n, width)."""
    n = len(at)
    flat = plane(at)
    low = flat.min(axis=0)
    spread = np.maximum(flat.max(axis=0) - low, 1e-12)
    side = max(float(np.sqrt(spread.prod() * NODES_PER_CELL / n)), float(spread.max()) / n)
    cell = np.floor((flat - low) / side).astype(np.int64)
    shape = cell.max(axis=0) + 1
    key = cell[:, 0] * shape[1] + cell[:, 1]
    order = np.argsort(key, kind="stable")
    start = np.searchsorted(key[order], np.arange(shape[0] * shape[1] + 1))
    near = np.zeros((n, width), dtype=np.int32)
    near_cost = np.zeros((n, width))
    for first in range(0, n, SLICE):
        _fill(metric, at, cell, shape, side, order, start, first, min(n, first + SLICE), near, near_cost)
    return near, near_cost


@compiled
def listed_back(
    near: NDArray[np.int32], near_cost: Floats
) -> tuple[NDArray[np.int64], NDArray[np.int32], Floats]:
    """Return for every node j the nodes that list j but are not in its own list: where they start, shape (n + 1,), the nodes, their distances."""
    n, width = near.shape
    start = np.zeros(n + 1, dtype=np.int64)
    if width == n:
        return start, np.zeros(0, dtype=np.int32), np.zeros(0)
    for i in range(n):
        for t in range(width):
            start[near[i, t] + 1] += not is_listed(near, near_cost, near[i, t], i, near_cost[i, t])
    for j in range(n):
        start[j + 1] += start[j]
    back = np.empty(start[n], dtype=np.int32)
    back_cost = np.empty(start[n])
    place = start[:n].copy()
    for i in range(n):
        for t in range(width):
            j = near[i, t]
            if not is_listed(near, near_cost, j, i, near_cost[i, t]):
                back[place[j]] = i
                back_cost[place[j]] = near_cost[i, t]
                place[j] += 1
    return start, back, back_cost


@compiled
def is_listed(near: NDArray[np.int32], near_cost: Floats, j: int, i: int, cost: float) -> bool:
    """Return whether node i, at this distance, is in the list of node j."""
    place = near.shape[1] - 1
    if cost != near_cost[j, place]:
        return cost < near_cost[j, place]  # type: ignore[no-any-return]
    while place >= 0 and near_cost[j, place] == cost:
        if near[j, place] == i:
            return True
        place -= 1
    return False


@compiled
def _fill(
    metric: int,
    at: Floats,
    cell: NDArray[np.int64],
    shape: NDArray[np.int64],
    side: float,
    order: NDArray[np.int64],
    start: NDArray[np.int64],
    first: int,
    last: int,
    near: NDArray[np.int32],
    near_cost: Floats,
) -> None:
    n, width = len(at), near.shape[1]
    nodes = np.empty(n, dtype=np.int64)
    far = np.empty(n)
    none = np.zeros((0, 0))
    for i in range(first, last):
        found = 0
        ring = 0
        while True:
            for a in range(cell[i, 0] - ring, cell[i, 0] + ring + 1):
                if a < 0 or a >= shape[0]:
                    continue
                is_edge = a == cell[i, 0] - ring or a == cell[i, 0] + ring
                step = 1 if is_edge or ring == 0 else 2 * ring
                for b in range(cell[i, 1] - ring, cell[i, 1] + ring + 1, step):
                    if b < 0 or b >= shape[1]:
                        continue
                    for t in range(start[a * shape[1] + b], start[a * shape[1] + b + 1]):
                        nodes[found] = order[t]
                        far[found] = cost_of(metric, none, at, order[t], i)
                        if order[t] == i:
                            far[found] = -1.0
                        found += 1
            # Rounding down lowers a distance by less than 1, so nodes further out may still be as near.
            sure = ring * side - (1.0 if metric == FLOOR else 0.0)
            inside = 0
            if found >= width:
                for t in range(found):
                    if far[t] <= sure:
                        inside += 1
            if inside >= width or found == n:
                break
            ring += 1
        # A cell in the middle of a town holds many more nodes than are wanted: sort only those.
        farthest = np.partition(far[:found], width - 1)[width - 1]
        wanted = np.flatnonzero(far[:found] <= farthest)
        wanted = wanted[np.argsort(far[wanted])]
        for t in range(width):
            near[i, t] = nodes[wanted[t]]
            near_cost[i, t] = max(0.0, far[wanted[t]])
