"""The recipe: a graph and options in, a plan with its certificate and explanations out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial
from time import monotonic

from orgraph.errors import InvalidProblem
from orgraph.findings import Finding
from orgraph.graph import OrgGraph
from orgraph.planning.restructuring.alternatives import alternatives
from orgraph.planning.restructuring.area import area_of
from orgraph.planning.restructuring.binding import binding_notes
from orgraph.planning.restructuring.certificate import certificate, check, in_data_units
from orgraph.planning.restructuring.explanation import Explanations
from orgraph.planning.restructuring.input_checks import state
from orgraph.planning.restructuring.judging import judge_labels, judge_reference
from orgraph.planning.restructuring.moves import moves
from orgraph.planning.restructuring.options import Options
from orgraph.planning.restructuring.outcome import Alternative, Judgement, Outcome
from orgraph.planning.restructuring.partition import (
    change_scale,
    districts_of,
    kilometres_to_seat,
    measured,
    seated,
    unit_rows,
)
from orgraph.planning.restructuring.rulebook import rule_findings
from orgraph.planning.restructuring.seat_choice import seat_notes
from orgraph.planning.restructuring.statement import Statement
from orgraph.planning.restructuring.wishes import wish_notes
from orgraph.solver import districting
from orgraph.solver.districting.problem import Plan, Problem
from orgraph.solver.solution import Limits, OnProgress, Progress, Solution


def problem(graph: OrgGraph, options: Options) -> tuple[Problem | None, tuple[Finding, ...]]:
    """State the districting problem of a graph.

    Units are the villages and communities of the graph, or the lowest units where levels are not given; findings name every unknown code with
    its place in the options, every missing weight with its units, missing coordinates, and a map in several pieces (a warning).

    Returns
    -------
    tuple
        The problem, or ``None`` when any finding is an error; and every finding.
    """
    statement, asked = state(area_of(graph), options)
    return asked, tuple(statement.findings)


def plan(
    graph: OrgGraph,
    options: Options,
    *,
    limits: Limits | None = None,
    seed: int = 1,
    on_progress: OnProgress | None = None,
    name: str = "",
) -> Outcome:
    """Plan: state the problem, solve it, check the plan independently, explain it, and find alternatives.

    ``name``: name of the instance in the answer; by default the name in the provenance of the graph. With alternatives asked for, the plan may use half of
    ``limits.time_s`` and they share what is left.

    Raises
    ------
    InvalidProblem
        With every finding, when any of them is an error.
    PlanRejected
        When the independent checker disagrees with the solver.
    """
    statement, asked = state(area_of(graph), options)
    if asked is None:
        raise _invalid(statement.findings)
    limits = limits or Limits()
    start = monotonic()
    solution = _solved(statement, asked, _for_plan(limits, options), seed, on_progress)
    left = replace(limits, time_s=max(0.0, limits.time_s - (monotonic() - start)))
    others = alternatives(
        statement, asked, solution, partial(_solved, statement, seed=seed, on_progress=on_progress), left
    )
    title = name or str(graph.provenance.get("name") or graph.provenance.get("dataset") or "")
    return _outcome(statement, asked, solution, tuple(others), limits, seed, title)


def judge(graph: OrgGraph, partition: Mapping[str, str], options: Options) -> Judgement:
    """Judge any partition (unit code -> name of its part) by the same checker as a plan, at the medoids of its parts.

    ``options.k`` is replaced by the number of parts; units that the partition does not name count as refused.

    Raises
    ------
    InvalidProblem
        With every finding, when any of them is an error; codes that the graph does not hold are errors.
    """
    judgement, findings = judge_labels(area_of(graph), partition, options)
    if judgement is None:
        raise _invalid(findings)
    return judgement


def _invalid(findings: Iterable[Finding]) -> InvalidProblem:
    found = tuple(findings)
    return InvalidProblem("invalid_problem", findings=found, num_errors=sum(f.is_error for f in found))


def _for_plan(limits: Limits, options: Options) -> Limits:
    return replace(limits, time_s=limits.time_s / 2) if options.alternatives.count else limits


def _solved(
    statement: Statement, asked: Problem, limits: Limits, seed: int, on_progress: OnProgress | None
) -> Solution[Plan]:
    """Solve; seats that no objective decides about go to the medoids; check the plan as it is handed out."""
    told = _told(on_progress, change_scale(statement, statement.options.objectives[0]))
    solution = districting.solve(asked, limits=limits, seed=seed, on_progress=told)
    if solution.plan is None:
        return solution
    solution = replace(solution, plan=seated(statement, asked, solution.plan))
    check(asked, solution)
    return solution


def _told(on_progress: OnProgress | None, scale: int) -> OnProgress | None:
    """Return what tells progress in the unit of the data: the first objective may be counted in scaled integers inside."""
    if on_progress is None or scale == 1:
        return on_progress

    def tell(progress: Progress) -> None:
        objective, bound = (None if v is None else v / scale for v in (progress.objective, progress.bound))
        on_progress(replace(progress, objective=objective, bound=bound))

    return tell


def _outcome(
    statement: Statement,
    asked: Problem,
    solution: Solution[Plan],
    others: tuple[Alternative, ...],
    limits: Limits,
    seed: int,
    name: str,
) -> Outcome:
    found, area = solution.plan, statement.area
    districts = districts_of(statement, asked, found) if found else ()
    shown = in_data_units(statement, solution)
    return Outcome(
        name=name,
        options=statement.options,
        solution=shown,
        units=unit_rows(statement),
        edges=tuple((area.codes[i], area.codes[j], m) for (i, j), m in statement.edges.items()),
        districts=districts,
        refused=tuple(area.codes[i] for i in sorted(statement.refused)),
        km_to_seat=kilometres_to_seat(statement, found) if found else {},
        measures=measured(statement, asked, found) if found else {},
        certificate=certificate(statement, asked, shown, limits, seed),
        findings=(*statement.findings, *rule_findings(statement, districts)),
        explanations=_explained(statement, asked, found) if found else Explanations(),
        alternatives=others,
        reference=judge_reference(statement),
    )


def _explained(statement: Statement, asked: Problem, found: Plan) -> Explanations:
    all_moves = tuple(moves(statement, asked, found))
    return Explanations(
        seats=tuple(seat_notes(statement, asked, found)),
        moves=all_moves,
        wishes=tuple(wish_notes(statement, asked, found)),
        binding=tuple(binding_notes(asked, found, all_moves)),
    )
