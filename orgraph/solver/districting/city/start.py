"""A first partition: seats by halving the people, districts grown round them, rents that even out their loads."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from orgraph.solver.compiled import compiled
from orgraph.solver.districting.city.instance import CityInstance
from orgraph.solver.districting.city.moves import Partition, grow, partition_of, reseat
from orgraph.solver.districting.city.space import Ints, Links

NUM_ROUNDS = 60
RENT_STEP = 0.5


def first_partition(instance: CityInstance, is_over: Callable[[], bool]) -> Partition | None:
    """Return k connected districts, the least out of balance of all rounds; ``None`` when k seats cannot be set so that every unit is reached.

    Notes
    -----
    Districts are cells of an additively weighted Voronoi diagram along the graph; a district with too many people pays more rent in the next round.
    """
    seat = _first_seats(instance)
    if seat is None:
        return None
    town, mean = instance.town, instance.total / instance.k
    rent = np.zeros(instance.k)
    best: Partition | None = None
    least = np.inf
    for number in range(NUM_ROUNDS):
        label = np.empty(instance.num_units, dtype=np.int64)
        if grow(town, seat, rent, label) < instance.num_units:
            return None
        part = partition_of(town, label, seat)
        broken = float(np.maximum(0, np.maximum(town.low - part.load, part.load - town.high)).sum())
        cost = reseat(town, part, False)
        if broken < least:
            least, best = broken, Partition(label, seat.copy(), *part[2:])
        if (least == 0 and number >= NUM_ROUNDS // 2) or is_over():
            break
        step = RENT_STEP * cost / max(float(town.weight.sum()), 1e-9)
        rent += step * np.clip(part.load / max(mean, 1e-9) - 1, -1, 1)
    return best


def _first_seats(instance: CityInstance) -> Ints | None:
    """Share the districts out over the pieces of the map by people, then halve every piece's people along its longer side again and again."""
    piece = pieces(instance.town.links)
    num_pieces = int(piece.max()) + 1
    if num_pieces > instance.k or instance.town.is_seat.sum() < instance.k:
        return None
    units = [np.flatnonzero(piece == p) for p in range(num_pieces)]
    share = [float(instance.town.people[u].sum()) + 1e-9 * len(u) for u in units]
    count = [1] * num_pieces
    for _ in range(instance.k - num_pieces):
        count[max(range(num_pieces), key=lambda p: share[p] / (count[p] + 0.5))] += 1
    chosen: list[int] = []
    for own, number in zip(units, count, strict=True):
        if int(instance.town.is_seat[own].sum()) < number:
            return None
        chosen += _halved(instance, own, number)
    return np.array(chosen, dtype=np.int64)


def _halved(instance: CityInstance, units: Ints, k: int) -> list[int]:
    """Return k seats: on either side of a cut as many as its share, as far as there are candidates."""
    xyz, is_seat = instance.town.space.xyz, instance.town.is_seat
    if k == 1:
        return [_central(instance, units)]
    axis = int(np.argmax(np.ptp(xyz[units], axis=0)))
    units = units[np.argsort(xyz[units, axis], kind="stable")]
    cumulated = np.cumsum(instance.town.people[units] + 1e-9)
    low = k // 2
    cut = int(np.searchsorted(cumulated, cumulated[-1] * low / k)) + 1
    candidates = np.cumsum(is_seat[units])
    least = int(np.searchsorted(candidates, low)) + 1
    most = int(np.searchsorted(candidates, candidates[-1] - (k - low), side="right"))
    cut = min(max(cut, least), most)
    return _halved(instance, units[:cut], low) + _halved(instance, units[cut:], k - low)


def _central(instance: CityInstance, units: Ints) -> int:
    weight = instance.town.people[units] + 1e-9
    xyz = instance.town.space.xyz
    middle = (xyz[units] * weight[:, None]).sum(axis=0) / weight.sum()
    allowed = units[instance.town.is_seat[units]]
    return int(allowed[np.argmin(((xyz[allowed] - middle) ** 2).sum(axis=1))])


@compiled
def pieces(links: Links) -> Ints:
    """Return the number of the piece of the map that every unit lies in."""
    n = len(links.first) - 1
    piece = np.full(n, -1, dtype=np.int64)
    stack = np.empty(n, dtype=np.int64)
    number = 0
    for start in range(n):
        if piece[start] >= 0:
            continue
        piece[start] = number
        stack[0] = start
        depth = 1
        while depth > 0:
            depth -= 1
            u = stack[depth]
            for e in range(links.first[u], links.first[u + 1]):
                v = links.other[e]
                if piece[v] < 0:
                    piece[v] = number
                    stack[depth] = v
                    depth += 1
        number += 1
    return piece
