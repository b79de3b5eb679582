"""All rules and any stages: integer programs, stage by stage, the ones before held at their values."""

from __future__ import annotations

from orgraph.solver.assignment.feasibility import find_any
from orgraph.solver.assignment.model import Model
from orgraph.solver.assignment.state import State
from orgraph.solver.cp_sat import solve_cp_sat
from orgraph.solver.engine import Outcome, Result
from orgraph.solver.highs import Highs
from orgraph.solver.lexicographic import with_tolerance

FIRST_PLAN_SHARE = 0.3
"""The search for a first plan, without an objective, may take this share of the time."""


def solve_stages(state: State) -> None:
    """Find a plan, then prove the stages in their order, until one is not proven within the limits."""
    if state.best is None:
        _first_plan(state)
    if state.is_infeasible:
        return
    with Highs() as highs:
        for stage in range(len(state.bounds)):
            if not _prove_stage(state, stage, highs):
                return


def _first_plan(state: State) -> None:
    state.engines.append("CP-SAT")
    clock = state.clock.lap(FIRST_PLAN_SHARE * state.clock.left_s)
    result, plan = find_any(state.problem, clock, state.seed)
    state.is_infeasible = result is Result.INFEASIBLE
    if plan is not None:
        state.offer(plan, "plan")


def _prove_stage(state: State, stage: int, highs: Highs) -> bool:
    if state.best is not None and state.is_proven(stage):
        return True
    model = _model(state, stage)
    outcome = _run(state, stage, model, highs)
    state.num_rounds += 1
    if outcome.result is Result.INFEASIBLE and state.best is None:
        state.is_infeasible = True
        return False
    if outcome.x is not None:
        state.offer(model.plan(outcome.x), "proof")
    if outcome.result is Result.INFEASIBLE:
        state.prove(stage, state.values[stage], "proof")
    else:
        state.prove(stage, outcome.bound, "proof")
    return state.is_proven(stage)


def _model(state: State, stage: int) -> Model:
    problem = state.problem
    model = Model(problem)
    model.add_rules()
    for index, terms in enumerate(problem.objectives[:stage]):
        model.hold(terms, with_tolerance(state.values[index]))
    model.minimize(problem.objectives[stage])
    if state.best is not None:
        model.hint(state.best)
    return model


def _run(state: State, stage: int, model: Model, highs: Highs) -> Outcome:
    """Minimize with CP-SAT where every figure is whole, with HiGHS elsewhere."""
    state.engines.append("CP-SAT" if model.is_whole else "HiGHS")
    engine = solve_cp_sat if model.is_whole else highs.solve
    cutoff = None if state.best is None else with_tolerance(state.values[stage])

    def on_bound(bound: float) -> None:
        state.prove(stage, bound, "proof")

    return engine(model.mip, state.clock, seed=state.seed, cutoff=cutoff, on_bound=on_bound)
