"""Solve a covering problem: check the statement, find and prove a plan, say why where there is none, let the checker judge it."""

from __future__ import annotations

from math import fsum
from typing import cast, overload

from orgraph.findings import Json
from orgraph.solver.certificate import (
    refuse_malformed,
    refuse_wrong,
    stats_of,
    status_with_plan,
    status_without_plan,
)
from orgraph.solver.covering.check import evaluate, violations
from orgraph.solver.covering.explain import reasons
from orgraph.solver.covering.findings import findings
from orgraph.solver.covering.joining import join
from orgraph.solver.covering.opening import open_groups
from orgraph.solver.covering.problem import Joined, Joining, Opened, Opening, Plan, Problem
from orgraph.solver.covering.state import State
from orgraph.solver.engine import Clock
from orgraph.solver.solution import Limits, OnProgress, Solution, Status


@overload
def solve(
    problem: Joining,
    *,
    limits: Limits | None = None,
    seed: int = 0,
    hint: Joined | None = None,
    on_progress: OnProgress | None = None,
) -> Solution[Joined]: ...


@overload
def solve(
    problem: Opening,
    *,
    limits: Limits | None = None,
    seed: int = 0,
    hint: Opened | None = None,
    on_progress: OnProgress | None = None,
) -> Solution[Opened]: ...


def solve(
    problem: Problem,
    *,
    limits: Limits | None = None,
    seed: int = 0,
    hint: Plan | None = None,
    on_progress: OnProgress | None = None,
) -> Solution[Joined] | Solution[Opened]:
    """Return the cheapest plan found with a proven bound, or the reasons why there is none.

    Parameters
    ----------
    limits
        Wall seconds, workers, and the event that interrupts.
    seed
        With one worker, and no time limit hit, equal seeds give equal plans.
    hint
        A plan to start from; passed over when it breaks a rule.
    on_progress
        Told of every better plan and bound.

    Returns
    -------
    Solution
        ``terms`` are the priced parts of the objective: joined, mixed, alone; or new_groups, uncovered.

    Raises
    ------
    InvalidProblem
        With everything that is wrong in the statement.
    PlanRejected
        When the independent checker disagrees; a defect.

    Notes
    -----
    Both problems are NP-hard (exact cover by connected sets; set cover). HiGHS proves in floating point; small programs go to CP-SAT.
    """
    refuse_malformed(findings(problem))
    state = State(problem, Clock(limits or Limits()), seed, on_progress)
    if hint is not None and not violations(problem, hint):
        state.offer(hint, int(fsum(evaluate(problem, hint).values())))
    if not state.clock.is_over():
        if isinstance(problem, Joining):
            join(problem, state)
        else:
            open_groups(problem, state)
    return cast("Solution[Joined] | Solution[Opened]", conclude(problem, state))


def conclude(problem: Problem, state: State) -> Solution[Plan]:
    """Return what is known at the end, checked."""
    if state.plan is None or state.value is None:
        return _without_plan(problem, state)
    terms = evaluate(problem, state.plan)
    approve(problem, state.plan, fsum(terms.values()), state.value)
    return Solution(
        status=status_with_plan(state.clock, is_proven=state.is_proven),
        plan=state.plan,
        objective=float(state.value),
        bound=float(state.bound),
        terms=terms,
        stats=_stats(problem, state),
    )


def approve(problem: Problem, plan: Plan, found: float, said: int) -> None:
    """Raise when the independent checker disagrees with the plan or with its objective."""
    wrong = [f"objective: {said} != {found}"] if found != said else []
    refuse_wrong(violations(problem, plan), wrong)


def _without_plan(problem: Problem, state: State) -> Solution[Plan]:
    if state.is_infeasible:
        return Solution(
            Status.INFEASIBLE,
            reasons=reasons(problem, limits=state.clock.limits_left),
            stats=_stats(problem, state),
        )
    return Solution(status_without_plan(state.clock), bound=float(state.bound), stats=_stats(problem, state))


def _stats(problem: Problem, state: State) -> dict[str, Json]:
    common = stats_of(problem, state.clock, state.seed, state.engines, state.seconds_to_best)
    return {**common, "columns": state.num_columns}
