"""The inner loop of the search through all ways to cut a map in two: sides are settled node by node, and least cuts bound what is still open."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from orgraph.solver.compiled import compiled
from orgraph.solver.districting.annealing_kernel import Board, Floats, Ints, Position, cut_length, num_broken

OPEN, HERE, THERE = -1, 0, 1


class Tree(NamedTuple):
    """The search as it stands, so that it can go on later.

    ``side`` (n,) of every node; ``trail`` (n,) the nodes settled, in order; per depth the ``mark`` in the trail, the ``branch`` node, how many of its sides were
    ``tried``, the ``flow`` (depth, arcs) and its ``value``. ``at`` = [depth, length of trail, nodes of the tree]; ``most`` = [the most that a cut may cost].
    """

    side: Ints
    trail: Ints
    mark: Ints
    branch: Ints
    tried: Ints
    flow: Floats
    value: Floats
    at: Ints
    most: Floats
    best: Ints


@compiled
def settle(tree: Tree, node: int, side: int) -> None:
    """Put a node on a side."""
    tree.side[node] = side
    tree.trail[tree.at[1]] = node
    tree.at[1] += 1


@compiled
def undo(tree: Tree, mark: int) -> None:
    """Open all nodes settled since the trail had length ``mark``."""
    while tree.at[1] > mark:
        tree.at[1] -= 1
        tree.side[tree.trail[tree.at[1]]] = OPEN


@compiled
def close_off(board: Board, tree: Tree, start: int, side: int, queue: Ints, seen: Ints) -> bool:
    """Settle open nodes that no path without the other side joins to ``start``; return whether the side can still be a district."""
    n = len(seen)
    for v in range(n):
        seen[v] = 0
    queue[0], seen[start], end, at = start, 1, 1, 0
    while at < end:
        u = queue[at]
        at += 1
        for arc in range(board.start[u], board.start[u + 1]):
            v = board.head[arc]
            if not seen[v] and tree.side[v] != 1 - side:
                seen[v], queue[end] = 1, v
                end += 1
    for v in range(n):
        if not seen[v]:
            if tree.side[v] == side:
                return False
            if tree.side[v] == OPEN:
                settle(tree, v, 1 - side)
    for w in range(len(board.low)):
        settled, possible = 0, 0
        for v in range(n):
            settled += board.weight[v, w] if tree.side[v] == side else 0
            possible += board.weight[v, w] if seen[v] else 0
        if settled > board.high[w] or possible < board.low[w]:
            return False
    return True


@compiled
def raise_flow(board: Board, tree: Tree, depth: int, queue: Ints, seen: Ints, come: Ints) -> bool:
    """Raise the flow between the sides to the greatest; return whether it is at most what a cut may cost."""
    n, flow = len(seen), tree.flow[depth]
    while tree.value[depth] <= tree.most[0]:
        end, at, found = 0, 0, -1
        for v in range(n):
            seen[v] = 0
            if tree.side[v] == HERE:
                seen[v], queue[end], come[v] = 1, v, -1
                end += 1
        while at < end and found < 0:
            u = queue[at]
            at += 1
            for arc in range(board.start[u], board.start[u + 1]):
                v = board.head[arc]
                if not seen[v] and board.length[arc] > flow[arc]:
                    seen[v], queue[end], come[v] = 1, v, arc
                    end += 1
                    if tree.side[v] == THERE:
                        found = v
                        break
        if found < 0:
            return True
        room, v = np.inf, found
        while come[v] >= 0:
            room = min(room, board.length[come[v]] - flow[come[v]])
            v = board.tail[come[v]]
        v = found
        while come[v] >= 0:
            flow[come[v]] += room
            flow[board.back[come[v]]] -= room
            v = board.tail[come[v]]
        tree.value[depth] += room
    return False


@compiled
def next_branch(board: Board, tree: Tree) -> int:
    """Return the open node beside the first side with most settled neighbours, those of both sides first; -1 when all is settled."""
    best, most = -1, 0
    for v in range(len(tree.side)):
        if tree.side[v] != OPEN:
            continue
        here, there = 0, 0
        for arc in range(board.start[v], board.start[v + 1]):
            here += tree.side[board.head[arc]] == HERE
            there += tree.side[board.head[arc]] == THERE
        worth = here + there + (1000 if there else 0) if here else 0
        if worth > most:
            best, most = v, worth
    return best


@compiled
def open_up(board: Board, tree: Tree, root: int, work: Ints) -> bool:
    """Judge the node of the tree at the present depth; return whether it has a branch. A complete cut that obeys every rule is kept."""
    depth, n = tree.at[0], len(tree.side)
    queue, seen, come = work[0], work[1], work[2]
    before = -1
    while before != tree.at[1]:
        before = tree.at[1]
        if not close_off(board, tree, root, HERE, queue, seen):
            return False
        first = -1
        for v in range(n):
            if tree.side[v] == THERE:
                first = v
                break
        if first >= 0 and not close_off(board, tree, first, THERE, queue, seen):
            return False
    if not raise_flow(board, tree, depth, queue, seen, come):
        return False
    branch = next_branch(board, tree)
    if branch >= 0:
        tree.branch[depth], tree.tried[depth], tree.mark[depth] = branch, 0, tree.at[1]
        return True
    size, seats = np.zeros(2, np.int64), np.zeros(2, np.int64)
    load = np.zeros((2, len(board.low)), np.int64)
    for v in range(n):
        d = tree.side[v]
        size[d] += 1
        seats[d] += board.seat[v]
        for w in range(len(board.low)):
            load[d, w] += board.weight[v, w]
    cost = cut_length(board, tree.side)
    is_valid = size[1] > 0 and num_broken(board, Position(tree.side, size, seats, load)) == 0
    if is_valid and cost <= tree.most[0]:
        tree.most[0] = cost - 1
        for v in range(n):
            tree.best[v] = tree.side[v]
    return False


@compiled
def halve(board: Board, tree: Tree, root: int, budget: int, work: Ints) -> bool:
    """Go on with the search for at most ``budget`` nodes of the tree; return whether it is complete. Depth -1 is the end, and -2 the beginning."""
    at = tree.at
    if at[0] == -2:
        at[0] = 0
        settle(tree, root, HERE)
        if not open_up(board, tree, root, work):
            at[0] = -1
    for _ in range(budget):
        if at[0] < 0:
            return True
        depth = at[0]
        undo(tree, tree.mark[depth])
        if tree.tried[depth] == 2:
            at[0] -= 1
            continue
        side = 1 - tree.tried[depth]
        tree.tried[depth] += 1
        settle(tree, tree.branch[depth], side)
        for arc in range(len(board.head)):
            tree.flow[depth + 1, arc] = tree.flow[depth, arc]
        tree.value[depth + 1] = tree.value[depth]
        at[0] += 1
        at[2] += 1
        if not open_up(board, tree, root, work):
            at[0] -= 1
    return bool(at[0] < 0)
