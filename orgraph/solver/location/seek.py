"""The steps of a solve call: find a plan, bound it, improve it, prove it."""

from __future__ import annotations

import numpy as np

from orgraph.solver.cp_sat import solve_cp_sat
from orgraph.solver.engine import Outcome, Result
from orgraph.solver.highs import Highs
from orgraph.solver.location.bound import LARGE, Relaxation, allowed_pairs, highest_prices
from orgraph.solver.location.check import violations
from orgraph.solver.location.clusters import Clusters
from orgraph.solver.location.feasibility import prove_feasibility
from orgraph.solver.location.heuristic import HOT, Search
from orgraph.solver.location.instance import Mask
from orgraph.solver.location.model import Model
from orgraph.solver.location.problem import Plan, Problem
from orgraph.solver.location.start import clusters_of, first_clusters, guided_clusters
from orgraph.solver.location.state import State

MOVES_PER_NODE = 20_000
MOVES_PER_SECOND = 2_000_000
"""Fewer than a slow core makes: a run ends by its moves where the machine is fast enough, else with its share of the time."""
PLAN_SHARE, PLAN_SHARE_SHORT, PLAN_SHARE_LONG, GUIDED_SHARE = 0.35, 0.2, 0.5, 0.3
"""Of the time, the share of the first run: short where a run guided by the relaxation follows, long beyond ``LARGE`` nodes, where it is best. The last
is the share of the guided run."""
BOUND_SHARE = 0.3
FIRST_PROOF_S = 0.5
REHEAT, GUIDED_HOT = 0.1, 0.15
PRICE_SHARES = (0.1, 0.3, 0.6, 1.0)
NUM_RUNS, FEW_RUNS = 6, 2
FEW_COLUMNS = 2000
NODES_ANNEALED = 600
"""Of small problems there are as many runs as make up this number of nodes: each takes a fraction of a second."""
MOST_ROOM = 4000
MOST_STEPS = 2000
STEPS_AT_ONCE = 25
CP_SAT_COLUMNS = 400
"""Programs up to this size go to CP-SAT, which needs no process of its own."""
MOST_COLUMNS = 40_000
"""Programs above this size are not tried."""


def find_plan(state: State, stated: Problem, hint: Plan | None) -> None:
    """Take the hint, or search for a plan; where the search finds none, ask CP-SAT for one or for the proof that there is none, in turns."""
    if hint is not None and not violations(stated, hint):
        state.take(state.instance.center(hint))
    proof_s, start = FIRST_PROOF_S, 0
    while not state.is_infeasible and not state.is_over():
        _from_scratch(state, start)
        start += 1
        if state.best is not None:
            return
        state.engines.append("CP-SAT")
        result, center = prove_feasibility(state.instance, state.clock.lap(proof_s), seed=state.seed)
        state.is_infeasible = result is Result.INFEASIBLE
        state.take(center)
        proof_s *= 2


def _from_scratch(state: State, start: int, hot: float = HOT) -> None:
    instance = state.instance
    mean = float(instance.lists.near_cost[:, min(3, instance.lists.near_cost.shape[1] - 1)].mean())
    c = first_clusters(instance, 4.0 * mean * instance.num_nodes / max(1, instance.problem.total))
    share = PLAN_SHARE
    if not instance.is_complete:
        share = PLAN_SHARE_SHORT if instance.num_nodes <= LARGE else PLAN_SHARE_LONG
    _anneal(state, f"{state.seed}/{start}", hot, share, c)


def _anneal(state: State, seed: str, hot: float, share: float, c: Clusters) -> None:
    state.engines.append("annealing")
    search = Search(state.instance, seed)
    begin, seconds = state.clock.seconds, share * state.clock.limits.time_s
    moves = min(MOVES_PER_NODE * state.instance.num_nodes, int(MOVES_PER_SECOND * seconds))

    def progress() -> float:
        return (state.clock.seconds - begin) / max(seconds, 1e-9)

    search.run(c, max(moves, 1000), hot, state.is_over, progress)
    state.take(search.best)


def first_relaxation(state: State) -> Relaxation:
    """Return a relaxation whose first prices are a little above what nodes cost in the best plan; of a few such prices those with the best bound."""
    assert state.best is not None
    c = clusters_of(state.instance, state.best)
    size = state.instance.num_nodes // int((c.center >= 0).sum())
    lists = state.instance.lists
    beside = lists.near_cost[:, min(size, lists.near_cost.shape[1] - 1)]
    starts = [np.minimum(c.paid + share * beside, highest_prices(state.instance)) for share in PRICE_SHARES]
    relaxation = Relaxation(state.instance, starts[0])
    for price in starts:
        relaxation.evaluate(price, state.is_over)
    relaxation.price = relaxation.best_price.copy()
    return relaxation


def bound(state: State, relaxation: Relaxation, share: float) -> None:
    """Raise the bound by subgradient steps for a share of the time."""
    state.engines.append("Lagrangian")
    lap = state.clock.lap(share * state.clock.limits.time_s)
    while not lap.is_over() and not relaxation.is_done and relaxation.num_steps < MOST_STEPS:
        relaxation.run(STEPS_AT_ONCE, state.cost, lap.is_over)
        state.prove(relaxation.bound)
        state.num_steps = relaxation.num_steps
        if state.is_proven:
            return
        if relaxation.is_whole and state.instance.is_complete:
            state.rule_out(allowed_pairs(relaxation, state.cost))
    if state.instance.is_complete:
        state.rule_out(allowed_pairs(relaxation, state.cost))


def improve(state: State, relaxation: Relaxation, number: int) -> None:
    """Anneal once more, in turns: from the centres that the relaxation likes, from scratch where that is quick, and from the best plan."""
    assert state.best is not None
    kind = number % 3
    if kind == 0 and state.instance.num_nodes <= LARGE:
        share = GUIDED_SHARE if number == 0 else PLAN_SHARE / 3
        c = guided_clusters(state.instance, relaxation.openness)
        _anneal(state, f"{state.seed}/guided/{number}", GUIDED_HOT, share, c)
    elif kind == 1 and state.instance.is_complete:
        _from_scratch(state, number, HOT * (1.0, 2.5)[number % 2])
    else:
        hot = REHEAT * (1.0, 2.0, 0.5)[number % 3]
        c = clusters_of(state.instance, state.best)
        _anneal(state, f"{state.seed}/again/{number}", hot, PLAN_SHARE / 3, c)


def num_runs(state: State) -> int:
    """Return how often a plan is annealed again before a proof is tried: less often where the proof is likely to be short."""
    if not state.instance.is_complete:
        return 1
    num_left = MOST_COLUMNS if state.allowed is None else int(state.allowed.sum())
    if num_left <= CP_SAT_COLUMNS:
        return 0
    few = FEW_RUNS if num_left <= FEW_COLUMNS else NUM_RUNS
    return max(few, NODES_ANNEALED // state.instance.num_nodes)


def can_sharpen(state: State) -> bool:
    """Return whether centres that serve whole nodes only can be priced in reasonable time."""
    net = state.instance.net
    is_uneven = int(net.demand.max()) > 1
    return is_uneven and not state.is_proven and int(net.upper.max()) <= MOST_ROOM


def prove(state: State, relaxation: Relaxation, highs: Highs) -> bool:
    """Solve the integer program over the pairs that no bound has ruled out; return whether that was tried."""
    if not state.instance.is_complete or state.is_over() or state.is_proven:
        return False
    state.rule_out(allowed_pairs(relaxation, state.cost))
    allowed = state.allowed
    assert allowed is not None
    if int(allowed.sum()) > MOST_COLUMNS:
        return False
    outcome = _solve(state, allowed, highs)
    if outcome.x is not None:
        state.take(Model(state.instance, allowed).center(outcome.x), "proof")
    if outcome.bound is not None:
        state.prove(outcome.bound, "proof")
    if outcome.result is Result.INFEASIBLE:
        state.prove(state.cost, "proof")
    return True


def _solve(state: State, allowed: Mask, highs: Highs) -> Outcome:
    model = Model(state.instance, allowed)
    model.add_rules()
    state.num_columns = model.mip.num_columns
    if model.mip.num_columns <= CP_SAT_COLUMNS:
        state.engines.append("CP-SAT")
        return solve_cp_sat(model.mip, state.clock, seed=state.seed, cutoff=state.cost)
    state.engines.append("HiGHS")
    return highs.solve(
        model.mip,
        state.clock,
        seed=state.seed,
        cutoff=state.cost,
        on_bound=lambda value: state.prove(value, "proof"),
    )
