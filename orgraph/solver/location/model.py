"""The integer program of a location problem over the pairs of node and centre that are left, one method per rule.

``x[i, j]`` = node i is served by centre j; ``x[j, j]`` = j is a centre.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from orgraph.solver.location.instance import Instance, Ints, Mask
from orgraph.solver.location.start import costs_to
from orgraph.solver.mip import Mip


class Model:
    """The program over ``allowed[i, j]``, shape (n, n); pairs that are not allowed have no column."""

    def __init__(self, instance: Instance, allowed: Mask, *, has_cost: bool = True) -> None:
        self.instance = instance
        self.mip = Mip()
        self.column: dict[tuple[int, int], int] = {}
        self.members: dict[int, list[int]] = {}
        opening = instance.net.opening
        for j in np.flatnonzero(allowed.diagonal()):
            nodes = np.flatnonzero(allowed[:, j])
            costs = costs_to(instance.net, int(j))
            for i in nodes:
                cost = float(costs[i]) + (float(opening[j]) if i == j else 0.0)
                self.column[int(i), int(j)] = self.mip.binary(cost if has_cost else 0.0)
            self.members[int(j)] = [int(i) for i in nodes if i != j]

    def add_rules(self) -> None:
        """Add every rule of the problem."""
        self.serve_every_node()
        self.keep_bounds()
        self.serve_from_centers_only()
        self.keep_number()
        self.keep_fixed()

    def serve_every_node(self) -> None:
        """Give every node one centre."""
        columns: list[list[int]] = [[] for _ in range(self.instance.num_nodes)]
        for (i, _), column in self.column.items():
            columns[i].append(column)
        for each in columns:
            self.mip.row([(column, 1) for column in each], at_least=1, at_most=1)

    def keep_bounds(self) -> None:
        """Keep what a centre serves, itself included, within its bounds."""
        net, total = self.instance.net, self.instance.problem.total
        for j, nodes in self.members.items():
            served = [(self.column[i, j], int(net.demand[i])) for i in nodes if net.demand[i]]
            center, demand = self.column[j, j], int(net.demand[j])
            if net.upper[j] < total:
                self.mip.row([*served, (center, demand - int(net.upper[j]))], at_most=0)
            if net.lower[j] > demand:
                self.mip.row([*served, (center, demand - int(net.lower[j]))], at_least=0)

    def serve_from_centers_only(self) -> None:
        """Let only centres serve."""
        for j, nodes in self.members.items():
            for i in nodes:
                self.mip.row([(self.column[i, j], 1), (self.column[j, j], -1)], at_most=0)

    def keep_number(self) -> None:
        """Keep the number of centres between what the bounds allow, or at p."""
        centers = [(self.column[j, j], 1) for j in self.members]
        self.mip.row(centers, at_least=self.instance.least, at_most=self.instance.most)

    def keep_fixed(self) -> None:
        """Open the centres that are fixed."""
        for j in np.flatnonzero(self.instance.net.is_fixed):
            own = [(self.column[int(j), int(j)], 1)] if (int(j), int(j)) in self.column else []
            self.mip.row(own, at_least=1)

    def center(self, x: Sequence[float]) -> Ints:
        """Return the centre of every node at a point."""
        center = np.zeros(self.instance.num_nodes, dtype=np.int64)
        for (i, j), column in self.column.items():
            if x[column] > 0.5:
                center[i] = j
        return center
