"""Kernels of the Lagrangian bound: what every centre is worth at given prices of the nodes, nodes left out of its list included.

At prices ``price[i]`` centre j serves, besides itself, the nodes with the largest gain ``price[i] - cost[i, j]`` per demand, the last one in part: the
linear relaxation of a knapsack, from above and from below.
"""

from __future__ import annotations

from math import inf

import numpy as np

from orgraph.solver.compiled import compiled
from orgraph.solver.location.distance import cost_of
from orgraph.solver.location.instance import Indexes, Ints, Net
from orgraph.solver.location.problem import Floats


@compiled
def best_first(
    rate: Floats, items: Ints, first: int, last: int, demand: Ints, room: int
) -> tuple[int, float]:
    """Order items so that those with the best rates come first, as far as they fill ``room``.

    Returns the number of items from ``first`` on that fit whole, and the rate of the one that fits in part (0 where all fit).
    """
    low, high, left = first, last, room
    while low < high:
        pivot = rate[items[(low + high) // 2]]
        lt, t, gt = low, low, high
        while t < gt:
            value = rate[items[t]]
            if value > pivot:
                items[t], items[lt] = items[lt], items[t]
                lt += 1
                t += 1
            elif value < pivot:
                gt -= 1
                items[t], items[gt] = items[gt], items[t]
            else:
                t += 1
        weight = 0
        for t in range(low, lt):
            weight += demand[items[t]]
        if weight > left:
            high = lt
            continue
        left -= weight
        for t in range(lt, gt):
            if demand[items[t]] > left:
                return t - first, pivot
            left -= demand[items[t]]
        low = gt
    return last - first, 0.0


@compiled
def gather(
    net: Net,
    near: Indexes,
    near_cost: Floats,
    price: Floats,
    dearest: Ints,
    j: int,
    rate: Floats,
    gain: Floats,
    items: Ints,
) -> int:
    """Collect the nodes that centre j gains by, itself left out; return how many. ``dearest`` are all nodes by price, descending."""
    n, width = near.shape
    top = price[dearest[0]]
    found = 0
    for t in range(width):
        cost = near_cost[j, t]
        if t > 0 and cost >= top:
            return found
        i = near[j, t]
        if i != j and price[i] > cost:
            gain[i] = price[i] - cost
            rate[i] = gain[i] / net.demand[i] if net.demand[i] > 0 else inf
            items[found] = i
            found += 1
    if width == n:
        return found
    radius = near_cost[j, width - 1]
    for t in range(n):
        i = dearest[t]
        if price[i] <= radius:
            break
        cost = cost_of(net.metric, net.cost, net.at, i, j)
        if cost < radius or price[i] <= cost or i == j:
            continue
        is_listed = False
        if cost == radius:
            place = width - 1
            while place >= 0 and near_cost[j, place] == radius:
                is_listed = is_listed or near[j, place] == i
                place -= 1
        if not is_listed:
            gain[i] = price[i] - cost
            rate[i] = gain[i] / net.demand[i] if net.demand[i] > 0 else inf
            items[found] = i
            found += 1
    return found


@compiled
def _fill_up(
    net: Net,
    near: Indexes,
    near_cost: Floats,
    price: Floats,
    j: int,
    need: int,
    top: float,
    heaviest: int,
    rate: Floats,
    items: Ints,
) -> tuple[float, float]:
    """Return the least cost of serving ``need`` more from nodes that cost more than they bring, and the rate of the last one.

    A node that is not listed costs at least as much as the end of the list, less the highest price.
    """
    n, width = near.shape
    most = inf
    if width < n:
        most = max(0.0, near_cost[j, width - 1] - top) / heaviest
    found = 0
    for t in range(width):
        i = near[j, t]
        if i != j and net.demand[i] > 0 and price[i] <= near_cost[j, t]:
            rate[i] = (price[i] - near_cost[j, t]) / net.demand[i]
            if -rate[i] < most:
                items[found] = i
                found += 1
    fits, last = best_first(rate, items, 0, found, net.demand, need)
    extra = 0.0
    left = need
    for t in range(fits):
        extra -= rate[items[t]] * net.demand[items[t]]
        left -= net.demand[items[t]]
    if left == 0:
        return extra, last
    if fits < found:
        return extra - last * left, last
    return extra + most * left, -most


@compiled
def price_centers(
    net: Net,
    near: Indexes,
    near_cost: Floats,
    price: Floats,
    dearest: Ints,
    first: int,
    last: int,
    worth: Floats,
    shadow: Floats,
) -> None:
    """Set ``worth[j]``, the least cost of opening j at these prices, and ``shadow[j]``, the price of one unit of its room, for first <= j < last.

    A node that is no candidate is worth infinity.
    """
    n = len(price)
    rate, gain = np.empty(n), np.empty(n)
    items = np.empty(n, dtype=np.int64)
    heaviest = max(1, net.demand.max())
    for j in range(first, last):
        shadow[j] = 0.0
        if not net.is_allowed[j]:
            worth[j] = inf
            continue
        found = gather(net, near, near_cost, price, dearest, j, rate, gain, items)
        room = net.upper[j] - net.demand[j]
        fits, rest = best_first(rate, items, 0, found, net.demand, room)
        value = net.opening[j] + near_cost[j, 0] - price[j]
        load = net.demand[j]
        for t in range(fits):
            value -= gain[items[t]]
            load += net.demand[items[t]]
        if fits < found:
            value -= rest * (net.upper[j] - load)
            shadow[j] = rest
        elif load < net.lower[j]:
            extra, rest = _fill_up(
                net, near, near_cost, price, j, net.lower[j] - load, price[dearest[0]], heaviest, rate, items
            )
            value += extra
            shadow[j] = rest
        worth[j] = value


@compiled
def count_served(
    net: Net, near: Indexes, near_cost: Floats, price: Floats, dearest: Ints, opened: Ints, served: Floats
) -> None:
    """Set ``served[i]``: how often the opened centres together serve node i at these prices."""
    n = len(price)
    rate, gain = np.empty(n), np.empty(n)
    items = np.empty(n, dtype=np.int64)
    served[:] = 0.0
    for j in opened:
        found = gather(net, near, near_cost, price, dearest, j, rate, gain, items)
        fits, _ = best_first(rate, items, 0, found, net.demand, net.upper[j] - net.demand[j])
        served[j] += 1.0
        load = net.demand[j]
        for t in range(fits):
            served[items[t]] += 1.0
            load += net.demand[items[t]]
        if fits < found:
            served[items[fits]] += (net.upper[j] - load) / net.demand[items[fits]]
        elif load < net.lower[j]:
            left = net.lower[j] - load
            for t in range(near.shape[1]):
                i = near[j, t]
                if left > 0 and i != j and net.demand[i] > 0 and price[i] <= near_cost[j, t]:
                    share = min(1.0, left / net.demand[i])
                    served[i] += share
                    left -= share * net.demand[i]
