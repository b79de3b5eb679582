"""Every set that small units may be joined into, written down: connected, not too many units, enough members. Where a unit may stay alone, it is a set as well."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from orgraph.solver.covering.problem import Joining

MOST_SETS = 2_000_000
ASK_EVERY = 20_000

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Sets:
    """Sets over the small units, which are numbered anew ``0 .. n-1`` in their order.

    ``units`` has shape (sets, most units of a set), filled up with n; ``cost`` has shape (sets,). ``piece_of_unit`` numbers the pieces of the map of units that some
    larger set holds (a unit that can only stay alone is a piece of its own); ``least_number[k]`` sets are needed at least in piece k. ``is_complete``: no set is left out.
    """

    small: tuple[int, ...]
    units: Ints
    cost: Ints
    piece_of_unit: Ints
    least_number: Ints
    is_complete: bool

    @property
    def size(self) -> Ints:
        """Return the number of units of every set: shape (sets,)."""
        number: Ints = (self.units < len(self.small)).sum(axis=1)
        return number

    @property
    def piece(self) -> Ints:
        """Return the piece of every set: shape (sets,)."""
        return self.piece_of_unit[self.units[:, 0]]

    def sums(self, value: Floats) -> Floats:
        """Return the sum of a value of units over every set: shape (sets,)."""
        padded = np.append(value, 0.0)
        total: Floats = padded[self.units].sum(axis=1)
        return total

    def chosen(self, numbers: Ints) -> Sets:
        """Return some of the sets, no longer complete."""
        return replace(self, units=self.units[numbers], cost=self.cost[numbers], is_complete=False)

    def tuples(self, numbers: Ints) -> list[tuple[int, ...]]:
        """Return the units of some sets."""
        n = len(self.small)
        return [tuple(u for u in row if u < n) for row in self.units[numbers].tolist()]


def write_sets(problem: Joining, is_over: Callable[[], bool]) -> Sets:
    """Return all sets that a plan may use, or the first ones when there are more than two million or time ends.

    Notes
    -----
    O(most units of a set) per connected set of at most that many units; about 250 of them per unit on a planar map with six neighbours and five units.
    """
    small = problem.small
    alone = problem.prices.alone
    found: list[tuple[int, ...]] = []
    is_complete = True
    for number, units in enumerate(_connected_sets(problem)):
        if len(found) >= MOST_SETS or (number % ASK_EVERY == 0 and is_over()):
            is_complete = False
            break
        total = sum(problem.members[small[u]] for u in units)
        if len(units) > 1 and total >= problem.least:
            found.append(units)
    costs = [_cost(problem, [problem.sectors[small[u]] for u in units]) for units in found]
    if alone is not None:
        found += [(u,) for u in range(len(small))]
        costs += [alone] * len(small)
    width = max(map(len, found), default=1)
    table = np.full((len(found), width), len(small), dtype=np.int64)
    for row, units in enumerate(found):
        table[row, : len(units)] = units
    piece_of_unit, least_number = _pieces(table, len(small), problem.most_units)
    return Sets(small, table, np.array(costs, dtype=np.int64), piece_of_unit, least_number, is_complete)


def _pieces(table: Ints, num_units: int, most_units: int) -> tuple[Ints, Ints]:
    """Return the piece of every unit, units being joined where a set holds them, and the least number of sets in every piece."""
    piece = np.arange(num_units + 1)
    while True:
        least = np.append(piece[:-1], num_units)[table].min(axis=1)
        lower = piece.copy()
        np.minimum.at(lower, table.ravel(), np.repeat(least, table.shape[1]))
        lower[num_units] = num_units
        if (lower == piece).all():
            break
        piece = lower
    _, numbers, counts = np.unique(piece[:-1], return_inverse=True, return_counts=True)
    return numbers.reshape(-1), -(-counts // most_units)


def _cost(problem: Joining, sectors: list[str]) -> int:
    return problem.prices.joined + problem.prices.mixed * (len(set(sectors)) - 1)


def most_members(problem: Joining, unit: int) -> int:
    """Return the most members of a connected set of small units around ``unit`` within the number of units allowed."""
    around = _around(problem)
    number = problem.small.index(unit)
    grown = _grown(around, number, 1 << number, problem.most_units)
    return max(sum(problem.members[problem.small[u]] for u in units) for units in grown)


def _connected_sets(problem: Joining) -> Iterator[tuple[int, ...]]:
    """Yield every connected set of small units once, by its first unit."""
    around = _around(problem)
    for root in range(len(around)):
        yield from _grown(around, root, (1 << (root + 1)) - 1, problem.most_units)


def _around(problem: Joining) -> list[int]:
    """Return of every small unit its small neighbours, as a bit mask."""
    number = {u: k for k, u in enumerate(problem.small)}
    around = [0] * len(number)
    for i, j in problem.edges:
        if i in number and j in number:
            around[number[i]] |= 1 << number[j]
            around[number[j]] |= 1 << number[i]
    return around


def _grown(around: list[int], root: int, banned: int, most_units: int) -> Iterator[tuple[int, ...]]:
    """Yield every connected set that holds ``root`` and none of the other ``banned`` units, grown by units that no earlier branch has taken."""
    first: tuple[int, ...] = (root,)
    stack = [(first, around[root] & ~banned, banned)]
    while stack:
        inside, front, banned = stack.pop()
        yield inside
        while front and len(inside) < most_units:
            bit = front & -front
            front ^= bit
            banned |= bit
            unit = bit.bit_length() - 1
            stack.append(((*inside, unit), (front | around[unit]) & ~banned, banned))
