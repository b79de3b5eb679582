"""Why no plan exists: an irreducible set of rules, found by deletion."""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby

from orgraph.findings import Json, Reason
from orgraph.solver.assignment.instance import allowed_pairs, optional_tasks
from orgraph.solver.assignment.problem import Problem
from orgraph.solver.assignment.rules import Rule, keeping, rules
from orgraph.solver.engine import Clock
from orgraph.solver.irreducible import DeletionFilter
from orgraph.solver.solution import Limits

Prove = Callable[[Problem], bool | None]
Rules = frozenset[Rule]

_ORDER = (
    "backup_adjacent",
    "backup_eligible",
    "backup_capacity",
    "backup",
    "forbidden",
    "reserved",
    "dedicated",
    "eligible",
    "capacity",
    "fixed",
)


def reasons(problem: Problem, prove: Prove, *, limits: Limits | None = None) -> tuple[Reason, ...]:
    """Return an irreducible set of reasons why ``problem`` has no plan.

    Parameters
    ----------
    problem
        A problem that is proven infeasible.
    prove
        Tells of a problem whether it has a plan: True, False (both proven) or None (not known). Called with relaxations of ``problem``.
    limits
        No call of ``prove`` starts after ``time_s`` or once ``stop`` is set; what is then undecided stays in and is marked.

    Returns
    -------
    tuple of Reason
        Together infeasible. A member whose ``is_proven_minimal`` is true is needed: without it the others allow a plan.

    Notes
    -----
    About r log(n) calls of ``prove`` for r reasons among n rules. A task without any agent is explained by its own rules, without a call.
    """
    clock = Clock(limits or Limits())

    def decide(kept: Rules) -> bool | None:
        relaxed = keeping(problem, kept)
        if stranded_task(relaxed) is not None:
            return False
        return None if clock.is_over() else prove(relaxed)

    search = DeletionFilter(decide)
    chunks = groupby(_sorted(frozenset(rules(problem))), key=lambda rule: rule.kind)
    core = search.core([*chunk] for _, chunk in chunks)
    return tuple(_reason(problem, rule, search.is_needed(core, rule)) for rule in _sorted(core))


def stranded_task(problem: Problem) -> int | None:
    """Return the first task that must be assigned and that no agent may have, ``None`` when there is none."""
    open_tasks = allowed_pairs(problem).any(axis=0) | optional_tasks(problem)
    return next((t for t in range(problem.num_tasks) if not open_tasks[t]), None)


def _sorted(kept: Rules) -> list[Rule]:
    return sorted(kept, key=lambda rule: (_ORDER.index(rule.kind), rule))


def _reason(problem: Problem, rule: Rule, is_proven: bool) -> Reason:
    agent = (problem.agent_ids[rule.agent],) if rule.agent >= 0 else ()
    task = (problem.task_ids[rule.task],) if rule.task >= 0 else ()
    return Reason(f"assignment.{rule.kind}", (*task, *agent), _numbers(problem, rule), is_proven)


def _numbers(problem: Problem, rule: Rule) -> dict[str, Json]:
    match rule.kind:
        case "capacity":
            return {"weight": rule.resource, "capacity": int(problem.capacities[rule.resource][rule.agent])}
        case "backup_capacity" if problem.backup and problem.backup.capacity:
            return {"capacity": int(problem.backup.capacity[rule.agent])}
        case "reserved":
            return {"num_agents": len(problem.reserved[rule.task])}
        case "dedicated":
            return {"num_tasks": len(problem.dedicated[rule.agent])}
        case "eligible" if problem.eligible is not None:
            return {"num_agents": int(problem.eligible[:, rule.task].sum())}
        case "backup_eligible" if problem.backup and problem.backup.eligible is not None:
            return {"num_agents": int(problem.backup.eligible[:, rule.task].sum())}
        case _:
            return {}
