"""Per-village counts of ``yihe`` that sum to the published totals, and a synthetic membership in the six new villages.

Published are only totals; everything per village is generated.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from orgraph.datasets.synthetic.apportion import apportion

PEOPLE = 17_600
"""Published (rounded there to hundreds)."""
CENTER_HOUSEHOLDS = 968
"""Published."""
HOUSEHOLDS = 6_070
"""Assumed: 2.9 persons per household."""
MEMBERS = 1_160
"""Assumed: somewhat more members than centre households, and more than 100 for every new village."""
FULL_MEMBERS = 1_112
ARABLE_MU = 122_000
"""Assumed: a little over two fifths of the generated area."""
NUM_PARTS = 6
"""Published: six new villages."""
PART_SIZES = (6, 9)
"""Least and greatest number of villages of a part; the mean is 7.67."""
PART_DEVIATION = (92, 108)
"""Every part's people lie within these percentages of the mean."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Counts per village, index by index."""

    population: list[int]
    households: list[int]
    members: list[int]
    full_members: list[int]
    centers: list[int]
    arable_mu: list[int]


def count(areas_km2: Sequence[float], *, seed: int) -> Counts:
    """Return counts whose sums are exactly the totals above; population is skewed: few large villages, many small ones."""
    random = Random(seed)
    population = apportion(PEOPLE, [_skewed(random) for _ in areas_km2])
    households = apportion(HOUSEHOLDS, [p * (90 + random.randrange(21)) for p in population])
    members = apportion(MEMBERS, [p * (70 + random.randrange(61)) for p in population], minimum=4)
    probationary = apportion(MEMBERS - FULL_MEMBERS, [max(m - 6, 0) for m in members])
    centers = apportion(CENTER_HOUSEHOLDS, members, minimum=2)
    arable = apportion(ARABLE_MU, [round(a * 1000) * (80 + random.randrange(41)) for a in areas_km2])
    full = [m - p for m, p in zip(members, probationary, strict=True)]
    return Counts(population, households, members, full, centers, arable)


def _skewed(random: Random) -> int:
    """Return a weight of 400 .. 3316: the product of two uniform draws has many small values and few large ones."""
    return 400 + random.randrange(55) * random.randrange(55)


def parts(neighbours: Sequence[Sequence[int]], population: Sequence[int], *, seed: int) -> list[int]:
    """Return a part ``0 .. 5`` for every village: connected, sizes in :data:`PART_SIZES`, people within :data:`PART_DEVIATION`.

    Grown at random, then evened out by moving single villages, until a try fits; nothing about distance or borders is optimized. Parts are
    numbered by their first village.
    """
    random = Random(seed)
    while True:
        part = _grow(neighbours, random)
        while _even_out(part, neighbours, population):
            pass
        if _fits(part, population):
            first = {p: min(i for i, q in enumerate(part) if q == p) for p in set(part)}
            rank = {p: n for n, p in enumerate(sorted(first, key=lambda p: first[p]))}
            return [rank[p] for p in part]


def _grow(neighbours: Sequence[Sequence[int]], random: Random) -> list[int]:
    """Grow all parts at once from random villages, the smallest part first."""
    part = dict(zip(random.sample(range(len(neighbours)), NUM_PARTS), range(NUM_PARTS), strict=True))
    while len(part) < len(neighbours):
        open_to: dict[int, list[int]] = {}
        for i in sorted(part):
            for j in neighbours[i]:
                if j not in part:
                    open_to.setdefault(part[i], []).append(j)
        smallest = min(open_to, key=lambda p: (sum(q == p for q in part.values()), p))
        part[random.choice(open_to[smallest])] = smallest
    return [part[i] for i in range(len(neighbours))]


def _even_out(part: list[int], neighbours: Sequence[Sequence[int]], population: Sequence[int]) -> bool:
    """Make the one move of a village to a neighbouring part that evens the totals out most; false when no move does."""
    totals, sizes = _totals(part, population), _totals(part, [1] * len(part))
    moves: list[tuple[int, int, int]] = []
    for i, people in enumerate(population):
        for other in {part[j] for j in neighbours[i]} - {part[i]}:
            gain = people * (totals[part[i]] - totals[other] - people)
            if gain > 0 and sizes[part[i]] > PART_SIZES[0] and sizes[other] < PART_SIZES[1]:
                moves.append((-gain, i, other))
    for _, i, other in sorted(moves):
        if _stays_connected(i, part, neighbours):
            part[i] = other
            return True
    return False


def _stays_connected(unit: int, part: Sequence[int], neighbours: Sequence[Sequence[int]]) -> bool:
    rest = {i for i, p in enumerate(part) if p == part[unit] and i != unit}
    reached = {min(rest)}
    border = list(reached)
    while border:
        new = {j for j in neighbours[border.pop()] if j in rest} - reached
        reached |= new
        border.extend(new)
    return reached == rest


def _totals(part: Sequence[int], weight: Sequence[int]) -> list[int]:
    return [sum(w for w, q in zip(weight, part, strict=True) if q == number) for number in range(NUM_PARTS)]


def _fits(part: Sequence[int], population: Sequence[int]) -> bool:
    low, high = PART_DEVIATION
    least, most = PART_SIZES
    whole = sum(population)
    people = all(low * whole <= 100 * NUM_PARTS * t <= high * whole for t in _totals(part, population))
    return people and all(least <= size <= most for size in _totals(part, [1] * len(part)))
