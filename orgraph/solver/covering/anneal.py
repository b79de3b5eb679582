"""Annealing over partitions into connected sets: single units move to a neighbouring set, or change places with one of its units.

Every connected partition into sets that are not too large is a plan: where a set has too few members, its units stay alone. Costs are tempered on the way: staying alone
costs twice a set at most, or no unit would ever be left over for a moment, and uneven sets are favoured at first, so that small ones empty.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp

import numpy as np

from orgraph.solver.compiled import compiled
from orgraph.solver.covering.problem import Joining
from orgraph.solver.covering.sets import Floats, Ints
from orgraph.solver.engine import Clock

STEPS_PER_UNIT = 80_000
SLICE = 100_000
MOST_SLICES = 600
UNEVEN_SHARE = 0.6
"""Uneven sets are favoured in this share of the steps; in all of them where sectors cost nothing."""
UNEVEN = 0.1
HOT, COOL = 0.5, 0.05
"""Temperatures while uneven sets are favoured, as shares of the price of a set."""
WARM, COLD = 1.5, 0.15
"""Temperatures afterwards, as shares of the price of a sector too many, or of a set if that is less."""


@dataclass(frozen=True)
class _Prices:
    joined: float
    mixed: float
    alone: float
    uneven: float


def anneal(problem: Joining, start: list[tuple[int, ...]], seed: int, clock: Clock) -> list[list[int]]:
    """Return a partition of the small units, as numbers ``0 .. n-1`` in their order, into connected sets; when time ends first, the one at hand.

    Parameters
    ----------
    start
        A partition to start from, of such numbers.

    Notes
    -----
    O(most units of a set squared) per step, 80,000 steps per unit, at most 60 million. Simulated annealing: Kirkpatrick, Gelatt, Vecchi (1983).
    """
    state = _State(problem, start)
    random = np.random.default_rng(seed)
    num_slices = min(max(1, STEPS_PER_UNIT * len(problem.small) // SLICE), MOST_SLICES)
    for number in range(num_slices):
        if clock.is_over():
            break
        temperature, prices = _schedule(problem, number / num_slices)
        state.run(random.random((SLICE, 4)), temperature, prices)
    return state.sets()


class _State:
    def __init__(self, problem: Joining, start: list[tuple[int, ...]]) -> None:
        small, most = problem.small, min(problem.most_units, len(problem.small))
        number = {u: k for k, u in enumerate(small)}
        near: list[list[int]] = [[] for _ in small]
        for i, j in problem.edges:
            if i in number and j in number:
                near[number[i]].append(number[j])
                near[number[j]].append(number[i])
        self.starts = np.cumsum([0, *map(len, near)]).astype(np.int64)
        self.near = np.array([v for around in near for v in around], dtype=np.int64)
        self.members = np.array([problem.members[u] for u in small], dtype=np.int64)
        names = sorted(set(problem.sectors))
        self.sectors = np.array([names.index(problem.sectors[u]) for u in small], dtype=np.int64)
        self.least = problem.least
        self.label = np.zeros(len(small), dtype=np.int64)
        self.inside = np.zeros((len(small), most), dtype=np.int64)
        self.size = np.zeros(len(small), dtype=np.int64)
        for label, units in enumerate(start):
            self.label[list(units)] = label
            self.inside[label, : len(units)] = units
            self.size[label] = len(units)

    def run(self, random: Floats, temperature: float, prices: _Prices) -> None:
        _steps(
            self.starts, self.near, self.members, self.sectors, self.least, self.label, self.inside, self.size,
            random, temperature, prices.joined, prices.mixed, prices.alone, prices.uneven,
        )  # fmt: skip

    def sets(self) -> list[list[int]]:
        return [sorted(self.inside[s, : self.size[s]].tolist()) for s in np.flatnonzero(self.size).tolist()]


def _schedule(problem: Joining, done: float) -> tuple[float, _Prices]:
    """Return temperature and prices after a share of the steps."""
    joined, mixed = max(problem.prices.joined, 1), problem.prices.mixed
    alone = 2.0 * joined if problem.prices.alone is None else min(problem.prices.alone, 2.0 * joined)
    uneven_share = UNEVEN_SHARE if mixed and len(set(problem.sectors)) > 1 else 1.0
    if done < uneven_share:
        temperature = _between(HOT, COOL, done / uneven_share) * joined
        return temperature, _Prices(joined, mixed, alone, UNEVEN * joined)
    share = (done - UNEVEN_SHARE) / (1 - UNEVEN_SHARE)
    return _between(WARM, COLD, share) * min(mixed, joined), _Prices(joined, mixed, alone, 0.0)


def _between(first: float, last: float, share: float) -> float:
    return float(first * (last / first) ** share)


@compiled
def _cost(
    units: Ints,
    size: int,
    members: Ints,
    sectors: Ints,
    least: int,
    joined: float,
    mixed: float,
    alone: float,
    uneven: float,
) -> float:
    if size == 0:
        return 0.0
    total = 0
    for k in range(size):
        total += members[units[k]]
    bonus = uneven * size * size
    if size == 1 or total < least:
        return alone * size - bonus
    extra = 0
    for k in range(1, size):
        is_new = True
        for other in range(k):
            if sectors[units[other]] == sectors[units[k]]:
                is_new = False
                break
        if is_new:
            extra += 1
    return joined + mixed * extra - bonus


@compiled
def _is_connected(units: Ints, size: int, starts: Ints, near: Ints, reached: Ints) -> bool:
    """Return whether the units are in one piece; ``reached`` is room for as many flags."""
    if size <= 1:
        return True
    for k in range(size):
        reached[k] = 0
    reached[0] = 1
    num_reached = 1
    is_growing = True
    while is_growing and num_reached < size:
        is_growing = False
        for k in range(size):
            if reached[k] == 1:
                reached[k] = 2
                for at in range(starts[units[k]], starts[units[k] + 1]):
                    for other in range(size):
                        if reached[other] == 0 and units[other] == near[at]:
                            reached[other] = 1
                            num_reached += 1
                is_growing = True
    return num_reached == size


@compiled
def _steps(
    starts: Ints,
    near: Ints,
    members: Ints,
    sectors: Ints,
    least: int,
    label: Ints,
    inside: Ints,
    size: Ints,
    random: Floats,
    temperature: float,
    joined: float,
    mixed: float,
    alone: float,
    uneven: float,
) -> None:
    """Try one move per row of ``random``: which unit, towards which neighbour, in exchange for which unit if for any, and whether a worse one is taken."""
    n, most = inside.shape
    first, second, reached = np.zeros(most, np.int64), np.zeros(most, np.int64), np.zeros(most, np.int64)
    for step in range(len(random)):
        u = int(random[step, 0] * n)
        degree = starts[u + 1] - starts[u]
        if degree == 0:
            continue
        v = near[starts[u] + int(random[step, 1] * degree)]
        a, b = label[u], label[v]
        if a == b:
            continue
        # Half of the moves towards a set with room, and all towards a full one, are exchanges.
        pick = int(random[step, 2] * 2 * size[b])
        is_exchange = size[b] == most or pick >= size[b]
        w = inside[b, pick % size[b]]
        num_first = 0
        for k in range(size[a]):
            if inside[a, k] != u:
                first[num_first] = inside[a, k]
                num_first += 1
        num_second = 0
        for k in range(size[b]):
            if not (is_exchange and inside[b, k] == w):
                second[num_second] = inside[b, k]
                num_second += 1
        second[num_second] = u
        num_second += 1
        if is_exchange:
            first[num_first] = w
            num_first += 1
        if not _is_connected(first, num_first, starts, near, reached):
            continue
        if not _is_connected(second, num_second, starts, near, reached):
            continue
        change = (
            _cost(first, num_first, members, sectors, least, joined, mixed, alone, uneven)
            + _cost(second, num_second, members, sectors, least, joined, mixed, alone, uneven)
            - _cost(inside[a], size[a], members, sectors, least, joined, mixed, alone, uneven)
            - _cost(inside[b], size[b], members, sectors, least, joined, mixed, alone, uneven)
        )
        if change > 0 and random[step, 3] >= exp(-change / temperature):
            continue
        size[a], size[b] = num_first, num_second
        for k in range(num_first):
            inside[a, k] = first[k]
        for k in range(num_second):
            inside[b, k] = second[k]
        label[u] = b
        if is_exchange:
            label[w] = a
