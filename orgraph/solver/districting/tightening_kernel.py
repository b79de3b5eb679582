"""What connectedness and totals rule out among pairs of node and seat, by walks on the graph of what is left."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from orgraph.solver.compiled import compiled
from orgraph.solver.districting.instance import Ints, Mask

IMPOSSIBLE = -1
"""In place of a number of pairs: one was needed, so that no plan is left."""


class _Walk(NamedTuple):
    """What a walk from the home of a seat has found, by node; ``stack`` is the way back. All have shape (nodes,)."""

    place: Ints
    """The number of the node's pair with the seat at hand; -1 where there is none that is alive."""
    entered: Ints
    """When the walk came to the node; 0 where it did not."""
    lowest: Ints
    """When it came to the earliest node that is next to one entered from this one on."""
    above: Ints
    """The node that it came from."""
    holds: Mask
    """Whether the node, or one entered from it on, is surely in the district."""
    cursor: Ints
    stack: Ints


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
    num_nodes = weight.shape[1]
    num_left = np.zeros(num_nodes, dtype=np.int64)
    only = np.zeros(num_nodes, dtype=np.int64)
    is_sure = np.zeros(len(node), dtype=np.bool_)
    total = np.zeros(len(low), dtype=np.int64)
    sure = np.zeros(len(low), dtype=np.int64)
    walk = _Walk(
        np.full(num_nodes, -1),
        np.zeros(num_nodes, dtype=np.int64),
        np.zeros(num_nodes, dtype=np.int64),
        np.zeros(num_nodes, dtype=np.int64),
        np.zeros(num_nodes, dtype=np.bool_),
        np.zeros(num_nodes, dtype=np.int64),
        np.zeros(num_nodes, dtype=np.int64),
    )
    is_changed = True
    while is_changed:
        is_changed = False
        _count_seats(start, node, is_alive, num_left, only)
        if not _open_last_seats(num_left, only, must_open):
            return False
        for s in range(len(start) - 1):
            first, end = start[s], start[s + 1]
            if first == end or not is_alive[first]:
                if must_open[s]:
                    return False
                continue
            _enter(first, end, node, is_alive, num_left, is_sure, walk)
            if is_contiguous:
                _walk_from(node[first], near_start, near, is_sure, walk)
                dropped = _drop_unreached(first, end, node, is_alive, num_left, is_sure, must_open[s], walk)
                if dropped == IMPOSSIBLE:
                    return False
                is_changed = is_changed or dropped > 0
            _weigh(first, end, node, is_alive, is_sure, weight, total, sure)
            if not _fits(total, sure, low, high):
                if must_open[s]:
                    return False
                is_alive[first] = False
                is_changed = True
            elif _drop_too_heavy(first, end, node, is_alive, is_sure, weight, sure, high):
                is_changed = True
        if _drop_taken(start, node, is_alive, must_open, num_left, is_sure, only):
            is_changed = True
    return True


@compiled
def _count_seats(start: Ints, node: Ints, is_alive: Mask, num_left: Ints, only: Ints) -> None:
    """Drop the pairs of seats whose home is dropped; set how many seats every node has left, and the last one of them."""
    num_left[:] = 0
    for s in range(len(start) - 1):
        if start[s] == start[s + 1]:
            continue
        if not is_alive[start[s]]:
            for p in range(start[s], start[s + 1]):
                is_alive[p] = False
        for p in range(start[s], start[s + 1]):
            if is_alive[p]:
                num_left[node[p]] += 1
                only[node[p]] = s


@compiled
def _open_last_seats(num_left: Ints, only: Ints, must_open: Mask) -> bool:
    """Open the seats that are the only one left of a node; return whether every node has one."""
    for i in range(len(num_left)):
        if num_left[i] == 0:
            return False
        if num_left[i] == 1:
            must_open[only[i]] = True
    return True


@compiled
def _enter(
    first: int, end: int, node: Ints, is_alive: Mask, num_left: Ints, is_sure: Mask, walk: _Walk
) -> None:
    """Make ready for a walk within the pairs ``first:end`` that are alive; a home, and a node without another seat, are surely in the district."""
    for p in range(first, end):
        i = node[p]
        if is_alive[p]:
            walk.place[i] = p
            walk.entered[i] = 0
            is_sure[p] = is_sure[p] or p == first or num_left[i] == 1


@compiled
def _walk_from(home: int, near_start: Ints, near: Ints, is_sure: Mask, walk: _Walk) -> None:
    """Walk depth first from the home: mark what is reached as entered, and as sure the nodes that cut something sure off (Tarjan 1972)."""
    place, entered, lowest, above, holds, cursor, stack = walk
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


@compiled
def _drop_unreached(
    first: int,
    end: int,
    node: Ints,
    is_alive: Mask,
    num_left: Ints,
    is_sure: Mask,
    is_open: bool,
    walk: _Walk,
) -> int:
    """Drop the pairs that the walk has not reached, and end it; return how many there were, or that one of them was needed."""
    num_dropped = 0
    for p in range(first, end):
        i = node[p]
        walk.place[i] = -1
        if is_alive[p] and walk.entered[i] == 0:
            if num_left[i] == 1 or (is_sure[p] and is_open):
                return IMPOSSIBLE
            is_alive[p] = False
            num_dropped += 1
    return num_dropped


@compiled
def _weigh(
    first: int,
    end: int,
    node: Ints,
    is_alive: Mask,
    is_sure: Mask,
    weight: Ints,
    total: Ints,
    sure: Ints,
) -> None:
    """Set what all nodes weigh that the district may hold, and those that it surely holds: shapes (W,)."""
    total[:] = 0
    sure[:] = 0
    for p in range(first, end):
        if is_alive[p]:
            for w in range(len(total)):
                total[w] += weight[w, node[p]]
                if is_sure[p]:
                    sure[w] += weight[w, node[p]]


@compiled
def _fits(total: Ints, sure: Ints, low: Ints, high: Ints) -> bool:
    """Return whether a district can be heavy enough and need not be too heavy."""
    fits = True
    for w in range(len(low)):
        fits = fits and total[w] >= low[w] and sure[w] <= high[w]
    return fits


@compiled
def _drop_too_heavy(
    first: int,
    end: int,
    node: Ints,
    is_alive: Mask,
    is_sure: Mask,
    weight: Ints,
    sure: Ints,
    high: Ints,
) -> bool:
    """Drop the pairs of nodes that are too heavy beside what is surely in the district; return whether there were any."""
    is_changed = False
    for p in range(first, end):
        if is_alive[p] and not is_sure[p]:
            for w in range(len(high)):
                if sure[w] + weight[w, node[p]] > high[w]:
                    is_alive[p] = False
                    is_changed = True
    return is_changed


@compiled
def _drop_taken(
    start: Ints, node: Ints, is_alive: Mask, must_open: Mask, num_left: Ints, is_sure: Mask, taker: Ints
) -> bool:
    """Drop the pairs of nodes that are surely in another district that exists; return whether there were any. ``taker`` is overwritten."""
    taker[:] = -1
    for s in range(len(start) - 1):
        if must_open[s]:
            for p in range(start[s], start[s + 1]):
                if is_sure[p] and is_alive[p] and num_left[node[p]] > 1:
                    taker[node[p]] = s
    is_changed = False
    for s in range(len(start) - 1):
        for p in range(start[s], start[s + 1]):
            if is_alive[p] and taker[node[p]] >= 0 and taker[node[p]] != s:
                is_alive[p] = False
                is_changed = True
    return is_changed
