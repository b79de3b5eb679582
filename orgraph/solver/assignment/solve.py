"""Solve an assignment problem: check the statement, see what kind it is, find a plan and prove it, let the checker judge it."""

from __future__ import annotations

from orgraph.findings import Json
from orgraph.solver.assignment.check import evaluate, terms, violations
from orgraph.solver.assignment.core import has_core
from orgraph.solver.assignment.explain import reasons, stranded_task
from orgraph.solver.assignment.feasibility import is_feasible
from orgraph.solver.assignment.findings import findings
from orgraph.solver.assignment.flow import has_unit_loads, solve_flow
from orgraph.solver.assignment.knapsacks import solve_knapsacks
from orgraph.solver.assignment.problem import Plan, Problem
from orgraph.solver.assignment.staged import solve_stages
from orgraph.solver.assignment.state import State
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
from orgraph.solver.solution import Limits, OnProgress, Solution, Stage, Status


def solve(
    problem: Problem,
    *,
    limits: Limits | None = None,
    seed: int = 0,
    hint: Plan | None = None,
    on_progress: OnProgress | None = None,
) -> Solution[Plan]:
    """Return the best plan found, with a bound proven for every stage, or the reasons why there is none.

    Parameters
    ----------
    limits
        Wall seconds, workers, and the event that interrupts.
    seed
        With one worker, and no time limit hit, equal seeds give equal plans.
    hint
        A plan to start from; passed over when it breaks a rule.
    on_progress
        Told of every better plan and bound of the first stage; called from this thread or from one of an engine, never from two at once.

    Returns
    -------
    Solution
        ``stages`` has one entry per stage, ``terms`` the terms of the first one.

    Raises
    ------
    InvalidProblem
        With everything that is wrong in the statement.
    PlanRejected
        When the independent checker disagrees; a defect.

    Notes
    -----
    Unit loads are a minimum-cost flow. One resource and a single stage without backups or fairness is the classical problem: a Lagrangian bound with
    knapsacks, tabu search guided by its prices, integer programs on the pairs that the bound leaves. All else is an integer program per stage.
    """
    refuse_malformed(findings(problem))
    state = State(problem, Clock(limits or Limits()), seed, on_progress)
    if hint is not None and not violations(problem, hint):
        state.offer(hint, "plan")
    search(state)
    return conclude(state)


def search(state: State) -> None:
    """Fill the state by the method that suits the problem."""
    if stranded_task(state.problem) is not None:
        state.is_infeasible = True
    elif has_unit_loads(state.problem):
        solve_flow(state)
    elif has_core(state.problem):
        solve_knapsacks(state)
    else:
        solve_stages(state)


def conclude(state: State) -> Solution[Plan]:
    """Return what is known at the end, checked."""
    problem, plan = state.problem, state.best
    if plan is None:
        return _without_plan(state)
    approve(problem, plan, state.values)
    split = terms(problem, plan)
    is_proven = all(state.is_proven(stage) for stage in range(len(state.values)))
    return Solution(
        status=status_with_plan(state.clock, is_proven=is_proven),
        plan=plan,
        objective=state.values[0],
        bound=state.bounds[0],
        stages=tuple(map(Stage, problem.stage_names, state.values, state.bounds)),
        terms={name: split[name] for name in problem.objectives[0]},
        stats=_stats(state),
    )


def approve(problem: Problem, plan: Plan, values: tuple[float, ...]) -> None:
    """Raise when the independent checker disagrees with the plan or with its values."""
    refuse_wrong(violations(problem, plan))
    refuse_wrong(figures=differing(problem.stage_names, values, evaluate(problem, plan)))


def _without_plan(state: State) -> Solution[Plan]:
    if state.is_infeasible:
        return Solution(
            Status.INFEASIBLE,
            reasons=reasons_in_time(state.problem, reasons, is_feasible, state.clock),
            stats=_stats(state),
        )
    return Solution(status_without_plan(state.clock), bound=state.bounds[0], stats=_stats(state))


def _stats(state: State) -> dict[str, Json]:
    common = stats_of(state.problem, state.clock, state.seed, state.engines, state.seconds_to_best)
    return {**common, "rounds": state.num_rounds}
