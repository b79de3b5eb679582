"""Kernels of the search: grow districts from their seats, move units between neighbouring districts, choose seats anew.

``label[i]`` is the district of unit i, ``seat[d]`` the seat of district d, ``load[d]`` and ``size[d]`` its people and number of units.
"""

from __future__ import annotations

from heapq import heappop, heappush
from math import exp
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from orgraph.solver.compiled import compiled
from orgraph.solver.districting.annealing_kernel import outside
from orgraph.solver.districting.city.space import Floats, Ints, Links, Space, reach
from orgraph.solver.districting.members_kernel import members_of
from orgraph.solver.districting.random_kernel import Random, uniform


class Town(NamedTuple):
    """What stays the same. ``weight`` (n,) prices a unit's distance; ``people`` (n,) are in [``low``, ``high``] in every district."""

    space: Space
    links: Links
    weight: Floats
    people: Ints
    is_seat: NDArray[np.bool_]
    low: int
    high: int


class Partition(NamedTuple):
    """What moves. ``mark`` (n,) and ``stamp`` (1,) serve the test of connectedness."""

    label: Ints
    seat: Ints
    load: Ints
    size: Ints
    mark: Ints
    stamp: Ints
    queue: Ints


def partition_of(town: Town, label: Ints, seat: Ints) -> Partition:
    """Return the partition of ``label`` with its loads; the arrays are taken as they are."""
    n, k = len(label), len(seat)
    load = np.zeros(k, dtype=np.int64)
    np.add.at(load, label, town.people)
    size = np.bincount(label, minlength=k).astype(np.int64)
    return Partition(
        label, seat, load, size, np.zeros(n, np.int64), np.zeros(1, np.int64), np.empty(n, np.int64)
    )


@compiled
def grow(town: Town, seat: Ints, rent: Floats, label: Ints) -> int:
    """Give every unit to the seat that is cheapest by distance plus rent among those whose district touches it; return how many are reached.

    Districts are connected by construction. ``label`` is overwritten, -1 where no seat leads. O((n + m) log n).
    """
    label[:] = -1
    queue = [(0.0, 0, 0)]
    heappop(queue)
    for d in range(len(seat)):
        heappush(queue, (rent[d] - 1e18, int(seat[d]), d))
    num_reached = 0
    first, other = town.links.first, town.links.other
    while len(queue) > 0:
        _, i, d = heappop(queue)
        if label[i] >= 0:
            continue
        label[i] = d
        num_reached += 1
        for e in range(first[i], first[i + 1]):
            v = other[e]
            if label[v] < 0:
                heappush(queue, (reach(town.space, v, seat[d]) + rent[d], int(v), d))
    return num_reached


@compiled
def is_in_one_piece_without(links: Links, part: Partition, i: int) -> bool:
    """Return whether the district of unit i stays connected when i leaves it. Mostly decided among the neighbours of i."""
    first, other, mark, queue = links.first, links.other, part.mark, part.queue
    home = part.label[i]
    part.stamp[0] += 2
    wanted = part.stamp[0]
    reached = wanted + 1
    num_wanted = 0
    start = -1
    for e in range(first[i], first[i + 1]):
        v = other[e]
        if part.label[v] == home:
            mark[v] = wanted
            num_wanted += 1
            start = v
    if num_wanted <= 1:
        return num_wanted == 1
    queue[0] = start
    mark[start] = reached
    length, at = 1, 0
    while at < length:
        u = queue[at]
        at += 1
        for e in range(first[u], first[u + 1]):
            v = other[e]
            if mark[v] == wanted:
                mark[v] = reached
                queue[length] = v
                length += 1
    if length == num_wanted:
        return True
    mark[i] = reached
    num_found, at = length, 0
    while at < length:
        u = queue[at]
        at += 1
        for e in range(first[u], first[u + 1]):
            v = other[e]
            if part.label[v] == home and mark[v] != reached:
                if mark[v] == wanted:
                    num_found += 1
                    if num_found == num_wanted:
                        return True
                mark[v] = reached
                queue[length] = v
                length += 1
    return False


@compiled
def anneal(
    town: Town, part: Partition, movable: Ints, is_open: NDArray[np.bool_], heat: float, price: float,
    num_proposals: int, random: Random,
) -> float:  # fmt: skip
    """Propose moves of units to the district of a neighbour and take them by Metropolis' rule; return the change of cost.

    Units are drawn from ``movable`` and move between districts that are open. Seats stay; a seat does not move. A person out of bounds costs ``price``.
    """
    links, label, seat, load, size = town.links, part.label, part.seat, part.load, part.size
    low, high = town.low, town.high
    gained = 0.0
    for _ in range(num_proposals):
        i = movable[int(uniform(random) * len(movable))]
        degree = links.first[i + 1] - links.first[i]
        if degree == 0:
            continue
        here = label[i]
        there = label[links.other[links.first[i] + int(uniform(random) * degree)]]
        if here == there or not is_open[there] or seat[here] == i or size[here] == 1:
            continue
        people = town.people[i]
        change = town.weight[i] * (reach(town.space, i, seat[there]) - reach(town.space, i, seat[here]))
        broken = outside(load[here] - people, low, high) - outside(load[here], low, high)
        broken += outside(load[there] + people, low, high) - outside(load[there], low, high)
        total = change + price * broken
        if total > 0 and (total > 30 * heat or uniform(random) >= exp(-total / heat)):
            continue
        if is_in_one_piece_without(links, part, i):
            label[i] = there
            load[here] -= people
            load[there] += people
            size[here] -= 1
            size[there] += 1
            gained += change
    return gained


@compiled
def cost_of_seat(town: Town, units: Ints, seat: int, most: float) -> float:
    """Return the cost of a district to a seat; the sum is broken off above ``most``."""
    total = 0.0
    for i in units:
        total += float(town.weight[i]) * reach(town.space, i, seat)
        if total > most:
            return total
    return total


@compiled
def reseat(town: Town, part: Partition, is_exact: bool) -> float:
    """Move every seat to a cheaper member, step by step over neighbours, or, ``is_exact``, to the cheapest of all; return the cost of the partition."""
    first, units = members_of(part.label, len(part.seat))
    whole = 0.0
    for d in range(len(part.seat)):
        whole += reseat_one(town, part, d, units[first[d] : first[d + 1]], is_exact)
    return whole


@compiled
def reseat_one(town: Town, part: Partition, d: int, own: Ints, is_exact: bool) -> float:
    """Choose the seat of district d, whose units are ``own``; return its cost. A seat that is no candidate gives way to any that is."""
    links = town.links
    best = part.seat[d]
    least = cost_of_seat(town, own, best, np.inf)
    if is_exact:
        for i in own:
            if town.is_seat[i] and i != best:
                cost = cost_of_seat(town, own, i, least)
                if cost < least:
                    least, best = cost, i
    else:
        is_better = True
        while is_better:
            is_better = False
            around = best
            for e in range(links.first[around], links.first[around + 1]):
                v = links.other[e]
                if part.label[v] == d and town.is_seat[v]:
                    cost = cost_of_seat(town, own, v, least)
                    if cost < least:
                        least, best, is_better = cost, v, True
    part.seat[d] = best
    return least


@compiled
def near_districts(town: Town, part: Partition, start: int, wanted: int) -> Ints:
    """Return ``wanted`` districts (fewer where the map ends) in the order in which a search from the seat of district ``start`` meets them."""
    links, label, mark, queue = town.links, part.label, part.mark, part.queue
    part.stamp[0] += 2
    seen = part.stamp[0]
    met = np.full(wanted, start, dtype=np.int64)
    num_met, length, at = 1, 1, 0
    queue[0] = part.seat[start]
    mark[queue[0]] = seen
    while at < length:
        u = queue[at]
        at += 1
        for e in range(links.first[u], links.first[u + 1]):
            v = links.other[e]
            if mark[v] == seen:
                continue
            mark[v] = seen
            queue[length] = v
            length += 1
            is_new = True
            for m in range(num_met):
                is_new = is_new and met[m] != label[v]
            if is_new:
                met[num_met] = label[v]
                num_met += 1
                if num_met == wanted:
                    return met
    return met[:num_met]


@compiled
def reanneal(
    town: Town, part: Partition, districts: Ints, num_sweeps: int, heat: tuple[float, float],
    price: tuple[float, float], random: Random,
) -> float:  # fmt: skip
    """Anneal some districts among themselves, from ``heat[0]`` to ``heat[1]``; keep the outcome when it is in balance and cheaper, else undo it.

    Returns what is saved. A person out of bounds costs from ``price[0]`` to ``price[1]``.
    """
    is_open = np.zeros(len(part.seat), dtype=np.bool_)
    is_open[districts] = True
    units = np.flatnonzero(is_open[part.label])
    label, seat = part.label[units], part.seat[districts]
    before = reseat_some(town, part, districts, units)
    for sweep in range(num_sweeps):
        done = sweep / max(num_sweeps - 1, 1)
        now = heat[0] * (heat[1] / heat[0]) ** done
        anneal(town, part, units, is_open, now, price[0] * (price[1] / price[0]) ** done, len(units), random)
        after = reseat_some(town, part, districts, units)
    broken = 0
    for d in districts:
        broken += outside(part.load[d], town.low, town.high)
    if broken == 0 and after < before * (1 - 1e-12):
        return before - after
    part.label[units] = label
    part.seat[districts] = seat
    part.load[districts] = 0
    part.size[districts] = 0
    for i in units:
        part.load[part.label[i]] += town.people[i]
        part.size[part.label[i]] += 1
    return 0.0


@compiled
def reseat_some(town: Town, part: Partition, districts: Ints, units: Ints) -> float:
    """Move the seats of some districts, whose units together are ``units``, to cheaper members; return their cost."""
    place = np.empty(len(part.seat), dtype=np.int64)
    for m in range(len(districts)):
        place[districts[m]] = m
    first, order = members_of(place[part.label[units]], len(districts))
    cost = 0.0
    for m in range(len(districts)):
        cost += reseat_one(town, part, districts[m], units[order[first[m] : first[m + 1]]], False)
    return cost
