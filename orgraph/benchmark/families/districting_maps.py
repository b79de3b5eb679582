"""Maps to restructure: a table of units with its edges beside, read as `orgraph plan restructure` reads them; and small synthetic ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import ceil, floor
from pathlib import Path
from random import Random

from orgraph.benchmark.case import Case
from orgraph.benchmark.families.districting_instances import (
    Edge,
    border_count,
    moment_of_hops,
    moment_of_kilometres,
    stated,
)
from orgraph.datasets.synthetic.planar_map import PlanarMap, make_map
from orgraph.errors import InputError
from orgraph.exchange import Source, read, read_configuration
from orgraph.planning.restructuring import draft_options
from orgraph.planning.restructuring import problem as problem_of
from orgraph.solver.districting.problem import Objective, Problem

KM_PER_DEGREE = 111.2
SYNTHETIC_SIZES = ((30, 4), (46, 6), (70, 2))
"""Units and districts of the synthetic maps."""


def read_map(path: Path, config: Path | None) -> Case[Problem]:
    """Read ``NAME.csv`` with ``NAME_edges.csv`` beside it; k, balance and objectives from the configuration.

    Raises
    ------
    InputError
        With every finding of files and configuration, when any of them is an error.
    """
    edges = path.with_name(f"{path.stem}_edges{path.suffix}")
    result = read([Source(path, "units"), Source(edges, "edges")])
    tables, unreadable = read_configuration(config)
    options, wrong = draft_options(tables or {}, file=config.name if config else "")
    found = (*result.findings, *unreadable, *(wrong if tables is not None else ()))
    asked: Problem | None = None
    if result.graph is not None and tables is not None:
        asked, more = problem_of(result.graph, options)
        found = (*found, *(f for f in more if f not in found))
    if asked is None or wrong:
        raise InputError("invalid_input", findings=found, num_errors=sum(f.is_error for f in found))
    return Case(path.stem, asked.objectives[0].name, asked, asked.unit_ids, path)


def synthetic_maps(seed: int) -> tuple[Case[Problem], ...]:
    """Return every synthetic map under every objective of the published instances; districts within ten percent of the mean."""
    return tuple(case for num_units, k in SYNTHETIC_SIZES for case in _synthetic_map(num_units, k, seed))


def _synthetic_map(num_units: int, k: int, seed: int) -> Iterator[Case[Problem]]:
    random = Random(f"{seed}/{num_units}")
    side = num_units**0.5
    outline = [(0.0, 0.0), (side, 0.0), (side, side), (0.0, side)]
    cells = make_map(outline, num_units, seed=random.randrange(2**31))
    population = [random.randint(100, 900) for _ in range(num_units)]
    mean = sum(population) / k
    sides = ceil(0.9 * mean), floor(1.1 * mean)
    for objective in _objectives(cells, population):
        problem = stated(population, neighbours(cells), k, sides, objective)
        yield Case(
            name=f"synthetic{num_units}_{objective.name}",
            objective_name=objective.name,
            problem=problem,
            units=problem.unit_ids,
            is_synthetic=True,
            notes={"seed": seed},
        )


def neighbours(cells: PlanarMap) -> tuple[Edge, ...]:
    """Return the pairs of cells that share a piece of border."""
    owner: dict[frozenset[tuple[float, float]], int] = {}
    pairs: set[Edge] = set()
    for cell, ring in enumerate(cells.cells):
        for side in pairwise([*ring, ring[0]]):
            other = owner.setdefault(frozenset(side), cell)
            if other != cell:
                pairs.add((other, cell))
    return tuple(sorted(pairs))


def _objectives(cells: PlanarMap, population: Sequence[int]) -> tuple[Objective, ...]:
    edges = neighbours(cells)
    points = [(x / KM_PER_DEGREE, y / KM_PER_DEGREE) for x, y in cells.sites]
    return (
        border_count(edges),
        moment_of_hops(population, edges),
        moment_of_kilometres(population, points),
    )
