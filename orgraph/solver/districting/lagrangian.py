"""Kernels of the relaxation for costs to a seat: subgradient steps, and what every vector of prices proves on the way.

Relaxed are the rows that give every node one district, at a price per node. What is left falls apart by seat: a seat that is open takes nodes that cost less than
their price, within its balance; the cheapest seats are open. The balance of one weight, the tightest, is kept exactly up to one fraction of a node, the others at a
price too: what a unit of weight pays at a seat is called its push, positive where the upper bound binds, negative where the lower one does.
"""

from __future__ import annotations

import numpy as np

from orgraph.solver.compiled import compiled
from orgraph.solver.districting.instance import Floats, Ints, Mask
from orgraph.solver.districting.seat_kernel import price_seat

STEP, BEST, IDLE, LIFTED, OVER = range(5)
"""Places in ``progress``: length of steps, best value, steps without a better one, best bound that one row lifts, and whether the run is over."""

PATIENCE = 10
LEAST_STEP = 0.003
DAMPING = 0.3
"""Share of the last direction in the next one (Camerini, Fratta, Maffioli 1975)."""
WITHIN = 0.3
"""Fixings are looked for where the value lies within this share of the gap below the best one."""


@compiled
def descend(
    start: Ints,
    node: Ints,
    cost: Floats,
    weight: Floats,
    low: Floats,
    high: Floats,
    pace: Floats,
    k: int,
    cutoff: float,
    price: Floats,
    push: Floats,
    best_price: Floats,
    best_push: Floats,
    is_alive: Mask,
    must_open: Mask,
    progress: Floats,
    num_steps: int,
) -> None:
    """Take subgradient steps from the multipliers ``price`` and ``push``; keep the best ones, and what all of them rule out.

    Parameters
    ----------
    start, node, cost
        The pairs of seat ``s`` are ``start[s]:start[s+1]``; the first one is its home. ``cost`` has shape (pairs,).
    weight, low, high
        Scaled: shapes (W, nodes), (W,), (W,). The first weight is the one whose balance is kept exactly.
    pace
        By what the step of every node's price is multiplied: shape (nodes,).
    cutoff
        Plans that cost more are of no interest.
    price, push
        Shapes (nodes,), (W, seats); changed in place.
    is_alive, must_open
        Shapes (pairs,), (seats,): pairs that are ruled out and seats that are in every plan up to the cutoff are marked in place.
    progress
        Shape (5,); see the names of its places.
    """
    num_seats, num_nodes = len(start) - 1, len(price)
    reduced, lift = np.zeros(len(node)), np.zeros(len(node))
    worth = np.zeros(num_seats)
    split = np.full(num_seats, -1)
    share = np.zeros(num_seats)
    is_open = np.zeros(num_seats, dtype=np.bool_)
    slope, turn = np.zeros(num_nodes), np.zeros(num_nodes)
    tilt, lean = np.zeros(push.shape), np.zeros(push.shape)
    drop, least = np.zeros(num_nodes), np.zeros(num_nodes)
    ratio, size = np.zeros(num_nodes), np.zeros(num_nodes)
    for _ in range(num_steps):
        for s in range(num_seats):
            price_seat(
                s,
                start,
                node,
                cost,
                weight,
                low,
                high,
                price,
                push,
                reduced,
                worth,
                split,
                share,
                ratio,
                size,
            )
        value, last, following = _open_seats(worth, must_open, k, is_open)
        value += price.sum()
        norm = _turn(
            start,
            node,
            weight,
            low,
            high,
            pace,
            push,
            reduced,
            split,
            share,
            is_open,
            slope,
            turn,
            tilt,
            lean,
        )
        is_better = value > progress[BEST] + 1e-6 * abs(progress[BEST]) or progress[BEST] == -np.inf
        progress[IDLE] = 0.0 if is_better else progress[IDLE] + 1.0
        if value > progress[BEST]:
            progress[BEST] = value
            best_price[:] = price
            best_push[:] = push
        if value > cutoff:
            progress[OVER] = 1.0
            return
        if value >= progress[BEST] - WITHIN * (cutoff - progress[BEST]):
            _lift_pairs(start, node, reduced, worth, is_open, must_open, last, following, drop, lift)
            _rule_out(start, node, lift, worth, is_open, value, following, cutoff, is_alive, must_open, least)
            progress[LIFTED] = max(progress[LIFTED], least.max())
        if progress[LIFTED] > cutoff or norm < 1e-12:
            progress[OVER] = 1.0
            return
        if progress[IDLE] > PATIENCE:
            progress[STEP] /= 2.0
            progress[IDLE] = 0.0
            price[:] = best_price
            push[:] = best_push
            turn[:] = 0.0
            lean[:] = 0.0
            if progress[STEP] < LEAST_STEP:
                progress[OVER] = 1.0
                return
            continue
        length = progress[STEP] * (cutoff + 0.02 * abs(cutoff) - value) / norm
        for i in range(num_nodes):
            price[i] += length * pace[i] * turn[i]
        for w in range(1, len(low)):
            for s in range(num_seats):
                before = push[w, s]
                push[w, s] += length * lean[w, s]
                if before * push[w, s] < 0.0:
                    push[w, s] = 0.0


@compiled
def _open_seats(worth: Floats, must_open: Mask, k: int, is_open: Mask) -> tuple[float, float, float]:
    """Open the cheapest seats; return their worth, the greatest of one that need not be open, and the least of one that is closed."""
    value, num_free = 0.0, k
    for s in range(len(worth)):
        is_open[s] = must_open[s]
        if must_open[s]:
            num_free -= 1
            value += worth[s]
    last, following = -np.inf, np.inf
    if num_free < 0:
        return np.inf, last, following
    for s in np.argsort(worth, kind="mergesort"):
        if must_open[s]:
            continue
        if num_free == 0:
            following = worth[s]
            break
        num_free -= 1
        is_open[s] = True
        value += worth[s]
        last = worth[s]
    return np.inf if num_free > 0 else value, last, following


@compiled
def _turn(
    start: Ints,
    node: Ints,
    weight: Floats,
    low: Floats,
    high: Floats,
    pace: Floats,
    push: Floats,
    reduced: Floats,
    split: Ints,
    share: Floats,
    is_open: Mask,
    slope: Floats,
    turn: Floats,
    tilt: Floats,
    lean: Floats,
) -> float:
    """Set the directions ``turn`` (nodes,) and ``lean`` (W, seats); return their squared length in the measure of the steps."""
    slope[:] = 1.0
    for s in range(len(start) - 1):
        tilt[:, s] = 0.0
        if not is_open[s]:
            continue
        for p in range(start[s], start[s + 1]):
            if reduced[p] < 0.0 or p == start[s]:
                slope[node[p]] -= 1.0
                for w in range(1, len(low)):
                    tilt[w, s] += weight[w, node[p]]
        if split[s] >= 0:
            slope[node[split[s]]] -= share[s]
            for w in range(1, len(low)):
                tilt[w, s] += share[s] * weight[w, node[split[s]]]
        for w in range(1, len(low)):
            if push[w, s] > 0.0 or (push[w, s] == 0.0 and tilt[w, s] > high[w]):
                tilt[w, s] -= high[w]
            elif push[w, s] < 0.0 or tilt[w, s] < low[w]:
                tilt[w, s] -= low[w]
            else:
                tilt[w, s] = 0.0
    norm = 0.0
    for i in range(len(slope)):
        turn[i] = DAMPING * turn[i] + slope[i]
        norm += pace[i] * turn[i] ** 2
    for w in range(1, len(low)):
        for s in range(len(start) - 1):
            lean[w, s] = DAMPING * lean[w, s] + tilt[w, s]
            norm += lean[w, s] ** 2
    return norm


@compiled
def _rule_out(
    start: Ints,
    node: Ints,
    lift: Floats,
    worth: Floats,
    is_open: Mask,
    value: float,
    following: float,
    cutoff: float,
    is_alive: Mask,
    must_open: Mask,
    least: Floats,
) -> None:
    """Mark pairs whose use, and seats whose closing, costs more than the cutoff; set ``least`` to what any plan costs by the row of each node."""
    least[:] = np.inf
    for p in range(len(node)):
        if value + lift[p] > cutoff:
            is_alive[p] = False
        least[node[p]] = min(least[node[p]], value + lift[p])
    for s in range(len(start) - 1):
        if is_open[s] and value - worth[s] + following > cutoff:
            must_open[s] = True


@compiled
def _lift_pairs(
    start: Ints,
    node: Ints,
    reduced: Floats,
    worth: Floats,
    is_open: Mask,
    must_open: Mask,
    last: float,
    following: float,
    drop: Floats,
    lift: Floats,
) -> None:
    """Set ``lift`` (pairs,) to what the value rises by, at the least, when a pair is used.

    ``drop[i]`` is what it costs at the least that none of the open seats takes node i: each loses its gain from the node, or closes in favour of the next one.
    """
    drop[:] = 0.0
    for s in range(len(start) - 1):
        if is_open[s]:
            most = np.inf if must_open[s] else following - worth[s]
            drop[node[start[s]]] += most
            for p in range(start[s] + 1, start[s + 1]):
                if reduced[p] < 0.0:
                    drop[node[p]] += min(-reduced[p], most)
    for s in range(len(start) - 1):
        most = np.inf if must_open[s] else following - worth[s]
        for p in range(start[s], start[s + 1]):
            if not is_open[s]:
                lift[p] = max(worth[s] - last, worth[s] - following + drop[node[p]])
                if p != start[s]:
                    lift[p] += max(reduced[p], 0.0)
            elif p == start[s]:
                # Of the home of a seat that must open, nothing is known beyond that.
                lift[p] = drop[node[p]] - most if most < np.inf else 0.0
            elif reduced[p] < 0.0:
                lift[p] = drop[node[p]] - min(-reduced[p], most)
            else:
                lift[p] = drop[node[p]] + reduced[p]


@compiled
def lifts(
    start: Ints,
    node: Ints,
    cost: Floats,
    weight: Floats,
    low: Floats,
    high: Floats,
    k: int,
    price: Floats,
    push: Floats,
    must_open: Mask,
) -> Floats:
    """Return by how much the value at these multipliers rises, at the least, when a pair is used: shape (pairs,)."""
    num_seats, num_nodes = len(start) - 1, len(price)
    reduced, worth = np.zeros(len(node)), np.zeros(num_seats)
    split, share = np.full(num_seats, -1), np.zeros(num_seats)
    is_open = np.zeros(num_seats, dtype=np.bool_)
    ratio, size, drop = np.zeros(num_nodes), np.zeros(num_nodes), np.zeros(num_nodes)
    result = np.zeros(len(node))
    for s in range(num_seats):
        price_seat(
            s, start, node, cost, weight, low, high, price, push, reduced, worth, split, share, ratio, size
        )
    _, last, following = _open_seats(worth, must_open, k, is_open)
    _lift_pairs(start, node, reduced, worth, is_open, must_open, last, following, drop, result)
    return result
