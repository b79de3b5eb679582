"""Choose the layout of a stage, and leave out of it what no plan within the costs known so far uses."""

from __future__ import annotations

import numpy as np

from orgraph.solver.districting.bound import Relaxation, cheapest_bound
from orgraph.solver.districting.instance import Instance
from orgraph.solver.districting.layout import Layout, Mask, part_layout, rank_layout, root_layout, seat_layout
from orgraph.solver.districting.pairs import pairs_of
from orgraph.solver.districting.problem import BorderLength, CenterCost, Change, Objective
from orgraph.solver.districting.spreading import Spreading
from orgraph.solver.districting.state import State

MOST_RANKED = 2
"""With at most so many districts, ranks make a smaller model than first nodes, and the faster one."""
MOST_CELLS = 100_000
"""A model by first nodes has about so many columns, one per edge and name."""
FIRST_PASSES, MOST_PASSES = 60, 4000
"""Passes of the flow bound before the search for better plans, and in all."""
SHARE_FOR_FLOWS = 0.25
"""Of the time that is left."""


def choose_layout(state: State, objectives: tuple[Objective, ...]) -> Layout:
    """Return seats where some objective has costs to a seat, else reference parts where some objective counts change, else first nodes."""
    for index, objective in enumerate(objectives):
        if isinstance(objective, CenterCost):
            bound_center_cost(state, index, objective)
            everything = Layout(
                tuple(range(len(state.instance.seats))), state.instance.home, state.allowed[index]
            )
            return everything.restricted(state.allowed[index])
    for index, objective in enumerate(objectives):
        if isinstance(objective, Change):
            return part_layout(state.instance, objective, state.most(index))
    return named_by_node(state.instance)


def named_by_node(instance: Instance) -> Layout:
    """Return first nodes as names; ranks where districts are few, or where a model by first nodes would be too large."""
    if instance.k > MOST_RANKED:
        layout = root_layout(instance)
        if layout.num_labels * len(instance.problem.edges) <= MOST_CELLS:
            return layout
    return rank_layout(instance)


def bound_first(state: State) -> None:
    """Prove a bound of the first objective at once."""
    state.prove(0, 0.0, "bound")
    objective = state.instance.problem.objectives[0]
    if isinstance(objective, CenterCost):
        bound_center_cost(state, 0, objective, is_brief=True)
    if isinstance(objective, BorderLength):
        bound_border(state, 0, objective, FIRST_PASSES)


def bound_border(state: State, index: int, objective: BorderLength, num_passes: int = MOST_PASSES) -> None:
    """Raise the bound of objective ``index`` by flows, until it grows no more or nothing is left to prove."""
    if index not in state.spreading:
        state.spreading[index] = Spreading(state.search.board, state.instance, objective)
    state.engines.append("flows")
    end_s = state.clock.seconds + SHARE_FOR_FLOWS * state.clock.left_s

    def is_over() -> bool:
        return state.clock.is_over() or state.clock.seconds > end_s or state.is_proven(index)

    for bound in state.spreading[index].bounds(num_passes, is_over):
        state.prove(index, bound, "bound")


def bound_center_cost(state: State, index: int, objective: CenterCost, *, is_brief: bool = False) -> None:
    """Prove a bound of objective ``index`` by relaxation, and keep the pairs of node and seat that plans up to its known value may use."""
    cost = state.instance.center_cost(objective)
    allowed = seats_allowed(state, index)
    state.prove(index, cheapest_bound(cost, allowed), "bound")
    worst = float(np.where(allowed, cost, 0.0).max(axis=1, initial=0.0).sum())
    state.engines.append("Lagrangian")
    pairs = pairs_of(state.instance, cost, allowed)
    known = state.prices.get(index)
    cutoff = min(state.most(index), worst)
    bounded = Relaxation(state.instance, cost).explore(
        pairs,
        cutoff,
        state.clock.is_over,
        None if known is None else known.of_seats(pairs.seat),
        is_brief=is_brief,
    )
    if bounded.pairs is None:
        state.allowed[index] = np.zeros_like(allowed)
        state.prove(index, cutoff, "bound")
        return
    state.allowed[index] = bounded.pairs.mask(allowed.shape)
    state.prices[index] = bounded.multipliers.for_all(bounded.pairs.seat, allowed.shape[1])
    state.prove(index, min(bounded.bound, cutoff), "bound")


def seats_allowed(state: State, stage: int) -> Mask:
    """Return what plans of interest may use by connectedness, totals and the bounds known so far of the objectives up to ``stage``: shape (nodes, seats)."""
    known = [mask for index, mask in state.allowed.items() if index <= stage]
    return np.logical_and.reduce(known) if known else _reachable(state)


def _reachable(state: State) -> Mask:
    """Return what the seat layout allows, by all seats: shape (nodes, seats)."""
    layout = seat_layout(state.instance)
    allowed = np.zeros((state.instance.num_nodes, len(state.instance.seats)), dtype=bool)
    allowed[:, list(layout.names)] = layout.allowed
    return allowed
