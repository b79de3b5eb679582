"""Kernels of the search: nodes move between clusters or change places, centres move within clusters, clusters close here and open there.

Bounds of clusters are soft: what is too much or too little costs ``penalty`` per unit of demand.
"""

from __future__ import annotations

from math import exp

import numpy as np
from numpy.typing import NDArray

from orgraph.solver.compiled import compiled
from orgraph.solver.location.clusters import (
    Clusters,
    excess,
    link,
    put,
    recenter,
    recentering,
    unlink,
    worse_by,
)
from orgraph.solver.location.distance import cost_of
from orgraph.solver.location.instance import Ints, Net

WINDOW = 4096
"""Nodes among which moves are drawn, for eight times as many moves."""
Words = NDArray[np.uint64]


@compiled
def _draw(rng: Words) -> float:
    """Return a number in [0, 1)."""
    x = rng[0]
    x ^= x << np.uint64(13)
    x ^= x >> np.uint64(7)
    x ^= x << np.uint64(17)
    rng[0] = x
    return np.float64(x >> np.uint64(11)) * 1.1102230246251565e-16


@compiled
def _accepts(delta: float, heat: float, rng: Words) -> bool:
    if delta <= 0.0:
        return True
    return heat > 0.0 and delta < 30.0 * heat and _draw(rng) < exp(-delta / heat)


@compiled
def _undo(net: Net, c: Clusters, trail: Ints, num_moves: int) -> None:
    for t in range(num_moves - 1, -1, -1):
        put(net, c, trail[2 * t], trail[2 * t + 1])


@compiled
def _close(net: Net, c: Clusters, a: int, penalty: float, trail: Ints) -> float:
    """Give the members of cluster a to clusters around them and close it; return what that costs, infinity (nothing done) where it cannot be."""
    delta = -net.opening[c.center[a]] - penalty * excess(net, c.center[a], c.load[a])
    moves = 0
    i = c.head[a]
    while i >= 0:
        following = c.after[i]
        best, least, least_cost = -1, 0.0, 0.0
        for k in net.around[i]:
            b = c.cluster[k]
            if b in (best, a):
                continue
            cost = cost_of(net.metric, net.cost, net.at, i, c.center[b])
            delta_i = cost + penalty * worse_by(net, c, b, net.demand[i])
            if best < 0 or delta_i < least:
                best, least, least_cost = b, delta_i, cost
        if best < 0:
            _undo(net, c, trail, moves)
            return np.inf
        delta += least - c.paid[i]
        trail[2 * moves] = i
        trail[2 * moves + 1] = a
        moves += 1
        unlink(c, net.demand, i)
        link(c, net.demand, i, best)
        c.paid[i] = least_cost
        i = following
    c.center[a] = -1
    return delta  # type: ignore[no-any-return]


@compiled
def _open(
    net: Net, c: Clusters, a: int, h: int, penalty: float, trail: Ints, moves: int
) -> tuple[float, int]:
    """Open the closed cluster a at node h with the nodes around it that gain; return what that costs, and the length of the trail."""
    delta = net.opening[h] - c.paid[h]
    c.center[a] = h
    source = c.cluster[h]
    delta += penalty * worse_by(net, c, source, -net.demand[h])
    trail[2 * moves] = h
    trail[2 * moves + 1] = source
    moves += 1
    put(net, c, h, a)
    delta += c.paid[h]
    for k in net.around[h]:
        b = c.cluster[k]
        if c.center[b] == k or b == a:
            continue
        cost = cost_of(net.metric, net.cost, net.at, k, h)
        if c.load[a] + net.demand[k] > net.upper[h]:
            continue
        gain = cost - c.paid[k] + penalty * worse_by(net, c, b, -net.demand[k])
        if gain < 0.0 or c.load[a] < net.lower[h]:
            trail[2 * moves] = k
            trail[2 * moves + 1] = b
            moves += 1
            delta += gain
            unlink(c, net.demand, k)
            link(c, net.demand, k, a)
            c.paid[k] = cost
    return delta + penalty * excess(net, h, c.load[a]), moves


@compiled
def _relocate(
    net: Net, c: Clusters, a: int, h: int, penalty: float, heat: float, rng: Words, trail: Ints
) -> bool:
    """Close cluster a and open it at h. Where a is closed only open it; where h is negative only close a. Return whether it was done."""
    old = c.center[a]
    delta = 0.0
    moves, size = 0, 0
    if old >= 0:
        size = c.size[a]
        delta = _close(net, c, a, penalty, trail)
        if not delta < np.inf:
            return False
        moves = size
    if h >= 0:
        extra, moves = _open(net, c, a, h, penalty, trail, moves)
        delta += extra
    if _accepts(delta, heat, rng):
        return True
    if old >= 0:
        if h >= 0:
            # What was opened goes back first; its nodes remember the clusters they came from.
            opened = moves - size
            for t in range(moves - 1, size - 1, -1):
                put(net, c, trail[2 * t], trail[2 * t + 1])
            moves -= opened
        c.center[a] = old
        _undo(net, c, trail, moves)
    else:
        _undo(net, c, trail, moves)
        c.center[a] = -1
    return False


@compiled
def _try_relocation(
    net: Net,
    c: Clusters,
    least: int,
    most: int,
    num_open: int,
    base: int,
    penalty: float,
    heat: float,
    rng: Words,
    trail: Ints,
) -> int:
    """Try to close, to open, or both; return the change of the number of clusters."""
    n, slots = len(c.cluster), len(c.center)
    h = (base + int(_draw(rng) * min(n, WINDOW))) % n
    is_site = net.is_allowed[h] and c.center[c.cluster[h]] != h
    a = int(_draw(rng) * slots)
    if _draw(rng) < 0.5:
        # Near the new centre: its own cluster or one beside it.
        a = c.cluster[net.around[h, int(_draw(rng) * net.around.shape[1])]]
    kind = _draw(rng)
    if c.center[a] < 0:
        if is_site and num_open < most and _relocate(net, c, a, h, penalty, heat, rng, trail):
            return 1
        return 0
    if net.is_fixed[c.center[a]]:
        return 0
    if least < most and kind < 0.5:
        if num_open > max(least, 1) and _relocate(net, c, a, -1, penalty, heat, rng, trail):
            return -1
        return 0
    if is_site and num_open > 1:
        _relocate(net, c, a, h, penalty, heat, rng, trail)
    return 0


@compiled
def anneal(
    net: Net,
    c: Clusters,
    least: int,
    most: int,
    num_moves: int,
    heat: float,
    penalty: float,
    share_center: float,
    share_relocate: float,
    rng: Words,
    trail: Ints,
) -> None:
    """Propose ``num_moves`` moves at one temperature."""
    n, width = net.around.shape
    num_open = 0
    for a in range(len(c.center)):
        num_open += c.center[a] >= 0
    if width == 0:
        return
    window = min(n, WINDOW)
    base = 0
    for move in range(num_moves):
        if move % (8 * WINDOW) == 0:
            # Nodes that are near in number are near on the map: what one window of them needs stays in the cache.
            base = int(_draw(rng) * n)
        kind = _draw(rng)
        if kind < share_relocate:
            num_open += _try_relocation(net, c, least, most, num_open, base, penalty, heat, rng, trail)
            continue
        i = (base + int(_draw(rng) * window)) % n
        a = c.cluster[i]
        m = c.center[a]
        luck = _draw(rng)
        if kind < share_relocate + share_center:
            h = net.around[m, int(luck * luck * width)]
            if c.cluster[h] == a and net.is_allowed[h] and not net.is_fixed[m]:
                delta = recentering(net, c, a, h, penalty, 30.0 * heat)
                if _accepts(delta, heat, rng):
                    recenter(net, c, a, h)
            continue
        if m == i:
            continue
        k = net.around[i, int(luck * luck * width)]
        b = c.cluster[k]
        if a == b:
            continue
        there = cost_of(net.metric, net.cost, net.at, i, c.center[b])
        load_i = net.demand[i]
        worse = worse_by(net, c, a, -load_i) + worse_by(net, c, b, load_i)
        if _accepts(there - c.paid[i] + penalty * worse, heat, rng):
            unlink(c, net.demand, i)
            link(c, net.demand, i, b)
            c.paid[i] = there
            continue
        if c.center[b] == k or worse <= 0:
            continue
        back = cost_of(net.metric, net.cost, net.at, k, m)
        change = net.demand[k] - load_i
        worse = worse_by(net, c, a, change) + worse_by(net, c, b, -change)
        if _accepts(there - c.paid[i] + back - c.paid[k] + penalty * worse, heat, rng):
            unlink(c, net.demand, i)
            unlink(c, net.demand, k)
            link(c, net.demand, i, b)
            link(c, net.demand, k, a)
            c.paid[i] = there
            c.paid[k] = back
