"""What a plan costs, for the solver's own use; the checker computes it for itself."""

from __future__ import annotations

from math import fsum

import numpy as np

from orgraph.solver.assignment.instance import pair_costs, skip_costs
from orgraph.solver.assignment.problem import Plan, Problem, Term


def values_of(problem: Problem, plan: Plan) -> tuple[float, ...]:
    """Return the value of every stage."""
    return tuple(_value(problem, plan, stage) for stage in problem.objectives)


def _value(problem: Problem, plan: Plan, stage: tuple[Term, ...]) -> float:
    cost, skip = pair_costs(problem, stage), skip_costs(problem, stage)
    parts = [float(skip[t] if a is None else cost[a, t]) for t, a in enumerate(plan.agent)]
    if "backup" in stage and problem.backup:
        parts += [float(problem.backup.cost[b, t]) for t, b in enumerate(plan.backup) if b is not None]
    if "fairness" in stage and problem.fairness:
        parts.append(problem.fairness.weight * _greatest_share(problem, plan))
    return fsum(parts)


def _greatest_share(problem: Problem, plan: Plan) -> float:
    assert problem.fairness is not None
    name = problem.fairness.resource
    placed = [(a, t) for t, a in enumerate(plan.agent) if a is not None]
    used = np.zeros(problem.num_agents)
    for a, t in placed:
        used[a] += problem.loads[name][a, t]
    capacity = np.array(problem.capacities[name], dtype=np.float64)
    return float((used[capacity > 0] / capacity[capacity > 0]).max(initial=0.0))
