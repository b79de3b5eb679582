"""Solve a rostering problem: check the statement, find a roster, prove it, let the checker judge it."""

from __future__ import annotations

from orgraph.findings import Json
from orgraph.solver.certificate import (
    differing,
    reasons_in_time,
    refuse_malformed,
    refuse_wrong,
    stats_of,
    status_with_plan,
    status_without_plan,
)
from orgraph.solver.engine import Clock
from orgraph.solver.highs import Highs
from orgraph.solver.rostering.check import evaluate, terms, violations
from orgraph.solver.rostering.explain import is_contradictory, reasons
from orgraph.solver.rostering.feasibility import is_feasible
from orgraph.solver.rostering.findings import findings
from orgraph.solver.rostering.problem import Plan, Problem
from orgraph.solver.rostering.seek import find_and_prove
from orgraph.solver.rostering.state import State
from orgraph.solver.solution import Limits, OnProgress, Solution, Status


def solve(
    problem: Problem,
    *,
    limits: Limits | None = None,
    seed: int = 0,
    hint: Plan | None = None,
    on_progress: OnProgress | None = None,
) -> Solution[Plan]:
    """Return the best roster found, with a proven bound, or the reasons why there is none.

    Parameters
    ----------
    limits
        Wall seconds, workers, and the event that interrupts.
    seed
        With one worker, and no time limit hit, equal seeds give equal rosters.
    hint
        A roster to start from; passed over when it breaks a rule.
    on_progress
        Told of every better roster and bound; called from this thread or from one of an engine, never from two at once.

    Raises
    ------
    InvalidProblem
        With everything that is wrong in the statement.
    PlanRejected
        When the independent checker disagrees; a defect.

    Notes
    -----
    The rules of one person are rows of ones that follow one another in time (at most so many in a window), and such rows alone have whole vertices: so the
    linear relaxation is mostly close to the optimum, and integer programming proves the rest.
    """
    refuse_malformed(findings(problem))
    state = State(problem, Clock(limits or Limits()), seed, on_progress)
    state.is_infeasible = is_contradictory(problem)
    if not state.is_infeasible:
        with Highs() as highs:
            find_and_prove(state, highs, hint)
    return conclude(state)


def conclude(state: State) -> Solution[Plan]:
    """Return what is known at the end, checked."""
    if state.plan is None or state.objective is None:
        return _without_plan(state)
    named = terms(state.problem, state.plan)
    approve(state.problem, state.plan, float(state.objective), named)
    return Solution(
        status=status_with_plan(state.clock, is_proven=state.is_proven),
        plan=state.plan,
        objective=float(state.objective),
        bound=None if state.bound is None else float(state.bound),
        terms=named,
        stats=_stats(state),
    )


def approve(problem: Problem, plan: Plan, objective: float, named: dict[str, float]) -> None:
    """Raise when the independent checker disagrees with the plan, its objective or its terms."""
    found = (float(evaluate(problem, plan)), sum(named.values()))
    refuse_wrong(violations(problem, plan), differing(("objective", "terms"), (objective, objective), found))


def _without_plan(state: State) -> Solution[Plan]:
    if state.is_infeasible:
        why = reasons_in_time(state.problem, reasons, is_feasible, state.clock)
        return Solution(Status.INFEASIBLE, reasons=why, stats=_stats(state))
    bound = None if state.bound is None else float(state.bound)
    return Solution(status_without_plan(state.clock), bound=bound, stats=_stats(state))


def _stats(state: State) -> dict[str, Json]:
    return stats_of(state.problem, state.clock, state.seed, state.engines, state.seconds_to_best)
