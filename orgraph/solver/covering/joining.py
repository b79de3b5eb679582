"""Join small units: write down all sets, bound their choice by column generation, leave out what cannot be better, choose exactly."""

from __future__ import annotations

import numpy as np

from orgraph.solver.covering.anneal import anneal
from orgraph.solver.covering.bound import Priced, price_sets
from orgraph.solver.covering.engines import SMALL_COLUMNS, run
from orgraph.solver.covering.heuristic import greedy_partition
from orgraph.solver.covering.model import PartitionModel
from orgraph.solver.covering.problem import Joined, Joining
from orgraph.solver.covering.sets import Ints, Sets, write_sets
from orgraph.solver.covering.state import State, cheapest_share
from orgraph.solver.engine import Result
from orgraph.solver.highs import Highs

SLACK = 1e-6
SEEK_SHARE = 0.3
RESTRICTED_SHARE = 0.25
"""The choice among the sets of the last master program may take this share of the time that is left."""


def join(problem: Joining, state: State) -> None:
    """Find and prove the cheapest partition."""
    state.prove(cheapest_share(problem))
    sets = write_sets(problem, state.clock.is_over)
    state.num_columns = len(sets.cost)
    offer(problem, state, sets, greedy_partition(sets, sets.cost.astype(np.float64)))
    if not len(sets.cost):
        state.is_infeasible = sets.is_complete and state.plan is None
        return
    state.engines.append("GLOP")
    priced = price_sets(sets, np.arange(min(len(sets.cost), 100)), state.clock.is_over)
    if sets.is_complete:
        state.prove(priced.bound)
    offer(problem, state, sets, greedy_partition(sets, priced.extra))
    if len(sets.cost) > SMALL_COLUMNS:
        seek(problem, state)
    with Highs() as highs:
        choose_restricted(problem, state, sets, priced, highs)
        choose(problem, state, sets, priced, highs)


def seek(problem: Joining, state: State) -> None:
    """Anneal, starting with every unit alone."""
    if state.is_proven or state.clock.is_over():
        return
    small = problem.small
    lap = state.clock.lap(SEEK_SHARE * state.clock.left_s)
    state.engines.append("annealing")
    found = anneal(problem, [(u,) for u in range(len(small))], state.seed, lap)
    offer_groups(problem, state, [[small[u] for u in units] for units in found])


def choose_restricted(problem: Joining, state: State, sets: Sets, priced: Priced, highs: Highs) -> None:
    """Find a good partition among the sets that column generation has brought up; proves nothing."""
    if state.is_proven or state.clock.is_over():
        return
    model = PartitionModel(sets.chosen(priced.columns))
    lap = state.clock.lap(RESTRICTED_SHARE * state.clock.left_s)
    outcome = run(state, model.mip, highs, lap, is_bounding=False)
    if outcome.x is not None:
        offer(problem, state, sets, priced.columns[model.chosen(outcome.x)])


def choose(problem: Joining, state: State, sets: Sets, priced: Priced, highs: Highs) -> None:
    """Choose among all sets that a better partition than the best one may use."""
    if state.is_proven or state.clock.is_over():
        return
    numbers = np.arange(len(sets.cost))
    if state.most_interesting is not None:
        numbers = np.flatnonzero(priced.bound + priced.extra <= state.most_interesting + SLACK)
    model = PartitionModel(sets.chosen(numbers))
    outcome = run(state, model.mip, highs, state.clock, is_bounding=sets.is_complete)
    if outcome.x is not None:
        offer(problem, state, sets, numbers[model.chosen(outcome.x)])
    if not sets.is_complete:
        return
    if outcome.result in (Result.INFEASIBLE, Result.OPTIMAL):
        state.is_infeasible = state.plan is None
        state.close()


def offer(problem: Joining, state: State, sets: Sets, numbers: Ints | None) -> None:
    """Offer the partition into these sets."""
    if numbers is not None:
        offer_groups(problem, state, [[sets.small[u] for u in units] for units in sets.tuples(numbers)])


def offer_groups(problem: Joining, state: State, groups: list[list[int]]) -> None:
    """Offer a partition of the small units into connected groups; those with too few members stay alone, if they may."""
    joined = sorted(
        sorted(g) for g in groups if len(g) > 1 and sum(problem.members[u] for u in g) >= problem.least
    )
    num_alone = len(problem.small) - sum(map(len, joined))
    if num_alone and problem.prices.alone is None:
        return
    found: list[int | None] = [None] * problem.num_units
    for number, units in enumerate(joined):
        for u in units:
            found[u] = number
    mixed = sum(len({problem.sectors[u] for u in units}) - 1 for units in joined)
    prices = problem.prices
    state.offer(
        Joined(tuple(found)),
        prices.joined * len(joined) + prices.mixed * mixed + (prices.alone or 0) * num_alone,
    )
