"""What follows from the statement at once: which pairs may be used, and what using one costs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from orgraph.solver.assignment.problem import Costs, Mask, Problem, Term


def allowed_pairs(problem: Problem) -> Mask:
    """Return the pairs (agent, task) that eligibility, dedication, reservation, fixed and forbidden pairs leave, shape (agents, tasks)."""
    allowed = np.ones((problem.num_agents, problem.num_tasks), dtype=np.bool_)
    if problem.eligible is not None:
        allowed &= problem.eligible
    for agent, tasks in problem.dedicated.items():
        allowed[agent] &= _among(tasks, problem.num_tasks)
    for task, agents in problem.reserved.items():
        allowed[:, task] &= _among(agents, problem.num_agents)
    for task, agent in problem.forbidden:
        allowed[agent, task] = False
    for task, agent in problem.fixed:
        allowed[:, task] &= _among((agent,), problem.num_agents)
    return allowed


def optional_tasks(problem: Problem) -> Mask:
    """Return which tasks may be left out, shape (tasks,); a fixed one may not."""
    fixed = {task for task, _ in problem.fixed}
    return _among([task for task in problem.skip_penalty if task not in fixed], problem.num_tasks)


def pair_costs(problem: Problem, stage: Sequence[Term]) -> Costs:
    """Return what using a pair costs in a stage, among its terms ``cost`` and ``change``; shape (agents, tasks)."""
    cost = np.zeros((problem.num_agents, problem.num_tasks))
    if "cost" in stage:
        cost += problem.cost
    if "change" in stage and (now := problem.incumbency):
        for task, agent in enumerate(now.agent):
            if agent is not None:
                others = np.arange(problem.num_agents) != agent
                cost[others, task] += now.cost[task]
    return cost


def skip_costs(problem: Problem, stage: Sequence[Term]) -> Costs:
    """Return what leaving a task out costs in a stage, shape (tasks,); infinite where that is not allowed."""
    cost = np.where(optional_tasks(problem), 0.0, np.inf)
    if "penalty" in stage:
        for task, penalty in problem.skip_penalty.items():
            cost[task] += penalty
    if "change" in stage and (now := problem.incumbency):
        cost += [0.0 if agent is None else c for agent, c in zip(now.agent, now.cost, strict=True)]
    return cost


def is_whole(values: Costs) -> bool:
    """Return whether all finite entries are whole numbers."""
    finite = values[np.isfinite(values)]
    return bool((finite == np.floor(finite)).all())


def _among(members: Iterable[int], size: int) -> Mask:
    mask = np.zeros(size, dtype=np.bool_)
    mask[list(members)] = True
    return mask
