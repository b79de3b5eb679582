"""The generalized assignment problem: every task to one agent, within what the agents can carry, with backups from next door.

All that is asked stands here as data, so that the models, the heuristic, the search for reasons and the checker read the same statement.
Agents are indexes ``0 .. m-1`` and tasks ``0 .. n-1``; ids are only names for reasons and findings.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Costs = NDArray[np.float64]
Loads = NDArray[np.int64]
Mask = NDArray[np.bool_]
Term = Literal["cost", "penalty", "change", "fairness", "backup"]

TERMS: tuple[Term, ...] = ("cost", "penalty", "change", "fairness", "backup")
"""What an objective is made of: costs of the assignment, penalties of tasks left out, changes against the incumbent agents, the greatest share of a
capacity that is used, costs of the backups."""
TOTAL = "total"
"""Name of the single stage of a problem that asks for the sum of all terms."""


@dataclass(frozen=True, slots=True)
class Incumbency:
    """A preference for whom the tasks have now: task t costs ``cost[t]`` more at any agent but ``agent[t]``, and when it is left out.

    ``agent`` has shape (tasks,), ``None`` for a task without an agent so far (it never counts as changed). ``cost`` has shape (tasks,), entries >= 0.
    """

    agent: tuple[int | None, ...]
    cost: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Fairness:
    """A preference for even loads: ``weight`` (>= 0) times the greatest share of its capacity in ``resource`` that any agent uses.

    The share of an agent is load / capacity, 0 for an agent whose capacity is 0.
    """

    resource: str
    weight: float


@dataclass(frozen=True)
class Backup:
    """A second assignment: every task that has an agent a gets a backup b next to a, never a itself.

    Parameters
    ----------
    adjacency
        Pairs of agents (i, j), i < j, that back each other up.
    cost
        Shape (agents, tasks), entries >= 0.
    eligible
        Shape (agents, tasks); ``None`` where every agent may back up every task.
    load
        What a task asks of its backup, shape (agents, tasks), entries >= 0; ``None`` for 1 each.
    capacity
        What an agent can carry as a backup, apart from its own tasks, shape (agents,); ``None`` for no limit.
    """

    adjacency: tuple[tuple[int, int], ...]
    cost: Costs
    eligible: Mask | None = None
    load: Loads | None = None
    capacity: tuple[int, ...] | None = None


@dataclass(frozen=True)
class Problem:
    """A generalized assignment problem.

    Parameters
    ----------
    agent_ids, task_ids
        Names, unique among agents and among tasks.
    cost
        Cost of every pair, shape (agents, tasks), entries >= 0.
    loads
        What a task asks of an agent, by name of resource: shape (agents, tasks), integers >= 0.
    capacities
        What an agent can carry, by name of resource (the same names as ``loads``): shape (agents,), integers >= 0.
    eligible
        Pairs that may be used at all (skills), shape (agents, tasks); ``None`` for all.
    skip_penalty
        Optional tasks, with what leaving one out costs (>= 0). All others must be assigned.
    dedicated
        Agents that serve these tasks only.
    reserved
        Tasks that only these agents may serve.
    fixed, forbidden
        Pairs (task, agent) that must, or must not, be used.
    incumbency, fairness, backup
        Preferences and the second assignment; ``None`` where they are not asked for.
    stages
        Objectives in lexicographic order, each the sum of the named terms; empty for one stage, the sum of all terms.
    """

    agent_ids: tuple[str, ...]
    task_ids: tuple[str, ...]
    cost: Costs
    loads: Mapping[str, Loads] = field(default_factory=dict)
    capacities: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    eligible: Mask | None = None
    skip_penalty: Mapping[int, float] = field(default_factory=dict)
    dedicated: Mapping[int, frozenset[int]] = field(default_factory=dict)
    reserved: Mapping[int, frozenset[int]] = field(default_factory=dict)
    fixed: tuple[tuple[int, int], ...] = ()
    forbidden: tuple[tuple[int, int], ...] = ()
    incumbency: Incumbency | None = None
    fairness: Fairness | None = None
    backup: Backup | None = None
    stages: tuple[tuple[Term, ...], ...] = ()

    @property
    def num_agents(self) -> int:
        """Return m."""
        return len(self.agent_ids)

    @property
    def num_tasks(self) -> int:
        """Return n, optional tasks included."""
        return len(self.task_ids)

    @property
    def objectives(self) -> tuple[tuple[Term, ...], ...]:
        """Return the terms of every stage, most important first."""
        return self.stages or (TERMS,)

    @property
    def stage_names(self) -> tuple[str, ...]:
        """Return the names of the stages: their terms joined by a plus sign, or ``total``."""
        return tuple("+".join(terms) for terms in self.stages) or (TOTAL,)


@dataclass(frozen=True, slots=True)
class Plan:
    """Who does what: ``agent[t]`` is the agent of task t, ``None`` for one left out; ``backup[t]`` its backup, ``None`` where there is none."""

    agent: tuple[int | None, ...]
    backup: tuple[int | None, ...]
