"""The independent check of a solution, and what of it goes into the certificate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from orgraph.findings import Json
from orgraph.graph import Value
from orgraph.messages import Text
from orgraph.planning.restructuring.outcome import Certificate
from orgraph.planning.restructuring.partition import change_scale
from orgraph.planning.restructuring.statement import Statement
from orgraph.solver.certificate import differing, refuse_wrong
from orgraph.solver.districting.check import evaluate, violations
from orgraph.solver.districting.problem import Plan, Problem
from orgraph.solver.solution import Limits, Solution, Stage

CHECK_TOLERANCE = 1e-6
"""Relative: a solver sums floating-point costs in another order than the checker."""


def check(problem: Problem, solution: Solution[Plan]) -> None:
    """Let the independent checker judge a plan and recompute every objective.

    Raises
    ------
    PlanRejected
        When the plan breaks a rule, or an objective is not what the solver says.
    """
    if solution.plan is None:
        return
    claimed: list[float | None] = [s.objective for s in solution.stages] or [solution.objective]
    names = [objective.name for objective in problem.objectives]
    found = evaluate(problem, solution.plan)
    refuse_wrong(violations(problem, solution.plan), differing(names, claimed, found, CHECK_TOLERANCE))


def in_data_units(statement: Statement, solution: Solution[Plan]) -> Solution[Plan]:
    """Return the solution with its objectives in the unit of the data: ``change`` of a decimal weight is counted in scaled integers inside."""
    names = statement.options.objectives
    scales = [change_scale(statement, name) for name in names]
    if all(scale == 1 for scale in scales):
        return solution
    stages = tuple(
        Stage(s.name, s.objective / scale, _divided(s.bound, scale))
        for s, scale in zip(solution.stages, scales, strict=False)  # none without a plan
    )
    terms = {
        name: value / (change_scale(statement, name) if name in names else 1)
        for name, value in solution.terms.items()
    }
    first = scales[0]
    return replace(
        solution,
        objective=_divided(solution.objective, first),
        bound=_divided(solution.bound, first),
        stages=stages,
        terms=terms,
    )


def certificate(
    statement: Statement, problem: Problem, solution: Solution[Plan], limits: Limits, seed: int
) -> Certificate:
    """Return the certificate of a solution in the unit of the data, its plan checked before."""
    stats = solution.stats
    return Certificate(
        objective_name=", ".join(statement.options.objectives),
        status=solution.status,
        objective=solution.objective,
        bound=solution.bound,
        gap=solution.gap,
        is_checked=solution.plan is not None,
        engine=_word(stats.get("engine")),
        proof=_word(stats.get("proof")),
        seed=seed,
        workers=limits.workers,
        time_limit_s=limits.time_s,
        seconds=_number(stats.get("seconds")),
        seconds_to_best=best if isinstance(best := stats.get("seconds_to_best"), float) else None,
        digest=_word(stats.get("problem")),
        scale={name: s for name, s in problem.scale.items() if s != 1},
        has_metres=statement.has_metres,
        is_synthetic=statement.area.is_synthetic,
        attribution=_attribution(statement.area.provenance),
    )


def _divided(value: float | None, scale: int) -> float | None:
    return None if value is None else value / scale


def _attribution(provenance: Mapping[str, Value]) -> Text:
    en = _word(provenance.get("attribution"))
    return Text(_word(provenance.get("attribution_zh")) or en, en)


def _word(value: object) -> str:
    return "" if value is None else str(value)


def _number(value: Json) -> float:
    return float(value) if isinstance(value, int | float) else 0.0
