"""Costs by distance written out as matrices, for maps small enough for one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from orgraph.solver.districting.problem import (
    EARTH_RADIUS_KM,
    CenterCost,
    Costs,
    Objective,
    PointCost,
    Problem,
)


def with_matrices(problem: Problem) -> Problem:
    """Return the problem with every cost by distance as a matrix, the same one where there is none. O(n^2) numbers each."""
    if not any(isinstance(o, PointCost) for o in problem.objectives):
        return problem
    return replace(problem, objectives=tuple(_as_matrix(o) for o in problem.objectives))


def _as_matrix(objective: Objective) -> Objective:
    if not isinstance(objective, PointCost):
        return objective
    km = _round(objective) if objective.in_degrees else _flat(objective)
    return CenterCost(objective.name, objective.weight[:, None] * km**objective.power)


def _flat(objective: PointCost) -> Costs:
    x, y = objective.x, objective.y
    return np.hypot(x[:, None] - x, y[:, None] - y)


def _round(objective: PointCost) -> Costs:
    """Return distances by the haversine formula."""
    lon, lat = np.radians(objective.x), np.radians(objective.y)
    half = np.sin((lat[:, None] - lat) / 2) ** 2
    half += np.cos(lat)[:, None] * np.cos(lat) * np.sin((lon[:, None] - lon) / 2) ** 2
    km: Costs = 2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.minimum(half, 1.0)))
    return km
