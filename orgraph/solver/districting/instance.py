"""The problem as the methods see it: refused units out, units that must stay together merged, numbers in arrays.

A *node* is a connected set of units that share a district by a wish (mostly one unit). Since a node is connected, a district is connected in
the graph of nodes exactly when it is in the graph of units. A *bundle* is a set of nodes that share a district though they do not touch.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from orgraph.solver.districting.problem import BorderLength, CenterCost, Change, Plan, Problem

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
Labels = tuple[int, ...]
"""The district of every node."""


@dataclass(frozen=True, eq=False)
class Instance:
    """Arrays of one problem. Nodes are indexes ``0 .. num_nodes-1``, in the order of their smallest unit.

    Parameters
    ----------
    problem
        What it was made from.
    members
        The units of every node, ascending.
    neighbors
        Adjacent nodes of every node, ascending; empty for all when contiguity was dropped is *not* done: the graph stays.
    weights, low, high
        The bounded weights only: shape (W, nodes), and the least and greatest total of a district, shape (W,).
    seats
        Units that may be a seat, ascending; ``home[s]`` is the node of seat ``s``.
    bundles
        Sets of nodes, each of at least two, that share a district.
    apart
        Pairs of nodes in different districts; equal nodes mean that no plan exists.
    """

    problem: Problem
    members: tuple[tuple[int, ...], ...]
    neighbors: tuple[tuple[int, ...], ...]
    weights: Ints
    low: Ints
    high: Ints
    seats: tuple[int, ...]
    home: tuple[int, ...]
    bundles: tuple[tuple[int, ...], ...]
    apart: tuple[tuple[int, int], ...]

    @property
    def num_nodes(self) -> int:
        """Return the number of nodes."""
        return len(self.members)

    @property
    def k(self) -> int:
        """Return the number of districts."""
        return self.problem.k

    @cached_property
    def adjacency(self) -> tuple[Ints, Ints]:
        """Return the neighbours as arrays: those of node ``v`` are ``near[start[v]:start[v+1]]``."""
        start = np.concatenate([[0], np.cumsum([len(near) for near in self.neighbors])])
        return start.astype(np.int64), np.array([v for near in self.neighbors for v in near], dtype=np.int64)

    def has_seat(self) -> NDArray[np.bool_]:
        """Return for every node whether one of its units may be a seat: shape (nodes,)."""
        has = np.zeros(self.num_nodes, dtype=bool)
        has[list(self.home)] = True
        return has

    def center_cost(self, objective: CenterCost) -> Floats:
        """Return the cost of giving a node to a seat: shape (nodes, seats)."""
        rows = [objective.cost[np.ix_(units, self.seats)].sum(axis=0) for units in self.members]
        return np.array(rows, dtype=np.float64).reshape(self.num_nodes, len(self.seats))

    def border(self, objective: BorderLength) -> dict[tuple[int, int], float]:
        """Return the shared border of every pair of adjacent nodes (a < b)."""
        node = self.node_of_unit()
        lengths: dict[tuple[int, int], float] = {}
        for (i, j), length in zip(self.problem.edges, objective.length, strict=True):
            if i in node and j in node and node[i] != node[j]:
                pair = (min(node[i], node[j]), max(node[i], node[j]))
                lengths[pair] = lengths.get(pair, 0.0) + length
        return lengths

    def kept(self, objective: Change) -> Ints:
        """Return the weight that stays when a node goes to the district matched with a part: shape (nodes, parts)."""
        num_parts = max((p for p in objective.part if p is not None), default=-1) + 1
        return self._overlap(objective.part, objective.weight, num_parts)

    def alike(self, plan: Sequence[int | None]) -> Ints:
        """Return how many units of a node sit in each district of another plan: shape (nodes, districts)."""
        num_districts = max((d for d in plan if d is not None), default=-1) + 1
        return self._overlap(plan, [1] * len(plan), num_districts)

    def node_of_unit(self) -> dict[int, int]:
        """Return the node of every unit that is not refused."""
        return {unit: node for node, units in enumerate(self.members) for unit in units}

    def plan(self, labels: Sequence[int]) -> Plan:
        """Return the partition ``labels`` (district of every node) as a plan with the best seats, in canonical numbering."""
        node = self.node_of_unit()
        number: dict[int, int] = {}
        district: list[int | None] = [None] * self.problem.num_units
        for unit in sorted(node):
            district[unit] = number.setdefault(labels[node[unit]], len(number))
        groups: list[list[int]] = [[] for _ in number]
        for unit, d in enumerate(district):
            if d is not None:
                groups[d].append(unit)
        return Plan(tuple(district), tuple(self._best_seat(group) for group in groups))

    def labels(self, plan: Plan) -> Labels | None:
        """Return the district of every node in ``plan``; ``None`` when it splits a node or leaves one out."""
        labels: list[int] = []
        for units in self.members:
            districts = {plan.district[u] for u in units}
            district = districts.pop()
            if districts or district is None:
                return None
            labels.append(district)
        return tuple(labels)

    def _best_seat(self, group: list[int]) -> int:
        allowed = [u for u in self.seats if u in set(group)] or group
        costs = [o.cost for o in self.problem.objectives if isinstance(o, CenterCost)]
        if costs:
            return min(allowed, key=lambda s: (*(float(c[group, s].sum()) for c in costs), s))
        return min(allowed, key=lambda s: (self._hops(s, group), s))

    def _hops(self, seat: int, group: list[int]) -> int:
        links = _links(self.problem.edges, group)
        distance = {seat: 0}
        queue = [seat]
        for unit in queue:
            for other in sorted(links[unit]):
                if other not in distance:
                    distance[other] = distance[unit] + 1
                    queue.append(other)
        return sum(distance.get(u, self.problem.num_units) for u in group)

    def _overlap(self, part: Sequence[int | None], weight: Sequence[int], num_parts: int) -> Ints:
        overlap = np.zeros((self.num_nodes, num_parts), dtype=np.int64)
        for node, units in enumerate(self.members):
            for unit in units:
                p = part[unit]
                if p is not None:
                    overlap[node, p] += weight[unit]
        return overlap


def build_instance(problem: Problem) -> Instance:
    """Return the instance of a problem that has no findings. Linear in units and edges, and quadratic in a merged group."""
    kept = [u for u in range(problem.num_units) if u not in problem.refused]
    links = _links(problem.edges, kept)
    groups = _merged(kept, [*problem.together, *problem.fixed])
    pieces = [pieces_of(group, links) for group in groups]
    members = sorted(tuple(sorted(piece)) for parts in pieces for piece in parts)
    node = {unit: i for i, units in enumerate(members) for unit in units}
    names = sorted(set(problem.bands) | set(problem.minimums))
    weights = [[sum(problem.weights[w][u] for u in units) for units in members] for w in names]
    bounds = [_implied_bounds(problem, w) for w in names]
    seats = tuple(u for u in kept if problem.seats is None or u in problem.seats)
    return Instance(
        problem=problem,
        members=tuple(members),
        neighbors=tuple(
            tuple(sorted({node[v] for u in units for v in links[u]} - {i})) for i, units in enumerate(members)
        ),
        weights=np.array(weights, dtype=np.int64).reshape(len(names), len(members)),
        low=np.array([low for low, _ in bounds], dtype=np.int64),
        high=np.array([high for _, high in bounds], dtype=np.int64),
        seats=seats,
        home=tuple(node[s] for s in seats),
        bundles=tuple(tuple(sorted(node[min(p)] for p in parts)) for parts in pieces if len(parts) > 1),
        apart=tuple((node[a], node[b]) for a, b in problem.apart if a in node and b in node),
    )


def pieces_of(units: Iterable[int], links: dict[int, set[int]]) -> list[set[int]]:
    """Return the connected components of ``units`` in the graph ``links``, by their smallest unit."""
    rest = set(units)
    pieces: list[set[int]] = []
    for start in sorted(rest):
        if start not in rest:
            continue
        piece, stack = {start}, [start]
        rest.discard(start)
        while stack:
            found = links[stack.pop()] & rest
            rest -= found
            piece |= found
            stack.extend(found)
        pieces.append(piece)
    return pieces


def _implied_bounds(problem: Problem, weight: str) -> tuple[int, int]:
    """Return the bounds of a district's total with what each side implies for the other: the rest must fit into k - 1 districts."""
    low, high = problem.bounds(weight)
    total, others = problem.total(weight), problem.k - 1
    return max(low, total - others * high), min(high, total - others * low)


def _links(edges: Iterable[tuple[int, int]], units: Iterable[int]) -> dict[int, set[int]]:
    links: dict[int, set[int]] = {u: set() for u in units}
    for i, j in edges:
        if i in links and j in links:
            links[i].add(j)
            links[j].add(i)
    return links


def _merged(units: Iterable[int], groups: Iterable[tuple[int, ...]]) -> list[set[int]]:
    group_of = {u: {u} for u in units}
    for group in groups:
        union = set().union(*(group_of[u] for u in group if u in group_of))
        for u in union:
            group_of[u] = union
    return list({id(g): g for g in group_of.values()}.values())
