"""Fresh starts in machine code: districts grown from seeds, and pairs of districts cut anew along random spanning trees."""

from __future__ import annotations

import numpy as np

from orgraph.solver.compiled import compiled
from orgraph.solver.districting.annealing_kernel import (
    Board,
    Floats,
    Ints,
    Position,
    move,
    outside,
)
from orgraph.solver.districting.random_kernel import Random, below


@compiled
def grow(board: Board, labels: Ints, size: Floats, load: Floats, is_contiguous: bool, random: Random) -> None:
    """Give every node that has none (-1) a label: always to the district with the least ``load`` that can grow, a random node that touches it."""
    while True:
        lagging = 0
        for d in range(len(load)):
            if load[d] < load[lagging]:
                lagging = d
        if load[lagging] == np.inf:
            return
        found, number = -1, 0
        for v in range(len(labels)):
            if labels[v] >= 0:
                continue
            touches = not is_contiguous
            for arc in range(board.start[v], board.start[v + 1]):
                touches |= labels[board.head[arc]] == lagging
            if touches:
                number += 1
                if below(random, number) == 0:
                    found = v
        if found < 0:
            load[lagging] = np.inf
        else:
            labels[found] = lagging
            load[lagging] += size[found]


@compiled
def excess(board: Board, load: Ints, seats: int) -> float:
    """Return how far a district with these totals and candidate seats is out of bounds."""
    total = 1.0 if seats == 0 else 0.0
    for w in range(len(board.low)):
        total += board.unit[w] * outside(load[w], board.low[w], board.high[w])
    return total


@compiled
def recut(board: Board, at: Position, here: int, there: int, random: Random) -> None:
    """Cut two adjacent districts anew where a random spanning tree of both falls into the best two parts, unless that is worse than now.

    DeFord, Duchin, Solomon (2021), "Recombination: a family of Markov chains for redistricting"; the tree is Wilson's (1996), "Generating random spanning trees
    more quickly than the cover time".
    """
    labels = at.labels
    size = at.size[here] + at.size[there]
    nodes, order, num = np.empty(size, np.int64), np.empty(size, np.int64), 0
    for v in range(len(labels)):
        if labels[v] == here or labels[v] == there:
            nodes[num] = v
            num += 1
    above = np.full(len(labels), -1)
    placed = np.full(len(labels), -1)
    order[0] = nodes[below(random, size)]
    placed[order[0]], num = 0, 1
    for first in nodes:
        v = first
        while placed[v] < 0:
            arc = board.start[v] + below(random, board.start[v + 1] - board.start[v])
            if labels[board.head[arc]] == here or labels[board.head[arc]] == there:
                above[v] = board.head[arc]
                v = above[v]
        v, path = first, num
        while placed[v] < 0:
            order[path], placed[v] = v, 0
            path += 1
            v = above[v]
        for i in range((path - num) // 2):
            order[num + i], order[path - 1 - i] = order[path - 1 - i], order[num + i]
        num = path
    for i in range(size):
        placed[order[i]] = i
    num_weights = len(board.low)
    sums, seats = np.zeros((size, num_weights), np.int64), np.zeros(size, np.int64)
    rest = np.empty(num_weights, np.int64)
    for i in range(size - 1, -1, -1):
        up = placed[above[order[i]]] if i > 0 else 0
        seats[i] += board.seat[order[i]]
        seats[up] += seats[i] if i > 0 else 0
        for w in range(num_weights):
            sums[i, w] += board.weight[order[i], w]
            sums[up, w] += sums[i, w] if i > 0 else 0
    least = excess(board, at.load[here], at.seats[here]) + excess(board, at.load[there], at.seats[there])
    top, ties = 0, 0
    for i in range(1, size):
        for w in range(num_weights):
            rest[w] = sums[0, w] - sums[i, w]
        both = excess(board, rest, seats[0] - seats[i]) + excess(board, sums[i], seats[i])
        if both < least:
            least, ties = both, 0
        if both == least:
            ties += 1
            if below(random, ties) == 0:
                top = i
    if top == 0:
        return
    is_below = np.zeros(size, np.bool_)
    for i in range(top, size):
        is_below[i] = i == top or is_below[placed[above[order[i]]]]
    for i in range(size):
        wanted = there if is_below[i] else here
        if labels[order[i]] != wanted:
            move(board, at, order[i], wanted)
