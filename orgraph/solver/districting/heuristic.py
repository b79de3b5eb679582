"""Find plans: grow districts from random seeds, or take some districts of a plan, and move nodes between neighbours by annealing.

Connectedness always holds; every other rule is a penalty that grows while it is broken. The loops are in :mod:`orgraph.solver.districting.annealing_kernel`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from random import Random

import numpy as np

from orgraph.solver.districting.annealing_kernel import (
    Floats,
    Heat,
    Ints,
    Position,
    anneal,
    cut_length,
    num_broken,
)
from orgraph.solver.districting.board import build_board, position_of, touching
from orgraph.solver.districting.growing_kernel import excess, grow, recut
from orgraph.solver.districting.instance import Instance, Labels, pieces_of
from orgraph.solver.districting.measure import values
from orgraph.solver.districting.pricing import Prices
from orgraph.solver.districting.problem import BorderLength

NUM_SLICES = 50
MOST_MOVES_IN_SLICE = 200_000
"""A slice ends within a fraction of a second, so that the clock is looked at."""
REBALANCE_EVERY = 10
VALID_SHARE = 0.1
"""The price of broken rules rises until this share of proposals is made from partitions that break none, and falls above it."""
PENALTY_STEP = 1.1
TIE = 1e-9
LEAST_PENALTY, MOST_PENALTY = 0.02, 20.0
"""Price of a rule broken by one node of mean weight, as a share of the price of a move."""


@dataclass(frozen=True, slots=True)
class Found:
    """A partition that obeys every rule, and its objectives."""

    labels: Labels
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Schedule:
    """Number of proposals of a run, and its first and last temperature as a share of the price of a move."""

    num_moves: int
    hot: float
    cold: float


class Search:
    """What all runs on an instance share; read-only once made, so that threads may run side by side."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.board = build_board(instance)
        self.is_contiguous = instance.problem.is_contiguous
        lengths = self.board.length[self.board.length > 0]
        self.prices = Prices(instance, float(lengths.mean()) if len(lengths) else 0.0)

    def schedule(self, effort: int, random: Random) -> Schedule:
        """Return the schedule of a fresh start. Where the balance is tight, a border is found by chance at a temperature that still allows detours."""
        n = self.instance.num_nodes
        num_moves = effort * min(2 * n**3, 1_000_000 + 1_000 * n)
        if isinstance(self.instance.problem.objectives[0], BorderLength):
            return Schedule(num_moves, 2.0, random.choice((0.15, 0.4, 0.4)))
        return Schedule(num_moves, 0.6, 0.003)

    def fresh(self, seed: str, is_over: Callable[[], bool], effort: int = 1) -> Iterator[Found]:
        """Yield plans, each better than those before, of a run from a random partition; nothing when it meets none that obeys every rule."""
        random = Random(seed)
        labels = self._grown(random)
        if labels is not None and not is_over():
            everywhere = range(self.instance.k)
            run = _Run(self, labels, everywhere, random)
            run.rebalance(10 * self.instance.k, is_over)
            yield from run.offered(run.at.labels)
            yield from run.anneal(self.schedule(effort, random), is_over)

    def again(
        self, start: Labels, size: int, hot: float, seed: str, is_over: Callable[[], bool], effort: int = 1
    ) -> Iterator[Found]:
        """Yield plans of a run from the plan ``start`` in which only ``size`` neighbouring districts change; ``hot`` as a share of a fresh start's."""
        random = Random(seed)
        labels = np.array(start, dtype=np.int64)
        chosen = self._neighbouring(labels, size, random)
        usual = self.schedule(effort, random)
        num_moves = usual.num_moves * len(chosen) // self.instance.k
        schedule = Schedule(num_moves, max(usual.hot * hot, usual.cold), usual.cold)
        yield from _Run(self, labels, chosen, random).anneal(schedule, is_over)

    def _neighbouring(self, labels: Ints, size: int, random: Random) -> list[int]:
        near = touching(self.board, labels, self.instance.k)
        chosen = [random.randrange(self.instance.k)]
        while len(chosen) < size:
            reach = sorted({e for d in chosen for e in near[d]} - set(chosen))
            if not reach:
                break
            chosen.append(random.choice(reach))
        return chosen

    def _grown(self, random: Random) -> Ints | None:
        """Return k connected districts grown from random seeds; ``None`` when the map has more pieces than k or too few nodes."""
        seeds = _seeds(self.instance, random)
        if seeds is None or any(a == b for a, b in self.instance.apart):
            return None
        size = _sizes(self.instance)
        labels = np.full(self.instance.num_nodes, -1)
        labels[seeds] = np.arange(len(seeds))
        grow(self.board, labels, size, size[seeds], self.is_contiguous, _words(random))
        return labels


class _Run:
    """One run from one start."""

    def __init__(self, search: Search, labels: Ints, active: Collection[int], random: Random) -> None:
        self.board, self.instance = search.board, search.instance
        self.is_contiguous = search.is_contiguous
        self.at: Position = position_of(self.board, labels, self.instance.k)
        self.active = np.zeros(self.instance.k, np.int64)
        self.active[list(active)] = 1
        self.random, self.words = random, _words(random)
        self.prices = search.prices.fork()
        self.best = self.at.labels.copy()
        self.least = np.inf
        self.values: tuple[float, ...] | None = None

    def anneal(self, schedule: Schedule, is_over: Callable[[], bool]) -> Iterator[Found]:
        """Anneal; yield the plans found that obey every rule, each better than those before."""
        self.prices.set_by(self.at.labels)
        scale = self.prices.scale()
        penalty = 1.0
        num_slices = max(NUM_SLICES, schedule.num_moves // MOST_MOVES_IN_SLICE)
        num_moves = schedule.num_moves // num_slices + 1
        cooling = (schedule.cold / schedule.hot) ** (1 / num_slices)
        for number in range(num_slices):
            if is_over():
                return
            if number % REBALANCE_EVERY == REBALANCE_EVERY - 1 and self.values is None:
                self.rebalance(self.instance.k, is_over)
            hot = scale * schedule.hot * cooling**number
            heat = Heat(num_moves, hot, hot * cooling, penalty * scale, self.is_contiguous)
            share = self._slice(heat) / num_moves
            if share > 0 or self.values is None:
                yield from self.offered(self.best)
                yield from self.offered(self.at.labels)
            self.prices.set_by(self.at.labels)
            penalty *= PENALTY_STEP if share < VALID_SHARE else 1 / PENALTY_STEP
            penalty = min(MOST_PENALTY, max(LEAST_PENALTY, penalty))

    def rebalance(self, num_tries: int, is_over: Callable[[], bool]) -> None:
        """Cut pairs of adjacent districts anew along random spanning trees, as long as some district is out of bounds."""
        for _ in range(num_tries if self.is_contiguous else 0):
            broken = [
                d
                for d in np.flatnonzero(self.active)
                if excess(self.board, self.at.load[d], self.at.seats[d]) > 0
            ]
            if not broken or is_over():
                return
            here = self.random.choice(broken)
            near = touching(self.board, self.at.labels, self.instance.k)[here]
            if others := [d for d in near if self.active[d]]:
                recut(self.board, self.at, int(here), self.random.choice(others), self.words)

    def _slice(self, heat: Heat) -> int:
        """Return the number of proposals from valid partitions; leave the cheapest of them in ``best``."""
        to_beat = self.least if self.prices.is_steady else np.inf
        least, num_valid = anneal(
            self.board, self.at, self.prices.price, self.active, heat, self.best, to_beat, self.words
        )
        return max(num_valid, int(least < to_beat))

    def offered(self, labels: Ints) -> Iterator[Found]:
        """Yield a partition if it obeys every rule and is better than all before."""
        cost = self._cost(labels)
        if cost > self.least + TIE * abs(self.least) or not self._is_valid(labels):
            return
        found = Found(tuple(labels.tolist()), values(self.instance, labels.tolist()))
        if self.values is None or found.values < self.values:
            self.values, self.least = found.values, cost
            yield found

    def _cost(self, labels: Ints) -> float:
        """Return the first objective up to a constant."""
        return self.prices.value(labels) + cut_length(self.board, labels)

    def _is_valid(self, labels: Ints) -> bool:
        at = position_of(self.board, labels, self.instance.k)
        return num_broken(self.board, at) == 0 and all(s <= 0 for s in self.prices.shortages(labels))


def search(instance: Instance, *, seed: str, is_over: Callable[[], bool]) -> Iterator[Found]:
    """Yield plans, each better than those before, of one run from a random start; equal seeds give equal plans, unless ``is_over`` ends it."""
    return Search(instance).fresh(seed, is_over)


def _words(random: Random) -> np.ndarray[tuple[int], np.dtype[np.uint64]]:
    return np.array([random.getrandbits(64) | 1], dtype=np.uint64)


def _sizes(instance: Instance) -> Floats:
    """Return the share of every node in the bounded weights, averaged; one per node where none is bounded."""
    totals = instance.weights.sum(axis=1)
    if not (totals > 0).any():
        return np.ones(instance.num_nodes)
    shares: Floats = (instance.weights[totals > 0] / totals[totals > 0, None]).mean(axis=0) + 1e-6
    return shares


def _seeds(instance: Instance, random: Random) -> list[int] | None:
    """Return a seed per district, at least one in every piece of the map, candidate seats where there are any."""
    nodes = range(instance.num_nodes)
    links = {v: set(instance.neighbors[v]) for v in nodes}
    pieces = pieces_of(nodes, links) if instance.problem.is_contiguous else [set(nodes)]
    if len(pieces) > instance.k or instance.num_nodes < instance.k:
        return None
    size = _sizes(instance)
    share = [sum(float(size[v]) for v in piece) for piece in pieces]
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
