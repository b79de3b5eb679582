"""The districting model: columns, then one method per rule and one per objective.

``x[i, l] = 1`` says that node ``i`` lies in the district named ``l`` (see :mod:`orgraph.solver.districting.layout`), ``is_open[l] = 1`` that a district of
that name exists. Connectedness is only partly here: :mod:`orgraph.solver.districting.separators` adds the rest where a solution breaks it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

import numpy as np
from numpy.typing import NDArray

from orgraph.solver.districting.instance import Floats, Instance, Ints
from orgraph.solver.districting.layout import Layout, may_join
from orgraph.solver.districting.problem import (
    BorderLength,
    CenterCost,
    Change,
    Difference,
    Objective,
    PointCost,
)
from orgraph.solver.mip import Mip, Terms

ABSENT = -1


@dataclass(frozen=True, slots=True)
class Value:
    """A linear value: a constant and terms."""

    terms: Terms
    constant: float = 0.0


class Model:
    """Columns and rows of one instance in one layout; ``mip`` is what an engine solves."""

    def __init__(self, instance: Instance, layout: Layout) -> None:
        self.instance = instance
        self.layout = layout
        self.mip = Mip()
        self.constant = 0.0
        self.x: NDArray[np.int64] = np.full(layout.allowed.shape, ABSENT, dtype=np.int64)
        for node, label in np.argwhere(layout.allowed):
            self.x[node, label] = self.mip.binary()
        self.is_open = [self._open_column(label) for label in range(layout.num_labels)]

    def add_rules(self) -> None:
        """Add every rule of the problem but full connectedness."""
        self.give_every_node_a_district()
        self.make_k_districts()
        self.keep_balance()
        self.close_labels()
        self.put_a_seat_in_every_district()
        self.keep_together()
        self.keep_apart()
        self.touch_a_neighbour()
        self.rank_districts()
        for difference in self.instance.problem.differences:
            self.differ(difference)

    def give_every_node_a_district(self) -> None:
        """Every node has exactly one district."""
        for node in range(self.instance.num_nodes):
            self.mip.row(self._across(node), at_least=1, at_most=1)

    def make_k_districts(self) -> None:
        """Exactly k districts exist."""
        self.mip.row(
            [(c, 1.0) for c in self.is_open if c != ABSENT], at_least=self.instance.k, at_most=self.instance.k
        )

    def keep_balance(self) -> None:
        """Every total of a district that exists lies within its bounds."""
        for weight, low, high in zip(
            self.instance.weights, self.instance.low, self.instance.high, strict=True
        ):
            for label, column in enumerate(self.is_open):
                load = self._down(label, weight)
                self.mip.row([*load, (column, -float(low))], at_least=0)
                self.mip.row([*load, (column, -float(high))], at_most=0)

    def close_labels(self) -> None:
        """Nothing lies in a district that does not exist; a district that exists has a node."""
        for label, column in enumerate(self.is_open):
            inside = [int(c) for c in self.x[:, label] if c not in (ABSENT, column)]
            for c in inside:
                self.mip.row([(c, 1.0), (column, -1.0)], at_most=0)
            if self.layout.home[label] is None:
                self.mip.row([*((c, 1.0) for c in inside), (column, -1.0)], at_least=0)

    def put_a_seat_in_every_district(self) -> None:
        """Every district holds a unit that may be its seat."""
        has_seat = self.instance.has_seat()
        if has_seat.all():
            return
        for label, column in enumerate(self.is_open):
            home = self.layout.home[label]
            if home is None or not has_seat[home]:
                self.mip.row([*self._down(label, has_seat), (column, -1.0)], at_least=0)

    def keep_together(self) -> None:
        """Nodes of a bundle share a district."""
        for first, *others in self.instance.bundles:
            for other in others:
                for label in range(self.layout.num_labels):
                    self.mip.row(
                        [*self._cell(first, label, 1.0), *self._cell(other, label, -1.0)],
                        at_least=0,
                        at_most=0,
                    )

    def keep_apart(self) -> None:
        """Two nodes lie in different districts."""
        for a, b in self.instance.apart:
            for label, column in enumerate(self.is_open):
                self.mip.row(
                    [*self._cell(a, label, 1.0), *self._cell(b, label, 1.0), (column, -1.0)], at_most=0
                )

    def touch_a_neighbour(self) -> None:
        """Give every node a neighbour in its district, unless it is the home, or (without homes) heavy enough to be a district alone."""
        if not self.instance.problem.is_contiguous:
            return
        too_light: NDArray[np.bool_] = np.any(self.instance.weights < self.instance.low[:, None], axis=0)
        for label, home in enumerate(self.layout.home):
            for node, column in enumerate(self.x[:, label]):
                is_free = (
                    too_light[node]
                    if home is None
                    else node != home and home not in self.instance.neighbors[node]
                )
                if column != ABSENT and is_free:
                    around = [t for v in self.instance.neighbors[node] for t in self._cell(v, label, -1.0)]
                    self.mip.row([(int(column), 1.0), *around], at_most=0)

    def rank_districts(self) -> None:
        """Give a node to a district only where a node before it lies in the district ranked before: every partition has one name only.

        The first district holds the first node, so that nothing is left to say of the second.
        """
        for label in range(2, self.layout.num_labels if self.layout.order else 0):
            before: Terms = []
            for node in self.layout.order:
                if held := self._cell(node, label, 1.0):
                    self.mip.row([*held, *before], at_most=0)
                before += self._cell(node, label - 1, -1.0)

    def differ(self, difference: Difference) -> None:
        """Enough units sit differently than in another plan, districts matched one to one for the most alike.

        The largest matching equals the least sum of ``a[l] + b[d]`` with ``a[l] + b[d] >= u[l, d]`` (duality of the assignment problem), ``u[l, d]`` the units
        that lie in both; so a small enough sum exists exactly when the largest matching is small enough.
        """
        alike = self.instance.alike(difference.plan)
        num_counted = int(alike.sum())
        prices = [self.mip.continuous(0, num_counted) for _ in range(alike.shape[1])]
        offers = [self.mip.continuous(0, num_counted) for _ in range(self.layout.num_labels)]
        for label, offer in enumerate(offers):
            for d, price in enumerate(prices):
                self.mip.row([(offer, 1.0), (price, 1.0), *self._down(label, -alike[:, d])], at_least=0)
        self.mip.row([(c, 1.0) for c in [*prices, *offers]], at_most=num_counted - difference.num_units)

    def hold(self, objective: Objective, at_most: float) -> None:
        """Keep an objective at or below a value."""
        value = self.value_of(objective, at_most)
        self.mip.row(value.terms, at_most=at_most - value.constant)

    def minimize(self, objective: Objective, cutoff: float = inf) -> None:
        """Make an objective the cost of the program, up to its constant; what costs more than the cutoff may be left out."""
        value = self.value_of(objective, cutoff)
        self.constant = value.constant
        for column, coefficient in value.terms:
            self.mip.cost[column] += coefficient

    def value_of(self, objective: Objective, most: float) -> Value:
        """Return an objective as a linear value, exact where it is minimized or bounded from above, for plans in which it is at most ``most``."""
        if isinstance(objective, CenterCost):
            return self.center_cost(self.instance.center_cost(objective))
        if isinstance(objective, BorderLength):
            return self.border_length(self.instance.border(objective))
        if isinstance(objective, PointCost):  # An instance has it as a matrix.
            raise TypeError(objective.name)
        return self.change(objective, most)

    def center_cost(self, cost: Floats) -> Value:
        """Return the cost of nodes to the seats that name their districts."""
        names = self.layout.names
        return Value(
            [(int(self.x[i, d]), float(cost[i, names[d]])) for i, d in np.argwhere(self.layout.allowed)]
        )

    def border_length(self, lengths: dict[tuple[int, int], float]) -> Value:
        """Return the length of cut edges: ``z[e, l] >= x[a, l] - x[b, l]`` for every label, and the edge is cut as much as the ``z`` sum up to."""
        terms: Terms = []
        for (a, b), length in lengths.items():
            for label in range(self.layout.num_labels):
                here, there = self._cell(a, label, 1.0), self._cell(b, label, -1.0)
                if here and there:
                    z = self.mip.continuous(0, 1)
                    self.mip.row([(z, 1.0), (here[0][0], -1.0), (there[0][0], 1.0)], at_least=0)
                    terms.append((z, length))
                elif here:
                    terms.append((here[0][0], length))
        return Value(terms)

    def change(self, objective: Change, most: float) -> Value:
        """Return the weight that moves, ``total - what stays``."""
        kept = self.instance.kept(objective)
        total = float(sum(objective.weight[u] for units in self.instance.members for u in units))
        if self.layout.named_by is objective:
            stays = self._stays_by_name(kept)
        else:
            stays = self._stays_by_match(kept, may_join(self.instance, objective, most))
        return Value([(c, -w) for c, w in stays], total)

    def labels(self, x: Sequence[float]) -> list[int]:
        """Return the label of every node in the integral point ``x``."""
        values = np.asarray(x)
        held = np.where(self.layout.allowed, values[self.x], 0.0)
        return [int(label) for label in held.argmax(axis=1)]

    def _stays_by_name(self, kept: Ints) -> Terms:
        return [t for i, p in np.argwhere(kept > 0) for t in self._cell(int(i), int(p), float(kept[i, p]))]

    def _stays_by_match(self, kept: Ints, may_join: NDArray[np.bool_]) -> Terms:
        """Match districts with parts; a node stays where its district is matched with its part, and a node that may join one part only must stay."""
        matched = self._matching(kept.shape[1])
        must_stay = may_join.sum(axis=1) == 1
        terms: Terms = []
        for i, p in np.argwhere((kept > 0) & may_join[:, : kept.shape[1]]):
            for label in range(self.layout.num_labels):
                for x, _ in self._cell(int(i), label, 1.0):
                    stays = x if must_stay[i] else self.mip.continuous(0, 1)
                    self.mip.row([(stays, 1.0), (matched[label][p], -1.0)], at_most=0)
                    if stays != x:
                        self.mip.row([(stays, 1.0), (x, -1.0)], at_most=0)
                    terms.append((stays, float(kept[i, p])))
        return terms

    def _matching(self, num_parts: int) -> list[list[int]]:
        """Return the 0-1 columns (labels, parts) that match districts and parts one to one."""
        matched = [[self.mip.binary() for _ in range(num_parts)] for _ in self.is_open]
        for row, column in zip(matched, self.is_open, strict=True):
            self.mip.row([*((m, 1.0) for m in row), (column, -1.0)], at_most=0)
        for part in range(num_parts):
            self.mip.row([(row[part], 1.0) for row in matched], at_most=1)
        return matched

    def _open_column(self, label: int) -> int:
        home = self.layout.home[label]
        return self.mip.binary() if home is None else int(self.x[home, label])

    def _across(self, node: int) -> Terms:
        return [(int(c), 1.0) for c in self.x[node] if c != ABSENT]

    def _down(self, label: int, coefficient: NDArray[np.int64] | NDArray[np.bool_]) -> Terms:
        return [
            (int(c), float(w))
            for c, w in zip(self.x[:, label], coefficient, strict=True)
            if c != ABSENT and w
        ]

    def _cell(self, node: int, label: int, coefficient: float) -> Terms:
        column = int(self.x[node, label])
        return [] if column == ABSENT else [(column, coefficient)]
