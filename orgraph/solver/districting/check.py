"""The independent checker: whether a plan obeys a problem, and what it costs, from the statement alone.

Nothing here is shared with a model or a heuristic: plain Python, its own breadth-first search, its own bounds in exact fractions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from math import asin, ceil, cos, floor, fsum, hypot, radians, sin, sqrt

import networkx as nx

from orgraph.findings import Json
from orgraph.solver.districting.problem import (
    EARTH_RADIUS_KM,
    BorderLength,
    CenterCost,
    Change,
    Objective,
    Plan,
    PointCost,
    Problem,
)
from orgraph.solver.violation import Violation

Labels = Sequence[int | None]


def violations(problem: Problem, plan: Plan) -> tuple[Violation, ...]:
    """Return everything in ``plan`` that breaks ``problem``; empty for a valid plan.

    A plan of the wrong shape is judged for its shape alone. A group or pair with a refused unit in it is broken by every plan, since that unit
    shares no district; units of an ``apart`` pair that are refused are apart.

    Notes
    -----
    O(n + m) per rule, and one matching of k districts, O(k^3), for every difference asked for.
    """
    if wrong := tuple(_shape(problem, plan)):
        return wrong
    rules = (_membership, _connected, _balance, _minimum, _seats, _locks, _differences, _numbering)
    return tuple(violation for rule in rules for violation in rule(problem, plan))


def evaluate(problem: Problem, plan: Plan) -> tuple[float, ...]:
    """Return the value of every objective, in their order. ``plan`` has the right shape; refused units cost nothing."""
    return tuple(_value(problem, plan, objective) for objective in problem.objectives)


def totals(problem: Problem, plan: Plan) -> dict[str, tuple[int, ...]]:
    """Return by name of weight the total of every district, shape (k,), in scaled integers."""
    groups = _members(plan.district, problem.k)
    return {
        name: tuple(sum(values[i] for i in group) for group in groups)
        for name, values in problem.weights.items()
    }


def medoid_seats(problem: Problem, district: Labels, objective: Objective) -> tuple[int, ...]:
    """Return the cheapest allowed seat of every district of a given partition, the first unit among equals.

    ``district[i]`` is in ``0 .. k-1`` or ``None``; no district is empty. In a district without any candidate every member is allowed, and
    :func:`violations` names it. Objectives without seats make all seats equal.
    """
    return tuple(_medoid(problem, group, objective) for group in _members(district, problem.k))


def _medoid(problem: Problem, group: list[int], objective: Objective) -> int:
    allowed = [i for i in group if problem.seats is None or i in problem.seats] or group
    if not isinstance(objective, CenterCost | PointCost):
        return allowed[0]
    return min(allowed, key=lambda seat: fsum(_cost(objective, i, seat) for i in group))


def _cost(objective: CenterCost | PointCost, i: int, seat: int) -> float:
    if isinstance(objective, CenterCost):
        return float(objective.cost[i, seat])
    return float(objective.weight[i]) * _km(objective, i, seat) ** objective.power


def _km(objective: PointCost, i: int, j: int) -> float:
    x0, y0, x1, y1 = (float(v) for v in (objective.x[i], objective.y[i], objective.x[j], objective.y[j]))
    if not objective.in_degrees:
        return hypot(x1 - x0, y1 - y0)
    lon0, lat0, lon1, lat1 = map(radians, (x0, y0, x1, y1))
    half = sin((lat1 - lat0) / 2) ** 2 + cos(lat0) * cos(lat1) * sin((lon1 - lon0) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * asin(sqrt(min(half, 1.0)))


def _value(problem: Problem, plan: Plan, objective: Objective) -> float:
    placed = [(i, d) for i, d in enumerate(plan.district) if d is not None]
    match objective:
        case CenterCost() | PointCost():
            return fsum(_cost(objective, i, plan.seats[d]) for i, d in placed)
        case BorderLength():
            ends = ((plan.district[i], plan.district[j]) for i, j in problem.edges)
            return fsum(
                m for (a, b), m in zip(ends, objective.length, strict=True) if None not in (a, b) and a != b
            )
        case Change():
            weight = objective.weight
            return float(sum(weight[i] for i, _ in placed) - _alike(plan.district, objective.part, weight))


def _shape(problem: Problem, plan: Plan) -> Iterator[Violation]:
    n, k = problem.num_units, problem.k
    if len(plan.district) != n:
        yield Violation("shape.units", numbers={"num_units": n, "found": len(plan.district)})
    if len(plan.seats) != k:
        yield Violation("shape.seats", numbers={"k": k, "found": len(plan.seats)})
    for i, d in enumerate(plan.district[:n]):
        if d is not None and not 0 <= d < k:
            yield Violation("shape.district", _names(problem, [i]), {"district": d, "last": k - 1})
    for d, seat in enumerate(plan.seats):
        if not 0 <= seat < n:
            yield Violation("shape.seat", numbers={"number": d + 1, "unit": seat, "num_units": n})


def _membership(problem: Problem, plan: Plan) -> Iterator[Violation]:
    for i, d in enumerate(plan.district):
        if i in problem.refused and d is not None:
            yield Violation("refused", _names(problem, [i]), {"number": d + 1})
        if i not in problem.refused and d is None:
            yield Violation("unplaced", _names(problem, [i]))
    for d in sorted(set(range(problem.k)) - set(plan.district)):
        yield Violation("empty", numbers={"number": d + 1, "k": problem.k})


def _connected(problem: Problem, plan: Plan) -> Iterator[Violation]:
    if not problem.is_contiguous:
        return
    inside: dict[int, list[int]] = {i: [] for i in range(problem.num_units)}
    for i, j in problem.edges:
        if plan.district[i] is not None and plan.district[i] == plan.district[j]:
            inside[i].append(j)
            inside[j].append(i)
    for d, group in enumerate(_members(plan.district, problem.k)):
        reached = _reach(inside, group[:1])
        if cut_off := [i for i in group if i not in reached]:
            yield Violation("connected", _names(problem, cut_off), {"number": d + 1})


def _reach(neighbours: Mapping[int, list[int]], start: Iterable[int]) -> set[int]:
    queue = list(start)
    reached = set(queue)
    for i in queue:
        new = [j for j in neighbours[i] if j not in reached]
        reached.update(new)
        queue.extend(new)
    return reached


def _balance(problem: Problem, plan: Plan) -> Iterator[Violation]:
    for name, band in problem.bands.items():
        mean = Fraction(
            sum(w for i, w in enumerate(problem.weights[name]) if i not in problem.refused), problem.k
        )
        lower, upper = ceil((1 + band.low) * mean), floor((1 + band.high) * mean)
        for d, group in enumerate(_members(plan.district, problem.k)):
            total = sum(problem.weights[name][i] for i in group)
            if total > upper:
                amounts = {"total": total, "upper": upper}
                yield _outside(problem, group, "balance.upper", name, d, amounts)
            if total < lower:
                amounts = {"total": total, "lower": lower}
                yield _outside(problem, group, "balance.lower", name, d, amounts)


def _minimum(problem: Problem, plan: Plan) -> Iterator[Violation]:
    for name, least in problem.minimums.items():
        for d, group in enumerate(_members(plan.district, problem.k)):
            total = sum(problem.weights[name][i] for i in group)
            if total < least:
                yield _outside(problem, group, "minimum", name, d, {"total": total, "minimum": least})


def _outside(
    problem: Problem, group: list[int], rule: str, name: str, d: int, amounts: Mapping[str, int]
) -> Violation:
    scale = problem.scale.get(name, 1)
    shown: dict[str, Json] = {key: v if scale == 1 else v / scale for key, v in amounts.items()}
    return Violation(rule, _names(problem, group), {"weight": name, "number": d + 1, **shown})


def _seats(problem: Problem, plan: Plan) -> Iterator[Violation]:
    for d, seat in enumerate(plan.seats):
        if plan.district[seat] != d:
            yield Violation("seats.member", _names(problem, [seat]), {"number": d + 1})
        if problem.seats is not None and seat not in problem.seats:
            yield Violation("seats.candidate", _names(problem, [seat]), {"number": d + 1})


def _locks(problem: Problem, plan: Plan) -> Iterator[Violation]:
    for group in problem.together:
        if not _share(plan, set(group)):
            yield Violation("together", _names(problem, group))
    for pair in problem.fixed:
        if not _share(plan, set(pair)):
            yield Violation("fixed", _names(problem, pair))
    for pair in problem.apart:
        if plan.district[pair[0]] is not None and _share(plan, set(pair)):
            yield Violation("apart", _names(problem, pair))


def _share(plan: Plan, units: set[int]) -> bool:
    districts = {plan.district[i] for i in units}
    return len(units) <= 1 or (len(districts) == 1 and None not in districts)


def _differences(problem: Problem, plan: Plan) -> Iterator[Violation]:
    for number, difference in enumerate(problem.differences, start=1):
        both = sum(
            a is not None and b is not None for a, b in zip(plan.district, difference.plan, strict=True)
        )
        found = both - _alike(plan.district, difference.plan, (1,) * problem.num_units)
        if found < difference.num_units:
            yield Violation(
                "difference", numbers={"plan": number, "wanted": difference.num_units, "found": found}
            )


def _alike(first: Labels, second: Labels, weight: Sequence[int]) -> int:
    """Return the greatest weight on which two labellings agree when their labels are matched one to one."""
    shared: dict[tuple[tuple[str, int], tuple[str, int]], int] = {}
    for a, b, w in zip(first, second, weight, strict=True):
        if a is not None and b is not None:
            pair = ("first", a), ("second", b)
            shared[pair] = shared.get(pair, 0) + w
    graph: nx.Graph[tuple[str, int]] = nx.Graph()
    graph.add_weighted_edges_from((a, b, w) for (a, b), w in shared.items())
    matching = nx.max_weight_matching(graph)
    return sum(graph.edges[pair]["weight"] for pair in matching)


def _numbering(problem: Problem, plan: Plan) -> Iterator[Violation]:
    order = list(dict.fromkeys(d for d in plan.district if d is not None))
    if order != sorted(order):
        yield Violation("numbering", numbers={"order": [d + 1 for d in order]})


def _members(district: Labels, k: int) -> list[list[int]]:
    groups: list[list[int]] = [[] for _ in range(k)]
    for i, d in enumerate(district):
        if d is not None:
            groups[d].append(i)
    return groups


def _names(problem: Problem, units: Iterable[int]) -> tuple[str, ...]:
    return tuple(problem.unit_ids[i] for i in units)
