"""Blocking pairs as 0-1 columns of an integer program: for problems where deferred acceptance does not settle what is asked.

x(p) = 1 when pair p is made; b(p) = 1 when it may block. An agent that holds as many pairs at least as good as p as it may hold wants p no more.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from orgraph.solver.matching.heuristic import blocking
from orgraph.solver.matching.instance import Agents, Flags, Instance
from orgraph.solver.mip import Mip


class StableModel:
    """Columns for made and for blocking pairs, one method per rule."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.mip = Mip()
        self.pairs = np.flatnonzero(instance.possible | instance.kept).tolist()
        self.made = {p: self.mip.binary() for p in self.pairs}
        self.blocks: dict[int, int] = {}
        self._satisfied: dict[tuple[str, int, int, int], int] = {}

    def add_rules(self) -> None:
        """Add quotas, amounts, kept pairs, and what makes a pair block."""
        for agents in self.instance.sides:
            self.add_quotas(agents)
            self.add_amounts(agents)
        self.add_kept()
        self.add_blocking()

    def add_quotas(self, agents: Agents) -> None:
        """Hold the number of pairs of every agent within its quotas."""
        for agent, pairs in self._groups(agents.of, agents.size):
            self.mip.row(
                [(self.made[p], 1.0) for p in pairs],
                at_least=float(agents.lower[agent]),
                at_most=float(agents.upper[agent]),
            )

    def add_amounts(self, agents: Agents) -> None:
        """Hold the number of pairs of every agent in every category within its amount."""
        if self.instance.problem.categories:
            group, amount = agents.group(self.instance.category), agents.amount.ravel()
            for number, pairs in self._groups(group, len(amount)):
                self.mip.row([(self.made[p], 1.0) for p in pairs], at_most=float(amount[number]))

    def add_kept(self) -> None:
        """Make every kept pair."""
        for p in np.flatnonzero(self.instance.kept).tolist():
            self.mip.row([(self.made[p], 1.0)], at_least=1.0)

    def add_blocking(self) -> None:
        """Say of every possible pair that it is made, that one of its agents wants it no more, or that it blocks."""
        members = [self._members(agents) for agents in self.instance.sides]
        for p in np.flatnonzero(self.instance.possible & ~self.instance.kept).tolist():
            self.blocks[p] = self.mip.binary()
            terms = [(self.made[p], 1.0), (self.blocks[p], 1.0)]
            for agents, (by_agent, by_group) in zip(self.instance.sides, members, strict=True):
                terms += [(column, 1.0) for column in self._content(agents, p, by_agent, by_group)]
            self.mip.row(terms, at_least=1.0)

    def limit_blocking(self, most: int) -> None:
        """Allow at most so many blocking pairs."""
        self.mip.row([(column, 1.0) for column in self.blocks.values()], at_most=float(most))

    def minimize(self, weight: int, price: int) -> None:
        """Minimize ``price`` per blocking pair less ``weight`` times the weight."""
        for p, column in self.made.items():
            self.mip.cost[column] = -float(weight * int(self.instance.weight[p]))
        for column in self.blocks.values():
            self.mip.cost[column] = float(price)

    def hint(self, made: Flags) -> None:
        """Start from a plan."""
        is_blocking = blocking(self.instance, made)
        self.mip.hint = {column: float(made[p]) for p, column in self.made.items()}
        self.mip.hint |= {column: float(is_blocking[p]) for p, column in self.blocks.items()}

    def plan(self, x: tuple[float, ...]) -> Flags:
        """Return the pairs that a point makes."""
        made = np.zeros(self.instance.num_pairs, dtype=np.bool_)
        made[[p for p, column in self.made.items() if x[column] > 0.5]] = True
        return made

    def _content(
        self, agents: Agents, p: int, by_agent: dict[int, list[int]], by_group: dict[int, list[int]]
    ) -> Iterable[int]:
        """Yield columns that may be 1 only when the agent of p is full with pairs at least as good."""
        agent, rank = int(agents.of[p]), int(agents.rank[p])
        yield self._full(agents, "agent", agent, rank, by_agent[agent], int(agents.upper[agent]))
        if self.instance.problem.categories:
            group = int(agents.group(self.instance.category)[p])
            yield self._full(agents, "group", group, rank, by_group[group], int(agents.amount.ravel()[group]))

    def _full(self, agents: Agents, kind: str, number: int, rank: int, pairs: list[int], most: int) -> int:
        key = f"{agents.end}.{kind}", number, rank, most
        if key not in self._satisfied:
            kept, ranks = self.instance.kept, agents.rank
            good = [p for p in pairs if kept[p] or ranks[p] <= rank]
            column = self._satisfied[key] = self.mip.binary()
            if len(good) < most:
                self.mip.row([(column, 1.0)], at_most=0.0)
            elif most:
                self.mip.row([*((self.made[p], 1.0) for p in good), (column, -float(most))], at_least=0.0)
        return self._satisfied[key]

    def _members(self, agents: Agents) -> tuple[dict[int, list[int]], dict[int, list[int]]]:
        by_agent = dict(self._groups(agents.of, agents.size))
        by_group = dict(self._groups(agents.group(self.instance.category), agents.amount.size))
        return by_agent, by_group

    def _groups(self, of: np.ndarray, size: int) -> Iterable[tuple[int, list[int]]]:
        groups: list[list[int]] = [[] for _ in range(size)]
        for p in self.pairs:
            groups[int(of[p])].append(p)
        return enumerate(groups)
