"""Find a first plan: grow districts from random seeds, then move nodes between neighbouring districts by annealing.

Connectedness always holds; every other rule is a penalty that grows while it is broken. Moves are judged with seats and matchings held, which are chosen anew
after every sweep.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from heapq import heappop, heappush
from math import exp
from random import Random

import numpy as np

from orgraph.solver.districting.instance import Floats, Instance, Ints, Labels, pieces_of
from orgraph.solver.districting.matching import match
from orgraph.solver.districting.measure import cheapest_seats, incidence, num_alike, values
from orgraph.solver.districting.problem import BorderLength, CenterCost, Change

NUM_SWEEPS = 100
MOVES_PER_NODE = 60
HOT, COLD = 0.6, 0.003
"""First and last temperature, as a share of the price of a move."""


@dataclass(frozen=True, slots=True)
class Found:
    """A partition that obeys every rule, and its objectives."""

    labels: Labels
    values: tuple[float, ...]


def search(
    instance: Instance,
    *,
    seed: str,
    is_over: Callable[[], bool],
    start: Labels | None = None,
    hot: float = HOT,
) -> Iterator[Found]:
    """Yield plans, each better than those before, of one run; nothing when the run meets none that obeys every rule.

    Parameters
    ----------
    seed
        Equal seeds give equal plans, unless ``is_over`` ends the run.
    is_over
        Asked after every sweep.
    start, hot
        The partition to start from, by default a random one, and the first temperature.

    Notes
    -----
    A run is 100 sweeps of 60 proposals per node; a proposal costs O(degree), and a breadth-first search of its district when it might cut it.
    """
    random = Random(seed)
    labels = grow(instance, random) if start is None else list(start)
    if labels is not None and not is_over():
        yield from _Annealing(instance, labels, random).run(is_over, hot)


def grow(instance: Instance, random: Random) -> list[int] | None:
    """Return k connected districts grown from random seeds, always the one that lags most; ``None`` when the map has more pieces than k or too few nodes."""
    seeds = _seeds(instance, random)
    if seeds is None:
        return None
    labels = [-1] * instance.num_nodes
    size = _sizes(instance)
    load = [0.0] * instance.k
    frontier: list[list[int]] = [[s] for s in seeds]
    for d, s in enumerate(seeds):
        labels[s] = d
        load[d] = size[s]
    everywhere = list(range(instance.num_nodes))
    active = list(range(instance.k))
    while active:
        d = min(active, key=lambda e: load[e])
        reach = (
            everywhere
            if not instance.problem.is_contiguous
            else sorted({v for u in frontier[d] for v in instance.neighbors[u]})
        )
        free = [v for v in reach if labels[v] < 0]
        if not free:
            active.remove(d)
            continue
        node = random.choice(free)
        labels[node] = d
        load[d] += size[node]
        frontier[d].append(node)
    return labels


def _sizes(instance: Instance) -> list[float]:
    """Return the share of every node in the bounded weights, averaged; one per node where none is bounded."""
    totals = instance.weights.sum(axis=1)
    if not (totals > 0).any():
        return [1.0] * instance.num_nodes
    shares: Floats = (instance.weights[totals > 0] / totals[totals > 0, None]).mean(axis=0) + 1e-6
    return [float(s) for s in shares]


def _seeds(instance: Instance, random: Random) -> list[int] | None:
    nodes = range(instance.num_nodes)
    links = {v: set(instance.neighbors[v]) for v in nodes}
    pieces = pieces_of(nodes, links) if instance.problem.is_contiguous else [set(nodes)]
    if len(pieces) > instance.k or instance.num_nodes < instance.k:
        return None
    size = _sizes(instance)
    share = [sum(size[v] for v in piece) for piece in pieces]
    count = [1] * len(pieces)
    for _ in range(instance.k - len(pieces)):
        room = [p for p in range(len(pieces)) if count[p] < len(pieces[p])]
        count[max(room, key=lambda p: share[p] / (count[p] + 0.5))] += 1
    has_seat = instance.has_seat()
    seeds: list[int] = []
    for piece, number in zip(pieces, count, strict=True):
        likely = [v for v in sorted(piece) if has_seat[v]]
        others = [v for v in sorted(piece) if not has_seat[v]]
        drawn = random.sample(likely, min(number, len(likely)))
        seeds += drawn + random.sample(others, number - len(drawn))
    return seeds


class _Annealing:
    """One run from one start."""

    def __init__(self, instance: Instance, labels: list[int], random: Random) -> None:
        self.instance = instance
        self.labels = labels
        self.random = random
        self.count = [labels.count(d) for d in range(instance.k)]
        objective = instance.problem.objectives[0]
        centers = [o for o in instance.problem.objectives if isinstance(o, CenterCost)]
        self.costs = [instance.center_cost(o) for o in centers]
        self.is_priced_by_seat = isinstance(objective, CenterCost)
        self.kept = instance.kept(objective) if isinstance(objective, Change) else None
        self.alike = [instance.alike(d.plan) for d in instance.problem.differences]
        self.border: list[list[tuple[int, float]]] = [[] for _ in labels]
        if isinstance(objective, BorderLength):
            for (a, b), length in instance.border(objective).items():
                self.border[a].append((b, length))
                self.border[b].append((a, length))
        self.mates: list[list[int]] = [[] for _ in labels]
        for bundle in instance.bundles:
            for v in bundle:
                self.mates[v] += [u for u in bundle if u != v]
        self.rivals: list[list[int]] = [[] for _ in labels]
        for a, b in instance.apart:
            self.rivals[a].append(b)
            self.rivals[b].append(a)
        mean = np.maximum(instance.weights.sum(axis=1) / instance.k, 1.0)
        self.weight: list[list[float]] = (instance.weights / mean[:, None]).T.tolist()
        self.low: list[float] = (instance.low / mean).tolist()
        self.high: list[float] = (instance.high / mean).tolist()
        self.load: list[list[float]] = (incidence(instance, labels) @ np.array(self.weight)).tolist()
        self.has_seat = instance.has_seat().tolist()
        self.num_seats = [
            sum(self.has_seat[v] for v, d in enumerate(labels) if d == e) for e in range(instance.k)
        ]
        self.push = [1.0] * len(self.alike)
        self.price: list[list[float]] = []
        self.best: tuple[float, ...] | None = None

    def run(self, is_over: Callable[[], bool], hot: float) -> Iterator[Found]:
        """Anneal; yield the plans found that obey every rule, each better than those before."""
        self._reprice()
        scale = self._scale()
        penalty = 2.0 * scale
        for sweep in range(NUM_SWEEPS):
            if sweep % 10 == 0 and self.instance.problem.is_contiguous:
                self.rebalance(10 * self.instance.k)
                yield from self._improved()
            if is_over():
                return
            self._sweep(scale * hot * (COLD / hot) ** (sweep / (NUM_SWEEPS - 1)), penalty)
            self._reprice()
            yield from self._improved()
            penalty *= 0.8 if self.is_valid() else 1.2

    def _improved(self) -> Iterator[Found]:
        """Yield the partition if it obeys every rule and is better than all before."""
        if self.is_valid():
            found = Found(tuple(self.labels), values(self.instance, self.labels))
            if self.best is None or found.values < self.best:
                self.best = found.values
                yield found

    def rebalance(self, num_tries: int) -> None:
        """Cut pairs of adjacent districts anew along random spanning trees, as long as some district is out of bounds.

        DeFord, Duchin, Solomon (2021), "Recombination: a family of Markov chains for redistricting".
        """
        for _ in range(num_tries):
            broken = [d for d in range(self.instance.k) if self._broken(d) > 0]
            if not broken:
                return
            here = self.random.choice(broken)
            near = {
                self.labels[v]
                for u, d in enumerate(self.labels)
                if d == here
                for v in self.instance.neighbors[u]
            } - {here}
            if near:
                self._recut(here, self.random.choice(sorted(near)))

    def _recut(self, here: int, there: int) -> None:
        order, parent = self._tree([v for v, d in enumerate(self.labels) if d in (here, there)])
        load = {v: [*self.weight[v], float(self.has_seat[v])] for v in order}
        for v in reversed(order[1:]):
            load[parent[v]] = [a + b for a, b in zip(load[parent[v]], load[v], strict=True)]
        total = load[order[0]]
        rest = {v: [a - b for a, b in zip(total, load[v], strict=True)] for v in order[1:]}
        broken = {v: self._excess(load[v]) + self._excess(rest[v]) for v in order[1:]}
        least = min(broken.values())
        if least > self._broken(here) + self._broken(there):
            return
        top = self.random.choice([v for v, b in broken.items() if b == least])
        below = {top}
        for v in order[order.index(top) + 1 :]:
            if parent[v] in below:
                below.add(v)
        for v in order:
            now = there if v in below else here
            if self.labels[v] != now:
                self._move(v, self.labels[v], now)

    def _tree(self, nodes: list[int]) -> tuple[list[int], dict[int, int]]:
        """Return a random spanning tree: its nodes from the root on, and their parents."""
        inside = set(nodes)
        root = self.random.choice(nodes)
        parent = {root: root}
        order: list[int] = []
        edges = [(0.0, root, root)]
        while edges:
            _, v, above = heappop(edges)
            if (v in parent and v != root) or (v == root and order):
                continue
            parent[v] = above
            order.append(v)
            for u in self.instance.neighbors[v]:
                if u in inside and u not in parent:
                    heappush(edges, (self.random.random(), u, v))
        return order, parent

    def _broken(self, d: int) -> float:
        return self._excess([*self.load[d], float(self.num_seats[d])])

    def _excess(self, load: list[float]) -> float:
        """Return how far a district with these loads (the last is its number of candidate seats) is out of bounds."""
        outside = sum(
            _outside(own, low, high) for own, low, high in zip(load, self.low, self.high, strict=False)
        )
        return outside + (load[-1] < 0.5)

    def is_valid(self) -> bool:
        """Return whether the partition obeys every rule."""
        inside = incidence(self.instance, self.labels)
        loads = inside @ self.instance.weights.T
        return (
            bool(((loads >= self.instance.low) & (loads <= self.instance.high)).all())
            and all(self.num_seats)
            and all(self.labels[v] == self.labels[u] for v, mates in enumerate(self.mates) for u in mates)
            and all(self.labels[a] != self.labels[b] for a, b in self.instance.apart)
            and all(s <= 0 for s in self._shortages(inside))
        )

    def _shortages(self, inside: Floats) -> list[float]:
        """Return by how many units the partition is too much like each plan that it must differ from."""
        wanted = self.instance.problem.differences
        return [
            difference.num_units - (float(alike.sum()) - num_alike(inside, alike))
            for alike, difference in zip(self.alike, wanted, strict=True)
        ]

    def _scale(self) -> float:
        """Return what a move costs, about."""
        border = [m for around in self.border for _, m in around]
        prices = np.array(self.price)
        spread = float((prices.mean(axis=1) - prices.min(axis=1)).mean()) if prices.size else 0.0
        return spread + (sum(border) / len(border) if border else 0.0) or 1.0

    def _reprice(self) -> None:
        """Choose seats and matchings anew and set the price of every node in every district."""
        inside = incidence(self.instance, self.labels)
        price = np.zeros((len(self.labels), self.instance.k))
        if self.is_priced_by_seat:
            for d, s in enumerate(cheapest_seats(self.instance, inside, self.costs)):
                price[:, d] = self.costs[0][:, s] if s is not None else self.costs[0].mean(axis=1)
        if self.kept is not None:
            price -= _matched(inside, self.kept)
        for i, shortage in enumerate(self._shortages(inside)):
            if shortage > 0:
                self.push[i] *= 1.2
                price += self.push[i] * max(self._unit_price(price), 1e-9) * _matched(inside, self.alike[i])
        self.price = price.tolist()

    def _unit_price(self, price: Floats) -> float:
        border = [m for around in self.border for _, m in around]
        return float(np.abs(price).mean()) * 0.1 + (sum(border) / len(border) if border else 0.0)

    def _sweep(self, heat: float, penalty: float) -> None:
        labels, random, neighbors = self.labels, self.random.random, self.instance.neighbors
        num_nodes, is_contiguous = len(labels), self.instance.problem.is_contiguous
        for _ in range(MOVES_PER_NODE * num_nodes):
            node = int(random() * num_nodes)
            here = labels[node]
            if self.count[here] == 1:
                continue
            if is_contiguous:
                around = neighbors[node]
                if not around:
                    continue
                there = labels[around[int(random() * len(around))]]
            else:
                there = int(random() * self.instance.k)
            if here == there:
                continue
            change = self._change(node, here, there, penalty)
            if change > 0 and random() >= exp(-min(change / heat, 700.0)):
                continue
            if not is_contiguous or self._may_leave(node, here):
                self._move(node, here, there)

    def _change(self, node: int, here: int, there: int, penalty: float) -> float:
        labels = self.labels
        change = self.price[node][there] - self.price[node][here]
        for v, length in self.border[node]:
            change += length * ((labels[v] == here) - (labels[v] == there))
        broken = 0.0
        for w, own in enumerate(self.weight[node]):
            low, high = self.low[w], self.high[w]
            a, b = self.load[here][w], self.load[there][w]
            broken += _outside(a - own, low, high) - _outside(a, low, high)
            broken += _outside(b + own, low, high) - _outside(b, low, high)
        if self.has_seat[node]:
            broken += (self.num_seats[here] == 1) - (self.num_seats[there] == 0)
        for v in self.mates[node]:
            broken += (labels[v] == here) - (labels[v] == there)
        for v in self.rivals[node]:
            broken += (labels[v] == there) - (labels[v] == here)
        return change + penalty * broken

    def _may_leave(self, node: int, here: int) -> bool:
        """Return whether the district stays connected without the node."""
        labels, neighbors = self.labels, self.instance.neighbors
        own = [v for v in neighbors[node] if labels[v] == here]
        if len(own) <= 1:
            return True
        wanted = set(own[1:])
        seen, stack = {node, own[0]}, [own[0]]
        while stack:
            for v in neighbors[stack.pop()]:
                if labels[v] == here and v not in seen:
                    wanted.discard(v)
                    if not wanted:
                        return True
                    seen.add(v)
                    stack.append(v)
        return False

    def _move(self, node: int, here: int, there: int) -> None:
        self.labels[node] = there
        self.count[here] -= 1
        self.count[there] += 1
        for w, own in enumerate(self.weight[node]):
            self.load[here][w] -= own
            self.load[there][w] += own
        if self.has_seat[node]:
            self.num_seats[here] -= 1
            self.num_seats[there] += 1


def _outside(load: float, low: float, high: float) -> float:
    return low - load if load < low else load - high if load > high else 0.0


def _matched(inside: Floats, overlap: Ints) -> Floats:
    """Return the overlap of every node with the part that each district is matched with: shape (nodes, k)."""
    counts = overlap.astype(np.float64)
    partner = match((inside @ counts).tolist())
    empty = np.zeros(len(counts))
    return np.stack([empty if p is None else counts[:, p] for p in partner], axis=1)
