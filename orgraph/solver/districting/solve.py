"""Solve a districting problem: check the statement, find a plan, prove it objective by objective, let the checker judge it."""

from __future__ import annotations

from orgraph.findings import Json
from orgraph.solver.certificate import (
    reasons_in_time,
    refuse_malformed,
    stats_of,
    status_with_plan,
    status_without_plan,
)
from orgraph.solver.districting.approval import approve
from orgraph.solver.districting.city.solve import solve_city
from orgraph.solver.districting.explain import is_contradictory, reasons
from orgraph.solver.districting.feasibility import is_feasible
from orgraph.solver.districting.findings import findings
from orgraph.solver.districting.instance import build_instance
from orgraph.solver.districting.naming import bound_first
from orgraph.solver.districting.problem import Plan, Problem
from orgraph.solver.districting.seat_stage import try_first
from orgraph.solver.districting.seek import find_plan, improve_plan
from orgraph.solver.districting.stage import prove_stages
from orgraph.solver.districting.state import State
from orgraph.solver.engine import Clock
from orgraph.solver.highs import Highs
from orgraph.solver.solution import Limits, OnProgress, Solution, Stage, Status

WARM_START_NODES = 24
"""From this size on, the engine is loaded while the first plan is sought."""


def solve(
    problem: Problem,
    *,
    limits: Limits | None = None,
    seed: int = 0,
    hint: Plan | None = None,
    on_progress: OnProgress | None = None,
) -> Solution[Plan]:
    """Return the best plan found, with a bound proven for every objective, or the reasons why there is none.

    Parameters
    ----------
    limits
        Wall seconds, workers, and the event that interrupts.
    seed
        With one worker, and no time limit hit, equal seeds give equal plans.
    hint
        A plan to start from; passed over when it breaks a rule.
    on_progress
        Told of every better plan and bound of the first objective; called from this thread or from one of an engine, never from two at once.

    Returns
    -------
    Solution
        ``stages`` has one entry per objective. A seat is the cheapest allowed member by the objectives with costs to a seat, in their order; where
        there is none, the member with the fewest steps to all others within the district. Of equal members it is the first.

    Raises
    ------
    InvalidProblem
        With everything that is wrong in the statement.
    PlanRejected
        When the independent checker disagrees; a defect.

    Notes
    -----
    The plan comes from annealing, the proof from integer programming (Hess et al. 1965 for costs to a seat). An objective after the first may
    cost the ones before it 1e-8 of their value.
    """
    refuse_malformed(findings(problem))
    clock = Clock(limits or Limits())
    if problem.is_large:
        return solve_city(problem, clock, seed, hint, on_progress)
    state = State(build_instance(problem), clock, seed, on_progress)
    state.is_infeasible = is_contradictory(problem)
    if not state.is_infeasible:
        find_and_prove(state, hint)
    return conclude(problem, state)


def find_and_prove(state: State, hint: Plan | None) -> None:
    """Find a plan, then prove objective by objective."""
    with Highs() as highs:
        if state.instance.num_nodes >= WARM_START_NODES:
            highs.start()
        find_plan(state, hint)
        if not state.is_infeasible:
            bound_first(state)
            begun = try_first(state, highs)
            improve_plan(state)
            prove_stages(state, highs, begun)


def conclude(problem: Problem, state: State) -> Solution[Plan]:
    """Return what is known at the end, checked."""
    if state.best is None:
        return _without_plan(problem, state)
    plan = state.instance.plan(state.best.labels)
    values = state.best.values
    approve(problem, plan, values)
    stages = tuple(
        Stage(o.name, value, bound)
        for o, value, bound in zip(problem.objectives, values, state.bounds, strict=True)
    )
    is_proven = all(state.is_proven(stage) for stage in range(len(values)))
    return Solution(
        status=status_with_plan(state.clock, is_proven=is_proven),
        plan=plan,
        objective=values[0],
        bound=state.bounds[0],
        stages=stages,
        terms={problem.objectives[0].name: values[0]},
        stats=_stats(problem, state),
    )


def _without_plan(problem: Problem, state: State) -> Solution[Plan]:
    if state.is_infeasible:
        return Solution(
            Status.INFEASIBLE,
            reasons=reasons_in_time(problem, reasons, is_feasible, state.clock),
            stats=_stats(problem, state),
        )
    return Solution(status_without_plan(state.clock), bound=state.bounds[0], stats=_stats(problem, state))


def _stats(problem: Problem, state: State) -> dict[str, Json]:
    counts: dict[str, Json] = {
        "rounds": state.num_rounds,
        "columns": state.num_columns,
        "rows": state.num_rows,
    }
    common = stats_of(problem, state.clock, state.seed, state.engines, state.seconds_to_best)
    return {**common, **counts}
