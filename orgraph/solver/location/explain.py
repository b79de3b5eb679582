"""Why no plan exists: an irreducible set of rules, found by deletion.

Counting decides where it suffices, else search and CP-SAT. What is never dropped: every node is served by one centre, which serves itself.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from typing import Literal

from orgraph.findings import Json, Reason
from orgraph.solver.engine import Clock
from orgraph.solver.irreducible import DeletionFilter
from orgraph.solver.location.counting import candidates
from orgraph.solver.location.feasibility import has_plan
from orgraph.solver.location.problem import Problem
from orgraph.solver.solution import Limits

Kind = Literal["fixed", "forbidden", "lower", "upper", "number"]
Prove = Callable[[Problem], bool | None]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule that can be dropped: that a node is fixed, or one that speaks of all nodes."""

    kind: Kind
    node: int = -1


def rules(problem: Problem) -> tuple[Rule, ...]:
    """Return every rule that ``problem`` states, those first that are best dropped."""
    return (
        *(Rule("fixed", node) for node in sorted(problem.fixed)),
        *([Rule("forbidden")] if problem.forbidden else []),
        *([Rule("lower")] if problem.lower else []),
        *([Rule("number")] if problem.p is not None else []),
        *([Rule("upper")] if problem.upper else []),
    )


def keeping(problem: Problem, kept: Collection[Rule]) -> Problem:
    """Return the problem that states only the ``kept`` rules."""
    return replace(
        problem,
        fixed=frozenset(rule.node for rule in kept if rule.kind == "fixed"),
        forbidden=problem.forbidden if Rule("forbidden") in kept else frozenset(),
        lower=problem.lower if Rule("lower") in kept else (),
        upper=problem.upper if Rule("upper") in kept else (),
        p=problem.p if Rule("number") in kept else None,
    )


def reasons(
    problem: Problem, *, prove: Prove | None = None, limits: Limits | None = None, seed: int = 0
) -> tuple[Reason, ...]:
    """Return an irreducible set of reasons why ``problem``, which is proven infeasible, has no plan.

    Parameters
    ----------
    prove
        Tells of a problem whether it has a plan: True, False (both proven) or None (not known).
    limits
        No proof starts after ``time_s`` or once ``stop`` is set; what is then undecided stays in and is marked.
    """
    clock = Clock(limits or Limits())

    def decide(kept: frozenset[Rule]) -> bool | None:
        relaxed = keeping(problem, kept)
        if prove is not None:
            return prove(relaxed)
        return has_plan(relaxed, clock.lap(clock.left_s / 2).limits, seed=seed)

    search = DeletionFilter(decide)
    stated = rules(problem)
    core = search.core([rule] for rule in stated)
    relaxed = keeping(problem, core)
    return tuple(
        _reason(relaxed, rule, search.is_needed(core, rule)) for rule in reversed(stated) if rule in core
    )


def _reason(core: Problem, rule: Rule, is_proven: bool) -> Reason:
    if rule.kind == "fixed":
        return _fixed(core, rule.node, is_proven)
    if rule.kind == "forbidden":
        return Reason("location.forbidden", core.names(sorted(core.forbidden)), {}, is_proven)
    if rule.kind == "number":
        found = len(candidates(core))
        return Reason("location.number", (), {"p": core.p, "candidates": found}, is_proven)
    if rule.kind == "lower":
        return Reason("location.lower", (), _lower(core), is_proven)
    if heavy := _heavy(core):
        numbers: dict[str, Json] = {"demand": core.demand[heavy[0]], "most": max(core.upper)}
        return Reason("location.upper", core.names(heavy), numbers, is_proven, "node")
    return Reason("location.upper", (), _upper(core), is_proven)


def _fixed(core: Problem, node: int, is_proven: bool) -> Reason:
    return Reason("location.fixed", core.names([node]), {"num_fixed": len(core.fixed)}, is_proven)


def _upper(core: Problem) -> dict[str, Json]:
    highest = sorted((core.upper_of(j) for j in candidates(core)), reverse=True)
    most = len(highest) if core.p is None else core.p
    return {"most": highest[0] if highest else 0, "room": sum(highest[:most]), "total": core.total}


def _lower(core: Problem) -> dict[str, Json]:
    lowest = sorted(core.lower_of(j) for j in range(core.num_nodes) if j not in core.forbidden)
    least = 1 if core.p is None else core.p
    return {"least": lowest[0] if lowest else 0, "need": sum(lowest[:least]), "total": core.total}


def _heavy(core: Problem) -> list[int]:
    """Return the nodes that no centre can serve, the heaviest first."""
    sites = set(candidates(core))
    beside = max((core.upper_of(j) - core.demand[j] for j in sites), default=-1)
    heavy = [i for i in range(core.num_nodes) if i not in sites and core.demand[i] > beside]
    return sorted(heavy, key=lambda i: (-core.demand[i], i))
