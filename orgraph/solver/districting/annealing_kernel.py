"""The inner loop of annealing: nodes flip between adjacent districts many millions of times a second.

Districts stay connected; every other rule is a penalty. Prices of nodes in districts are held during a call: seats and matchings are chosen anew between calls.
"""

from __future__ import annotations

from math import exp
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from orgraph.solver.compiled import compiled
from orgraph.solver.districting.random_kernel import Random, below, uniform

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


class Board(NamedTuple):
    """What stays the same during a search; n nodes, W weights, A arcs (both directions of every edge).

    Arcs of node ``v`` are ``start[v] .. start[v + 1] - 1``; an arc leads from ``tail`` to ``head``, ``back`` is the arc of the other direction, ``length`` its
    border. ``weight`` has shape (n, W); a district is charged ``unit[w]`` for every unit of weight outside ``low[w] .. high[w]`` and ``fee`` once.
    ``seat[v]`` is 1 where a seat may be. ``mate[mate_start[v] ..]`` share the district of ``v``, rivals do not.
    """

    start: Ints
    tail: Ints
    head: Ints
    back: Ints
    length: Floats
    weight: Ints
    low: Ints
    high: Ints
    unit: Floats
    seat: Ints
    mate_start: Ints
    mate: Ints
    rival_start: Ints
    rival: Ints


class Position(NamedTuple):
    """A partition and its totals: ``labels`` (n,), ``size`` and ``seats`` (k,) nodes and candidate seats, ``load`` (k, W)."""

    labels: Ints
    size: Ints
    seats: Ints
    load: Ints


class Heat(NamedTuple):
    """Number of proposals, first and last temperature, price of a broken rule, whether districts are connected."""

    num_moves: int
    hot: float
    cold: float
    penalty: float
    is_contiguous: bool


@compiled
def outside(load: int, low: int, high: int) -> int:
    """Return how far a total is outside its bounds."""
    return low - load if load < low else load - high if load > high else 0


@compiled
def num_broken(board: Board, at: Position) -> int:
    """Return how many bounds, seats, pairs of mates and pairs of rivals a partition breaks."""
    broken = 0
    for d in range(len(at.size)):
        broken += at.seats[d] == 0
        for w in range(len(board.low)):
            broken += outside(at.load[d, w], board.low[w], board.high[w]) > 0
    for v in range(len(at.labels)):
        for i in range(board.mate_start[v], board.mate_start[v + 1]):
            broken += v < board.mate[i] and at.labels[v] != at.labels[board.mate[i]]
        for i in range(board.rival_start[v], board.rival_start[v + 1]):
            broken += v <= board.rival[i] and at.labels[v] == at.labels[board.rival[i]]
    return broken


@compiled
def cut_length(board: Board, labels: Ints) -> float:
    """Return the border between districts."""
    value = 0.0
    for arc in range(len(board.head)):
        if labels[board.tail[arc]] != labels[board.head[arc]]:
            value += board.length[arc] / 2
    return value


@compiled
def charge(board: Board, at: Position, node: int, here: int, there: int) -> tuple[float, int]:
    """Return how much more, and how many more rules, are broken when ``node`` moves."""
    extra, number = 0.0, 0
    for w in range(len(board.low)):
        own, low, high = board.weight[node, w], board.low[w], board.high[w]
        a, b = at.load[here, w], at.load[there, w]
        before_a, before_b = outside(a, low, high), outside(b, low, high)
        after_a, after_b = outside(a - own, low, high), outside(b + own, low, high)
        extra += board.unit[w] * (after_a + after_b - before_a - before_b)
        number += (after_a > 0) + (after_b > 0) - (before_a > 0) - (before_b > 0)
    if board.seat[node]:
        number += (at.seats[here] == 1) - (at.seats[there] == 0)
    for i in range(board.mate_start[node], board.mate_start[node + 1]):
        other = at.labels[board.mate[i]]
        number += (other == here) - (other == there)
    for i in range(board.rival_start[node], board.rival_start[node + 1]):
        other = at.labels[board.rival[i]]
        number += (other == there) - (other == here)
    return extra + number, number


@compiled
def stays_connected(board: Board, labels: Ints, node: int, mark: Ints, stamp: int, work: Ints) -> bool:
    """Return whether the district of ``node`` stays connected without it: searches from all its neighbours at once, until they meet or one is closed in.

    ``mark`` (n,) holds no ``stamp``; ``work`` has shape (4, n).
    """
    origin, queue, group, waiting = work[0], work[1], work[2], work[3]
    here = labels[node]
    num = 0
    for arc in range(board.start[node], board.start[node + 1]):
        v = board.head[arc]
        if labels[v] == here:
            mark[v], origin[v], queue[num], group[num], waiting[num] = stamp, num, v, num, 1
            num += 1
    groups, end, at = num, num, 0
    while groups > 1:
        u = queue[at]
        at += 1
        own = origin[u]
        while group[own] != own:
            own = group[own]
        waiting[own] -= 1
        for arc in range(board.start[u], board.start[u + 1]):
            v = board.head[arc]
            if labels[v] != here or v == node:
                continue
            if mark[v] != stamp:
                mark[v], origin[v], queue[end] = stamp, own, v
                waiting[own] += 1
                end += 1
                continue
            met = origin[v]
            while group[met] != met:
                met = group[met]
            if met != own:
                group[met] = own
                waiting[own] += waiting[met]
                groups -= 1
        if groups > 1 and waiting[own] == 0:
            return False
    return True


@compiled
def move(board: Board, at: Position, node: int, there: int) -> None:
    """Give ``node`` to another district."""
    here = at.labels[node]
    at.labels[node] = there
    at.size[here] -= 1
    at.size[there] += 1
    at.seats[here] -= board.seat[node]
    at.seats[there] += board.seat[node]
    for w in range(len(board.low)):
        at.load[here, w] -= board.weight[node, w]
        at.load[there, w] += board.weight[node, w]


@compiled
def anneal(
    board: Board,
    at: Position,
    price: Floats,
    active: Ints,
    heat: Heat,
    best: Ints,
    to_beat: float,
    random: Random,
) -> tuple[float, int]:
    """Anneal between the districts that are ``active`` (k,); keep in ``best`` (n,) the cheapest partition met that breaks no rule and costs less than ``to_beat``.

    Returns
    -------
    tuple
        The cost of ``best``, ``to_beat`` when nothing better was met; and the number of proposals at which no rule was broken.

    Notes
    -----
    A proposal is an arc between two districts: O(degree), and a search of the neighbourhood when the node might cut its district.
    """
    labels, start, head, length = at.labels, board.start, board.head, board.length
    num_nodes, num_arcs, k = len(labels), len(head), len(active)
    cut, place, num_cut = np.empty(num_arcs, np.int64), np.full(num_arcs, -1), 0
    for arc in range(num_arcs):
        a, b = labels[board.tail[arc]], labels[head[arc]]
        if a != b and active[a] and active[b]:
            cut[num_cut], place[arc] = arc, num_cut
            num_cut += 1
    mark, stamp, work = np.zeros(num_nodes, np.int64), 0, np.empty((4, num_nodes), np.int64)
    value, broken, num_valid = cut_length(board, labels), num_broken(board, at), 0
    for v in range(num_nodes):
        value += price[v, labels[v]]
    now, cooling = heat.hot, (heat.cold / heat.hot) ** (64.0 / max(heat.num_moves, 64))
    for step in range(heat.num_moves):
        if step % 64 == 63:
            now *= cooling
        num_valid += broken == 0
        if heat.is_contiguous:
            if num_cut == 0:
                break
            arc = cut[below(random, num_cut)]
            node, there = board.tail[arc], labels[head[arc]]
        else:
            node, there = below(random, num_nodes), below(random, k)
        here = labels[node]
        if here == there or at.size[here] == 1 or not (active[here] and active[there]):
            continue
        gain = price[node, there] - price[node, here]
        for arc in range(start[node], start[node + 1]):
            other = labels[head[arc]]
            if other == here:
                gain += length[arc]
            elif other == there:
                gain -= length[arc]
        extra, number = charge(board, at, node, here, there)
        up = gain + heat.penalty * extra
        if up > 0 and uniform(random) >= exp(-min(up / now, 700.0)):
            continue
        if heat.is_contiguous:
            stamp += 1
            if not stays_connected(board, labels, node, mark, stamp, work):
                continue
        move(board, at, node, there)
        value += gain
        broken += number
        for arc in range(start[node], start[node + 1]):
            other = labels[head[arc]]
            if other == here:
                for one in (arc, board.back[arc]):
                    cut[num_cut], place[one] = one, num_cut
                    num_cut += 1
            elif other == there:
                for one in (arc, board.back[arc]):
                    num_cut -= 1
                    last, hole = cut[num_cut], place[one]
                    cut[hole], place[last] = last, hole
                    place[one] = -1
        if broken == 0 and value < to_beat:
            to_beat = value
            for v in range(num_nodes):
                best[v] = labels[v]
    return to_beat, num_valid
