"""Solve a location problem: check the statement, find a plan, bound it, improve it, prove it, let the checker judge it."""

from __future__ import annotations

from math import isclose

from orgraph.findings import Json
from orgraph.solver.certificate import (
    refuse_malformed,
    refuse_wrong,
    stats_of,
    status_with_plan,
    status_without_plan,
)
from orgraph.solver.engine import Clock
from orgraph.solver.highs import Highs
from orgraph.solver.location.check import evaluate, terms, violations
from orgraph.solver.location.counting import is_contradictory
from orgraph.solver.location.explain import reasons
from orgraph.solver.location.findings import findings
from orgraph.solver.location.instance import build_instance
from orgraph.solver.location.problem import Plan, Problem
from orgraph.solver.location.seek import (
    BOUND_SHARE,
    bound,
    can_sharpen,
    find_plan,
    first_relaxation,
    improve,
    num_runs,
    prove,
)
from orgraph.solver.location.state import State
from orgraph.solver.solution import Limits, OnProgress, Solution, Status, is_gap_closed

CHECK_TOLERANCE, CHECK_TOLERANCE_ABSOLUTE = 1e-7, 1e-8
"""Between the checker's costs and those of the search, which takes the sphere's distances from chords: coarse for points less than a metre apart."""


def solve(
    problem: Problem,
    *,
    limits: Limits | None = None,
    seed: int = 0,
    hint: Plan | None = None,
    on_progress: OnProgress | None = None,
) -> Solution[Plan]:
    """Return the best plan found, with a bound of the whole problem, or the reasons why there is none.

    Parameters
    ----------
    limits
        Wall seconds, workers, and the event that interrupts.
    seed
        With one worker, and no time limit hit, equal seeds give equal plans.
    hint
        A plan to start from; passed over when it breaks a rule.
    on_progress
        Told of every better plan and bound, in this thread.

    Raises
    ------
    InvalidProblem
        With everything that is wrong in the statement.
    PlanRejected
        When the independent checker disagrees; a defect.

    Notes
    -----
    The plan comes from annealing, the bound from Lagrangian relaxation, the proof, for
    problems small enough, from an integer program over the pairs that the bound leaves.
    """
    refuse_malformed(findings(problem))
    clock = Clock(limits or Limits())
    if is_contradictory(problem):
        return _infeasible(problem, clock, seed, ())
    state = State(build_instance(problem), clock, seed, on_progress)
    with Highs() as highs:
        find_plan(state, problem, hint)
        if state.best is not None:
            bound_and_improve(state, highs)
    return conclude(problem, state)


def bound_and_improve(state: State, highs: Highs) -> None:
    """Bound and improve in turns, until the plan is proven or the time is over."""
    relaxation = first_relaxation(state)
    bound(state, relaxation, BOUND_SHARE / 2)
    if can_sharpen(state):
        relaxation.sharpen()
    bound(state, relaxation, BOUND_SHARE / 2)
    number = 0
    while not state.is_proven and not state.is_over():
        if number >= num_runs(state) and prove(state, relaxation, highs):
            return
        improve(state, relaxation, number)
        number += 1


def conclude(problem: Problem, state: State) -> Solution[Plan]:
    """Return what is known at the end, checked."""
    if state.is_infeasible:
        return _infeasible(problem, state.clock, state.seed, state.engines)
    stats = _stats(problem, state)
    if state.best is None:
        return Solution(status_without_plan(state.clock), bound=state.bound, stats=stats)
    plan = state.instance.plan(state.best)
    approve(problem, plan, state.cost)
    objective = evaluate(problem, plan)
    proven = None if state.bound is None else min(state.bound, objective)
    return Solution(
        status=status_with_plan(state.clock, is_proven=is_gap_closed(objective, proven)),
        plan=plan,
        objective=objective,
        bound=proven,
        terms=terms(problem, plan),
        stats=stats,
    )


def approve(problem: Problem, plan: Plan, cost: float) -> None:
    """Raise when the independent checker disagrees with the plan or with its cost."""
    refuse_wrong(violations(problem, plan))
    found = evaluate(problem, plan)
    if not isclose(cost, found, rel_tol=CHECK_TOLERANCE, abs_tol=CHECK_TOLERANCE_ABSOLUTE):
        refuse_wrong(figures=[f"{cost} != {found}"])


def _infeasible(
    problem: Problem, clock: Clock, seed: int, engines: tuple[str, ...] | list[str]
) -> Solution[Plan]:
    found = reasons(problem, limits=clock.limits_left, seed=seed)
    return Solution(Status.INFEASIBLE, reasons=found, stats=stats_of(problem, clock, seed, engines, None))


def _stats(problem: Problem, state: State) -> dict[str, Json]:
    counts: dict[str, Json] = {
        "steps": state.num_steps,
        "columns": state.num_columns,
    }
    return {**stats_of(problem, state.clock, state.seed, state.engines, state.seconds_to_best), **counts}
