"""Generalized assignment in the benchmark: JSON files with ``agents``, ``items``, ``cost``, ``weight`` and ``capacity``, and small generated instances."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from orgraph.benchmark.case import Case, Family
from orgraph.benchmark.reading import Entry, read_entry
from orgraph.findings import Json
from orgraph.solver.assignment import Backup, Fairness, Plan, Problem, findings, solve
from orgraph.solver.assignment.check import evaluate, violations

LOAD = "load"
OBJECTIVE = "cost"


def read(path: Path, config: Path | None) -> Sequence[Case[Problem]]:
    """Read the instance of a file: ``agents`` and ``items`` are numbers, ``cost`` and ``weight`` have a row per agent. ``config`` is not used."""
    top = read_entry(path)
    num_agents, num_tasks = top.need("agents").whole(least=1), top.need("items").whole(least=1)
    cost = top.need("cost").real_rows(num_agents, num_tasks)
    load = top.need("weight").whole_rows(num_agents, num_tasks)
    capacity = top.need("capacity").wholes(num_agents)
    name = top.optional("name", Entry.text, path.stem)
    top.refuse()
    problem = Problem(
        agent_ids=tuple(str(a) for a in range(num_agents)),
        task_ids=tuple(str(t) for t in range(num_tasks)),
        cost=np.array(cost),
        loads={LOAD: np.array(load)},
        capacities={LOAD: tuple(capacity)},
    )
    return [Case(name, OBJECTIVE, problem, problem.task_ids, path)]


def generated(seed: int) -> Sequence[Case[Problem]]:
    """Return one instance of the classical problem, one of unit loads, and one with backups and fairness."""
    rng = np.random.default_rng(seed)
    classical = _classical(rng, 8, 40)
    units = _classical(rng, 6, 30, is_unit=True)
    rich = _rich(rng)
    named = [("tight", classical), ("units", units), ("backups", rich)]
    return [
        Case(f"{name}-{seed}", OBJECTIVE if name != "backups" else "total", p, p.task_ids, None, True)
        for name, p in named
    ]


def answer(case: Case[Problem], plan: Plan) -> Mapping[str, Json]:
    """Return ``plan`` (the agent of every task), ``backups`` where they are asked for, and ``agents`` with their tasks and loads."""
    shown: dict[str, Json] = {"plan": list(plan.agent), "agents": _agents(case.problem, plan)}
    if case.problem.backup is not None:
        shown["backups"] = list(plan.backup)
    return shown


def _agents(problem: Problem, plan: Plan) -> list[Json]:
    rows: list[Json] = []
    for a, name in enumerate(problem.agent_ids):
        tasks: list[Json] = [t for t, agent in enumerate(plan.agent) if agent == a]
        loads: dict[str, Json] = {
            resource: int(sum(load[a, t] for t, agent in enumerate(plan.agent) if agent == a))
            for resource, load in problem.loads.items()
        }
        rows.append({"agent": name, "tasks": tasks, "loads": loads})
    return rows


def _classical(
    rng: np.random.Generator, num_agents: int, num_tasks: int, *, is_unit: bool = False
) -> Problem:
    """Return an instance as class c of Chu and Beasley (1997): loads 5 to 25, costs 10 to 50, capacities 0.8 of the mean need."""
    load = rng.integers(5, 26, (num_agents, num_tasks))
    if is_unit:
        load = np.ones_like(load)
    capacity = np.ceil(0.8 * load.sum(axis=1) / num_agents)
    if is_unit:
        capacity = np.full(num_agents, -(-num_tasks // num_agents) + 1)
    return Problem(
        agent_ids=tuple(f"A{a}" for a in range(num_agents)),
        task_ids=tuple(f"T{t}" for t in range(num_tasks)),
        cost=rng.integers(10, 51, (num_agents, num_tasks)).astype(np.float64),
        loads={LOAD: load},
        capacities={LOAD: tuple(int(c) for c in capacity)},
    )


def _rich(rng: np.random.Generator) -> Problem:
    """Return agents in a ring that back each other up, with loads to be evened out."""
    base = _classical(rng, 6, 24)
    ring = (*((a, a + 1) for a in range(5)), (0, 5))
    backup = Backup(ring, rng.integers(1, 10, base.cost.shape).astype(np.float64), capacity=(6,) * 6)
    capacities = {LOAD: tuple(2 * c for c in base.capacities[LOAD])}
    return Problem(
        base.agent_ids,
        base.task_ids,
        base.cost,
        base.loads,
        capacities,
        fairness=Fairness(LOAD, 100.0),
        backup=backup,
    )


FAMILY: Family[Problem, Plan] = Family(
    name="assignment",
    read=read,
    generated=generated,
    findings=findings,
    solve=solve,
    violations=violations,
    objective=lambda problem, plan: evaluate(problem, plan)[0],
    answer=answer,
)
