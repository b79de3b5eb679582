"""Judge any partition by the checker that judges plans: a real merger, yesterday's proposal, a partition drawn by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from orgraph.findings import Finding, Severity
from orgraph.planning.restructuring.area import Area
from orgraph.planning.restructuring.input_checks import state
from orgraph.planning.restructuring.moves import broken
from orgraph.planning.restructuring.options import Options
from orgraph.planning.restructuring.outcome import Judgement
from orgraph.planning.restructuring.partition import band_of, districts_of, measured
from orgraph.planning.restructuring.statement import Statement, canonical, numbered
from orgraph.solver.districting.check import medoid_seats, violations
from orgraph.solver.districting.problem import Plan, Problem


def judge_labels(
    area: Area, partition: Mapping[str, str], options: Options
) -> tuple[Judgement | None, tuple[Finding, ...]]:
    """Return the judgement, or ``None`` and the errors that forbid one."""
    labels = [partition.get(code) for code in area.codes]
    unknown = [_unknown(code) for code in partition if code not in area.index]
    left_out = (code for code, label in zip(area.codes, labels, strict=True) if label is None)
    k = len({label for label in labels if label is not None})
    asked = replace(options, k=max(k, 1), refuse=tuple(dict.fromkeys((*options.refuse, *left_out))))
    statement, problem = state(area, asked)
    if problem is None or unknown or not k:
        nothing = () if k or unknown else (Finding("planning.partition_empty"),)
        return None, (*unknown, *nothing, *statement.findings)
    kept = [None if i in statement.refused else label for i, label in enumerate(labels)]
    return _judged(statement, problem, numbered(kept)), ()


def judge_reference(statement: Statement) -> Judgement | None:
    """Return the judgement of the reference partition; ``None`` where fewer than two parts are named, or the data do not allow one."""
    parts = statement.area.parts(statement.options.reference)
    named = {
        code: part
        for i, (code, part) in enumerate(zip(statement.area.codes, parts, strict=True))
        if part is not None and i not in statement.refused
    }
    if len(set(named.values())) < 2:
        return None
    return judge_labels(statement.area, named, statement.options)[0]


def _judged(statement: Statement, problem: Problem, labels: Sequence[int | None]) -> Judgement:
    plan = _at_medoids(statement, problem, labels)
    found = districts_of(statement, problem, plan)
    wrong = violations(problem, plan)
    return Judgement(
        districts=found,
        measures=measured(statement, problem, plan, has_seats=False),
        band=band_of(found),
        is_connected=not any(v.rule == "connected" for v in wrong),
        violations=tuple(broken(statement, v) for v in wrong),
    )


def _at_medoids(statement: Statement, problem: Problem, labels: Sequence[int | None]) -> Plan:
    objective = statement.seat_objective or problem.objectives[0]
    seats = medoid_seats(problem, labels, objective)
    return canonical(labels, seats)


def _unknown(code: str) -> Finding:
    return Finding("planning.unit_unknown", Severity.ERROR, (code,), None, {"at": "partition", "code": code})
