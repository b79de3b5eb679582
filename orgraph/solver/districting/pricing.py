"""What it costs to give a node to a district, seats and matchings held: the prices that annealing works with."""

from __future__ import annotations

from copy import copy

import numpy as np

from orgraph.solver.compiled import compiled
from orgraph.solver.districting.annealing_kernel import Floats, Ints
from orgraph.solver.districting.instance import Instance
from orgraph.solver.districting.matching import match
from orgraph.solver.districting.measure import incidence, num_alike
from orgraph.solver.districting.members_kernel import members_of
from orgraph.solver.districting.problem import CenterCost, Change

PUSH_GROWTH = 1.2


class Prices:
    """Prices by the first objective, and by the differences asked for; ``unit`` is the price of a broken rule, roughly that of a move."""

    def __init__(self, instance: Instance, mean_length: float) -> None:
        self.instance = instance
        self.price = np.zeros((instance.num_nodes, instance.k))
        objective = instance.problem.objectives[0]
        self.cost = instance.center_cost(objective) if isinstance(objective, CenterCost) else None
        self.by_seat = np.zeros((0, 0)) if self.cost is None else np.ascontiguousarray(self.cost.T)
        self.home = np.array(instance.home, dtype=np.int64)
        self.kept = instance.kept(objective) if isinstance(objective, Change) else None
        self.alike = [instance.alike(d.plan) for d in instance.problem.differences]
        self.push = [1.0] * len(self.alike)
        self.mean_length = mean_length
        self.is_steady = self.cost is None and self.kept is None and not self.alike

    def fork(self) -> Prices:
        """Return prices of the same instance for another run."""
        other = copy(self)
        other.push = [1.0] * len(self.alike)
        return other

    def set_by(self, labels: Ints) -> None:
        """Choose seats and matchings for a partition and set the price of every node in every district."""
        if self.is_steady:
            return
        price = self._first(labels)
        for i, shortage in enumerate(self.shortages(labels)):
            if shortage > 0:
                self.push[i] *= PUSH_GROWTH
                price += (
                    self.push[i] * max(self._unit_price(price), 1e-9) * self._matched(labels, self.alike[i])
                )
        self.price = np.ascontiguousarray(price)

    def scale(self) -> float:
        """Return what a move costs, about."""
        spread = float((self.price.mean(axis=1) - self.price.min(axis=1)).mean())
        return spread + self.mean_length or 1.0

    def value(self, labels: Ints) -> float:
        """Return the part of the first objective that prices make up, up to a constant, seats and matchings chosen best."""
        if self.is_steady or (self.cost is None and self.kept is None):
            return 0.0
        return float(self._first(labels)[np.arange(len(labels)), labels].sum())

    def shortages(self, labels: Ints) -> list[float]:
        """Return by how many units the partition is too much like each plan that it must differ from."""
        if not self.alike:
            return []
        inside = incidence(self.instance, labels.tolist())
        wanted = self.instance.problem.differences
        return [
            difference.num_units - (float(alike.sum()) - num_alike(inside, alike))
            for alike, difference in zip(self.alike, wanted, strict=True)
        ]

    def _first(self, labels: Ints) -> Floats:
        if self.cost is not None:
            seats = medoids(self.by_seat, self.home, labels, self.instance.k)
            price: Floats = (
                self.cost[:, np.maximum(seats, 0)] if self.cost.size else np.zeros_like(self.price)
            )
            if (seats < 0).any() and self.cost.size:
                price[:, seats < 0] = self.cost.mean(axis=1)[:, None]
            return price
        return np.zeros_like(self.price) if self.kept is None else -self._matched(labels, self.kept)

    def _unit_price(self, price: Floats) -> float:
        return float(np.abs(price).mean()) * 0.1 + self.mean_length

    def _matched(self, labels: Ints, overlap: Ints) -> Floats:
        """Return the overlap of every node with the part that each district is matched with: shape (nodes, k)."""
        counts = overlap.astype(np.float64)
        partner = match((incidence(self.instance, labels.tolist()) @ counts).tolist())
        empty = np.zeros(len(counts))
        return np.stack([empty if p is None else counts[:, p] for p in partner], axis=1)


@compiled
def medoids(by_seat: Floats, home: Ints, labels: Ints, k: int) -> Ints:
    """Return the cheapest seat of every district, -1 without a candidate. ``by_seat`` has shape (seats, nodes). O(seats * nodes / k)."""
    start, members = members_of(labels, k)
    best, least = np.full(k, -1), np.full(k, np.inf)
    for s in range(len(home)):
        d = labels[home[s]]
        total = 0.0
        for i in range(start[d], start[d + 1]):
            total += by_seat[s, members[i]]
            if total >= least[d]:
                break
        if total < least[d]:
            best[d], least[d] = s, total
    return best
