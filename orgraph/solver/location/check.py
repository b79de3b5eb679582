"""The independent checker: whether a plan obeys a location problem, and what it costs, from the statement alone.

Nothing here is shared with a model or a heuristic: plain Python, its own distances.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import asin, cos, floor, fsum, radians, sin, sqrt

from orgraph.solver.location.problem import Matrix, Plan, Problem
from orgraph.solver.violation import Violation

EARTH_RADIUS_KM = 6371.0088


def violations(problem: Problem, plan: Plan) -> tuple[Violation, ...]:
    """Return everything in ``plan`` that breaks ``problem``; empty for a valid plan. A plan of the wrong shape is judged for its shape alone.

    Notes
    -----
    Linear in n.
    """
    if wrong := tuple(_shape(problem, plan)):
        return wrong
    rules = (_served_by_itself, _number, _sets, _bounds)
    return tuple(violation for rule in rules for violation in rule(problem, plan))


def evaluate(problem: Problem, plan: Plan) -> float:
    """Return the objective: all distances and opening costs."""
    return fsum(terms(problem, plan).values())


def terms(problem: Problem, plan: Plan) -> dict[str, float]:
    """Return the objective by name: ``distance``, and ``opening`` where the problem has opening costs."""
    found = {"distance": fsum(distance(problem, i, j) for i, j in enumerate(plan.center))}
    if problem.opening:
        found["opening"] = fsum(float(problem.opening[j]) for j in set(plan.center))
    return found


def loads(problem: Problem, plan: Plan) -> dict[int, int]:
    """Return by centre the demand that it serves."""
    found: dict[int, int] = {}
    for i, j in enumerate(plan.center):
        found[j] = found.get(j, 0) + problem.demand[i]
    return found


def distance(problem: Problem, node: int, center: int) -> float:
    """Return what a node costs when a centre serves it."""
    if isinstance(problem.distance, Matrix):
        return float(problem.distance.cost[node, center])
    (ax, ay), (bx, by) = (map(float, problem.distance.xy[i]) for i in (node, center))
    match problem.distance.metric:
        case "manhattan":
            return abs(ax - bx) + abs(ay - by)
        case "haversine_km":
            half_x, half_y = radians(ax - bx) / 2, radians(ay - by) / 2
            square = sin(half_y) ** 2 + cos(radians(ay)) * cos(radians(by)) * sin(half_x) ** 2
            return 2 * EARTH_RADIUS_KM * asin(min(1.0, sqrt(square)))
        case metric:
            straight = sqrt((ax - bx) * (ax - bx) + (ay - by) * (ay - by))
            return float(floor(straight)) if metric == "euclidean_floor" else straight


def _shape(problem: Problem, plan: Plan) -> Iterator[Violation]:
    n = problem.num_nodes
    if len(plan.center) != n:
        yield Violation("location.shape", numbers={"num_nodes": n, "found": len(plan.center)})
    for i, j in enumerate(plan.center[:n]):
        if not 0 <= j < n:
            yield Violation("location.center", problem.names([i]), {"center": j, "last": n - 1})


def _served_by_itself(problem: Problem, plan: Plan) -> Iterator[Violation]:
    for j in plan.centers:
        if plan.center[j] != j:
            yield Violation("location.itself", problem.names([j, plan.center[j]]))


def _number(problem: Problem, plan: Plan) -> Iterator[Violation]:
    if problem.p is not None and len(plan.centers) != problem.p:
        yield Violation("location.number", numbers={"p": problem.p, "found": len(plan.centers)})


def _sets(problem: Problem, plan: Plan) -> Iterator[Violation]:
    chosen = set(plan.center)
    for j in sorted(problem.fixed - chosen):
        yield Violation("location.fixed", problem.names([j]))
    for j in sorted(problem.forbidden & chosen):
        yield Violation("location.forbidden", problem.names([j]))


def _bounds(problem: Problem, plan: Plan) -> Iterator[Violation]:
    for j, load in sorted(loads(problem, plan).items()):
        if load > problem.upper_of(j):
            yield Violation(
                "location.upper", problem.names([j]), {"load": load, "upper": problem.upper_of(j)}
            )
        if load < problem.lower_of(j):
            yield Violation(
                "location.lower", problem.names([j]), {"load": load, "lower": problem.lower_of(j)}
            )
