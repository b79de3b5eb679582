"""A partition of the nodes into clusters with centres, as arrays, and the kernels that change it and add it up."""

from __future__ import annotations

from typing import NamedTuple

from orgraph.solver.compiled import compiled
from orgraph.solver.location.distance import cost_of
from orgraph.solver.location.instance import Ints, Net
from orgraph.solver.location.problem import Floats


class Clusters(NamedTuple):
    """A partition into clusters with centres; arrays that the kernels change in place.

    ``cluster[i]`` is the cluster of node i, ``paid[i]`` what it costs there. By cluster: ``center`` (-1 where it is closed), ``load``, ``size`` and
    ``head``, the first of its members, which ``after`` and ``before`` link (-1: none).
    """

    cluster: Ints
    paid: Floats
    center: Ints
    load: Ints
    size: Ints
    head: Ints
    after: Ints
    before: Ints


@compiled
def unlink(c: Clusters, demand: Ints, i: int) -> None:
    """Take node i out of its cluster."""
    a = c.cluster[i]
    if c.before[i] >= 0:
        c.after[c.before[i]] = c.after[i]
    else:
        c.head[a] = c.after[i]
    if c.after[i] >= 0:
        c.before[c.after[i]] = c.before[i]
    c.load[a] -= demand[i]
    c.size[a] -= 1


@compiled
def link(c: Clusters, demand: Ints, i: int, b: int) -> None:
    """Put node i, in no cluster now, into cluster b; what it costs there is not set."""
    c.cluster[i] = b
    c.before[i] = -1
    c.after[i] = c.head[b]
    if c.head[b] >= 0:
        c.before[c.head[b]] = i
    c.head[b] = i
    c.load[b] += demand[i]
    c.size[b] += 1


@compiled
def put(net: Net, c: Clusters, i: int, b: int) -> None:
    """Move node i to cluster b."""
    unlink(c, net.demand, i)
    link(c, net.demand, i, b)
    c.paid[i] = cost_of(net.metric, net.cost, net.at, i, c.center[b])


@compiled
def set_up(net: Net, c: Clusters) -> None:
    """Build lists, loads and costs from ``cluster`` and ``center``."""
    c.load[:] = 0
    c.size[:] = 0
    c.head[:] = -1
    for i in range(len(c.cluster)):
        b = c.cluster[i]
        link(c, net.demand, i, b)
        c.paid[i] = cost_of(net.metric, net.cost, net.at, i, c.center[b])


@compiled
def excess(net: Net, center: int, load: int) -> int:
    """Return how far a load lies outside the bounds of a centre."""
    return max(0, load - net.upper[center], net.lower[center] - load)  # type: ignore[no-any-return]


@compiled
def total_excess(net: Net, c: Clusters) -> int:
    """Return how far all loads together lie outside their bounds."""
    total = 0
    for a in range(len(c.center)):
        if c.center[a] >= 0:
            total += excess(net, c.center[a], c.load[a])
    return total


@compiled
def total_cost(net: Net, c: Clusters) -> float:
    """Return distances and opening costs."""
    total = c.paid.sum()
    for a in range(len(c.center)):
        if c.center[a] >= 0:
            total += net.opening[c.center[a]]
    return total  # type: ignore[no-any-return]


@compiled
def worse_by(net: Net, c: Clusters, a: int, change: int) -> int:
    """Return the change of the excess of cluster a when its load changes."""
    return excess(net, c.center[a], c.load[a] + change) - excess(net, c.center[a], c.load[a])


@compiled
def recenter(net: Net, c: Clusters, a: int, h: int) -> None:
    """Make h, a member of cluster a, its centre."""
    c.center[a] = h
    i = c.head[a]
    while i >= 0:
        c.paid[i] = cost_of(net.metric, net.cost, net.at, i, h)
        i = c.after[i]


@compiled
def recentering(net: Net, c: Clusters, a: int, h: int, penalty: float, most: float) -> float:
    """Return what it costs to make h the centre of cluster a, or some number above ``most``."""
    old = c.center[a]
    worse = excess(net, h, c.load[a]) - excess(net, old, c.load[a])
    delta = net.opening[h] - net.opening[old] + penalty * worse
    i = c.head[a]
    while i >= 0:
        delta += cost_of(net.metric, net.cost, net.at, i, h) - c.paid[i]
        i = c.after[i]
    return delta  # type: ignore[no-any-return]


@compiled
def polish_centers(net: Net, c: Clusters, penalty: float) -> None:
    """Give every cluster its best centre among its members."""
    for a in range(len(c.center)):
        if c.center[a] < 0 or net.is_fixed[c.center[a]]:
            continue
        best, least = c.center[a], -1e-12
        h = c.head[a]
        while h >= 0:
            if net.is_allowed[h]:
                delta = recentering(net, c, a, h, penalty, least)
                if delta < least:
                    best, least = h, delta
            h = c.after[h]
        if best != c.center[a]:
            recenter(net, c, a, best)
