"""Published districting instances: one JSON file each, with the objective told by the folder that holds it.

``n``, ``k``, ``L <= population of a district <= U``, ``population[i]``, ``xy[i]`` = [longitude, latitude] in degrees, ``edges`` = [i, j] with i < j.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import isfinite
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from orgraph.benchmark.case import Case
from orgraph.errors import InputError
from orgraph.findings import Finding, Json, Place
from orgraph.planning.restructuring.measures import kilometres
from orgraph.solver.districting.problem import Band, BorderLength, CenterCost, Objective, Problem

OBJECTIVES = ("cut_edges", "moment_hop", "moment_km")
Edge = tuple[int, int]


def read_instance(path: Path) -> Case[Problem]:
    """Read one instance. Raises ``InputError`` with every field that is missing or wrong."""
    form = _Form(path)
    content = form.content()
    problem = form.problem(content) if content is not None else None
    if problem is None:
        raise InputError("invalid_input", findings=form.findings, num_errors=len(form.findings))
    name = content.get("name") if content is not None else None
    return Case(
        name=name if isinstance(name, str) and name else path.stem,
        objective_name=problem.objectives[0].name,
        problem=problem,
        units=problem.unit_ids,
        path=path,
    )


def stated(
    population: Sequence[int],
    edges: Sequence[Edge],
    k: int,
    sides: tuple[int, int],
    objective: Objective,
) -> Problem:
    """Return the problem whose districts hold between ``sides[0]`` and ``sides[1]`` people, inclusive."""
    total = max(sum(population), 1)
    low, high = (Fraction(side * k, total) - 1 for side in sides)
    return Problem(
        unit_ids=tuple(str(i) for i in range(len(population))),
        edges=tuple(edges),
        k=k,
        weights={"population": tuple(population)},
        objectives=(objective,),
        bands={"population": Band(low, high)},
    )


def border_count(edges: Sequence[Edge]) -> BorderLength:
    """Return the number of edges between different districts as an objective."""
    return BorderLength("cut_edges", (1.0,) * len(edges))


def moment_of_hops(population: Sequence[int], edges: Sequence[Edge]) -> CenterCost:
    """Return population times the fewest edges to the seat, in the whole graph."""
    people = np.array(population, dtype=np.float64)
    return CenterCost("moment_hop", people[:, None] * hops(len(population), edges))


def moment_of_kilometres(population: Sequence[int], points: Sequence[tuple[float, float]]) -> CenterCost:
    """Return population times squared kilometres to the seat, in millions."""
    people = np.array(population, dtype=np.float64)
    return CenterCost("moment_km", people[:, None] * kilometres(points) ** 2 / 1e6)


def hops(num_units: int, edges: Sequence[Edge]) -> NDArray[np.float64]:
    """Return the fewest edges between all units, ``num_units`` where nothing joins them: shape (n, n). O(n m)."""
    near: list[list[int]] = [[] for _ in range(num_units)]
    for i, j in edges:
        near[i].append(j)
        near[j].append(i)
    distance = np.full((num_units, num_units), float(num_units))
    for start in range(num_units):
        distance[start, start] = 0
        queue = deque([start])
        while queue:
            i = queue.popleft()
            for j in near[i]:
                if distance[start, j] == num_units and j != start:
                    distance[start, j] = distance[start, i] + 1
                    queue.append(j)
    return distance


class _Form:
    """One file, and what is found wrong with it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.findings: list[Finding] = []

    def content(self) -> Mapping[str, object] | None:
        """Return the fields of the file."""
        try:
            content = json.loads(self.path.read_text(encoding="utf-8-sig"))
        except (OSError, ValueError, RecursionError) as error:
            self._found("instance_unreadable", path=str(self.path), reason=_reason(error))
            return None
        if not isinstance(content, dict):
            self._found("instance_form", path=str(self.path))
            return None
        return content

    def problem(self, content: Mapping[str, object]) -> Problem | None:
        """Return the problem, ``None`` when anything is wrong."""
        num_units = self._count(content, "n", least=1)
        k = self._count(content, "k", least=1)
        sides = self._count(content, "L"), self._count(content, "U")
        population = self._population(content, num_units)
        edges = self._edges(content, num_units)
        objective = self._objective(content, num_units, population, edges)
        if self.findings or objective is None:
            return None
        return stated(population, edges, k, sides, objective)

    def _objective(
        self, content: Mapping[str, object], num_units: int, population: list[int], edges: list[Edge]
    ) -> Objective | None:
        folder = self.path.absolute().parent.name
        if folder not in OBJECTIVES:
            self._found("instance_folder", folder=folder, known=", ".join(OBJECTIVES))
            return None
        points = self._points(content, num_units) if folder == "moment_km" else []
        if self.findings:
            return None
        if folder == "cut_edges":
            return border_count(edges)
        if folder == "moment_hop":
            return moment_of_hops(population, edges)
        return moment_of_kilometres(population, points)

    def _count(self, content: Mapping[str, object], field: str, least: int = 0) -> int:
        value = content.get(field)
        if _is_whole(value) and int(str(value)) >= least:
            return int(str(value))
        self._wrong("instance_count", field, least=least)
        return least

    def _population(self, content: Mapping[str, object], num_units: int) -> list[int]:
        values = content.get("population")
        if isinstance(values, list) and len(values) == num_units and all(_is_whole(v) for v in values):
            return [int(v) for v in values]
        self._wrong("instance_population", "population", num_units=num_units)
        return []

    def _edges(self, content: Mapping[str, object], num_units: int) -> list[Edge]:
        pairs = content.get("edges")
        if isinstance(pairs, list) and all(_is_edge(pair, num_units) for pair in pairs):
            edges = [(min(pair), max(pair)) for pair in pairs]
            if len(set(edges)) == len(edges):
                return edges
        self._wrong("instance_edges", "edges", last=num_units - 1)
        return []

    def _points(self, content: Mapping[str, object], num_units: int) -> list[tuple[float, float]]:
        pairs = content.get("xy")
        if isinstance(pairs, list) and len(pairs) == num_units and all(_is_point(pair) for pair in pairs):
            return [(float(lon), float(lat)) for lon, lat in pairs]
        self._wrong("instance_points", "xy", num_units=num_units)
        return []

    def _wrong(self, name: str, field: str, **numbers: Json) -> None:
        place = Place(self.path.name, column=field)
        self.findings.append(
            Finding(f"districting.{name}", subject=(field,), place=place, numbers=dict(numbers))
        )

    def _found(self, name: str, **numbers: Json) -> None:
        self.findings.append(
            Finding(f"districting.{name}", place=Place(self.path.name), numbers=dict(numbers))
        )


def _reason(error: Exception) -> str:
    return (error.strerror or "") if isinstance(error, OSError) else str(error)


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53


def _is_edge(pair: object, num_units: int) -> bool:
    return (
        isinstance(pair, list)
        and len(pair) == 2
        and all(_is_whole(end) and end < num_units for end in pair)
        and pair[0] != pair[1]
    )


def _is_point(pair: object) -> bool:
    return (
        isinstance(pair, list)
        and len(pair) == 2
        and all(isinstance(v, int | float) and not isinstance(v, bool) and isfinite(v) for v in pair)
    )
