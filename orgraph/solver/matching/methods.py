"""The methods, one per objective: flows for weight and fairness, deferred acceptance for stability, flows and an integer program between the two."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from orgraph.solver.cp_sat import solve_cp_sat
from orgraph.solver.engine import Outcome, Result
from orgraph.solver.highs import GRACE_S, Highs
from orgraph.solver.matching.flow import Flow, cheapest, stay_cheapest
from orgraph.solver.matching.heuristic import deferred_acceptance
from orgraph.solver.matching.instance import Agents, Flags, Instance
from orgraph.solver.matching.model import Network
from orgraph.solver.matching.problem import Blend, Fairness, Ints, Measure
from orgraph.solver.matching.stable_model import StableModel
from orgraph.solver.matching.state import State

MODEL_PAIRS = 4000
"""Up to so many candidate pairs, blocking pairs are left to an integer program."""
SMALL_PAIRS = 60
"""Up to so many, CP-SAT is done before HiGHS has started."""
NUM_BONUSES = 8


def by_weight(state: State) -> None:
    """Find and prove the greatest weight."""
    network = Network(state.instance)
    if flow := _flow(state, network, network.costs(-state.instance.weight)):
        state.offer(flow.pairs(network))
        state.prove(flow.bound)


def by_stability(state: State) -> None:
    """Find a stable plan; where lower quotas rule them out, one with few blocking pairs, the fewest on modest sizes."""
    state.prove(0)
    for made in stable_plans(state):
        state.offer(made)
    if state.is_proven:
        return
    for made in between(state):
        state.offer(made)
    if not state.is_infeasible:
        by_program(state, weight=0, price=1)


def by_blend(state: State, blend: Blend) -> None:
    """Weigh blocking pairs against weight."""
    for made in between(state):
        state.offer(made)
    if not state.is_infeasible:
        by_program(state, weight=1, price=blend.price)


def by_fairness(state: State, fairness: Fairness) -> None:
    """Solve stage after stage, each among the plans that are best in the ones before."""
    network = Network(state.instance)
    for name, cost in _stage_costs(state.instance, network, fairness):
        if state.clock.is_over():
            return
        flow = _flow(state, network, cost)
        if flow is None:
            return
        state.take(flow.pairs(network))
        state.stage_bounds[name] = float(flow.bound)
        if name == "pairs":
            state.prove(flow.bound)
        stay_cheapest(network, flow)


def by_program(state: State, *, weight: int, price: int) -> None:
    """Ask an integer program, on modest sizes, for the cheapest plan or for the proof that there is none: CP-SAT when small, HiGHS above."""
    if state.is_proven or state.clock.is_over() or state.instance.num_pairs > MODEL_PAIRS:
        return
    model = StableModel(state.instance)
    model.add_rules()
    objective = state.instance.problem.objective
    if isinstance(objective, Blend) and objective.most_blocking is not None:
        model.limit_blocking(objective.most_blocking)
    model.minimize(weight, price)
    if state.made is not None:
        model.hint(state.made)
    _learn(state, model, _run(state, model))


def _run(state: State, model: StableModel) -> Outcome:
    # All figures are integers: nothing that costs more than this is better.
    cutoff = None if state.made is None else state.value[0] - 0.5
    if state.instance.num_pairs <= SMALL_PAIRS:
        state.engines.append("CP-SAT")
        return solve_cp_sat(model.mip, state.clock, seed=state.seed, cutoff=cutoff, on_bound=state.prove)
    state.engines.append("HiGHS")
    # HiGHS may overrun its time by the grace that it is given before it is ended.
    clock = state.clock.lap(max(state.clock.left_s - GRACE_S, state.clock.left_s / 2))
    with Highs() as highs:
        return highs.solve(model.mip, clock, seed=state.seed, cutoff=cutoff, on_bound=state.prove)


def stable_plans(state: State) -> Iterator[Flags]:
    """Yield the stable plan of each proposing side, when it meets the lower quotas."""
    for proposers in (0, 1):
        made = deferred_acceptance(state.instance, state.clock, proposers=proposers)
        state.engines.append("deferred acceptance")
        if made is not None and meets_quotas(state.instance, made):
            yield made


def between(state: State) -> Iterator[Flags]:
    """Yield plans from stable to heaviest: stable matchings, then the heaviest plan, then plans in which the pairs of a stable matching carry a bonus.

    Tells the state when there is no plan at all, and the bound by weight where that is one.
    """
    yield from stable_plans(state)
    flows = BonusFlows(state)
    for bonus in sorted({flows.widest * k // NUM_BONUSES for k in range(NUM_BONUSES + 1)}):
        if (made := flows.plan(bonus)) is None:
            return
        yield made


class BonusFlows:
    """Heaviest plans in which the pairs of one stable matching carry a bonus: none at 0; at ``widest`` two other pairs weigh no more than one of them."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._network = Network(state.instance)
        self._stable = deferred_acceptance(state.instance, state.clock)
        self.widest = 2 * int(np.abs(state.instance.weight).max(initial=0))

    def plan(self, bonus: int) -> Flags | None:
        """Return the plan at a bonus, ``None`` when there is no plan or no time."""
        state = self._state
        if state.clock.is_over() or self._stable is None:
            return None
        extra = bonus * self._stable.astype(np.int64)
        flow = _flow(state, self._network, self._network.costs(-(state.instance.weight + extra)))
        if flow is None:
            return None
        if bonus == 0 and isinstance(state.instance.problem.objective, Blend):
            state.prove(flow.bound)
        return flow.pairs(self._network)


def meets_quotas(instance: Instance, made: Flags) -> bool:
    """Return whether a plan obeys quotas and amounts, with every kept pair and no forbidden one."""
    is_locked = bool(made[instance.kept].all()) and not (made & instance.forbidden).any()
    return is_locked and all(_is_within(instance, agents, made) for agents in instance.sides)


def _is_within(instance: Instance, agents: Agents, made: Flags) -> bool:
    held = np.bincount(agents.of[made], minlength=agents.size)
    held_in = np.bincount(agents.group(instance.category)[made], minlength=agents.amount.size)
    is_enough = (held >= agents.lower).all() and (held <= agents.upper).all()
    return bool(is_enough and (held_in <= agents.amount.ravel()).all())


def _flow(state: State, network: Network, cost: Ints) -> Flow | None:
    state.engines.append("min cost flow")
    flow = cheapest(network, cost)
    state.is_infeasible = flow is None
    return flow


def _learn(state: State, model: StableModel, outcome: Outcome) -> None:
    if outcome.result is Result.INFEASIBLE:
        if state.made is None:
            state.is_infeasible = True
        else:
            state.prove(state.value[0])
        return
    if outcome.x is not None:
        state.offer(model.plan(outcome.x))
    if outcome.bound is not None:
        state.prove(outcome.bound)


def _stage_costs(instance: Instance, network: Network, fairness: Fairness) -> Iterator[tuple[str, Ints]]:
    """Yield name and costs of every stage. The network is split before the first."""
    agents = instance.left if fairness.end == "left" else instance.right
    if fairness.measure is Measure.FILL:
        candidates = np.bincount(agents.of, minlength=agents.size)
        number = network.split(fairness.end, candidates)
        yield "pairs", network.costs(np.full(instance.num_pairs, -1))
        yield "spread", np.where(number > 0, 2 * number - 1, 0)
    else:
        choice = choices(agents)
        yield "pairs", network.costs(np.full(instance.num_pairs, -1))
        for level in range(int(choice.max(initial=0)), 1, -1):
            yield f"choice_{level}", network.costs((choice == level).astype(np.int64))
    yield "weight", network.costs(-instance.weight)


def choices(agents: Agents) -> Ints:
    """Return of every pair which choice (1st, 2nd, ...) it is of its agent; ties share one."""
    order = np.lexsort((agents.rank, agents.of))
    of, rank = agents.of[order], agents.rank[order]
    is_first = np.ones(len(order), dtype=np.bool_)
    is_first[1:] = of[1:] != of[:-1]
    is_next = is_first.copy()
    is_next[1:] |= rank[1:] != rank[:-1]
    level = np.cumsum(is_next)
    before = np.maximum.accumulate(np.where(is_first, level - 1, 0))
    choice = np.zeros(len(order), dtype=np.int64)
    choice[order] = level - before
    return choice
