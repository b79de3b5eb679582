"""The inner loop of the flow bound of a border: shortest paths from every node, by lengths that grow where flow has gone."""

from __future__ import annotations

import numpy as np

from orgraph.solver.compiled import compiled
from orgraph.solver.districting.annealing_kernel import Board, Floats, Ints


@compiled
def sift_up(heap: Ints, key: Floats, slot: Ints, at: int) -> None:
    """Move an entry of the heap up to its place."""
    node = heap[at]
    while at > 0:
        up = (at - 1) // 2
        if key[heap[up]] <= key[node]:
            break
        heap[at] = heap[up]
        slot[heap[at]] = at
        at = up
    heap[at] = node
    slot[node] = at


@compiled
def pop(heap: Ints, key: Floats, slot: Ints, num: int) -> int:
    """Return the first of ``num`` entries; the others stay a heap."""
    first, node = int(heap[0]), heap[num - 1]
    num -= 1
    at = 0
    while 2 * at + 1 < num:
        down = 2 * at + 1
        if down + 1 < num and key[heap[down + 1]] < key[heap[down]]:
            down += 1
        if key[heap[down]] >= key[node]:
            break
        heap[at] = heap[down]
        slot[heap[at]] = at
        at = down
    heap[at] = node
    slot[node] = at
    return first


@compiled
def spread(
    board: Board,
    weight: Ints,
    high: int,
    first: int,
    last: int,
    toll: Floats,
    load: Floats,
    target: float,
    step: float,
) -> tuple[float, float, int]:
    """Send flow from nodes ``first .. last - 1`` to the nodes nearest by ``toll`` (arcs, equal both ways), where what must cross borders is worth ``target`` per toll.

    A flow of ``weight[v]`` from node ``u`` to every ``v`` of a set stays within a district for at most ``high - weight[u]`` of it; the rest crosses a border. Flow is
    added to ``load`` (arcs, both directions counted on the lower arc), until its fullest edge takes ``step`` times its length more, and tolls grow with it.

    Returns
    -------
    tuple
        How much of the flow sent crosses borders at least; the greatest worth met; how many nodes have sent flow.
    """
    n = len(weight)
    key, slot, heap = np.empty(n), np.empty(n, np.int64), np.empty(n, np.int64)
    order, arc_to, amount = np.empty(n, np.int64), np.empty(n, np.int64), np.zeros(n)
    crossing, greatest, num_sent = 0.0, 0.0, 0
    for u in range(first, last):
        for v in range(n):
            key[v], slot[v] = np.inf, -1
        key[u], heap[0], slot[u] = 0.0, u, 0
        num, reached = 1, 0
        inside = high - weight[u]
        mass, cost = 0.0, 0.0
        while num > 0:
            v = pop(heap, key, slot, num)
            num -= 1
            slot[v] = -2
            if v != u:
                if mass > inside and (mass - inside) * key[v] > cost:
                    break
                mass += weight[v]
                cost += weight[v] * key[v]
            order[reached] = v
            reached += 1
            for arc in range(board.start[v], board.start[v + 1]):
                w = board.head[arc]
                if slot[w] == -2:
                    continue
                far = key[v] + toll[arc]
                if far < key[w]:
                    key[w], arc_to[w] = far, arc
                    if slot[w] < 0:
                        heap[num] = w
                        slot[w] = num
                        num += 1
                    sift_up(heap, key, slot, slot[w])
        if mass <= inside or cost <= 0:
            continue
        worth = (mass - inside) / cost
        greatest = max(greatest, worth)
        if worth < target:
            continue
        fullest = 0.0
        for i in range(reached):
            amount[order[i]] = weight[order[i]]
        for i in range(reached - 1, 0, -1):
            arc = arc_to[order[i]]
            amount[board.tail[arc]] += amount[order[i]]
            if board.length[arc] > 0:
                fullest = max(fullest, amount[order[i]] / board.length[arc])
        sent = step / fullest
        for i in range(reached - 1, 0, -1):
            arc = arc_to[order[i]]
            flow = sent * amount[order[i]]
            load[min(arc, board.back[arc])] += flow
            grown = toll[arc] * (1.0 + flow / board.length[arc])
            toll[arc], toll[board.back[arc]] = grown, grown
        crossing += sent * (mass - inside)
        num_sent += 1
    return crossing, greatest, num_sent
