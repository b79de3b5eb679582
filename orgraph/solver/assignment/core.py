"""The classical generalized assignment problem inside a statement: one stage, one resource that binds, no backups, no fairness.

Everything else becomes costs: eligibility and locks are infinite costs, changes are costs of pairs, and leaving a task out is an agent without limit.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from orgraph.solver.assignment.instance import allowed_pairs, is_whole, pair_costs, skip_costs
from orgraph.solver.assignment.problem import Costs, Mask, Plan, Problem

Ints = NDArray[np.int64]
SMALL = 200
"""With fewer pairs than this, an integer program is solved before a search would have begun."""


@dataclass(frozen=True)
class Core:
    """Minimize the sum of ``cost`` over one pair per task, loads within capacity.

    ``cost`` and ``load`` have shape (agents, tasks), ``cost`` infinite where a pair must not be used; ``capacity`` (agents,). With optional tasks the last
    agent stands for leaving a task out. ``num_agents`` does not count it. ``step``: 1 when all costs are whole numbers (then so is every objective), else 0.
    """

    cost: Costs
    load: Ints
    capacity: Ints
    num_agents: int
    step: int

    @property
    def allowed(self) -> Mask:
        """Return the pairs that may be used."""
        return np.isfinite(self.cost)

    def cutoff(self, value: float) -> float:
        """Return the most that a plan better than ``value`` costs."""
        return value - self.step if self.step else value - 1e-9 * max(1.0, abs(value))

    def plan(self, assigned: Ints) -> Plan:
        """Return the plan of a vector of agents."""
        agents = tuple(int(a) if a < self.num_agents else None for a in assigned)
        return Plan(agents, (None,) * len(agents))


def has_core(problem: Problem) -> bool:
    """Return whether the problem is of this kind and large enough to be worth more than an integer program."""
    if problem.backup is not None or len(problem.objectives) > 1:
        return False
    is_fair = problem.fairness is not None and "fairness" in problem.objectives[0]
    size = problem.num_agents * problem.num_tasks
    return not is_fair and size >= SMALL and len(binding_resources(problem)) == 1


def binding_resources(problem: Problem) -> list[str]:
    """Return the resources of which some agent has less than all its tasks would ask together."""
    allowed = allowed_pairs(problem)
    return [
        name
        for name, load in problem.loads.items()
        if ((load * allowed).sum(axis=1) > np.array(problem.capacities[name])).any()
    ]


def build_core(problem: Problem) -> Core:
    """Return the classical problem that ``problem`` is."""
    (stage,) = problem.objectives
    (name,) = binding_resources(problem)
    load = np.array(problem.loads[name], dtype=np.int64)
    capacity = np.array(problem.capacities[name], dtype=np.int64)
    allowed = allowed_pairs(problem) & (load <= capacity[:, None])
    cost = np.where(allowed, pair_costs(problem, stage), np.inf)
    skip = skip_costs(problem, stage)
    if np.isfinite(skip).any():
        cost = np.vstack([cost, skip])
        load = np.vstack([load, np.zeros_like(load[:1])])
        capacity = np.append(capacity, 0)
    return Core(cost, load, capacity, problem.num_agents, 1 if is_whole(cost) else 0)
