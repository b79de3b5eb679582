"""Which nodes can be in one district with a home: shortest paths by weight."""

from __future__ import annotations

import numpy as np

from orgraph.solver.compiled import compiled
from orgraph.solver.districting.instance import Ints, Mask


@compiled
def reachable(
    home: int, inside: Mask, near_start: Ints, near: Ints, weight: Ints, low: Ints, high: Ints
) -> Mask:
    """Return the nodes that some connected set of nodes ``inside``, within all upper bounds, joins to ``home``; none when they stay below a lower bound together.

    ``inside`` has shape (nodes,), the rest is as in :func:`~orgraph.solver.districting.tightening_kernel.tighten`. Shortest paths by corrected labels
    (Bellman 1958), O(nodes * edges) at worst, near linear on maps.
    """
    num_nodes = len(inside)
    reached = inside.copy()
    total = np.zeros(num_nodes, dtype=np.int64)
    queue = np.zeros(num_nodes + 1, dtype=np.int64)
    is_queued = np.zeros(num_nodes, dtype=np.bool_)
    for w in range(max(1, len(low))):
        total[:] = -1
        total[home] = weight[w, home] if len(low) else 0
        queue[0] = home
        first, end = 0, 1
        while first != end:
            v = queue[first]
            first = (first + 1) % (num_nodes + 1)
            is_queued[v] = False
            for e in range(near_start[v], near_start[v + 1]):
                u = near[e]
                here = total[v] + (weight[w, u] if len(low) else 0)
                if inside[u] and (total[u] < 0 or here < total[u]) and (not len(low) or here <= high[w]):
                    total[u] = here
                    if not is_queued[u]:
                        is_queued[u] = True
                        queue[end] = u
                        end = (end + 1) % (num_nodes + 1)
        for v in range(num_nodes):
            reached[v] = reached[v] and total[v] >= 0
        if len(low) and total[home] > high[w]:
            reached[:] = False
    for w in range(len(low)):
        load = 0
        for v in range(num_nodes):
            if reached[v]:
                load += weight[w, v]
        if load < low[w]:
            reached[:] = False
            break
    return reached
