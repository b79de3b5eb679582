"""Kernel that brings clusters back within their bounds: chains of nodes, each moving on to the next cluster, from where there is too much to where there is room."""

from __future__ import annotations

import numpy as np

from orgraph.solver.compiled import compiled
from orgraph.solver.location.clusters import Clusters, excess, put
from orgraph.solver.location.distance import cost_of
from orgraph.solver.location.instance import Ints, Net
from orgraph.solver.location.problem import Floats


@compiled
def repair(net: Net, c: Clusters, most_chains: int) -> None:
    """Move chains of nodes until every load is within its bounds, a chain does not help, or ``most_chains`` were moved.

    Notes
    -----
    One chain is a cheapest path in the graph of clusters, O(clusters^2 + nodes) at worst; a step that would gain counts as free.
    """
    slots = len(c.center)
    far = np.empty(slots)
    source = np.empty(slots, dtype=np.int64)
    via = np.empty(slots, dtype=np.int64)
    failed = np.zeros(slots, dtype=np.bool_)
    for _ in range(most_chains):
        a = -1
        for b in range(slots):
            if c.center[b] >= 0 and not failed[b] and excess(net, c.center[b], c.load[b]) > 0:
                a = b
                break
        if a < 0:
            return
        end = _path(net, c, a, far, source, via)
        failed[a] = end < 0 or not _move_along(net, c, end, source, via)


@compiled
def _path(net: Net, c: Clusters, a: int, far: Floats, source: Ints, via: Ints) -> int:
    """Return the end of the cheapest chain that relieves cluster a, or that fills it; -1 where there is none."""
    slots = len(c.center)
    is_over = c.load[a] > net.upper[c.center[a]]
    is_done = np.zeros(slots, dtype=np.bool_)
    reached = np.empty(slots, dtype=np.int64)
    num_reached = 0
    far[:] = np.inf
    source[:] = -1
    via[:] = -1
    for b in range(slots):
        if c.center[b] < 0:
            continue
        if (is_over and b == a) or (not is_over and b != a and c.load[b] > net.lower[c.center[b]]):
            far[b] = 0.0
            reached[num_reached] = b
            num_reached += 1
    while num_reached > 0:
        place = 0
        for t in range(1, num_reached):
            if far[reached[t]] < far[reached[place]]:
                place = t
        b = reached[place]
        num_reached -= 1
        reached[place] = reached[num_reached]
        is_done[b] = True
        if is_over:
            if b != a and c.load[b] + net.demand[via[b]] <= net.upper[c.center[b]]:
                return b  # type: ignore[no-any-return]
        elif b == a:
            return b  # type: ignore[no-any-return]
        i = c.head[b]
        while i >= 0:
            if i != c.center[b] and net.demand[i] > 0:
                for k in net.around[i]:
                    d = c.cluster[k]
                    if is_done[d]:
                        continue
                    step = cost_of(net.metric, net.cost, net.at, i, c.center[d]) - c.paid[i]
                    if far[b] + max(step, 0.0) < far[d]:
                        if far[d] == np.inf:
                            reached[num_reached] = d
                            num_reached += 1
                        far[d] = far[b] + max(step, 0.0)
                        source[d] = b
                        via[d] = i
            i = c.after[i]
    return -1


@compiled
def _move_along(net: Net, c: Clusters, end: int, source: Ints, via: Ints) -> bool:
    """Move every node of the chain on; take it back and return False where the loads are no closer to their bounds."""
    before, after = 0, 0
    b = end
    while b >= 0:
        before += excess(net, c.center[b], c.load[b])
        b = source[b]
    b = end
    while source[b] >= 0:
        put(net, c, via[b], b)
        b = source[b]
    b = end
    while b >= 0:
        after += excess(net, c.center[b], c.load[b])
        b = source[b]
    if after < before:
        return True
    b = end
    while source[b] >= 0:
        put(net, c, via[b], source[b])
        b = source[b]
    return False
