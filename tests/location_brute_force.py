"""Location by enumeration: every set of centres, every way to serve the others. For tiny problems only."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import combinations, product

from orgraph.findings import Reason
from orgraph.solver.location.check import evaluate, violations
from orgraph.solver.location.explain import Rule, keeping
from orgraph.solver.location.problem import Plan, Problem


def plans(problem: Problem) -> Iterator[Plan]:
    n = problem.num_nodes
    for number in range(1, n + 1):
        for centers in combinations(range(n), number):
            choices = [(i,) if i in centers else centers for i in range(n)]
            yield from (Plan(center) for center in product(*choices))


def best(problem: Problem) -> float | None:
    return min((evaluate(problem, p) for p in plans(problem) if not violations(problem, p)), default=None)


def is_feasible(problem: Problem) -> bool:
    return any(not violations(problem, plan) for plan in plans(problem))


def only(problem: Problem, reasons: Collection[Reason]) -> Problem:
    """The problem with nothing but the rules that the reasons name."""
    kept = []
    for reason in reasons:
        kind = reason.rule.removeprefix("location.")
        if kind == "fixed":
            kept.append(Rule("fixed", problem.node_ids.index(reason.subject[0])))
        else:
            kept.append(Rule(kind))  # type: ignore[arg-type]
    return keeping(problem, kept)
