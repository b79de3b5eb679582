"""Kernels that sharpen the worth of centres: the knapsack of a centre with whole nodes instead of one in part.

Nodes that the linear relaxation settles are taken out first; the rest is solved by dynamic programming over the room that is left. Only centres
that may be among the opened ones are sharpened, in the order of their relaxed worth.
"""

from __future__ import annotations

from math import inf

import numpy as np
from numpy.typing import NDArray

from orgraph.solver.compiled import compiled
from orgraph.solver.location.instance import Ints, Lists, Net
from orgraph.solver.location.pricing import best_first, gather
from orgraph.solver.location.problem import Floats

Takes = NDArray[np.bool_]


@compiled
def _settle(
    net: Net, items: Ints, found: int, fits: int, rest: float, room: int, rate: Floats, gain: Floats
) -> tuple[int, int, float]:
    """Put items that every better packing takes first, then the open ones; drop those that none takes.

    Returns how many are taken, where the open ones end, and the gain of a packing found on the way: all that fit, others in any order.
    """
    left = room
    packed = 0.0
    for t in range(fits):
        packed += gain[items[t]]
        left -= net.demand[items[t]]
    relaxed = packed + rest * left
    for t in range(fits, found):
        if net.demand[items[t]] <= left:
            packed += gain[items[t]]
            left -= net.demand[items[t]]
    slack = relaxed - packed + 1e-9 * relaxed
    taken = 0
    for t in range(fits):
        i = items[t]
        if gain[i] - rest * net.demand[i] > slack:
            items[t], items[taken] = items[taken], i
            taken += 1
    end = fits
    for t in range(fits, found):
        i = items[t]
        if rest * net.demand[i] - gain[i] <= slack:
            items[t], items[end] = items[end], i
            end += 1
    return taken, end, packed


@compiled
def _pack(net: Net, items: Ints, first: int, last: int, gain: Floats, room: int, takes: Takes) -> float:
    """Return the largest gain of items first <= t < last that fit; ``takes[t - first, c]``: item t is taken when c is left for the items up to t."""
    best = np.zeros(room + 1)
    after = np.zeros(room + 1)
    is_kept = takes.shape[0] > 0
    for t in range(first, last):
        weight, value = net.demand[items[t]], gain[items[t]]
        for c in range(min(weight, room + 1)):
            after[c] = best[c]
        for c in range(weight, room + 1):
            after[c] = max(best[c], best[c - weight] + value)
        if is_kept:
            for c in range(room + 1):
                takes[t - first, c] = after[c] > best[c]
        best, after = after, best
    return best[room]  # type: ignore[no-any-return]


@compiled
def sharpen(
    net: Net,
    lists: Lists,
    price: Floats,
    far: Ints,
    order: Ints,
    least: int,
    most: int,
    worth: Floats,
) -> None:
    """Raise ``worth`` of the centres in ``order`` (the fixed ones, then the others by worth) until none that follows can be opened."""
    n = len(price)
    rate, gain = np.empty(n), np.empty(n)
    items = np.empty(n, dtype=np.int64)
    top = price.max()
    none = np.zeros((0, 0), dtype=np.bool_)
    held = np.full(most + 1, inf)
    size = 0
    for j in order:
        low = worth[j]
        if not net.is_fixed[j]:
            if size >= most and low >= held[most - 1]:
                return
            if low >= 0.0 and size >= least and held[least - 1] <= low:
                return
        found = gather(net, lists, price, top, far, j, rate, gain, items)
        room = net.upper[j] - net.demand[j]
        fits, rest = best_first(rate, items, 0, found, net.demand, room)
        if fits < found:
            taken, end, _ = _settle(net, items, found, fits, rest, room, rate, gain)
            value = net.opening[j] + lists.near_cost[j, 0] - price[j]
            for t in range(taken):
                value -= gain[items[t]]
                room -= net.demand[items[t]]
            value -= _pack(net, items, taken, end, gain, room, none)
            worth[j] = max(low, value)
        kept = -inf if net.is_fixed[j] else worth[j]
        place = min(size, most)
        while place > 0 and held[place - 1] > kept:
            held[place] = held[place - 1]
            place -= 1
        held[place] = kept
        size = min(size + 1, most)


@compiled
def count_served_whole(
    net: Net, lists: Lists, price: Floats, far: Ints, opened: Ints, served: Floats
) -> None:
    """Set ``served[i]``: by how many of the opened centres node i is served at these prices."""
    n = len(price)
    rate, gain = np.empty(n), np.empty(n)
    items = np.empty(n, dtype=np.int64)
    top = price.max()
    served[:] = 0.0
    for j in opened:
        found = gather(net, lists, price, top, far, j, rate, gain, items)
        room = net.upper[j] - net.demand[j]
        fits, rest = best_first(rate, items, 0, found, net.demand, room)
        served[j] += 1.0
        taken, end = found, found
        if fits < found:
            taken, end, _ = _settle(net, items, found, fits, rest, room, rate, gain)
        for t in range(taken):
            served[items[t]] += 1.0
            room -= net.demand[items[t]]
        if end > taken:
            takes = np.zeros((end - taken, room + 1), dtype=np.bool_)
            _pack(net, items, taken, end, gain, room, takes)
            for t in range(end - 1, taken - 1, -1):
                if takes[t - taken, room]:
                    served[items[t]] += 1.0
                    room -= net.demand[items[t]]
