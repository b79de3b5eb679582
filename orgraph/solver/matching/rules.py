"""The rules of a matching problem one by one, and problems that keep only some of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from orgraph.solver.matching.problem import Blend, End, Problem, Side


@dataclass(frozen=True, slots=True, order=True)
class Rule:
    """One rule: lower, upper or amount (with an end and the number of an agent, or of an agent and category), kept or forbidden (number of a pair), blocking."""

    kind: str
    end: str = ""
    number: int = 0


def keeping(problem: Problem, kept: Iterable[Rule], among: Iterable[Rule]) -> Problem:
    """Return ``problem`` without those rules of ``among`` that are not in ``kept``."""
    dropped = set(among) - set(kept)
    sides = {end: _relaxed(problem, problem.side(end), end, dropped) for end in End}
    objective = problem.objective
    if Rule("blocking") in dropped and isinstance(objective, Blend):
        objective = replace(objective, most_blocking=None)
    return replace(
        problem,
        left=sides[End.LEFT],
        right=sides[End.RIGHT],
        objective=objective,
        kept=problem.kept - _numbers(dropped, "kept"),
        forbidden=problem.forbidden - _numbers(dropped, "forbidden"),
    )


def lower_quotas(problem: Problem) -> Iterator[Rule]:
    """Yield a rule per lower quota above 0."""
    for end in End:
        for agent in np.flatnonzero(problem.side(end).lower > 0).tolist():
            yield Rule("lower", end.value, agent)


def _relaxed(problem: Problem, side: Side, end: End, dropped: set[Rule]) -> Side:
    mine = {rule for rule in dropped if rule.end == end.value}
    lower, upper = side.lower.copy(), side.upper.copy()
    lower[sorted(_numbers(mine, "lower"))] = 0
    upper[sorted(_numbers(mine, "upper"))] = max(problem.pairs.size, int(side.lower.max(initial=0)))
    amount = None if side.amount is None else side.amount.copy()
    if amount is not None:
        amount.ravel()[sorted(_numbers(mine, "amount"))] = problem.pairs.size
    return replace(side, lower=lower, upper=upper, amount=amount)


def _numbers(rules: set[Rule], kind: str) -> frozenset[int]:
    return frozenset(rule.number for rule in rules if rule.kind == kind)
