"""What moving one unit would cost: every unit on an inner border, into every district that it touches."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from orgraph.findings import Json
from orgraph.planning.restructuring.explanation import Move, Note
from orgraph.planning.restructuring.names import joined
from orgraph.planning.restructuring.partition import objective_values
from orgraph.planning.restructuring.statement import MOST_NAMED, Statement, canonical
from orgraph.solver.districting.check import violations
from orgraph.solver.districting.problem import CenterCost, Plan, Problem
from orgraph.solver.violation import Violation


def moves(statement: Statement, problem: Problem, plan: Plan) -> Iterator[Move]:
    """Yield the moves by unit and target, each valued exactly: both seats are chosen anew, everybody else stays.

    Notes
    -----
    One run of the independent checker per move: O(b (n + m)) for b pairs of a border unit and a district beside it.
    """
    # A plan is compared with the plans before it only as a whole.
    problem = replace(problem, differences=())
    now = objective_values(statement, problem, plan)
    for unit, target in sorted(_candidates(problem, plan)):
        source = plan.district[unit]
        assert source is not None
        moved = _moved(statement, problem, plan, unit, target)
        if moved is None:
            alone = Note("break_empty", (statement.area.codes[unit],), {"number": source + 1})
            yield Move(statement.area.codes[unit], source, target, {}, (alone,))
            continue
        then = objective_values(statement, problem, moved)
        delta = {name: then[name] - now[name] for name in now}
        yield Move(
            statement.area.codes[unit], source, target, delta, _breaks(statement, problem, plan, moved)
        )


def _candidates(problem: Problem, plan: Plan) -> set[tuple[int, int]]:
    both_ways = ((a, b) for i, j in problem.edges for a, b in ((i, j), (j, i)))
    found = set()
    for unit, other in both_ways:
        source, target = plan.district[unit], plan.district[other]
        if source is not None and target is not None and source != target:
            found.add((unit, target))
    return found


def _moved(statement: Statement, problem: Problem, plan: Plan, unit: int, target: int) -> Plan | None:
    """Return the plan after the move, districts numbered as before; ``None`` when the district would be empty."""
    source = plan.district[unit]
    labels = [target if i == unit else d for i, d in enumerate(plan.district)]
    if source is None or source not in labels:
        return None
    seats = list(plan.seats)
    for d in (source, target):
        seats[d] = _best_seat(statement.seat_objective, problem, [i for i, x in enumerate(labels) if x == d])
    return Plan(tuple(labels), tuple(seats))


def _best_seat(objective: CenterCost | None, problem: Problem, members: list[int]) -> int:
    allowed = [j for j in members if problem.seats is None or j in problem.seats] or members
    if objective is None:
        return allowed[0]
    cost = objective.cost[members][:, allowed].sum(axis=0)
    return allowed[int(cost.argmin())]


def _breaks(statement: Statement, problem: Problem, plan: Plan, moved: Plan) -> tuple[Note, ...]:
    """Return what the moved plan breaks. Its districts keep their numbers for the planner, so the checker sees a renumbered copy."""
    checked = canonical(moved.district, moved.seats)
    number = _numbers_back(moved, checked)
    return tuple(broken(statement, v, number) for v in violations(problem, checked))


def _numbers_back(moved: Plan, checked: Plan) -> Mapping[int, int]:
    """Return the planner's number (from 1) of every district of the renumbered copy (from 1)."""
    pairs = zip(checked.district, moved.district, strict=True)
    return {new + 1: old + 1 for new, old in pairs if new is not None and old is not None}


def broken(statement: Statement, violation: Violation, number: Mapping[int, int] | None = None) -> Note:
    """Return what the checker found in the planner's words; ``number`` translates the checker's district numbers (from 1)."""
    numbers: dict[str, Json] = dict(violation.numbers)
    found = numbers.get("number")
    if number and isinstance(found, int):
        numbers["number"] = number[found]
    numbers["names"] = joined([statement.area.name[code] for code in violation.subject], MOST_NAMED)
    return Note(f"break_{violation.rule.replace('.', '_')}", violation.subject, numbers)
