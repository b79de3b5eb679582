"""Why nothing can be matched: an irreducible set of rules, from the cut that Hoffman's theorem gives, by deletion.

Hoffman (1960): flows within bounds exist unless on some cut more must come in than can go out. Which of the rules on that cut are needed is found by deletion.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from orgraph.findings import Json, Reason
from orgraph.solver.cp_sat import solve_cp_sat
from orgraph.solver.engine import Clock, Result
from orgraph.solver.irreducible import DeletionFilter
from orgraph.solver.matching.flow import contradiction
from orgraph.solver.matching.heuristic import deferred_acceptance
from orgraph.solver.matching.instance import Instance, build_instance
from orgraph.solver.matching.methods import MODEL_PAIRS, meets_quotas
from orgraph.solver.matching.model import Network
from orgraph.solver.matching.problem import Blend, End, Problem
from orgraph.solver.matching.rules import Rule, keeping, lower_quotas
from orgraph.solver.matching.stable_model import StableModel
from orgraph.solver.solution import Limits

Prove = Callable[[Problem], bool | None]


def reasons(problem: Problem, *, limits: Limits | None = None) -> tuple[Reason, ...]:
    """Return an irreducible set of reasons why ``problem``, proven infeasible, has no plan.

    Returns
    -------
    tuple of Reason
        Together infeasible. A member whose ``is_proven_minimal`` is true is needed: without it the others allow a plan. When a limit on blocking pairs is among
        them, the others are lower quotas, and all other rules stand.

    Notes
    -----
    O(r log n) flows for r reasons among n rules on the cut; with a limit on blocking pairs as many calls of CP-SAT.
    """
    clock = Clock(limits or Limits())
    start = cut_rules(build_instance(problem))
    prove: Prove = has_flow
    if not start:
        start = [*lower_quotas(problem), Rule("blocking")]
        prove = lambda relaxed: has_limited(relaxed, clock)  # noqa: E731
    dropped = list(all_rules(problem)) if prove is has_flow else start

    def decide(kept: frozenset[Rule]) -> bool | None:
        return None if clock.is_over() else prove(keeping(problem, kept, dropped))

    search = DeletionFilter(decide)
    core = search.core([start[::-1]])
    return tuple(_reason(problem, rule, search.is_needed(core, rule)) for rule in sorted(core))


def has_flow(problem: Problem) -> bool:
    """Return whether quotas, amounts and locks allow a plan, blocking pairs aside."""
    return not cut_rules(build_instance(problem))


def has_limited(problem: Problem, clock: Clock) -> bool | None:
    """Return whether there is a plan within the limit on blocking pairs, ``None`` when that is not known."""
    instance = build_instance(problem)
    if not isinstance(problem.objective, Blend) or problem.objective.most_blocking is None:
        return has_flow(problem)
    made = deferred_acceptance(instance, clock)
    if made is not None and meets_quotas(instance, made):
        return True
    if instance.num_pairs > MODEL_PAIRS:
        return None
    model = StableModel(instance)
    model.add_rules()
    model.limit_blocking(problem.objective.most_blocking)
    lap = clock.lap(clock.left_s / 2)
    result = solve_cp_sat(model.mip, lap).result
    return {Result.OPTIMAL: True, Result.FEASIBLE: True, Result.INFEASIBLE: False}.get(result)


def cut_rules(instance: Instance) -> list[Rule]:
    """Return rules that contradict each other, found by arithmetic on one cut; none when quotas, amounts and locks allow a plan."""
    both = np.flatnonzero(instance.kept & instance.forbidden)
    if len(both):
        return [Rule("kept", number=int(both[0])), Rule("forbidden", number=int(both[0]))]
    network = Network(instance)
    inside = contradiction(network)
    if inside is None:
        return []
    enters = ~inside[network.tail] & inside[network.head]
    leaves = inside[network.tail] & ~inside[network.head]
    return list(_rules_on(network, enters, leaves))


def _rules_on(network: Network, enters: np.ndarray, leaves: np.ndarray) -> Iterator[Rule]:
    """Yield the rules of the lower bounds of arcs that enter and of the upper bounds of arcs that leave."""
    pairs = network.pairs
    lows = np.flatnonzero(enters & (network.at_least > 0))
    for arc in lows.tolist():
        yield _rule(network, arc, "kept" if pairs.start <= arc < pairs.stop else "lower")
    for arc in np.flatnonzero(leaves).tolist():
        is_pair = pairs.start <= arc < pairs.stop
        if not is_pair or network.at_most[arc] == 0:
            yield _rule(network, arc, "forbidden" if is_pair else "upper")


def _rule(network: Network, arc: int, kind: str) -> Rule:
    name, block = next((n, b) for n, b in network.blocks.items() if b.start <= arc < b.stop)
    what, _, end = name.partition(".")
    return Rule("amount" if what == "amount" else kind, end, arc - block.start)


def all_rules(problem: Problem) -> Iterator[Rule]:
    """Yield every rule that a flow knows."""
    yield from lower_quotas(problem)
    for end in End:
        side = problem.side(end)
        yield from (Rule("upper", end.value, agent) for agent in range(side.size))
        if side.amount is not None:
            yield from (Rule("amount", end.value, number) for number in range(side.amount.size))
    yield from (Rule("kept", number=p) for p in sorted(problem.kept))
    yield from (Rule("forbidden", number=p) for p in sorted(problem.forbidden))


def _reason(problem: Problem, rule: Rule, is_needed: bool) -> Reason:
    return Reason(f"matching.{rule.kind}", _subject(problem, rule), _numbers(problem, rule), is_needed)


def _subject(problem: Problem, rule: Rule) -> tuple[str, ...]:
    if rule.kind == "blocking":
        return ()
    if rule.kind in ("kept", "forbidden"):
        left, right = problem.pairs.left[rule.number], problem.pairs.right[rule.number]
        return problem.left.ids[int(left)], problem.right.ids[int(right)]
    side = problem.side(End(rule.end))
    return (side.ids[rule.number // len(problem.categories) if rule.kind == "amount" else rule.number],)


def _numbers(problem: Problem, rule: Rule) -> dict[str, Json]:
    if rule.kind == "blocking":
        return {"most": problem.objective.most_blocking if isinstance(problem.objective, Blend) else None}
    if rule.kind in ("kept", "forbidden"):
        return {"number": rule.number}
    side = problem.side(End(rule.end))
    of = problem.pairs.left if rule.end == End.LEFT else problem.pairs.right
    if rule.kind == "amount":
        agent, category = divmod(rule.number, len(problem.categories))
        assert side.amount is not None
        return {
            "end": rule.end,
            "category": problem.categories[category],
            "amount": int(side.amount[agent, category]),
        }
    bound = side.lower if rule.kind == "lower" else side.upper
    candidates = int((of == rule.number).sum())
    return {"end": rule.end, rule.kind: int(bound[rule.number]), "candidates": candidates}
