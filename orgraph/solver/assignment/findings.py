"""Everything that is malformed in the statement of an assignment problem. What is well formed but cannot be met is no finding: it is a reason."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from math import isfinite
from numbers import Integral

import numpy as np
from numpy.typing import NDArray

from orgraph.findings import Finding, Json, repeated
from orgraph.solver.assignment.problem import TERMS, Backup, Problem


def findings(problem: Problem) -> tuple[Finding, ...]:
    """Return all that is wrong; empty for a problem that can be solved or proven to have no plan.

    Notes
    -----
    Linear in the statement.
    """
    sections = (_ids, _costs, _resources, _optional, _sets, _pairs, _incumbency, _fairness, _backup, _stages)
    return tuple(chain.from_iterable(section(problem) for section in sections))


def _ids(problem: Problem) -> Iterator[Finding]:
    if not problem.agent_ids:
        yield _finding("agents_missing")
    if not problem.task_ids:
        yield _finding("tasks_missing")
    for name in repeated(problem.agent_ids):
        yield _finding("agent_repeated", [name])
    for name in repeated(problem.task_ids):
        yield _finding("task_repeated", [name])


def _costs(problem: Problem) -> Iterator[Finding]:
    yield from _matrix(problem, "cost", problem.cost)
    if problem.eligible is not None:
        yield from _shape(problem, "eligible", problem.eligible)


def _resources(problem: Problem) -> Iterator[Finding]:
    for name in sorted(set(problem.loads) ^ set(problem.capacities)):
        yield _finding("resource_half", [name])
    for name, loads in problem.loads.items():
        yield from _matrix(problem, name, loads, is_whole=True)
    for name, capacities in problem.capacities.items():
        yield from _capacities(problem, name, capacities)


def _capacities(problem: Problem, name: str, capacities: Sequence[int]) -> Iterator[Finding]:
    if len(capacities) != problem.num_agents:
        yield _finding("capacity_shape", [name], found=len(capacities), num_agents=problem.num_agents)
    for agent, capacity in zip(problem.agent_ids, capacities, strict=False):
        if not isinstance(capacity, Integral) or capacity < 0:
            yield _finding("capacity_value", [agent], resource=name, value=str(capacity))


def _optional(problem: Problem) -> Iterator[Finding]:
    for task, penalty in problem.skip_penalty.items():
        if not _is_task(problem, task):
            yield _out_of_range(problem, "skip_penalty", [task], [])
        elif not _is_amount(penalty):
            yield _finding("penalty_value", [problem.task_ids[task]], value=str(penalty))


def _sets(problem: Problem) -> Iterator[Finding]:
    for agent, tasks in problem.dedicated.items():
        yield from _range(problem, "dedicated", sorted(tasks), [agent])
    for task, agents in problem.reserved.items():
        yield from _range(problem, "reserved", [task], sorted(agents))


def _pairs(problem: Problem) -> Iterator[Finding]:
    for kind, pairs in (("fixed", problem.fixed), ("forbidden", problem.forbidden)):
        for task, agent in pairs:
            yield from _range(problem, kind, [task], [agent])
        for task, agent in repeated(pairs):
            yield _finding("pair_repeated", kind=kind, task=task, agent=agent)


def _incumbency(problem: Problem) -> Iterator[Finding]:
    stated = problem.incumbency
    if stated is None:
        return
    for name, values in (("agent", stated.agent), ("cost", stated.cost)):
        if len(values) != problem.num_tasks:
            yield _finding("incumbency_shape", [name], found=len(values), num_tasks=problem.num_tasks)
    yield from _range(problem, "incumbency", [], [a for a in stated.agent if a is not None])
    for task, cost in zip(problem.task_ids, stated.cost, strict=False):
        if not _is_amount(cost):
            yield _finding("change_value", [task], value=str(cost))


def _fairness(problem: Problem) -> Iterator[Finding]:
    stated = problem.fairness
    if stated is None:
        return
    if stated.resource not in problem.loads:
        yield _finding("fairness_resource", [stated.resource])
    if not _is_amount(stated.weight):
        yield _finding("fairness_weight", value=str(stated.weight))


def _backup(problem: Problem) -> Iterator[Finding]:
    stated = problem.backup
    if stated is None:
        return
    yield from _adjacency(problem, stated)
    yield from _matrix(problem, "backup", stated.cost)
    if stated.eligible is not None:
        yield from _shape(problem, "backup", stated.eligible)
    if stated.load is not None:
        yield from _matrix(problem, "backup", stated.load, is_whole=True)
    if stated.capacity is not None:
        yield from _capacities(problem, "backup", stated.capacity)


def _adjacency(problem: Problem, stated: Backup) -> Iterator[Finding]:
    for i, j in stated.adjacency:
        yield from _range(problem, "adjacency", [], [i, j])
        if i >= j:
            yield _finding("adjacency_order", a=i, b=j)
    for i, j in repeated(stated.adjacency):
        yield _finding("adjacency_repeated", a=i, b=j)


def _stages(problem: Problem) -> Iterator[Finding]:
    given = {"fairness": problem.fairness, "change": problem.incumbency, "backup": problem.backup}
    named = [term for terms in problem.stages for term in terms]
    for term in dict.fromkeys(named):
        if term not in TERMS:
            yield _finding("term_unknown", [term])
        elif term in given and given[term] is None:
            yield _finding("term_without_data", [term])
    for term in repeated(named):
        yield _finding("term_repeated", [term])
    if any(not terms for terms in problem.stages):
        yield _finding("stage_empty")


def _matrix(
    problem: Problem, name: str, values: NDArray[np.generic], *, is_whole: bool = False
) -> Iterator[Finding]:
    yield from _shape(problem, name, values)
    numbers = np.asarray(values)
    if numbers.dtype.kind not in "iuf":
        yield _finding("matrix_kind", [name], found=str(numbers.dtype))
        return
    wrong = ~np.isfinite(numbers) | (numbers < 0)
    if is_whole:
        wrong |= numbers != np.floor(numbers)
    if num_entries := int(wrong.sum()):
        yield _finding("whole_value" if is_whole else "matrix_value", [name], num_entries=num_entries)


def _shape(problem: Problem, name: str, values: NDArray[np.generic]) -> Iterator[Finding]:
    wanted = (problem.num_agents, problem.num_tasks)
    if values.shape != wanted:
        yield _finding(
            "matrix_shape",
            [name],
            found=str(values.shape),
            num_agents=wanted[0],
            num_tasks=wanted[1],
        )


def _range(problem: Problem, kind: str, tasks: Iterable[int], agents: Iterable[int]) -> Iterator[Finding]:
    wrong_tasks = [t for t in tasks if not _is_task(problem, t)]
    wrong_agents = [a for a in agents if not 0 <= a < problem.num_agents]
    if wrong_tasks or wrong_agents:
        yield _out_of_range(problem, kind, wrong_tasks, wrong_agents)


def _out_of_range(problem: Problem, kind: str, tasks: list[int], agents: list[int]) -> Finding:
    sizes: Mapping[str, Json] = {"num_tasks": problem.num_tasks, "num_agents": problem.num_agents}
    unknown = [f"task {t}" for t in tasks] + [f"agent {a}" for a in agents]
    return Finding("assignment.index_range", subject=tuple(unknown), numbers={"kind": kind, **sizes})


def _finding(name: str, subject: Sequence[str] = (), **numbers: Json) -> Finding:
    return Finding(f"assignment.{name}", subject=tuple(subject), numbers=numbers)


def _is_task(problem: Problem, task: int) -> bool:
    return 0 <= task < problem.num_tasks


def _is_amount(value: float) -> bool:
    return isfinite(value) and value >= 0
