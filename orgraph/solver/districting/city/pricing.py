"""Kernels of the bound: what every possible seat is worth under given rents, and how often the best seats cover every unit."""

from __future__ import annotations

import numpy as np

from orgraph.solver.compiled import compiled
from orgraph.solver.districting.city.arcs import Arcs
from orgraph.solver.districting.city.moves import Town
from orgraph.solver.districting.city.space import Floats, Ints


@compiled
def price_seats(
    town: Town, arcs: Arcs, rent: Floats, beyond: float, share: Floats, worth: Floats, covered: Floats,
    begin: int, end: int,
) -> None:  # fmt: skip
    """Price seats ``begin`` to ``end`` (exclusive): fill each with the units of least reduced cost per person.

    ``worth[j]`` gets the least of the sum of reduced costs ``weight[i] * (reach[i, j] - rent[i])`` over fractions of units with ``low`` to ``high`` people in
    all, where people beyond the arcs of j cost ``beyond`` each. Seats with ``share[j] > 0`` add their fractions times it to ``covered``; with any share below
    0 every seat is priced, otherwise only those with a share. Expected time linear in the arcs.
    """
    longest = 0
    for j in range(begin, end):
        longest = max(longest, arcs.first[j + 1] - arcs.first[j])
    ratio, people = np.empty(longest), np.empty(longest)
    place = np.empty(longest, dtype=np.int64)
    for j in range(begin, end):
        if share[j] == 0.0:
            continue
        first, last = arcs.first[j], arcs.first[j + 1]
        total, held = 0.0, 0.0
        for a in range(first, last):
            i = arcs.unit[a]
            over = arcs.reach[a] - rent[i]
            if over < 0:
                total += town.weight[i] * over
                held += town.people[i]
        if held > town.high:
            spare, sign = held - town.high, -1.0
        elif held < town.low:
            spare, sign = town.low - held, 1.0
        else:
            spare, sign = 0.0, 0.0
        num = 0
        if spare > 0:
            for a in range(first, last):
                i = arcs.unit[a]
                over = arcs.reach[a] - rent[i]
                if (over < 0) == (sign < 0) and town.people[i] > 0:
                    per_person = town.weight[i] * over / town.people[i]
                    if sign < 0 or per_person < beyond:
                        ratio[num] = per_person * sign
                        people[num] = town.people[i]
                        place[num] = a
                        num += 1
        whole, part, taken = select(ratio, people, place, num, spare)
        for m in range(whole):
            total += people[m] * ratio[m]
        if part < num and spare > taken:
            total += (spare - taken) * ratio[part]
        elif sign > 0 and spare > taken:
            total += (spare - taken) * beyond
        worth[j] = total
        if share[j] > 0:
            for a in range(first, last):
                i = arcs.unit[a]
                if arcs.reach[a] - rent[i] < 0:
                    covered[i] += share[j]
            for m in range(whole):
                covered[arcs.unit[place[m]]] += share[j] * sign
            if part < num and spare > taken:
                covered[arcs.unit[place[part]]] += share[j] * sign * (spare - taken) / people[part]


@compiled
def select(ratio: Floats, people: Floats, place: Ints, num: int, spare: float) -> tuple[int, int, float]:
    """Order the first ``num`` entries so that the least ratios come first as far as their people fit into ``spare``.

    Returns how many fit, the position of the next (``num`` when there is none), and the people that fit. Quickselect by weight.
    """
    first, last = 0, num
    taken = 0.0
    while first < last:
        pivot = ratio[(first + last) // 2]
        low, high = first, last - 1
        while low <= high:
            while ratio[low] < pivot:
                low += 1
            while ratio[high] > pivot:
                high -= 1
            if low <= high:
                ratio[low], ratio[high] = ratio[high], ratio[low]
                people[low], people[high] = people[high], people[low]
                place[low], place[high] = place[high], place[low]
                low += 1
                high -= 1
        below = 0.0
        for m in range(first, low):
            below += people[m]
        if taken + below <= spare:
            taken += below
            first = low
        elif last > low:
            last = low
        else:
            last -= 1
            for m in range(first, last):
                if ratio[m] > ratio[last]:
                    ratio[m], ratio[last] = ratio[last], ratio[m]
                    people[m], people[last] = people[last], people[m]
                    place[m], place[last] = place[last], place[m]
            if last == first or taken + below - people[last] <= spare:
                for m in range(first, last):
                    taken += people[m]
                return last, last, taken
    return first, first, taken
