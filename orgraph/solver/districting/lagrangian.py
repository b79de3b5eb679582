"""Kernels of the relaxation for costs to a seat: subgradient steps, and what every vector of prices proves on the way.

Relaxed are the rows that give every node one district, at a price per node. What is left falls apart by seat: a seat that is open takes nodes that cost less than
their price, within its balance; the cheapest seats are open. The balance of one weight, the tightest, is kept exactly up to one fraction of a node, the others at a
price too: what a unit of weight pays at a seat is called its push, positive where the upper bound binds, negative where the lower one does.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from orgraph.solver.compiled import compiled
from orgraph.solver.districting.instance import Floats, Ints, Mask
from orgraph.solver.districting.seat_kernel import Priced, Rows, price_seats, unpriced

STEP, BEST, IDLE, LIFTED, OVER = range(5)
"""Places in ``progress``: length of steps, best value, steps without a better one, best bound that one row lifts, and whether the run is over."""

PATIENCE = 10
LEAST_STEP = 0.003
DAMPING = 0.3
"""Share of the last direction in the next one (Camerini, Fratta, Maffioli 1975)."""
WITHIN = 0.3
"""Fixings are looked for where the value lies within this share of the gap below the best one."""


class _Heading(NamedTuple):
    """Where the steps go: ``slope`` and ``tilt`` are the subgradient at hand, ``turn`` and ``lean`` the direction; shapes (nodes,), (W, seats)."""

    slope: Floats
    turn: Floats
    tilt: Floats
    lean: Floats


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
    rows = Rows(weight, low, high)
    priced = unpriced(len(node), num_seats, num_nodes)
    is_open = np.zeros(num_seats, dtype=np.bool_)
    heading = _Heading(np.zeros(num_nodes), np.zeros(num_nodes), np.zeros(push.shape), np.zeros(push.shape))
    lift, drop, least = np.zeros(len(node)), np.zeros(num_nodes), np.zeros(num_nodes)
    for _ in range(num_steps):
        price_seats(start, node, cost, rows, price, push, priced)
        value, last, following = _open_seats(priced.worth, must_open, k, is_open)
        value += price.sum()
        norm = _turn(start, node, rows, pace, push, priced, is_open, heading)
        _keep_best(value, price, push, best_price, best_push, progress)
        if progress[BEST] - WITHIN * (cutoff - progress[BEST]) <= value <= cutoff:
            _lift_pairs(start, node, priced, is_open, must_open, last, following, drop, lift)
            _rule_out(
                start, node, lift, priced.worth, is_open, value, following, cutoff, is_alive, must_open, least
            )
            progress[LIFTED] = max(progress[LIFTED], least.max())
        if value > cutoff or progress[LIFTED] > cutoff or norm < 1e-12:
            progress[OVER] = 1.0
            return
        if progress[IDLE] > PATIENCE:
            _go_back(price, push, best_price, best_push, heading, progress)
            if progress[STEP] < LEAST_STEP:
                progress[OVER] = 1.0
                return
        else:
            length = progress[STEP] * (cutoff + 0.02 * abs(cutoff) - value) / norm
            _take_step(length, pace, heading, price, push)


@compiled
def _keep_best(
    value: float, price: Floats, push: Floats, best_price: Floats, best_push: Floats, progress: Floats
) -> None:
    """Keep the multipliers when their value is the best one; count steps that hardly raise it."""
    is_better = value > progress[BEST] + 1e-6 * abs(progress[BEST]) or progress[BEST] == -np.inf
    progress[IDLE] = 0.0 if is_better else progress[IDLE] + 1.0
    if value > progress[BEST]:
        progress[BEST] = value
        best_price[:] = price
        best_push[:] = push


@compiled
def _go_back(
    price: Floats, push: Floats, best_price: Floats, best_push: Floats, heading: _Heading, progress: Floats
) -> None:
    """Begin again at the best multipliers, with steps half as long and no direction kept."""
    progress[STEP] /= 2.0
    progress[IDLE] = 0.0
    price[:] = best_price
    push[:] = best_push
    heading.turn[:] = 0.0
    heading.lean[:] = 0.0


@compiled
def _take_step(length: float, pace: Floats, heading: _Heading, price: Floats, push: Floats) -> None:
    """Move the multipliers; a push that would change its sign stops at zero."""
    for i in range(len(price)):
        price[i] += length * pace[i] * heading.turn[i]
    for w in range(1, len(push)):
        for s in range(push.shape[1]):
            before = push[w, s]
            push[w, s] += length * heading.lean[w, s]
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
    rows: Rows,
    pace: Floats,
    push: Floats,
    priced: Priced,
    is_open: Mask,
    heading: _Heading,
) -> float:
    """Set the directions ``turn`` (nodes,) and ``lean`` (W, seats); return their squared length in the measure of the steps."""
    weight, low, high = rows
    reduced, split, share = priced.reduced, priced.split, priced.share
    slope, turn, tilt, lean = heading
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
    priced: Priced,
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
    reduced, worth = priced.reduced, priced.worth
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
    priced = unpriced(len(node), num_seats, num_nodes)
    is_open = np.zeros(num_seats, dtype=np.bool_)
    drop, result = np.zeros(num_nodes), np.zeros(len(node))
    price_seats(start, node, cost, Rows(weight, low, high), price, push, priced)
    _, last, following = _open_seats(priced.worth, must_open, k, is_open)
    _lift_pairs(start, node, priced, is_open, must_open, last, following, drop, result)
    return result
