"""Kernels that bring districts into balance where moves of single units do not: two neighbours are cut anew along a random spanning tree.

DeFord, Duchin, Solomon (2021), "Recombination: a family of Markov chains for redistricting".
"""

from __future__ import annotations

import numpy as np

from orgraph.solver.compiled import compiled
from orgraph.solver.districting.annealing_kernel import outside
from orgraph.solver.districting.city.moves import (
    Partition,
    Town,
    near_districts,
    reseat_one,
)
from orgraph.solver.districting.city.space import Ints
from orgraph.solver.districting.random_kernel import Random, uniform

MOST_NEAR = 12


@compiled
def rebalance(town: Town, part: Partition, num_tries: int, random: Random) -> int:
    """Cut districts that are out of bounds anew together with a neighbour, as often as ``num_tries``; return how many are left out of bounds."""
    k = len(part.seat)
    broken = np.empty(k, dtype=np.int64)
    for _ in range(num_tries):
        num_broken = 0
        for d in range(k):
            if outside(part.load[d], town.low, town.high) > 0:
                broken[num_broken] = d
                num_broken += 1
        if num_broken == 0:
            return 0
        here = broken[int(uniform(random) * num_broken)]
        near = near_districts(town, part, here, min(MOST_NEAR, k))
        if len(near) > 1:
            recut(town, part, here, near[1 + int(uniform(random) * (len(near) - 1))], random)
    return num_broken


@compiled
def recut(town: Town, part: Partition, here: int, there: int, random: Random) -> bool:
    """Cut two districts anew where that leaves them least out of bounds, if not further than they are; return whether they touch and were cut."""
    order, parent = random_tree(town, part, here, there, random)
    num = len(order)
    if num < part.size[here] + part.size[there]:
        return False
    people, candidates = np.empty(num, dtype=np.int64), np.empty(num, dtype=np.int64)
    for at in range(num):
        people[at] = town.people[order[at]]
        candidates[at] = 1 if town.is_seat[order[at]] else 0
    for at in range(num - 1, 0, -1):
        people[parent[at]] += people[at]
        candidates[parent[at]] += candidates[at]
    least = outside(part.load[here], town.low, town.high) + outside(part.load[there], town.low, town.high)
    top, num_equal = -1, 0
    for at in range(1, num):
        if candidates[at] == 0 or candidates[at] == candidates[0]:
            continue
        excess = outside(people[at], town.low, town.high) + outside(
            people[0] - people[at], town.low, town.high
        )
        if excess < least:
            least, top, num_equal = excess, at, 1
        elif excess == least:
            num_equal += 1
            if uniform(random) * num_equal < 1:
                top = at
    if top < 0:
        return False
    is_below = np.zeros(num, dtype=np.bool_)
    is_below[top] = True
    for at in range(top + 1, num):
        is_below[at] = is_below[parent[at]]
    take(town, part, here, order[~is_below])
    take(town, part, there, order[is_below])
    return True


@compiled
def random_tree(town: Town, part: Partition, here: int, there: int, random: Random) -> tuple[Ints, Ints]:
    """Return a random spanning tree of two districts from the seat of the first: units from the root on, and the position of the parent of each."""
    links, label, mark = town.links, part.label, part.mark
    most = part.size[here] + part.size[there]
    order, parent = np.empty(most, dtype=np.int64), np.empty(most, dtype=np.int64)
    open_unit, open_parent = [part.seat[here]], [0]
    part.stamp[0] += 2
    seen = part.stamp[0]
    num = 0
    while len(open_unit) > 0:
        drawn = int(uniform(random) * len(open_unit))
        open_unit[drawn], open_unit[-1] = open_unit[-1], open_unit[drawn]
        open_parent[drawn], open_parent[-1] = open_parent[-1], open_parent[drawn]
        u, above = open_unit.pop(), open_parent.pop()
        if mark[u] == seen:
            continue
        mark[u] = seen
        order[num], parent[num] = u, above
        for e in range(links.first[u], links.first[u + 1]):
            v = links.other[e]
            if mark[v] != seen and (label[v] == here or label[v] == there):
                open_unit.append(v)
                open_parent.append(num)
        num += 1
    return order[:num], parent[:num]


@compiled
def take(town: Town, part: Partition, d: int, units: Ints) -> None:
    """Make ``units`` district d, with its best seat."""
    seat = -1
    part.load[d] = 0
    for i in units:
        part.label[i] = d
        part.load[d] += town.people[i]
        if town.is_seat[i] and (seat < 0 or i == part.seat[d]):
            seat = i
    part.size[d] = len(units)
    part.seat[d] = seat
    reseat_one(town, part, d, units, True)
