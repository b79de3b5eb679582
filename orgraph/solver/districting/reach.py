"""What connectedness and totals rule out among pairs of node and seat: kernels on the graph of what is left."""

from __future__ import annotations

import numpy as np

from orgraph.solver.compiled import compiled
from orgraph.solver.districting.instance import Ints, Mask


@compiled
def tighten(
    start: Ints,
    node: Ints,
    is_alive: Mask,
    must_open: Mask,
    near_start: Ints,
    near: Ints,
    weight: Ints,
    low: Ints,
    high: Ints,
    is_contiguous: bool,
) -> bool:
    """Mark what no plan uses in ``is_alive`` (pairs,), seats that every plan uses in ``must_open`` (seats,), until nothing more follows; return whether a plan may be left.

    A node with one pair left is in that district, and so are the nodes through which alone it is reached. A pair dies when its node is not reached through pairs that
    are alive, or is too heavy beside what is surely in the district; a seat dies when what it reaches is too light.

    Parameters
    ----------
    start, node
        The pairs of seat ``s`` are ``start[s]:start[s+1]``; the first one is its home.
    near_start, near
        Neighbours of node ``v`` are ``near[near_start[v]:near_start[v+1]]``.
    weight, low, high
        Shapes (W, nodes), (W,), (W,).
    """
    num_seats = len(start) - 1
    num_weights, num_nodes = weight.shape
    place = np.full(num_nodes, -1)  # of a node among the pairs of the seat at hand
    num_left = np.zeros(num_nodes, dtype=np.int64)
    only = np.zeros(num_nodes, dtype=np.int64)
    is_sure = np.zeros(len(node), dtype=np.bool_)
    entered = np.zeros(num_nodes, dtype=np.int64)
    lowest = np.zeros(num_nodes, dtype=np.int64)
    above = np.zeros(num_nodes, dtype=np.int64)
    holds = np.zeros(num_nodes, dtype=np.bool_)
    cursor = np.zeros(num_nodes, dtype=np.int64)
    stack = np.zeros(num_nodes, dtype=np.int64)
    total = np.zeros(num_weights, dtype=np.int64)
    sure = np.zeros(num_weights, dtype=np.int64)
    is_changed = True
    while is_changed:
        is_changed = False
        num_left[:] = 0
        for s in range(num_seats):
            if start[s] == start[s + 1]:
                continue
            if not is_alive[start[s]]:
                for p in range(start[s], start[s + 1]):
                    is_alive[p] = False
            for p in range(start[s], start[s + 1]):
                if is_alive[p]:
                    num_left[node[p]] += 1
                    only[node[p]] = s
        for i in range(num_nodes):
            if num_left[i] == 0:
                return False
            if num_left[i] == 1 and not must_open[only[i]]:
                must_open[only[i]] = True
        for s in range(num_seats):
            first, end = start[s], start[s + 1]
            if first == end or not is_alive[first]:
                if must_open[s]:
                    return False
                continue
            home = node[first]
            for p in range(first, end):
                i = node[p]
                if is_alive[p]:
                    place[i] = p
                    entered[i] = 0
                    is_sure[p] = is_sure[p] or p == first or num_left[i] == 1
            if is_contiguous:
                # Depth first from the home: what is reached, and which nodes cut it (Tarjan 1972).
                clock = 1
                entered[home] = lowest[home] = clock
                cursor[home] = near_start[home]
                holds[home] = True
                stack[0] = home
                depth = 0
                while depth >= 0:
                    v = stack[depth]
                    if cursor[v] < near_start[v + 1]:
                        u = near[cursor[v]]
                        cursor[v] += 1
                        if place[u] < 0:
                            continue
                        if entered[u] == 0:
                            clock += 1
                            entered[u] = lowest[u] = clock
                            cursor[u] = near_start[u]
                            holds[u] = is_sure[place[u]]
                            above[u] = v
                            depth += 1
                            stack[depth] = u
                        elif depth == 0 or u != above[v]:
                            lowest[v] = min(lowest[v], entered[u])
                    else:
                        depth -= 1
                        if depth >= 0:
                            parent = above[v]
                            lowest[parent] = min(lowest[parent], lowest[v])
                            if holds[v]:
                                holds[parent] = True
                                if parent != home and lowest[v] >= entered[parent]:
                                    is_sure[place[parent]] = True
            total[:] = 0
            sure[:] = 0
            for p in range(first, end):
                i = node[p]
                if place[i] < 0:
                    continue
                if is_contiguous and entered[i] == 0:
                    is_alive[p] = False
                    is_changed = True
                    if is_sure[p] and must_open[s]:
                        return False
                    if num_left[i] == 1:
                        return False
                    continue
                for w in range(num_weights):
                    total[w] += weight[w, i]
                    if is_sure[p]:
                        sure[w] += weight[w, i]
            is_dead = False
            for w in range(num_weights):
                is_dead = is_dead or total[w] < low[w] or sure[w] > high[w]
            if is_dead:
                if must_open[s]:
                    return False
                is_alive[first] = False
                is_changed = True
            else:
                for p in range(first, end):
                    if is_alive[p] and not is_sure[p]:
                        for w in range(num_weights):
                            if sure[w] + weight[w, node[p]] > high[w]:
                                is_alive[p] = False
                                is_changed = True
            for p in range(first, end):
                place[node[p]] = -1
        # What is surely in a district that exists is in no other.
        for s in range(num_seats):
            if must_open[s]:
                for p in range(start[s], start[s + 1]):
                    if is_sure[p] and is_alive[p]:
                        only[node[p]] = s
                        if num_left[node[p]] > 1:
                            num_left[node[p]] = -1
        for s in range(num_seats):
            for p in range(start[s], start[s + 1]):
                if is_alive[p] and num_left[node[p]] == -1 and only[node[p]] != s:
                    is_alive[p] = False
                    is_changed = True
    return True


@compiled
def reachable(
    home: int, inside: Mask, near_start: Ints, near: Ints, weight: Ints, low: Ints, high: Ints
) -> Mask:
    """Return the nodes that some connected set of nodes ``inside``, within all upper bounds, joins to ``home``; none when they stay below a lower bound together.

    ``inside`` has shape (nodes,), the rest is as in :func:`tighten`. Shortest paths by corrected labels (Bellman 1958), O(nodes * edges) at worst, near linear on maps.
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
