"""Kernels of the Lagrangian bound: what every centre is worth at given prices of the nodes, nodes left out of its list included.

At prices ``price[i]`` centre j serves, besides itself, the nodes with the largest gain ``price[i] - cost[i, j]`` per demand, the last one in part: the
linear relaxation of a knapsack, from above and from below.
"""

from __future__ import annotations

from math import inf

import numpy as np

from orgraph.solver.compiled import compiled
from orgraph.solver.location.distance import cost_of, is_listed
from orgraph.solver.location.instance import Ints, Lists, Net
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
    lists: Lists,
    price: Floats,
    top: float,
    far: Ints,
    j: int,
    rate: Floats,
    gain: Floats,
    items: Ints,
) -> int:
    """Collect the nodes that centre j gains by, itself left out; return how many. ``top`` is the highest price.

    ``far`` are the nodes whose price exceeds the end of their own lists: the only ones by which a centre can gain though neither lists the other.
    """
    near, near_cost = lists.near, lists.near_cost
    n, width = near.shape
    found = 0
    for t in range(1, width):
        if near_cost[j, t] >= top:
            break
        i = near[j, t]
        if price[i] > near_cost[j, t]:
            gain[i] = price[i] - near_cost[j, t]
            items[found] = i
            found += 1
    if width < n:
        for t in range(lists.back_start[j], lists.back_start[j + 1]):
            i = lists.back[t]
            if price[i] > lists.back_cost[t]:
                gain[i] = price[i] - lists.back_cost[t]
                items[found] = i
                found += 1
        for i in far:
            cost = cost_of(net.metric, net.cost, net.at, i, j)
            if price[i] <= cost or i == j or cost < max(near_cost[j, width - 1], near_cost[i, width - 1]):
                continue
            if not is_listed(near, near_cost, j, i, cost) and not is_listed(near, near_cost, i, j, cost):
                gain[i] = price[i] - cost
                items[found] = i
                found += 1
    for t in range(found):
        i = items[t]
        rate[i] = gain[i] / net.demand[i] if net.demand[i] > 0 else inf
    return found


@compiled
def _fill_up(
    net: Net,
    lists: Lists,
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
    near, near_cost = lists.near, lists.near_cost
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
    lists: Lists,
    price: Floats,
    far: Ints,
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
    top = price.max()
    heaviest = max(1, net.demand.max())
    for j in range(first, last):
        shadow[j] = 0.0
        if not net.is_allowed[j]:
            worth[j] = inf
            continue
        found = gather(net, lists, price, top, far, j, rate, gain, items)
        room = net.upper[j] - net.demand[j]
        fits, rest = best_first(rate, items, 0, found, net.demand, room)
        value = net.opening[j] + lists.near_cost[j, 0] - price[j]
        load = net.demand[j]
        for t in range(fits):
            value -= gain[items[t]]
            load += net.demand[items[t]]
        if fits < found:
            value -= rest * (net.upper[j] - load)
            shadow[j] = rest
        elif load < net.lower[j]:
            extra, rest = _fill_up(net, lists, price, j, net.lower[j] - load, top, heaviest, rate, items)
            value += extra
            shadow[j] = rest
        worth[j] = value


@compiled
def count_served(net: Net, lists: Lists, price: Floats, far: Ints, opened: Ints, served: Floats) -> None:
    """Set ``served[i]``: how often the opened centres together serve node i at these prices."""
    n = len(price)
    rate, gain = np.empty(n), np.empty(n)
    items = np.empty(n, dtype=np.int64)
    top = price.max()
    served[:] = 0.0
    for j in opened:
        found = gather(net, lists, price, top, far, j, rate, gain, items)
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
            for t in range(lists.near.shape[1]):
                i = lists.near[j, t]
                if left > 0 and i != j and net.demand[i] > 0 and price[i] <= lists.near_cost[j, t]:
                    share = min(1.0, left / net.demand[i])
                    served[i] += share
                    left -= share * net.demand[i]
