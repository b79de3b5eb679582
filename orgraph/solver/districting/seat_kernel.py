"""Kernels of seats: what each is worth at given prices of nodes, the balance of the first weight kept exactly up to one fraction of a node."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from orgraph.solver.compiled import compiled
from orgraph.solver.districting.instance import Floats, Ints


class Rows(NamedTuple):
    """The balance of every weight, scaled: shapes (W, nodes), (W,), (W,). The first one is kept exactly."""

    weight: Floats
    low: Floats
    high: Floats


class Priced(NamedTuple):
    """What seats are worth at some prices."""

    reduced: Floats
    """Reduced costs, shape (pairs,)."""
    worth: Floats
    """Shape (seats,)."""
    split: Ints
    """The pair whose node each seat takes in part, -1 for none: shape (seats,)."""
    share: Floats
    """The part of it that it takes: shape (seats,)."""
    ratio: Floats
    size: Floats
    """Room to work, both of shape (nodes,)."""


@compiled
def unpriced(num_pairs: int, num_seats: int, num_nodes: int) -> Priced:
    """Return room for what seats are worth."""
    return Priced(
        np.zeros(num_pairs),
        np.zeros(num_seats),
        np.full(num_seats, -1),
        np.zeros(num_seats),
        np.zeros(num_nodes),
        np.zeros(num_nodes),
    )


@compiled
def price_seats(
    start: Ints, node: Ints, cost: Floats, rows: Rows, price: Floats, push: Floats, priced: Priced
) -> None:
    """Set what every seat is worth at the multipliers ``price`` (nodes,) and ``push`` (W, seats), and the best push of the first weight."""
    for s in range(len(start) - 1):
        _price_seat(s, start, node, cost, rows, price, push, priced)


@compiled
def _price_seat(
    s: int, start: Ints, node: Ints, cost: Floats, rows: Rows, price: Floats, push: Floats, priced: Priced
) -> None:
    """Set what seat ``s`` is worth, the reduced costs of its pairs, the best push of the first weight, and the node that it would split."""
    weight, low, high = rows
    reduced, worth, split, share, ratio, size = priced
    first, end = start[s], start[s + 1]
    num_weights = len(low)
    total = 0.0
    for w in range(1, num_weights):
        total -= (high[w] if push[w, s] > 0.0 else low[w]) * push[w, s]
    split[s] = -1
    load = weight[0, node[first]] if num_weights else 0.0
    for p in range(first, end):
        i = node[p]
        r = cost[p] - price[i]
        for w in range(1, num_weights):
            r += weight[w, i] * push[w, s]
        reduced[p] = r
        if num_weights and p != first and r < 0.0:
            load += weight[0, i]
    if num_weights:
        if load > high[0] or load < low[0]:
            room = high[0] if load > high[0] else low[0]
            count = 0
            for p in range(first + 1, end):
                w = weight[0, node[p]]
                if w > 0.0 and (reduced[p] < 0.0) == (load > high[0]):
                    ratio[count] = reduced[p] / w
                    size[count] = w
                    count += 1
            # Too much: part of what has a negative reduced cost; too little: more than that.
            room -= weight[0, node[first]] if load > high[0] else load
            push[0, s] = -_threshold(ratio, size, count, room, -push[0, s])
        else:
            push[0, s] = 0.0
        if push[0, s] != 0.0:
            side = high[0] if push[0, s] > 0.0 else low[0]
            total -= side * push[0, s]
            load = 0.0
            for p in range(first, end):
                i = node[p]
                if weight[0, i] > 0.0:
                    reduced[p] += weight[0, i] * push[0, s]
                    if abs(reduced[p]) <= 1e-12 * (abs(cost[p]) + abs(price[i])) and p != first:
                        split[s] = p
                        reduced[p] = max(reduced[p], 0.0)
                if reduced[p] < 0.0 or p == first:
                    load += weight[0, i]
            if split[s] >= 0:
                share[s] = min(1.0, max(0.0, (side - load) / weight[0, node[split[s]]]))
    for p in range(first, end):
        if reduced[p] < 0.0 or p == first:
            total += reduced[p]
    worth[s] = total


@compiled
def _threshold(ratio: Floats, size: Floats, count: int, room: float, guess: float) -> float:
    """Return the least ratio up to which the items, taken from the smallest ratio on, fill ``room``, else the largest one. Reorders the items; O(count) expected."""
    first, end = 0, count
    pivot, result = guess, 0.0
    while first < end:
        # What is below the pivot to the front, what is above to the back.
        below, above, at = first, end, first
        light, equal = 0.0, 0.0
        while at < above:
            r, w = ratio[at], size[at]
            if r < pivot:
                light += w
                ratio[at], size[at] = ratio[below], size[below]
                ratio[below], size[below] = r, w
                below += 1
                at += 1
            elif r > pivot:
                above -= 1
                ratio[at], size[at] = ratio[above], size[above]
                ratio[above], size[above] = r, w
            else:
                equal += w
                at += 1
        if light >= room and below > first:
            end = below
        elif light + equal >= room and above > below:
            return pivot
        else:
            if above > below:
                result = pivot
            room -= light + equal
            first = above
            if first == end and below > 0:
                for i in range(below):
                    result = ratio[i] if i == 0 else max(result, ratio[i])
        if first < end:
            a, b, c = ratio[first], ratio[(first + end) // 2], ratio[end - 1]
            pivot = max(min(a, b), min(max(a, b), c))
    return result
