"""Prices of the nodes of a solved network, and the bound that they prove by weak duality, in exact integers."""

from __future__ import annotations

import numpy as np

from orgraph.solver.compiled import compiled
from orgraph.solver.matching.problem import Ints


def node_prices(
    tail: Ints, head: Ints, cost: Ints, at_least: Ints, at_most: Ints, flow: Ints, num_nodes: int
) -> Ints:
    """Return prices under which every arc of the residual network costs at least 0: shape (nodes,).

    Notes
    -----
    Bellman-Ford from a root next to every node; it ends because the residual network of a cheapest flow has no negative cycle. The number of passes is cut at
    the number of nodes: prices of a flow that is not cheapest still prove a bound, a weaker one.
    """
    price = np.zeros(num_nodes, dtype=np.int64)
    _relax(tail, head, cost, flow < at_most, flow > at_least, price)
    return price


def reduced_costs(tail: Ints, head: Ints, cost: Ints, price: Ints) -> Ints:
    """Return the cost of every arc under node prices."""
    return cost + price[tail] - price[head]


def dual_value(reduced: Ints, at_least: Ints, at_most: Ints) -> int:
    """Return a lower bound of the cost of every circulation within the bounds: what the arcs cost at least under any node prices."""
    cheapest = np.where(reduced > 0, at_least, at_most)
    return sum((reduced * cheapest).tolist())


@compiled
def _relax(tail: Ints, head: Ints, cost: Ints, forth: np.ndarray, back: np.ndarray, price: Ints) -> None:
    for _ in range(len(price)):
        is_changed = False
        for a in range(len(tail)):
            t, h = tail[a], head[a]
            if forth[a] and price[t] + cost[a] < price[h]:
                price[h] = price[t] + cost[a]
                is_changed = True
            if back[a] and price[h] - cost[a] < price[t]:
                price[t] = price[h] - cost[a]
                is_changed = True
        if not is_changed:
            return
