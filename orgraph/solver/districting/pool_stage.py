"""Prove one objective over the pool of all possible districts: leave out every set that no plan of interest uses, then choose among the rest."""

from __future__ import annotations

import numpy as np

from orgraph.solver.districting.instance import Floats, Instance
from orgraph.solver.districting.partition_model import PartitionModel
from orgraph.solver.districting.partitioning import price_sets
from orgraph.solver.districting.pool import Pool, build_pool
from orgraph.solver.districting.problem import BorderLength, CenterCost, Change, Objective, PointCost
from orgraph.solver.districting.state import State
from orgraph.solver.engine import Result
from orgraph.solver.highs import Highs

MOST_SETS = 4_000_000
"""More connected sets than this are not written down; a million take about a second and a half, and some 100 MB at most."""
FEW_SETS = 250_000
"""Where no border counts, a model with one column per node and seat is as fast as a larger pool."""
MOST_COLUMNS = 20_000
"""With more sets than this left, the partition is not solved as one integer program."""
MARGIN = 1e-9


def prove_by_pool(state: State, stage: int, highs: Highs) -> bool:
    """Prove objective number ``stage``; return whether nothing is left to do for it, be it proven or out of time."""
    objectives = state.instance.problem.objectives[: stage + 1]
    if state.best is None or not _make_pool(state, objectives):
        return False
    state.engines.append("GLOP")
    for index, objective in enumerate(objectives):
        _thin_out(state, index, objective, stage)
    assert state.pool is not None
    if state.is_proven(stage) or state.clock.is_over():
        return True
    if len(state.pool.masks) > MOST_COLUMNS:
        return False
    _choose(state, stage, highs)
    return True


def _make_pool(state: State, objectives: tuple[Objective, ...]) -> bool:
    most = MOST_SETS if any(isinstance(o, BorderLength) for o in objectives) else FEW_SETS
    if state.pool is None and most > state.most_sets_tried:
        state.most_sets_tried = most
        state.pool = build_pool(state.instance, most, state.clock.is_over)
    return state.pool is not None


def _thin_out(state: State, index: int, objective: Objective, stage: int) -> None:
    """Keep the sets that plans use in which an objective is at most what it is in the best plan; prove the bound met on the way."""
    pool = state.pool
    assert pool is not None and state.best is not None
    cost = least_cost(state.instance, pool, objective)
    start = pool.find(state.instance, state.best.labels)
    priced = price_sets(state.instance, pool, cost, start, state.clock.is_over)
    if index == stage:
        state.prove(stage, priced.bound, "bound")
    most = state.most(index)
    state.pool = pool.chosen(priced.bound + priced.extra <= most + MARGIN * abs(most))


def least_cost(instance: Instance, pool: Pool, objective: Objective) -> Floats:
    """Return what every set adds to an objective at the least, whatever the other districts are: shape (sets,). Exact but for change and later seats."""
    match objective:
        case BorderLength():
            return pool.perimeter(instance.border(objective)) / 2
        case CenterCost():
            least = np.full(len(pool.masks), np.inf)
            for seat, cost in enumerate(instance.center_cost(objective).T):
                held = np.flatnonzero(pool.has(instance.home[seat]))
                least[held] = np.minimum(least[held], pool.chosen_at(held.tolist()).sums(cost))
            return least
        case PointCost():  # An instance has it as a matrix.
            raise TypeError(objective.name)
        case Change():
            weight = np.array([sum(objective.weight[u] for u in units) for units in instance.members])
            kept = instance.kept(objective).T
            stays = [pool.sums(part) for part in kept] or [np.zeros(len(pool.masks))]
            moves: Floats = pool.sums(weight) - np.max(stays, axis=0)
            return moves


def _choose(state: State, stage: int, highs: Highs) -> None:
    """Choose among the sets that are left, as an integer program."""
    assert state.pool is not None and state.best is not None
    model = PartitionModel(state.instance, state.pool)
    *earlier, objective = state.instance.problem.objectives[: stage + 1]
    for index, held in enumerate(earlier):
        model.hold(held, state.most(index))
    model.minimize(objective)
    state.engines.append("HiGHS")
    state.num_columns, state.num_rows = model.mip.num_columns, len(model.mip.rows)
    state.num_rounds += 1
    outcome = highs.solve(
        model.mip,
        state.clock,
        seed=state.seed,
        cutoff=state.most(stage) - model.constant,
        on_bound=lambda bound: state.prove(stage, bound + model.constant),
    )
    if outcome.x is not None:
        state.offer(model.labels(outcome.x))
    if outcome.result is Result.INFEASIBLE:
        state.prove(stage, state.best.values[stage])
    elif outcome.bound is not None:
        state.prove(stage, outcome.bound + model.constant)
