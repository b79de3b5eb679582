"""The matching problem as a circulation with bounds on its arcs: one method per rule. Source, left agents, their categories, right categories, right agents, sink.

Every arc remembers the rule that its lower and its upper bound come from, so that a cut names the rules that contradict each other (Hoffman 1960).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from orgraph.solver.matching.instance import Agents, Instance
from orgraph.solver.matching.problem import End, Ints

Numbers = NDArray[Any]
"""Numbers or flags that hold whole numbers."""


@dataclass
class Network:
    """Arcs in blocks: ends, bounds, cost. ``pairs`` is the block whose arc p is candidate pair p."""

    instance: Instance
    tail: Ints = field(init=False)
    head: Ints = field(init=False)
    at_least: Ints = field(init=False)
    at_most: Ints = field(init=False)
    pairs: slice = field(init=False)
    blocks: dict[str, slice] = field(default_factory=dict)
    num_nodes: int = 2
    _arcs: list[tuple[Ints, Ints, Ints, Ints]] = field(default_factory=list)

    def __post_init__(self) -> None:
        left, right = self.instance.sides
        first_left, first_right = self._nodes(left.size), self._nodes(right.size)
        from_left = self.add_amounts(left, first_left)
        to_right = self.add_amounts(right, first_right)
        self.add_pairs(from_left, to_right)
        self.add_quotas(left, first_left)
        self.add_quotas(right, first_right)
        self.add_return()
        self.tail, self.head, self.at_least, self.at_most = (
            np.concatenate(column) for column in zip(*self._arcs, strict=True)
        )
        self.pairs = self.blocks["pairs"]

    def add_amounts(self, agents: Agents, first: int) -> Ints:
        """Bound the pairs of every agent in every category; return of every pair the node it starts or ends at."""
        if not self.instance.problem.categories:
            return first + agents.of
        num_groups = agents.amount.size
        group = self._nodes(num_groups) + np.arange(num_groups)
        agent = first + np.arange(num_groups) // self.instance.num_categories
        ends = (agent, group) if agents.end is End.LEFT else (group, agent)
        at_most = np.minimum(agents.amount.ravel(), self._most)
        self._add(f"amount.{agents.end}", ends, np.zeros(num_groups), at_most)
        return group[0] + agents.group(self.instance.category) if num_groups else agents.of

    def add_pairs(self, from_left: Ints, to_right: Ints) -> None:
        """Make every candidate pair at most once, kept ones once, forbidden ones never."""
        kept, forbidden = self.instance.kept, self.instance.forbidden
        self._add("pairs", (from_left, to_right), kept, ~forbidden)

    def add_quotas(self, agents: Agents, first: int) -> None:
        """Bound the pairs of every agent: one arc with both quotas, and for fairness one arc per pair (see ``split``)."""
        nodes = first + np.arange(agents.size)
        outer = np.full(agents.size, 0 if agents.end is End.LEFT else 1)
        ends = (outer, nodes) if agents.end is End.LEFT else (nodes, outer)
        self._add(f"quota.{agents.end}", ends, agents.lower, np.minimum(agents.upper, self._most))

    def add_return(self) -> None:
        """Close the circulation."""
        self._add("return", (np.ones(1), np.zeros(1)), np.zeros(1), np.full(1, self._most))

    def costs(self, of_pairs: Ints) -> Ints:
        """Return costs of all arcs from costs of the pairs."""
        cost = np.zeros(len(self.tail), dtype=np.int64)
        cost[self.pairs] = of_pairs
        return cost

    def split(self, end: End, most: Ints) -> Ints:
        """Put one arc per pair in the place of every quota arc of a side, at most ``most[a]`` of agent a; return which of them it is (0 for all other arcs).

        The first ones carry the lower quota. Costs that grow with the number are paid in its order.
        """
        block = self.blocks[f"quota.{end}"]
        tail, head = self.tail[block], self.head[block]
        lower, upper = (
            self.at_least[block],
            np.minimum(self.at_most[block], np.maximum(most, self.at_least[block])),
        )
        agent = np.repeat(np.arange(len(tail)), upper)
        number = np.arange(len(agent)) - np.repeat(np.cumsum(upper) - upper, upper) + 1
        rest = np.ones(len(self.tail), dtype=np.bool_)
        rest[block] = False
        # The pairs come before the quotas, so their block stays where it is.
        self.tail = np.concatenate([self.tail[rest], tail[agent]])
        self.head = np.concatenate([self.head[rest], head[agent]])
        self.at_least = np.concatenate([self.at_least[rest], (number <= lower[agent]).astype(np.int64)])
        self.at_most = np.concatenate([self.at_most[rest], np.ones(len(agent), dtype=np.int64)])
        return np.concatenate([np.zeros(int(rest.sum()), dtype=np.int64), number])

    @property
    def _most(self) -> int:
        return max(
            self.instance.num_pairs,
            int(self.instance.left.lower.sum()),
            int(self.instance.right.lower.sum()),
            1,
        )

    def _nodes(self, count: int) -> int:
        first, self.num_nodes = self.num_nodes, self.num_nodes + count
        return first

    def _add(self, name: str, ends: tuple[Numbers, Numbers], at_least: Numbers, at_most: Numbers) -> None:
        start = sum(len(arcs[0]) for arcs in self._arcs)
        tail, head, low, high = (np.asarray(column, dtype=np.int64) for column in (*ends, at_least, at_most))
        self._arcs.append((tail, head, low, high))
        self.blocks[name] = slice(start, start + len(tail))
