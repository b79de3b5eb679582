"""Published districting instances: one JSON file each, with the objective told by the folder that holds it.

``n``, ``k``, ``L <= population of a district <= U``, ``population[i]``, ``xy[i]`` = [longitude, latitude] in degrees, ``edges`` = [i, j] with i < j.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from orgraph.benchmark.case import Case
from orgraph.benchmark.reading import Entry, read_entry
from orgraph.planning.restructuring.measures import kilometres
from orgraph.solver.districting.problem import Band, BorderLength, CenterCost, Objective, Problem

OBJECTIVES = ("cut_edges", "moment_hop", "moment_km")
Edge = tuple[int, int]


def read_instance(path: Path) -> Case[Problem]:
    """Read one instance. Raises ``InputError`` with every field that is missing or wrong."""
    folder, top = path.absolute().parent.name, read_entry(path)
    n = top.need("n").whole(least=1)
    k, low, high = top.need("k").whole(least=1), top.need("L").whole(), top.need("U").whole()
    population = top.need("population").wholes(n)
    edges = top.need("edges").pairs(n)
    points = top.need("xy").real_rows(n, 2) if folder == "moment_km" else []
    name = top.optional("name", Entry.text, path.stem)
    if folder not in OBJECTIVES:
        top.report("folder_unknown", folder=folder, known=", ".join(OBJECTIVES))
    top.refuse()
    objective = _objective(folder, population, edges, [(lon, lat) for lon, lat in points])
    problem = stated(population, edges, k, (low, high), objective)
    return Case(name, objective.name, problem, problem.unit_ids, path)


def _objective(
    folder: str, population: Sequence[int], edges: Sequence[Edge], points: Sequence[tuple[float, float]]
) -> Objective:
    if folder == "cut_edges":
        return border_count(edges)
    if folder == "moment_hop":
        return moment_of_hops(population, edges)
    return moment_of_kilometres(population, points)


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
