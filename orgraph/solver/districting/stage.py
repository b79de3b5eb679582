"""Prove one objective, the ones before it held at their values: build the model, solve it, cut off what is not connected, solve again."""

from __future__ import annotations

from collections.abc import Callable

from orgraph.solver.cp_sat import solve_cp_sat
from orgraph.solver.districting.halving_stage import prove_by_halving
from orgraph.solver.districting.model import Model
from orgraph.solver.districting.naming import bound_border, choose_layout
from orgraph.solver.districting.pool_stage import prove_by_pool
from orgraph.solver.districting.problem import BorderLength, CenterCost, Change, Objective
from orgraph.solver.districting.seat_proof import SeatProof
from orgraph.solver.districting.seat_stage import FEW_NODES, prove_by_seats
from orgraph.solver.districting.separators import separate
from orgraph.solver.districting.stage_model import build_model
from orgraph.solver.districting.state import State
from orgraph.solver.engine import Outcome, Result
from orgraph.solver.highs import Highs

Engine = Callable[[Model, float | None], Outcome]


def prove_stages(state: State, highs: Highs, begun: SeatProof | None = None) -> None:
    """Prove the objectives in their order, until one is not proven within the limits; that of the first may have begun."""
    for stage in range(len(state.bounds)):
        if not prove_stage(state, stage, highs, begun if stage == 0 else None):
            return


def prove_stage(state: State, stage: int, highs: Highs, begun: SeatProof | None = None) -> bool:
    """Minimize objective number ``stage``; return whether its plan is proven best, the objectives before it held."""
    if begun is not None:
        begun.run()
        return state.is_proven(stage)
    objectives = state.instance.problem.objectives[: stage + 1]
    state.prove(stage, 0.0)
    # The relaxation of seats knows nothing of a border or a change that is held: pool and model do.
    has_seats = state.best is not None and all(isinstance(o, CenterCost) for o in objectives)
    if has_seats and state.instance.num_nodes > FEW_NODES:
        prove_by_seats(state, stage, highs)
        return state.is_proven(stage)
    if prove_by_pool(state, stage, highs):
        return state.is_proven(stage)
    if has_seats:
        prove_by_seats(state, stage, highs)
        return state.is_proven(stage)
    if isinstance(objectives[-1], BorderLength):
        bound_border(state, stage, objectives[-1])
        if prove_by_halving(state, stage):
            return state.is_proven(stage)
    layout = choose_layout(state, objectives)
    if state.is_proven(stage):
        return True
    model = build_model(state, layout, stage)
    engine = _engine(state, stage, objectives, highs)
    while not state.clock.is_over() and not state.is_proven(stage):
        outcome = engine(model, _cutoff(state, stage, model))
        state.num_rounds += 1
        if not _learn(state, stage, model, outcome):
            break
    return state.is_proven(stage)


def _cutoff(state: State, stage: int, model: Model) -> float | None:
    """Return the cost above which nothing is of interest, in the terms of the model."""
    return None if state.best is None else state.cutoff(stage) - model.constant


def _engine(state: State, stage: int, objectives: tuple[Objective, ...], highs: Highs) -> Engine:
    """Return CP-SAT where every figure is an integer, HiGHS elsewhere."""
    is_whole = all(isinstance(objective, Change) for objective in objectives)
    engine = solve_cp_sat if is_whole else highs.solve
    state.engines.append("CP-SAT" if is_whole else "HiGHS")

    def run(model: Model, cutoff: float | None) -> Outcome:
        def on_bound(bound: float) -> None:
            state.prove(stage, bound + model.constant)

        return engine(model.mip, state.clock, seed=state.seed, cutoff=cutoff, on_bound=on_bound)

    return run


def _learn(state: State, stage: int, model: Model, outcome: Outcome) -> bool:
    """Take what a round has shown; return whether another round can show more."""
    if outcome.result is Result.INFEASIBLE:
        if state.best is None:
            state.is_infeasible = True
        else:
            state.prove(stage, state.best.values[stage])
        return False
    if outcome.bound is not None:
        state.prove(stage, outcome.bound + model.constant)
    if outcome.x is None:
        return False
    labels = model.labels(outcome.x)
    if state.instance.problem.is_contiguous and (cuts := separate(model, labels)):
        state.cuts += cuts
        return outcome.result is Result.OPTIMAL
    number = {label: d for d, label in enumerate(dict.fromkeys(labels))}
    state.offer([number[label] for label in labels])
    return False
