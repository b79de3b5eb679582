"""The steps between the first roster and the proof: bound by the linear relaxation, roster along it, roster with a proof."""

from __future__ import annotations

from dataclasses import replace
from math import floor

from orgraph.solver.cp_sat import solve_cp_sat
from orgraph.solver.engine import Outcome, Result
from orgraph.solver.highs import Highs
from orgraph.solver.rostering.heuristic import draw
from orgraph.solver.rostering.instance import build_instance, groups_of_alike
from orgraph.solver.rostering.model import Model, build_model
from orgraph.solver.rostering.problem import Plan
from orgraph.solver.rostering.state import State

MOST_COLUMNS_EXACT = 400
"""Up to this size CP-SAT solves the whole at once; beyond it the linear relaxation leads."""
WHOLE = 1e-6
SHARE_TO_FOLLOW = 0.25
"""Of the time that is left, for a roster along a relaxation."""


def find_and_prove(state: State, highs: Highs, hint: Plan | None) -> None:
    """Find a roster and prove it best, as far as the limits let."""
    if hint is not None:
        state.offer(hint)
    single = build_model(build_instance(state.problem))
    state.offer(draw(single.instance))
    if single.mip.num_columns <= MOST_COLUMNS_EXACT:
        prove_exactly(state, single)
    else:
        relax_and_prove(state, highs, single)


def relax_and_prove(state: State, highs: Highs, single: Model) -> None:
    """Bound by relaxations, look for rosters along them, then solve the whole."""
    groups = groups_of_alike(state.problem)
    has_groups = len(groups) < len(state.problem.people)
    alike = build_model(build_instance(state.problem, groups)) if has_groups else single
    relaxed = bound(state, highs, alike, is_whole=False)
    follow(state, highs, single, alike, relaxed)
    if has_groups:
        follow(state, highs, single, alike, bound(state, highs, alike, is_whole=True))
    prove(state, highs, single)


def bound(state: State, highs: Highs, alike: Model, *, is_whole: bool) -> Outcome | None:
    """Solve the rules summed up over people who are alike, as a linear or as an integer program: a relaxation either way.

    The linear one loses nothing by the sums, since the mean over the orders of people who are alike is as good a point.
    """
    if state.is_over:
        return None
    program = alike.mip if is_whole else replace(alike.mip, is_integer=[False] * alike.mip.num_columns)
    state.engines.append("HiGHS")
    clock = state.clock.lap(state.clock.left_s * SHARE_TO_FOLLOW) if is_whole else state.clock
    outcome = highs.solve(program, clock, seed=state.seed)
    if is_whole or outcome.result in (Result.OPTIMAL, Result.INFEASIBLE):
        state.learn(alike, outcome, None, is_relaxed=True)
    return outcome


def follow(state: State, highs: Highs, single: Model, alike: Model, relaxed: Outcome | None) -> None:
    """Look for a roster that does what is whole in a point of the relaxation."""
    if relaxed is None or relaxed.x is None or state.is_over:
        return
    pinned = replace(single.mip, rows=[*single.mip.rows])
    cells = dict(zip(single.instance.duties, single.x, strict=True))
    members = {group[0]: group for group in alike.instance.groups}
    for duty, column in zip(alike.instance.duties, alike.x, strict=True):
        if least := floor(relaxed.x[column] + WHOLE):
            own = [(cells[replace(duty, person=i)], 1.0) for i in members[duty.person]]
            pinned.row(own, at_least=float(least))
    clock = state.clock.lap(state.clock.left_s * SHARE_TO_FOLLOW)
    outcome = highs.solve(pinned, clock, seed=state.seed, cutoff=state.cutoff(single))
    if outcome.x is not None:
        state.take(single, outcome.x)


def prove_exactly(state: State, single: Model) -> None:
    """Solve a small problem with CP-SAT, whose proofs are exact."""
    if state.is_over:
        return
    if state.plan is not None:
        single.start_from(state.plan)
    state.engines.append("CP-SAT")
    outcome = solve_cp_sat(single.mip, state.clock, seed=state.seed)
    state.learn(single, outcome, None, is_relaxed=False)


def prove(state: State, highs: Highs, single: Model) -> None:
    """Solve the whole problem with the best roster as cutoff."""
    if state.is_over:
        return
    cutoff = state.cutoff(single)

    def tell(cost: float) -> None:
        state.lift(single.objective(cost))

    outcome = highs.solve(single.mip, state.clock, seed=state.seed, cutoff=cutoff, on_bound=tell)
    state.learn(single, outcome, cutoff, is_relaxed=False)
