"""Small assignment problems, and their best plans found by looking at every plan."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

import numpy as np
from hypothesis import strategies as st

from orgraph.findings import Reason
from orgraph.solver.assignment import Backup, Fairness, Incumbency, Plan, Problem
from orgraph.solver.assignment.check import evaluate, violations

FEATURES = (
    "eligible",
    "optional",
    "dedicated",
    "reserved",
    "fixed",
    "forbidden",
    "incumbency",
    "fairness",
    "second resource",
    "unit loads",
    "stages",
)


def plans(problem: Problem) -> Iterator[Plan]:
    """Yield every vector of agents with every vector of backups, valid or not."""
    agents = [*range(problem.num_agents), None]
    for placed in product(agents, repeat=problem.num_tasks):
        if violations(replace(problem, backup=None), Plan(placed, (None,) * problem.num_tasks)):
            continue
        seconds = agents if problem.backup else [None]
        for backup in product(seconds, repeat=problem.num_tasks):
            yield Plan(placed, backup)


def best(problem: Problem) -> tuple[float, ...] | None:
    """Return the lexicographically least values of the stages, ``None`` without any plan."""
    valid = (plan for plan in plans(problem) if not violations(problem, plan))
    return min((evaluate(problem, plan) for plan in valid), default=None)


def is_feasible(problem: Problem) -> bool:
    return any(not violations(problem, plan) for plan in plans(problem))


def without(problem: Problem, reason: Reason) -> Problem:
    """Return the problem without the rule of a reason."""
    names = list(reason.subject)
    tasks = [t for t, name in enumerate(problem.task_ids) if name in names]
    agents = [a for a, name in enumerate(problem.agent_ids) if name in names]
    backup = problem.backup
    match reason.rule.removeprefix("assignment."):
        case "capacity":
            name, (agent,) = str(reason.numbers["weight"]), agents
            most = {**problem.capacities, name: _raised(problem.capacities[name], agent)}
            return replace(problem, capacities=most)
        case "eligible":
            return replace(problem, eligible=_opened(problem.eligible, tasks))
        case "dedicated":
            return replace(problem, dedicated={a: t for a, t in problem.dedicated.items() if a not in agents})
        case "reserved":
            return replace(problem, reserved={t: a for t, a in problem.reserved.items() if t not in tasks})
        case "fixed":
            return replace(problem, fixed=_less(problem.fixed, tasks, agents))
        case "forbidden":
            return replace(problem, forbidden=_less(problem.forbidden, tasks, agents))
        case "backup":
            return replace(problem, backup=None)
        case _ if backup is None:
            return problem
        case "backup_adjacent":
            m = problem.num_agents
            pairs = tuple((i, j) for i in range(m) for j in range(i + 1, m))
            return replace(problem, backup=replace(backup, adjacency=pairs))
        case "backup_eligible":
            return replace(problem, backup=replace(backup, eligible=_opened(backup.eligible, tasks)))
        case "backup_capacity":
            most_tasks = _raised(backup.capacity, agents[0])
            return replace(problem, backup=replace(backup, capacity=most_tasks))
    raise AssertionError(reason.rule)


def only(problem: Problem, reasons: list[Reason], all_reasons: tuple[Reason, ...]) -> Problem:
    """Return the problem without those of ``all_reasons`` that are not among ``reasons``."""
    for reason in all_reasons:
        if reason not in reasons:
            problem = without(problem, reason)
    return problem


def _raised(capacity, agent):
    return tuple(10_000 if a == agent else c for a, c in enumerate(capacity))


def _opened(eligible, tasks):
    opened = eligible.copy()
    opened[:, tasks] = True
    return opened


def _less(pairs, tasks, agents):
    return tuple(pair for pair in pairs if pair not in {(t, a) for t in tasks for a in agents})


@st.composite
def problems(
    draw: st.DrawFn, *features: str, most_tasks: int = 4, with_backup: bool = False, is_tight: bool = False
) -> Problem:
    """A problem of 2 to 3 agents with the named features."""
    m, n = draw(st.integers(2, 3)), draw(st.integers(2, most_tasks))
    amounts = st.integers(0, 9)
    matrix = st.lists(st.lists(amounts, min_size=n, max_size=n), min_size=m, max_size=m)
    mask = st.lists(st.lists(st.booleans(), min_size=n, max_size=n), min_size=m, max_size=m)
    task, agent = st.integers(0, n - 1), st.integers(0, m - 1)
    names = {"hours", "people"} if "second resource" in features else {"hours"}
    most = 8 if is_tight else 18
    loads = {name: np.array(draw(matrix), dtype=np.int64) for name in sorted(names)}
    if "unit loads" in features:
        loads = {name: np.full((m, n), draw(st.integers(0, 4)), dtype=np.int64) for name in loads}
    problem = Problem(
        agent_ids=tuple(f"agent {a}" for a in range(m)),
        task_ids=tuple(f"task {t}" for t in range(n)),
        cost=np.array(draw(matrix), dtype=np.float64) / draw(st.sampled_from([1, 1, 4])),
        loads=loads,
        capacities={name: tuple(draw(st.integers(0, most)) for _ in range(m)) for name in loads},
    )
    changes: dict[str, object] = {}
    for feature in features:
        match feature:
            case "eligible":
                changes["eligible"] = np.array(draw(mask), dtype=np.bool_) | np.array(draw(mask))
            case "optional":
                changes["skip_penalty"] = {t: float(draw(amounts)) for t in draw(st.sets(task))}
            case "dedicated":
                changes["dedicated"] = {draw(agent): draw(st.frozensets(task, min_size=1))}
            case "reserved":
                changes["reserved"] = {draw(task): draw(st.frozensets(agent, min_size=1))}
            case "fixed" | "forbidden":
                changes[feature] = tuple(draw(st.sets(st.tuples(task, agent), min_size=1, max_size=2)))
            case "incumbency":
                now = tuple(draw(st.one_of(st.none(), agent)) for _ in range(n))
                changes["incumbency"] = Incumbency(now, tuple(float(draw(amounts)) for _ in range(n)))
            case "fairness":
                changes["fairness"] = Fairness("hours", draw(st.sampled_from([1.0, 10.0, 12.5])))
            case "stages":
                changes["stages"] = draw(st.sampled_from([(("cost",),), (("penalty",), ("cost",))]))
    if with_backup:
        pairs = [(i, j) for i in range(m) for j in range(i + 1, m)]
        changes["backup"] = Backup(
            adjacency=tuple(sorted(draw(st.sets(st.sampled_from(pairs), min_size=0 if is_tight else 1)))),
            cost=np.array(draw(matrix), dtype=np.float64),
            eligible=draw(st.one_of(st.none(), mask.map(lambda rows: np.array(rows, dtype=np.bool_)))),
            capacity=draw(st.one_of(st.none(), st.tuples(*[st.integers(0, 3)] * m))),
        )
    return replace(problem, **changes)  # type: ignore[arg-type]
