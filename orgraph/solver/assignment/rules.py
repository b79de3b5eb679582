"""The rules of an assignment problem taken apart, so that each can be dropped alone.

What is never dropped: every task that is not optional goes to exactly one agent.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from orgraph.solver.assignment.problem import Backup, Mask, Problem

Kind = Literal[
    "backup",
    "backup_adjacent",
    "backup_eligible",
    "backup_capacity",
    "fixed",
    "forbidden",
    "reserved",
    "dedicated",
    "eligible",
    "capacity",
]


@dataclass(frozen=True, slots=True, order=True)
class Rule:
    """One rule that can be dropped: ``agent`` or ``task`` (-1: none) it speaks of, ``resource`` for capacities."""

    kind: Kind
    agent: int = -1
    task: int = -1
    resource: str = ""


def rules(problem: Problem) -> tuple[Rule, ...]:
    """Return every rule that ``problem`` states and that forbids something."""
    return (
        *_backup_rules(problem.backup),
        *(Rule("fixed", agent, task) for task, agent in dict.fromkeys(problem.fixed)),
        *(Rule("forbidden", agent, task) for task, agent in dict.fromkeys(problem.forbidden)),
        *(Rule("reserved", task=task) for task in sorted(problem.reserved)),
        *(Rule("dedicated", agent) for agent in sorted(problem.dedicated)),
        *(Rule("eligible", task=task) for task in _restricted(problem.eligible)),
        *(
            Rule("capacity", agent, resource=name)
            for name, load in problem.loads.items()
            for agent in range(problem.num_agents)
            if load[agent].sum() > problem.capacities[name][agent]
        ),
    )


def keeping(problem: Problem, kept: Collection[Rule]) -> Problem:
    """Return the relaxation that states only the ``kept`` rules, without preferences."""
    kept = frozenset(kept)
    return replace(
        problem,
        capacities={name: _capacities(problem, name, kept) for name in problem.loads},
        eligible=_mask(problem.eligible, kept, "eligible"),
        dedicated={a: tasks for a, tasks in problem.dedicated.items() if Rule("dedicated", a) in kept},
        reserved={t: agents for t, agents in problem.reserved.items() if Rule("reserved", task=t) in kept},
        fixed=tuple((t, a) for t, a in problem.fixed if Rule("fixed", a, t) in kept),
        forbidden=tuple((t, a) for t, a in problem.forbidden if Rule("forbidden", a, t) in kept),
        backup=_backup(problem, kept),
        incumbency=None,
        fairness=None,
        stages=(),
    )


def _backup_rules(backup: Backup | None) -> tuple[Rule, ...]:
    if backup is None:
        return ()
    limited = range(len(backup.capacity or ()))
    return (
        Rule("backup"),
        Rule("backup_adjacent"),
        *(Rule("backup_eligible", task=task) for task in _restricted(backup.eligible)),
        *(Rule("backup_capacity", agent) for agent in limited),
    )


def _restricted(eligible: Mask | None) -> list[int]:
    return [] if eligible is None else [int(task) for task in np.flatnonzero(~eligible.all(axis=0))]


def _capacities(problem: Problem, name: str, kept: frozenset[Rule]) -> tuple[int, ...]:
    """Return the capacities, those that are dropped large enough for everything."""
    load, capacity = problem.loads[name], problem.capacities[name]
    return tuple(
        int(capacity[a] if Rule("capacity", a, resource=name) in kept else max(capacity[a], load[a].sum()))
        for a in range(problem.num_agents)
    )


def _mask(eligible: Mask | None, kept: frozenset[Rule], kind: Kind) -> Mask | None:
    if eligible is None:
        return None
    mask = eligible.copy()
    for task in _restricted(eligible):
        mask[:, task] |= Rule(kind, task=task) not in kept
    return mask


def _backup(problem: Problem, kept: frozenset[Rule]) -> Backup | None:
    backup = problem.backup
    if backup is None or Rule("backup") not in kept:
        return None
    m = problem.num_agents
    everyone = tuple((i, j) for i in range(m) for j in range(i + 1, m))
    capacity = backup.capacity
    if capacity is not None:
        load = np.ones_like(problem.cost, dtype=np.int64) if backup.load is None else backup.load
        capacity = tuple(
            int(c if Rule("backup_capacity", a) in kept else max(c, load[a].sum()))
            for a, c in enumerate(capacity)
        )
    return replace(
        backup,
        adjacency=backup.adjacency if Rule("backup_adjacent") in kept else everyone,
        eligible=_mask(backup.eligible, kept, "backup_eligible"),
        capacity=capacity,
    )
