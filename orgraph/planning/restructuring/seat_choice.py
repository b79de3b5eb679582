"""Why each seat is the seat: what the next best candidate would add, and whether a better place was no candidate."""

from __future__ import annotations

from collections.abc import Iterator

from orgraph.findings import Json
from orgraph.planning.restructuring.explanation import Note
from orgraph.planning.restructuring.statement import Statement
from orgraph.solver.districting.problem import CenterCost, Plan, Problem


def seat_notes(statement: Statement, problem: Problem, plan: Plan) -> Iterator[Note]:
    """Yield one note per district, and one more where a cheaper member was no candidate. Nothing without coordinates."""
    objective = statement.seat_objective
    if objective is None:
        return
    for d, seat in enumerate(plan.seats):
        members = [i for i, x in enumerate(plan.district) if x == d]
        cost = {j: float(objective.cost[members, j].sum()) for j in members}
        yield _choice(statement, problem, objective, d, seat, cost)
        yield from _restriction(statement, problem, objective, d, seat, cost)


def _choice(
    statement: Statement, problem: Problem, objective: CenterCost, d: int, seat: int, cost: dict[int, float]
) -> Note:
    rivals = [j for j in cost if j != seat and (problem.seats is None or j in problem.seats)]
    numbers = _numbers(statement, objective, d, seat, cost[seat])
    codes = statement.area.codes
    if not rivals:
        return Note("seat_only", (codes[seat],), numbers)
    rival = min(rivals, key=lambda j: (cost[j], j))
    extra = cost[rival] - cost[seat]
    kind = "seat_cheapest" if extra > 0 else "seat_tie" if extra == 0 else "seat_not_cheapest"
    further: dict[str, Json] = {"runner_up": statement.area.units[rival].name, "extra": abs(extra)}
    return Note(kind, (codes[seat], codes[rival]), numbers | further)


def _restriction(
    statement: Statement, problem: Problem, objective: CenterCost, d: int, seat: int, cost: dict[int, float]
) -> Iterator[Note]:
    best = min(cost, key=lambda j: (cost[j], j))
    if problem.seats is None or best in problem.seats or cost[best] >= cost[seat]:
        return
    numbers = _numbers(statement, objective, d, seat, cost[seat])
    further: dict[str, Json] = {
        "better": statement.area.units[best].name,
        "saved": cost[seat] - cost[best],
    }
    codes = statement.area.codes
    yield Note("seat_restricted", (codes[seat], codes[best]), numbers | further)


def _numbers(statement: Statement, objective: CenterCost, d: int, seat: int, cost: float) -> dict[str, Json]:
    return {
        "number": d + 1,
        "seat": statement.area.units[seat].name,
        "cost": cost,
        "objective": objective.name,
        "distance_weight": statement.options.distance_weight,
    }
