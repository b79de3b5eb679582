"""Join small units: write down all sets, bound their choice by column generation, leave out what cannot be better, choose exactly."""

from __future__ import annotations

from math import inf

import numpy as np

from orgraph.solver.covering.anneal import anneal
from orgraph.solver.covering.bound import Priced, count_sets, price_sets
from orgraph.solver.covering.cuts import Cuts
from orgraph.solver.covering.engines import SMALL_COLUMNS, run
from orgraph.solver.covering.heuristic import greedy_partition
from orgraph.solver.covering.model import PartitionModel
from orgraph.solver.covering.problem import Joined, Joining
from orgraph.solver.covering.sets import Ints, Sets, write_sets
from orgraph.solver.covering.state import State, cheapest_share
from orgraph.solver.engine import Result
from orgraph.solver.highs import Highs

SLACK = 1e-6
SEEK_SHARE = 0.4
NUM_ANNEALINGS = 3
TIGHTEN_SHARE = 0.4
NUM_ROUNDS = 30
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
    if sets.is_complete:
        state.prove(count_sets(sets).bound)
    if len(sets.cost) > SMALL_COLUMNS:
        seek(problem, state)
    if not state.is_proven:
        prove(problem, state, sets)


def prove(problem: Joining, state: State, sets: Sets) -> None:
    """Bound the choice among all sets, and choose exactly among those that a better partition than the best one may use."""
    state.engines.append("GLOP")
    priced = price_sets(sets, np.arange(min(len(sets.cost), 100)), state.clock.is_over)
    if sets.is_complete:
        state.prove(priced.bound)
    offer(problem, state, sets, greedy_partition(sets, priced.extra))
    with Highs() as highs:
        choose_restricted(problem, state, sets.chosen(priced.columns), highs)
        numbers = interesting(state, np.arange(len(sets.cost)), priced)
        numbers, cuts = tighten(state, sets, numbers, priced.columns)
        choose(problem, state, sets, numbers, cuts, highs)


def interesting(state: State, numbers: Ints, priced: Priced) -> Ints:
    """Return those of the sets, numbered as in ``priced``, that a partition better than the best one may use."""
    if state.most_interesting is None:
        return numbers
    return numbers[priced.bound + priced.extra <= state.most_interesting + SLACK]


def tighten(state: State, sets: Sets, numbers: Ints, start: Ints) -> tuple[Ints, Cuts | None]:
    """Raise the bound by cuts over the sets that are still of interest; return those that remain, and the cuts over them."""
    if state.is_proven or state.clock.is_over() or len(numbers) <= SMALL_COLUMNS:
        return numbers, None
    lap = state.clock.lap(TIGHTEN_SHARE * state.clock.left_s)
    first = np.flatnonzero(np.isin(numbers, start))
    enough = inf if state.most_interesting is None else state.most_interesting + SLACK
    priced = price_sets(sets.chosen(numbers), first, lap.is_over, num_rounds=NUM_ROUNDS, enough=enough)
    if sets.is_complete:
        # Whatever uses a set that was left out costs as much as the best plan, which no bound exceeds.
        state.prove(priced.bound)
    kept = interesting(state, np.arange(len(numbers)), priced)
    return numbers[kept], None if priced.cuts is None else priced.cuts.chosen(kept)


def seek(problem: Joining, state: State) -> None:
    """Anneal, starting with every unit alone, a few times over unless a plan is proven."""
    small = problem.small
    lap = state.clock.lap(SEEK_SHARE * state.clock.left_s)
    state.engines.append("annealing")
    for number in range(NUM_ANNEALINGS):
        if state.is_proven or lap.is_over():
            return
        found = anneal(problem, [(u,) for u in range(len(small))], state.seed + number, lap)
        offer_groups(problem, state, [[small[u] for u in units] for units in found])


def choose_restricted(problem: Joining, state: State, sets: Sets, highs: Highs) -> None:
    """Find a good partition among the sets that column generation has brought up, where there is none yet; proves nothing."""
    if state.plan is not None or state.clock.is_over():
        return
    model = PartitionModel(sets)
    lap = state.clock.lap(RESTRICTED_SHARE * state.clock.left_s)
    outcome = run(state, model.mip, highs, lap, is_bounding=False)
    if outcome.x is not None:
        offer(problem, state, sets, model.chosen(outcome.x))


def choose(
    problem: Joining, state: State, sets: Sets, numbers: Ints, cuts: Cuts | None, highs: Highs
) -> None:
    """Choose among all sets that a better partition than the best one may use."""
    if state.is_proven or state.clock.is_over():
        return
    if not len(numbers):
        if sets.is_complete:
            state.close()
        return
    model = PartitionModel(sets.chosen(numbers))
    if cuts is not None:
        model.hold_two_once(cuts)
    outcome = run(state, model.mip, highs, state.clock, is_bounding=sets.is_complete)
    if outcome.x is not None:
        offer(problem, state, sets, numbers[model.chosen(outcome.x)])
    if sets.is_complete and outcome.result in (Result.INFEASIBLE, Result.OPTIMAL):
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
