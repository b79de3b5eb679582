"""Kernels of the 0-1 knapsack of one agent, by dynamic programming over its capacity.

A table has one row per number of items considered and one column per amount of room; row k, column r holds the greatest gain of the first k items within r.
"""

from __future__ import annotations

import numpy as np

from orgraph.solver.assignment.core import Ints
from orgraph.solver.assignment.problem import Costs, Mask
from orgraph.solver.compiled import compiled


@compiled
def choose_items(cost: Costs, load: Ints, room: int, price: Costs, is_open: Mask, items: Ints) -> int:
    """Write the tasks that gain something and fit to ``items``; return their number."""
    num_items = 0
    for t in range(len(price)):
        if is_open[t] and price[t] > cost[t] and load[t] <= room:
            items[num_items] = t
            num_items += 1
    return num_items


@compiled
def fill_table(
    cost: Costs, load: Ints, room: int, price: Costs, items: Ints, num_items: int, table: Costs
) -> None:
    """Fill the rows of ``table`` for the items in their order."""
    table[0, : room + 1] = 0.0
    for i in range(num_items):
        t = items[i]
        fill_row(table[i], table[i + 1], load[t], price[t] - cost[t], room)


@compiled
def fill_row(before: Costs, after: Costs, size: int, gain: float, room: int) -> None:
    """Fill the row after one more item of this size and gain."""
    after[:size] = before[:size]
    for r in range(size, room + 1):
        without, using = before[r], before[r - size] + gain
        after[r] = using if using > without else without


@compiled
def trace_items(load: Ints, room: int, items: Ints, num_items: int, table: Costs, chosen: Mask) -> None:
    """Add the tasks of the best knapsack to ``chosen``."""
    r = room
    for i in range(num_items - 1, -1, -1):
        if table[i + 1, r] > table[i, r]:
            chosen[items[i]] = True
            r -= load[items[i]]


@compiled
def solve_knapsack(
    cost: Costs,
    load: Ints,
    room: int,
    price: Costs,
    is_open: Mask,
    items: Ints,
    table: Costs,
    chosen: Mask,
) -> float:
    """Return the greatest gain and set ``chosen`` to a knapsack that has it.

    Only items that could be on either side get a row: with the gain per load of the item that breaks the linear relaxation, any other item's loss by changing
    sides is known, and a greedy knapsack shows how much may be lost. Pisinger (1997), "A minimal algorithm for the 0-1 knapsack problem".
    """
    chosen[:] = False
    num_items = choose_items(cost, load, room, price, is_open, items)
    ratio = np.empty(num_items)
    for i in range(num_items):
        t = items[i]
        ratio[i] = (price[t] - cost[t]) / load[t] if load[t] > 0 else np.inf
    order = np.argsort(-ratio)
    left, relaxed, greedy, slope, broken = room, 0.0, 0.0, 0.0, num_items
    for k in range(num_items):
        t = items[order[k]]
        if load[t] > left:
            slope, broken = ratio[order[k]], k
            relaxed = greedy + slope * left
            break
        greedy += price[t] - cost[t]
        left -= load[t]
    if broken == num_items:
        for k in range(num_items):
            chosen[items[k]] = True
        return greedy
    spare = left
    for k in range(broken, num_items):
        t = items[order[k]]
        if load[t] <= spare:
            greedy += price[t] - cost[t]
            spare -= load[t]
    most_loss = relaxed - greedy + 1e-9 * (1.0 + relaxed)
    gain, left, num_rows = 0.0, room, 0
    rows = np.empty(num_items, dtype=np.int64)
    for k in range(num_items):
        t = items[order[k]]
        loss = price[t] - cost[t] - slope * load[t] if load[t] > 0 else np.inf
        if k < broken and loss > most_loss:
            chosen[t] = True
            gain += price[t] - cost[t]
            left -= load[t]
        elif k < broken or -loss <= most_loss:
            rows[num_rows] = t
            num_rows += 1
    fill_table(cost, load, left, price, rows, num_rows, table)
    trace_items(load, left, rows, num_rows, table, chosen)
    return float(gain + table[num_rows, left])
