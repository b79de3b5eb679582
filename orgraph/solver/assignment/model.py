"""The whole problem as an integer program: one method per rule, one per term of the objective.

x(a, t): agent a has task t. s(t): task t is left out. y(b, t): agent b backs up task t. z: the greatest share of a capacity that is used.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import lcm

import numpy as np

from orgraph.solver.assignment.instance import allowed_pairs, optional_tasks
from orgraph.solver.assignment.problem import Mask, Plan, Problem, Term
from orgraph.solver.mip import Mip, Terms

LARGEST_SCALE = 1_000_000
"""Shares are counted in whole parts of the capacities' least common multiple up to this size; beyond, they are continuous."""


class Model:
    """Columns and rows of a problem, over the pairs of ``allowed`` only (all that the rules leave, unless it is given)."""

    def __init__(self, problem: Problem, allowed: Mask | None = None) -> None:
        self.problem = problem
        self.mip = Mip()
        self._allowed = allowed_pairs(problem) if allowed is None else allowed
        self.x = self._columns(self._allowed)
        self.skip = {int(t): self.mip.binary() for t in np.flatnonzero(optional_tasks(problem))}
        self.y = {} if problem.backup is None else self._columns(self._possible_backups())
        self.share_scale = _share_scale(problem)
        self.share = self._share_column()
        self._by_task = _grouped(self.x, 1)
        self._by_agent = _grouped(self.x, 0)

    @property
    def is_whole(self) -> bool:
        """Return whether every cost is a whole number and every share a whole number of parts, so that integer arithmetic is exact."""
        problem, amounts = self.problem, [self.problem.cost.ravel()]
        amounts.append(np.array(list(problem.skip_penalty.values()), dtype=np.float64))
        if problem.incumbency:
            amounts.append(np.array(problem.incumbency.cost, dtype=np.float64))
        if problem.backup:
            amounts.append(problem.backup.cost.ravel())
        if problem.fairness:
            if self.share_scale is None:
                return False
            amounts.append(np.array([problem.fairness.weight]))
        return all(bool(np.equal(values, np.floor(values)).all()) for values in amounts)

    def add_rules(self) -> None:
        """Add every rule."""
        self._one_agent_per_task()
        self._capacities()
        if self.problem.backup:
            self._one_backup_per_task()
            self._backups_next_door()
            self._backup_capacities()

    def terms(self, term: Term) -> Terms:
        """Return a term of the objective as columns with coefficients."""
        problem = self.problem
        match term:
            case "cost":
                return [(column, float(problem.cost[pair])) for pair, column in self.x.items()]
            case "penalty":
                return [(column, float(problem.skip_penalty[t])) for t, column in self.skip.items()]
            case "change":
                return self._changes()
            case "fairness":
                return self._fairness()
            case "backup" if problem.backup:
                return [(column, float(problem.backup.cost[pair])) for pair, column in self.y.items()]
            case _:
                return []

    def minimize(self, stage: Sequence[Term]) -> None:
        """Make the sum of these terms the objective."""
        self.mip.cost = [0.0] * self.mip.num_columns
        for term in stage:
            for column, coefficient in self.terms(term):
                self.mip.cost[column] += coefficient

    def hold(self, stage: Sequence[Term], most: float) -> None:
        """Let the sum of these terms be at most ``most``; the row is scaled so that whole costs give whole coefficients."""
        scale = self.share_scale or 1
        entries = [entry for term in stage for entry in self.terms(term)]
        self.mip.row([(column, c * scale) for column, c in entries], at_most=most * scale)

    def hint(self, plan: Plan) -> None:
        """Let the engine start from a plan."""
        for (a, t), column in self.x.items():
            self.mip.hint[column] = float(plan.agent[t] == a)
        for t, column in self.skip.items():
            self.mip.hint[column] = float(plan.agent[t] is None)
        for (b, t), column in self.y.items():
            self.mip.hint[column] = float(plan.backup[t] == b)

    def plan(self, point: Sequence[float]) -> Plan:
        """Return the plan of a point."""
        agent: list[int | None] = [None] * self.problem.num_tasks
        backup = list(agent)
        for placed, columns in ((agent, self.x), (backup, self.y)):
            for (a, t), column in columns.items():
                if point[column] > 0.5:
                    placed[t] = a
        return Plan(tuple(agent), tuple(backup))

    def _columns(self, mask: Mask) -> dict[tuple[int, int], int]:
        return {(int(a), int(t)): self.mip.binary() for a, t in zip(*np.nonzero(mask), strict=True)}

    def _possible_backups(self) -> Mask:
        """Return the pairs where a neighbour may have the task."""
        backup = self.problem.backup
        assert backup is not None
        possible = np.zeros_like(self._allowed)
        for i, j in backup.adjacency:
            possible[i] |= self._allowed[j]
            possible[j] |= self._allowed[i]
        return possible if backup.eligible is None else possible & backup.eligible

    def _share_column(self) -> int | None:
        if self.problem.fairness is None:
            return None
        if self.share_scale is None:
            return self.mip.continuous(0.0, 1.0)
        column = self.mip.continuous(0.0, float(self.share_scale))
        self.mip.is_integer[column] = True
        return column

    def _one_agent_per_task(self) -> None:
        for t in range(self.problem.num_tasks):
            columns = [*self._by_task.get(t, ()), *([self.skip[t]] if t in self.skip else [])]
            self.mip.row([(column, 1.0) for column in columns], at_least=1.0, at_most=1.0)

    def _capacities(self) -> None:
        pairs = {column: pair for pair, column in self.x.items()}
        for name, load in self.problem.loads.items():
            for a, columns in self._by_agent.items():
                entries = [(column, float(load[pairs[column]])) for column in columns]
                capacity = self.problem.capacities[name][a]
                self.mip.row(entries, at_most=float(capacity))
                if (
                    self.share is not None
                    and self.problem.fairness
                    and name == self.problem.fairness.resource
                ):
                    self._share_of(entries, int(capacity), self.share)

    def _share_of(self, entries: Terms, capacity: int, share: int) -> None:
        """Let the load be at most the share of the capacity; without a capacity there is no load."""
        if capacity == 0:
            return
        parts = 1.0 if self.share_scale is None else float(self.share_scale // capacity)
        size = float(capacity) if self.share_scale is None else 1.0
        self.mip.row([*((c, parts * w) for c, w in entries), (share, -size)], at_most=0.0)

    def _one_backup_per_task(self) -> None:
        by_task = _grouped(self.y, 1)
        for t in range(self.problem.num_tasks):
            placed = [(column, -1.0) for column in self._by_task.get(t, ())]
            seconds = [(column, 1.0) for column in by_task.get(t, ())]
            self.mip.row([*seconds, *placed], at_least=0.0, at_most=0.0)

    def _backups_next_door(self) -> None:
        assert self.problem.backup is not None
        near: dict[int, list[int]] = {a: [] for a in range(self.problem.num_agents)}
        for i, j in self.problem.backup.adjacency:
            near[i].append(j)
            near[j].append(i)
        for (b, t), column in self.y.items():
            firsts = [(self.x[a, t], -1.0) for a in near[b] if (a, t) in self.x]
            self.mip.row([(column, 1.0), *firsts], at_most=0.0)

    def _backup_capacities(self) -> None:
        backup = self.problem.backup
        if backup is None or backup.capacity is None:
            return
        pairs = {column: pair for pair, column in self.y.items()}
        for a, columns in _grouped(self.y, 0).items():
            load = [1.0 if backup.load is None else float(backup.load[pairs[column]]) for column in columns]
            self.mip.row(list(zip(columns, load, strict=True)), at_most=float(backup.capacity[a]))

    def _changes(self) -> Terms:
        now = self.problem.incumbency
        if now is None:
            return []
        moved = [((a, t), column) for (a, t), column in self.x.items() if now.agent[t] not in (None, a)]
        left = [(t, column) for t, column in self.skip.items() if now.agent[t] is not None]
        return [(c, float(now.cost[t])) for (_, t), c in moved] + [(c, float(now.cost[t])) for t, c in left]

    def _fairness(self) -> Terms:
        if self.problem.fairness is None or self.share is None:
            return []
        return [(self.share, self.problem.fairness.weight / (self.share_scale or 1))]


def _share_scale(problem: Problem) -> int | None:
    """Return a number that every capacity divides, ``None`` when it is too large."""
    if problem.fairness is None:
        return None
    scale = lcm(*(int(c) for c in problem.capacities[problem.fairness.resource] if c > 0))
    return scale if scale <= LARGEST_SCALE else None


def _grouped(columns: dict[tuple[int, int], int], place: int) -> dict[int, list[int]]:
    groups: dict[int, list[int]] = {}
    for pair, column in columns.items():
        groups.setdefault(pair[place], []).append(column)
    return groups
