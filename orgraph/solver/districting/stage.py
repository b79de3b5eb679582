"""Prove one objective, the ones before it held at their values: choose a layout, fix, build the model, and cut until the solution is connected."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from orgraph.solver.cp_sat import solve_cp_sat
from orgraph.solver.districting.bound import cheapest_bound, relax
from orgraph.solver.districting.instance import Instance
from orgraph.solver.districting.layout import Layout, Mask, part_layout, root_layout, seat_layout
from orgraph.solver.districting.model import Model
from orgraph.solver.districting.problem import CenterCost, Change, Objective
from orgraph.solver.districting.separators import separate
from orgraph.solver.districting.state import State, with_tolerance
from orgraph.solver.engine import Clock, Outcome, Result
from orgraph.solver.highs import Highs
from orgraph.solver.mip import Mip

Engine = Callable[[Mip, Clock, float | None], Outcome]


def prove_stage(state: State, stage: int, highs: Highs) -> bool:
    """Minimize objective number ``stage``; return whether its plan is proven best, the objectives before it held."""
    objectives = state.instance.problem.objectives[: stage + 1]
    state.prove(stage, 0.0)
    layout = _layout(state, stage, objectives)
    model = _model(state, stage, layout, objectives)
    engine = _engine(state, objectives, highs)
    while not state.clock.is_over() and not state.is_proven(stage):
        outcome = engine(model.mip, state.clock, _cutoff(state, stage, model))
        state.num_rounds += 1
        if not _learn(state, stage, model, outcome):
            break
    return state.is_proven(stage)


def _learn(state: State, stage: int, model: Model, outcome: Outcome) -> bool:
    """Take what a round has shown; return whether another round can show more."""
    if outcome.result is Result.INFEASIBLE:
        if state.best is None:
            state.is_infeasible = True
        else:
            state.prove(stage, state.best.values[stage])
        return False
    constant = model.constant
    if outcome.bound is not None:
        state.prove(stage, outcome.bound + constant)
    if outcome.x is None:
        return False
    labels = model.labels(outcome.x)
    if state.instance.problem.is_contiguous and separate(model, labels):
        return outcome.result is Result.OPTIMAL
    number = {label: d for d, label in enumerate(dict.fromkeys(labels))}
    state.offer([number[label] for label in labels])
    return False


def _model(state: State, stage: int, layout: Layout, objectives: tuple[Objective, ...]) -> Model:
    model = Model(state.instance, layout)
    model.add_rules()
    *earlier, objective = objectives
    for index, held in enumerate(earlier):
        assert state.best is not None
        model.hold(held, with_tolerance(state.best.values[index]))
    model.minimize(objective)
    state.num_columns, state.num_rows = model.mip.num_columns, len(model.mip.rows)
    return model


def _cutoff(state: State, stage: int, model: Model) -> float | None:
    """Return the cost above which nothing is of interest, in the terms of the model."""
    if state.best is None:
        return None
    return with_tolerance(state.best.values[stage]) - model.constant


def _engine(state: State, objectives: tuple[Objective, ...], highs: Highs) -> Engine:
    if all(isinstance(o, Change) for o in objectives):
        state.engines.append("CP-SAT")
        return lambda mip, clock, cutoff: solve_cp_sat(mip, clock, seed=state.seed, cutoff=cutoff)
    state.engines.append("HiGHS")
    return lambda mip, clock, cutoff: highs.solve(mip, clock, seed=state.seed, cutoff=cutoff)


def _layout(state: State, stage: int, objectives: tuple[Objective, ...]) -> Layout:
    for index, objective in enumerate(objectives):
        if isinstance(objective, CenterCost):
            return _fixed_seats(state, stage, index, objective)
    for objective in objectives:
        if isinstance(objective, Change):
            return part_layout(state.instance, state.instance.kept(objective).shape[1])
    return root_layout(state.instance)


def _fixed_seats(state: State, stage: int, index: int, objective: CenterCost) -> Layout:
    """Return the seat layout without the pairs that no plan within the cost known for ``objective`` uses; prove the bound found on the way."""
    instance = state.instance
    layout = seat_layout(instance)
    cost = instance.center_cost(objective)
    allowed = _spread(instance, layout)
    if index == stage:
        state.prove(stage, cheapest_bound(cost, allowed), "bound")
    worst = float(np.where(allowed, cost, 0.0).max(axis=1, initial=0.0).sum())
    cutoff = with_tolerance(state.best.values[index] if state.best else worst)
    relaxed = relax(instance, cost, allowed, cutoff, state.clock.is_over)
    if index == stage:
        state.prove(stage, relaxed.bound, "bound")
    return layout.restricted(relaxed.allowed[:, list(layout.names)])


def _spread(instance: Instance, layout: Layout) -> Mask:
    """Return what the layout allows, by all seats: shape (nodes, seats)."""
    allowed = np.zeros((instance.num_nodes, len(instance.seats)), dtype=bool)
    allowed[:, list(layout.names)] = layout.allowed
    return allowed
