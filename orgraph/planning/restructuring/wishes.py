"""Which wishes a plan does not meet, and by how much: the nearest seat, the mean of the districts, today's partition."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import networkx as nx

from orgraph.findings import Json
from orgraph.planning.restructuring.explanation import Note
from orgraph.planning.restructuring.measures import unscaled
from orgraph.planning.restructuring.names import joined
from orgraph.planning.restructuring.statement import MOST_NAMED, Statement
from orgraph.solver.districting.problem import Plan, Problem


def wish_notes(statement: Statement, problem: Problem, plan: Plan) -> Iterator[Note]:
    """Yield what is not met: units not at their nearest seat, districts off the target, units moved away from their reference part."""
    yield from _not_nearest(statement, plan)
    yield from _off_target(problem, plan)
    yield from _moved_away(statement, plan)


class _Detour(NamedTuple):
    unit: int
    own: int
    nearest: int
    extra_km: float


def _not_nearest(statement: Statement, plan: Plan) -> Iterator[Note]:
    """Yield units whose own seat is not the nearest of all seats, by what that costs in all, dearest first."""
    area, weight = statement.area, statement.options.distance_weight
    if "distance" not in statement.measurable:
        return
    counts = area.column(weight)
    found = [(d.extra_km * (counts[d.unit] or 0), d) for d in _detours(statement, plan)]
    for total, detour in sorted(found, key=lambda pair: (-pair[0], pair[1].unit)):
        numbers: dict[str, Json] = {
            "village": area.units[detour.unit].name,
            "own": area.units[detour.own].name,
            "nearest": area.units[detour.nearest].name,
            "extra_km": detour.extra_km,
            "total": total,
            "distance_weight": weight,
        }
        yield Note("not_nearest", (area.codes[detour.unit], area.codes[detour.nearest]), numbers)


def _detours(statement: Statement, plan: Plan) -> Iterator[_Detour]:
    for unit, d in enumerate(plan.district):
        if d is not None:
            own = plan.seats[d]
            nearest = min(plan.seats, key=lambda seat: (statement.km[unit, seat], seat))
            extra = float(statement.km[unit, own] - statement.km[unit, nearest])
            if extra > 0:
                yield _Detour(unit, own, nearest, extra)


def _off_target(problem: Problem, plan: Plan) -> Iterator[Note]:
    for name in problem.bands:
        scale = problem.scale.get(name, 1)
        target = problem.total(name) / problem.k
        totals = [0] * problem.k
        for i, d in enumerate(plan.district):
            if d is not None:
                totals[d] += problem.weights[name][i]
        for d in sorted(range(problem.k), key=lambda d: -abs(totals[d] - target)):
            if totals[d] != target:
                numbers: dict[str, Json] = {
                    "number": d + 1,
                    "weight": name,
                    "share": totals[d] / target - 1,
                    "amount": round(unscaled(totals[d] - target, scale), 1 if scale == 1 else 3),
                    "target": unscaled(target, scale),
                }
                yield Note("off_target", (), numbers)


def _moved_away(statement: Statement, plan: Plan) -> Iterator[Note]:
    """Yield one note about all units that leave the district matched with their part; parts match districts so that most weight stays."""
    if "change" not in (*statement.options.objectives, *statement.measurable):
        return
    weight = statement.weight(statement.options.distance_weight)
    stays = stayed(plan.district, statement.reference, weight)
    moved = [i for i, d in enumerate(plan.district) if d is not None and i not in stays]
    if not moved:
        return
    scale = statement.scale(statement.options.distance_weight)
    names = [statement.area.units[i].name for i in moved]
    numbers: dict[str, Json] = {
        "num_units": len(moved),
        "names": joined(names, MOST_NAMED),
        "amount": unscaled(sum(weight[i] for i in moved), scale),
        "distance_weight": statement.options.distance_weight,
    }
    yield Note("moved_away", tuple(statement.area.codes[i] for i in moved), numbers)


def stayed(
    district: Sequence[int | None], part: Sequence[int | None], weight: Sequence[int]
) -> frozenset[int]:
    """Return the units whose district is the one matched with their part, one to one, so that the weight that stays is largest. O((k + parts)^3)."""
    overlap: dict[tuple[int, int], int] = {}
    for d, p, w in zip(district, part, weight, strict=True):
        if d is not None and p is not None:
            overlap[d, p] = overlap.get((d, p), 0) + w
    graph: nx.Graph[tuple[str, int]] = nx.Graph()
    for (d, p), w in overlap.items():
        graph.add_edge(("district", d), ("part", p), weight=w)
    matched = nx.max_weight_matching(graph)
    pairs = {tuple(sorted(pair)) for pair in matched}
    return frozenset(
        i
        for i, (d, p) in enumerate(zip(district, part, strict=True))
        if d is not None and p is not None and (("district", d), ("part", p)) in pairs
    )
