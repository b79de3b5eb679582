"""Generalized assignment in the benchmark: JSON files with ``agents``, ``items``, ``cost``, ``weight`` and ``capacity``, and small generated instances."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from orgraph.benchmark.case import Case
from orgraph.errors import InputError
from orgraph.findings import Finding, Json, Place, has_errors
from orgraph.solver.assignment import Backup, Fairness, Plan, Problem, findings, solve
from orgraph.solver.assignment.check import evaluate, violations
from orgraph.solver.assignment.problem import Costs, Loads
from orgraph.solver.solution import Limits, OnProgress, Solution
from orgraph.solver.violation import Violation

LOAD = "load"
OBJECTIVE = "cost"


class AssignmentFamily:
    """Reads, solves and writes down assignment instances."""

    name = "assignment"

    def read(self, path: Path, config: Path | None) -> Sequence[Case[Problem]]:
        """Read the instance of a file. Raises ``InputError``; ``config`` is not used."""
        document = _document(path)
        if wrong := [*_missing(document, path)]:
            raise _refused(wrong)
        try:
            problem = _problem(document)
        except (TypeError, ValueError, OverflowError):
            wrong = [_finding("field_value", path, name) for name in _unreadable(document)]
            raise _refused(wrong) from None
        if has_errors(found := findings(problem)):
            raise _refused(found)
        name = str(document.get("name", path.stem))
        return [Case(name, OBJECTIVE, problem, problem.task_ids, path)]

    def generated(self, seed: int) -> Sequence[Case[Problem]]:
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

    def warm_up(self) -> None:
        """Compile the kernels, load the engines."""
        for case in self.generated(0):
            solve(case.problem, limits=Limits(time_s=2.0))

    def solve(
        self, problem: Problem, *, limits: Limits, seed: int, on_progress: OnProgress | None = None
    ) -> Solution[Plan]:
        """Call the family's ``solve``."""
        return solve(problem, limits=limits, seed=seed, on_progress=on_progress)

    def violations(self, problem: Problem, plan: Plan) -> Sequence[Violation]:
        """Judge a plan by the independent checker."""
        return violations(problem, plan)

    def objective(self, problem: Problem, plan: Plan) -> float:
        """Return the value of the first stage as the checker computes it."""
        return evaluate(problem, plan)[0]

    def answer(self, case: Case[Problem], solution: Solution[Plan]) -> Mapping[str, Json]:
        """Return ``plan`` (the agent of every task), ``backups`` where they are asked for, and ``agents`` with their tasks and loads."""
        plan = solution.plan
        if plan is None:
            return {"plan": None}
        answer: dict[str, Json] = {"plan": list(plan.agent), "agents": _agents(case.problem, plan)}
        if case.problem.backup is not None:
            answer["backups"] = list(plan.backup)
        return answer


FAMILY = AssignmentFamily()


def _document(path: Path) -> dict[str, object]:
    try:
        document = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        raise _refused([_finding("file_unreadable", path, problem=str(error))]) from None
    if not isinstance(document, dict):
        raise _refused([_finding("file_unreadable", path, problem=type(document).__name__)])
    return document


def _missing(document: Mapping[str, object], path: Path) -> list[Finding]:
    wanted = ("agents", "items", "cost", "weight", "capacity")
    return [_finding("field_missing", path, name) for name in wanted if name not in document]


def _problem(document: Mapping[str, object]) -> Problem:
    """Return the stated problem; raises ``TypeError`` or ``ValueError`` where fields do not hold numbers."""
    capacity = _vector(document["capacity"])
    num_agents, num_tasks = _count(document["agents"]), _count(document["items"])
    return Problem(
        agent_ids=tuple(str(a) for a in range(num_agents)),
        task_ids=tuple(str(t) for t in range(num_tasks)),
        cost=_matrix(document["cost"]),
        loads={LOAD: _loads(document["weight"])},
        capacities={LOAD: capacity},
    )


def _unreadable(document: Mapping[str, object]) -> list[str]:
    readers = {"agents": _count, "items": _count, "cost": _matrix, "weight": _loads, "capacity": _vector}
    wrong = []
    for name, read in readers.items():
        try:
            read(document[name])
        except (TypeError, ValueError, OverflowError):
            wrong.append(name)
    return wrong


def _count(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 1_000_000:
        raise ValueError
    return value


def _vector(value: object) -> tuple[int, ...]:
    if not isinstance(value, list) or not all(isinstance(v, int) and not isinstance(v, bool) for v in value):
        raise ValueError
    return tuple(value)


def _matrix(value: object) -> Costs:
    if not isinstance(value, list):
        raise ValueError
    return np.array(value, dtype=np.float64)


def _loads(value: object) -> Loads:
    """Return the loads as they stand; what is no whole number is told by the family's findings."""
    if not isinstance(value, list):
        raise ValueError
    return np.array(value)


def _finding(name: str, path: Path, *subject: str, **numbers: Json) -> Finding:
    return Finding(f"assignment.{name}", subject=subject, place=Place(file=path.name), numbers=numbers)


def _refused(found: Sequence[Finding]) -> InputError:
    return InputError("invalid_input", findings=found, num_errors=len(found))


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
