"""The independent checker: whether a plan obeys a problem, and what it costs, from the statement alone.

Nothing here is shared with a model or a heuristic: plain Python over the tasks, shares of capacities in exact fractions.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import fsum

from orgraph.findings import Json
from orgraph.solver.assignment.problem import TERMS, Backup, Plan, Problem
from orgraph.solver.violation import Violation


def violations(problem: Problem, plan: Plan) -> tuple[Violation, ...]:
    """Return everything in ``plan`` that breaks ``problem``; empty for a valid plan. A plan of the wrong shape is judged for its shape alone.

    Notes
    -----
    Linear in the number of tasks times resources, plus the statement's sets.
    """
    if wrong := tuple(_shape(problem, plan)):
        return wrong
    rules = (_placed, _pairs, _capacity, _backup, _backup_capacity)
    return tuple(violation for rule in rules for violation in rule(problem, plan))


def terms(problem: Problem, plan: Plan) -> dict[str, float]:
    """Return the value of every term of a plan of the right shape."""
    placed = [(t, a) for t, a in enumerate(plan.agent) if a is not None]
    skipped = [t for t, a in enumerate(plan.agent) if a is None]
    values = dict.fromkeys(TERMS, 0.0)
    values["cost"] = fsum(float(problem.cost[a, t]) for t, a in placed)
    values["penalty"] = fsum(float(problem.skip_penalty.get(t, 0.0)) for t in skipped)
    if now := problem.incumbency:
        moved = (t for t, a in enumerate(now.agent) if a is not None and plan.agent[t] != a)
        values["change"] = fsum(float(now.cost[t]) for t in moved)
    if problem.fairness:
        values["fairness"] = float(problem.fairness.weight * _greatest_share(problem, plan))
    if problem.backup:
        pairs = ((t, b) for t, b in enumerate(plan.backup) if b is not None)
        values["backup"] = fsum(float(problem.backup.cost[b, t]) for t, b in pairs)
    return {str(name): value for name, value in values.items()}


def evaluate(problem: Problem, plan: Plan) -> tuple[float, ...]:
    """Return the value of every stage, in their order."""
    values = terms(problem, plan)
    return tuple(fsum(values[name] for name in stage) for stage in problem.objectives)


def _greatest_share(problem: Problem, plan: Plan) -> Fraction:
    assert problem.fairness is not None
    used = _used(problem.loads[problem.fairness.resource], plan.agent, problem.num_agents)
    capacity = problem.capacities[problem.fairness.resource]
    shares = (Fraction(u, int(c)) for u, c in zip(used, capacity, strict=True) if c > 0)
    return max(shares, default=Fraction(0))


def _used(load: object, agents: Sequence[int | None], num_agents: int) -> list[int]:
    used = [0] * num_agents
    for t, a in enumerate(agents):
        if a is not None:
            used[a] += 1 if load is None else int(load[a][t])  # type: ignore[index]
    return used


def _shape(problem: Problem, plan: Plan) -> Iterator[Violation]:
    for kind, placed in (("agent", plan.agent), ("backup", plan.backup)):
        if len(placed) != problem.num_tasks:
            numbers = {"num_tasks": problem.num_tasks, "found": len(placed)}
            yield Violation(f"assignment.{kind}_count", numbers=numbers)
        for task, agent in zip(problem.task_ids, placed, strict=False):
            if agent is not None and not 0 <= agent < problem.num_agents:
                last = {"agent": agent, "last": problem.num_agents - 1}
                yield Violation(f"assignment.{kind}_range", (task,), last)


def _placed(problem: Problem, plan: Plan) -> Iterator[Violation]:
    for t, a in enumerate(plan.agent):
        if a is None and t not in problem.skip_penalty:
            yield Violation("assignment.unplaced", (problem.task_ids[t],))


def _pairs(problem: Problem, plan: Plan) -> Iterator[Violation]:
    for t, a in enumerate(plan.agent):
        if a is None:
            continue
        if problem.eligible is not None and not problem.eligible[a][t]:
            yield _pair(problem, "eligible", t, a)
        if a in problem.dedicated and t not in problem.dedicated[a]:
            yield _pair(problem, "dedicated", t, a)
        if t in problem.reserved and a not in problem.reserved[t]:
            yield _pair(problem, "reserved", t, a)
    for t, a in problem.fixed:
        if plan.agent[t] != a:
            yield _pair(problem, "fixed", t, a)
    for t, a in problem.forbidden:
        if plan.agent[t] == a:
            yield _pair(problem, "forbidden", t, a)


def _pair(problem: Problem, rule: str, task: int, agent: int) -> Violation:
    return Violation(f"assignment.{rule}", (problem.task_ids[task], problem.agent_ids[agent]))


def _capacity(problem: Problem, plan: Plan) -> Iterator[Violation]:
    for name, load in problem.loads.items():
        used = _used(load, plan.agent, problem.num_agents)
        for a, (total, most) in enumerate(zip(used, problem.capacities[name], strict=True)):
            if total > most:
                amounts: dict[str, Json] = {"weight": name, "load": total, "capacity": int(most)}
                yield Violation("assignment.capacity", (problem.agent_ids[a],), amounts)


def _backup(problem: Problem, plan: Plan) -> Iterator[Violation]:
    for t, (a, b) in enumerate(zip(plan.agent, plan.backup, strict=True)):
        if b is None:
            if a is not None and problem.backup is not None:
                yield Violation("assignment.backup_missing", (problem.task_ids[t],))
        elif a is None or problem.backup is None:
            yield _pair(problem, "backup_needless", t, b)
        else:
            yield from _second(problem, problem.backup, t, a, b)


def _second(problem: Problem, backup: Backup, t: int, a: int, b: int) -> Iterator[Violation]:
    if (min(a, b), max(a, b)) not in backup.adjacency:
        names = (problem.task_ids[t], problem.agent_ids[b], problem.agent_ids[a])
        yield Violation("assignment.backup_adjacent", names)
    if backup.eligible is not None and not backup.eligible[b][t]:
        yield _pair(problem, "backup_eligible", t, b)


def _backup_capacity(problem: Problem, plan: Plan) -> Iterator[Violation]:
    backup = problem.backup
    if backup is None or backup.capacity is None:
        return
    used = _used(backup.load, plan.backup, problem.num_agents)
    for a, (total, most) in enumerate(zip(used, backup.capacity, strict=True)):
        if total > most:
            amounts = {"load": total, "capacity": int(most)}
            yield Violation("assignment.backup_capacity", (problem.agent_ids[a],), amounts)
