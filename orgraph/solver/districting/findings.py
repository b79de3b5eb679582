"""Everything that is malformed in the statement of a districting problem. What is well formed but cannot be met is no finding: it is a reason."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from math import isfinite
from numbers import Integral

import numpy as np

from orgraph.findings import Finding, Json, repeated
from orgraph.solver.districting.problem import (
    LARGEST_MATRIX,
    BorderLength,
    CenterCost,
    Change,
    Objective,
    PointCost,
    Problem,
)


def findings(problem: Problem) -> tuple[Finding, ...]:
    """Return all that is wrong; empty for a problem that can be solved or proven to have no plan.

    Notes
    -----
    Linear in the statement.
    """
    sections = (
        _units,
        _edges,
        _districts,
        _weights,
        _bounds,
        _objectives,
        _sets,
        _locks,
        _differences,
        _large,
    )
    return tuple(chain.from_iterable(section(problem) for section in sections))


def _units(problem: Problem) -> Iterator[Finding]:
    if problem.num_units == 0:
        yield _finding("units_missing")
    for name in repeated(problem.unit_ids):
        yield _finding("unit_repeated", [name])


def _edges(problem: Problem) -> Iterator[Finding]:
    for number, (i, j) in enumerate(problem.edges):
        if not (_is_unit(problem, i) and _is_unit(problem, j)):
            yield _finding("edge_range", number=number, a=i, b=j, num_units=problem.num_units)
        elif i >= j:
            yield _finding("edge_order", _names(problem, (i, j)), number=number)
    for i, j in repeated(problem.edges):
        yield _finding("edge_repeated", _names(problem, (i, j)), a=i, b=j)


def _districts(problem: Problem) -> Iterator[Finding]:
    if problem.k < 1:
        yield _finding("districts_number", k=problem.k)


def _weights(problem: Problem) -> Iterator[Finding]:
    for name, weight in problem.weights.items():
        yield from _vector(problem, name, weight)
    for name, scale in problem.scale.items():
        if name not in problem.weights:
            yield _finding("weight_unknown", [name])
        if scale < 1:
            yield _finding("scale_range", [name], scale=scale)


def _vector(problem: Problem, name: str, weight: Sequence[int]) -> Iterator[Finding]:
    if len(weight) != problem.num_units:
        yield _finding("weight_shape", [name], found=len(weight), num_units=problem.num_units)
    for unit, value in enumerate(weight):
        if not isinstance(value, Integral) or value < 0:
            yield _finding("weight_value", _names(problem, [unit]), weight=name, value=str(value))


def _bounds(problem: Problem) -> Iterator[Finding]:
    for name in sorted({*problem.bands, *problem.minimums} - set(problem.weights)):
        yield _finding("weight_unknown", [name])
    for name, band in problem.bands.items():
        if band.low > band.high:
            yield _finding("band_order", [name], low=str(band.low), high=str(band.high))
    for name, least in problem.minimums.items():
        if least < 0:
            yield _finding("minimum_value", [name], minimum=least)


def _objectives(problem: Problem) -> Iterator[Finding]:
    if not problem.objectives:
        yield _finding("objectives_missing")
    for name in repeated(objective.name for objective in problem.objectives):
        yield _finding("objective_repeated", [name])
    for objective in problem.objectives:
        yield from _objective(problem, objective)


def _objective(problem: Problem, objective: Objective) -> Iterator[Finding]:
    n, name = problem.num_units, objective.name
    match objective:
        case CenterCost():
            if objective.cost.shape != (n, n):
                yield _finding("cost_shape", [name], found=str(objective.cost.shape), num_units=n)
            if wrong := int((~np.isfinite(objective.cost) | (objective.cost < 0)).sum()):
                yield _finding("cost_value", [name], num_entries=wrong)
        case PointCost():
            yield from _points(problem, objective)
        case BorderLength():
            if len(objective.length) != len(problem.edges):
                yield _finding(
                    "length_shape", [name], found=len(objective.length), num_edges=len(problem.edges)
                )
            if wrong := sum(not isfinite(m) or m < 0 for m in objective.length):
                yield _finding("length_value", [name], num_entries=wrong)
        case Change():
            if len(objective.part) != n:
                yield _finding("part_shape", [name], found=len(objective.part), num_units=n)
            if wrong := sum(p is not None and p < 0 for p in objective.part):
                yield _finding("part_value", [name], num_entries=wrong)
            yield from _vector(problem, name, objective.weight)


def _points(problem: Problem, objective: PointCost) -> Iterator[Finding]:
    n, name = problem.num_units, objective.name
    vectors = (objective.x, objective.y, objective.weight)
    if any(v.shape != (n,) for v in vectors):
        yield _finding("point_shape", [name], found=str([v.shape for v in vectors]), num_units=n)
    if wrong := sum(int((~np.isfinite(v)).sum()) for v in vectors) + int((objective.weight < 0).sum()):
        yield _finding("point_value", [name], num_entries=wrong)
    elif objective.in_degrees and (wrong := int((np.abs(objective.y) > 90).sum())):
        yield _finding("point_latitude", [name], num_entries=wrong)
    if objective.power not in (1, 2):
        yield _finding("point_power", [name], power=objective.power)


def _large(problem: Problem) -> Iterator[Finding]:
    """Name what the method for large maps cannot do."""
    if not problem.is_large:
        return
    several = len({*problem.bands, *problem.minimums}) > 1
    asked = {
        "objectives": len(problem.objectives) > 1,
        "balance": several,
        "together": problem.together,
        "fixed": problem.fixed,
        "apart": problem.apart,
        "differences": problem.differences,
        "not_contiguous": not problem.is_contiguous,
    }
    for rule in (rule for rule, is_asked in asked.items() if is_asked):
        yield _finding(f"large_{rule}", num_units=problem.num_units, most=LARGEST_MATRIX)


def _sets(problem: Problem) -> Iterator[Finding]:
    for unit in sorted(u for u in problem.seats or () if not _is_unit(problem, u)):
        yield _finding("seat_range", unit=unit, num_units=problem.num_units)
    for unit in sorted(u for u in problem.refused if not _is_unit(problem, u)):
        yield _finding("refused_range", unit=unit, num_units=problem.num_units)


def _locks(problem: Problem) -> Iterator[Finding]:
    locks = [("together", problem.together), ("fixed", problem.fixed), ("apart", problem.apart)]
    for kind, groups in locks:
        for number, group in enumerate(groups):
            yield from _lock(problem, kind, number, group)


def _lock(problem: Problem, kind: str, number: int, group: Sequence[int]) -> Iterator[Finding]:
    for unit in sorted({u for u in group if not _is_unit(problem, u)}):
        yield _finding("lock_range", kind=kind, number=number, unit=unit, num_units=problem.num_units)


def _differences(problem: Problem) -> Iterator[Finding]:
    for number, difference in enumerate(problem.differences):
        if len(difference.plan) != problem.num_units:
            found = len(difference.plan)
            yield _finding("difference_shape", number=number, found=found, num_units=problem.num_units)
        if any(d is not None and d < 0 for d in difference.plan):
            yield _finding("difference_district", number=number)
        if difference.num_units < 0:
            yield _finding("difference_number", number=number, wanted=difference.num_units)


def _finding(name: str, subject: Sequence[str] = (), **numbers: Json) -> Finding:
    return Finding(f"districting.{name}", subject=tuple(subject), numbers=numbers)


def _is_unit(problem: Problem, unit: int) -> bool:
    return 0 <= unit < problem.num_units


def _names(problem: Problem, units: Iterable[int]) -> list[str]:
    return [problem.unit_ids[unit] for unit in units]
