"""Choose the layout of a stage, and leave out of it what no plan within the costs known so far uses."""

from __future__ import annotations

import numpy as np

from orgraph.solver.districting.bound import cheapest_bound, relax
from orgraph.solver.districting.layout import Layout, Mask, part_layout, root_layout, seat_layout
from orgraph.solver.districting.problem import CenterCost, Change, Objective
from orgraph.solver.districting.state import State


def choose_layout(state: State, objectives: tuple[Objective, ...]) -> Layout:
    """Return seats where some objective has costs to a seat, else reference parts where some objective counts change, else first nodes."""
    for index, objective in enumerate(objectives):
        if isinstance(objective, CenterCost):
            bound_center_cost(state, index, objective)
            layout = seat_layout(state.instance)
            return layout.restricted(state.allowed[index][:, list(layout.names)])
    for index, objective in enumerate(objectives):
        if isinstance(objective, Change):
            return part_layout(state.instance, objective, state.most(index))
    return root_layout(state.instance)


def bound_first(state: State) -> None:
    """Prove a bound of the first objective at once."""
    state.prove(0, 0.0, "bound")
    objective = state.instance.problem.objectives[0]
    if isinstance(objective, CenterCost):
        bound_center_cost(state, 0, objective)


def bound_center_cost(state: State, index: int, objective: CenterCost) -> None:
    """Prove a bound of objective ``index`` by relaxation, and keep the pairs of node and seat that plans up to its known value may use."""
    cost = state.instance.center_cost(objective)
    allowed = state.allowed.get(index)
    if allowed is None:
        allowed = _reachable(state)
        state.prove(index, cheapest_bound(cost, allowed), "bound")
    worst = float(np.where(allowed, cost, 0.0).max(axis=1, initial=0.0).sum())
    state.engines.append("Lagrangian")
    relaxed = relax(state.instance, cost, allowed, min(state.most(index), worst), state.clock.is_over)
    state.allowed[index] = relaxed.allowed
    state.prove(index, relaxed.bound, "bound")


def _reachable(state: State) -> Mask:
    """Return what the seat layout allows, by all seats: shape (nodes, seats)."""
    layout = seat_layout(state.instance)
    allowed = np.zeros((state.instance.num_nodes, len(state.instance.seats)), dtype=bool)
    allowed[:, list(layout.names)] = layout.allowed
    return allowed
