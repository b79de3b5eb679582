"""Everything that is malformed in the statement of a location problem. What is well formed but cannot be met is no finding: it is a reason."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from math import isfinite
from numbers import Integral

import numpy as np

from orgraph.findings import Finding, Json, repeated
from orgraph.solver.location.problem import METRICS, Matrix, Problem

FARTHEST_EAST, FARTHEST_NORTH = 180.0, 90.0


def findings(problem: Problem) -> tuple[Finding, ...]:
    """Return all that is wrong; empty for a problem that can be solved or proven to have no plan.

    Notes
    -----
    Linear in the statement.
    """
    sections = (_nodes, _distances, _demands, _bounds, _number, _opening, _sets)
    return tuple(chain.from_iterable(section(problem) for section in sections))


def _nodes(problem: Problem) -> Iterator[Finding]:
    if not problem.node_ids:
        yield _finding("nodes_missing")
    for name in repeated(problem.node_ids):
        yield _finding("node_repeated", [name])


def _distances(problem: Problem) -> Iterator[Finding]:
    n = problem.num_nodes
    if isinstance(problem.distance, Matrix):
        cost = problem.distance.cost
        if cost.shape != (n, n):
            yield _finding("matrix_shape", found=str(cost.shape), num_nodes=n)
        if wrong := int((~np.isfinite(cost) | (cost < 0)).sum()):
            yield _finding("matrix_value", num_entries=wrong)
        return
    xy, metric = problem.distance.xy, problem.distance.metric
    if metric not in METRICS:
        yield _finding("metric_unknown", metric=str(metric), known=list(METRICS))
    if xy.shape != (n, 2):
        yield _finding("points_shape", found=str(xy.shape), num_nodes=n)
        return
    wrong_rows = ~np.isfinite(xy).all(axis=1)
    if metric == "haversine_km":
        wrong_rows |= (np.abs(xy) > (FARTHEST_EAST, FARTHEST_NORTH)).any(axis=1)
    if wrong_rows.any():
        yield _finding("point_value", problem.names(np.flatnonzero(wrong_rows)), metric=metric)


def _demands(problem: Problem) -> Iterator[Finding]:
    yield from _whole_numbers(problem, "demand", problem.demand, may_be_empty=False)


def _bounds(problem: Problem) -> Iterator[Finding]:
    yield from _whole_numbers(problem, "upper", problem.upper)
    yield from _whole_numbers(problem, "lower", problem.lower)
    crossed = [
        i for i, (low, high) in enumerate(zip(problem.lower, problem.upper, strict=False)) if low > high
    ]
    if crossed:
        yield _finding("bounds_order", problem.names(i for i in crossed if i < problem.num_nodes))


def _whole_numbers(
    problem: Problem, name: str, values: Sequence[int], *, may_be_empty: bool = True
) -> Iterator[Finding]:
    if len(values) != problem.num_nodes and (values or not may_be_empty):
        yield _finding("list_shape", list=name, found=len(values), num_nodes=problem.num_nodes)
        return
    if wrong := [i for i, v in enumerate(values) if not isinstance(v, Integral) or v < 0]:
        yield _finding("list_value", problem.names(wrong), list=name)


def _number(problem: Problem) -> Iterator[Finding]:
    if problem.p is not None and (not isinstance(problem.p, Integral) or problem.p < 1):
        yield _finding("centers_number", p=str(problem.p))


def _opening(problem: Problem) -> Iterator[Finding]:
    if problem.opening and len(problem.opening) != problem.num_nodes:
        yield _finding("list_shape", list="opening", found=len(problem.opening), num_nodes=problem.num_nodes)
    elif wrong := [i for i, cost in enumerate(problem.opening) if not isfinite(cost) or cost < 0]:
        yield _finding("opening_value", problem.names(wrong))


def _sets(problem: Problem) -> Iterator[Finding]:
    for node in sorted(problem.fixed | problem.forbidden):
        if not 0 <= node < problem.num_nodes:
            yield _finding("center_range", node=node, num_nodes=problem.num_nodes)


def _finding(name: str, subject: Sequence[str] = (), **numbers: Json) -> Finding:
    return Finding(f"location.{name}", subject=tuple(subject), numbers=numbers)
