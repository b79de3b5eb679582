"""The linear relaxation of a partition into sets, by column generation over the sets that are written down: a bound, and by how much each set misses it.

Barnhart et al. (1998), "Branch-and-price: column generation for solving huge integer programs"; smoothing as in Wentges (1997).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from ortools.linear_solver.python import model_builder

from orgraph.solver.covering.sets import Floats, Ints, Sets

NUM_STEPS = 300
NUM_ADDED = 400
SMOOTHING = 0.5
PROVEN = 1e-7
"""The bound is final once it is this close to the master program, relative."""


@dataclass
class Priced:
    """A valid bound, by how much a partition that uses a set costs more than the bound at least (shape (sets,)), and the sets of the last master program."""

    bound: float
    extra: Floats
    columns: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))


def price_sets(sets: Sets, start: Ints, is_over: Callable[[], bool]) -> Priced:
    """Return the bound of the relaxation over all ``sets``, or the best one when time ends.

    Parameters
    ----------
    start
        Numbers of some sets to begin with.

    Notes
    -----
    Whatever the prices p of units: take d, the least of (cost - p(set)) / size over all sets, or 0 if that is more. With prices p + d no set is underpriced, so
    their sum is a bound (a partition holds every unit once), and cost - (p + d)(set) is what a set costs beyond it.
    """
    num_units, cost, size = len(sets.small), sets.cost.astype(np.float64), sets.size
    # What no partition costs: units that no set of the master holds are placed at this price.
    penalty = float(sets.cost.max(initial=1)) * (num_units + 1)
    best = _safe(sets, cost, size, np.zeros(num_units))
    prices, columns = np.zeros(num_units), np.unique(start)
    for step in range(NUM_STEPS):
        if is_over() or not num_units or not len(cost):
            break
        value, fresh = _master(sets.chosen(columns), penalty)
        prices = fresh if step == 0 else SMOOTHING * prices + (1 - SMOOTHING) * fresh
        added = [columns]
        for tried in (prices, fresh):
            priced = _safe(sets, cost, size, tried)
            if priced.bound > best.bound:
                best, prices = priced, tried
            reduced = (cost - sets.sums(tried)) / size
            order = np.argpartition(reduced, min(NUM_ADDED, len(reduced) - 1))[:NUM_ADDED]
            added.append(order[reduced[order] < 0])
        if value - best.bound <= PROVEN * max(1.0, abs(value)):
            break
        columns = np.unique(np.concatenate(added))
    best.columns = columns
    return best


def _safe(sets: Sets, cost: Floats, size: Ints, prices: Floats) -> Priced:
    """Return the bound that prices prove after they are lowered as far as needed."""
    if not len(cost):
        return Priced(0.0, cost)
    lowered = prices + min(0.0, float(((cost - sets.sums(prices)) / size).min()))
    return Priced(float(lowered.sum()), cost - sets.sums(lowered))


def _master(sets: Sets, penalty: float) -> tuple[float, Floats]:
    """Return the value of the relaxation over some sets and the prices of units."""
    num_units = len(sets.small)
    model = model_builder.Model()  # type: ignore[no-untyped-call]
    missing = [model.new_num_var(0.0, 1.0, "") for _ in range(num_units)]
    used = [model.new_num_var(0.0, 1.0, "") for _ in sets.cost]
    rows = [[one] for one in missing]
    for column, units in zip(used, sets.tuples(np.arange(len(used))), strict=True):
        for unit in units:
            rows[unit].append(column)
    held = [model.add_linear_constraint(model_builder.LinearExpr.sum(row), 1.0, 1.0) for row in rows]
    costs = [penalty] * num_units + sets.cost.tolist()
    model.minimize(model_builder.LinearExpr.weighted_sum([*missing, *used], costs))
    solver = model_builder.Solver("glop")
    solver.solve(model)
    return solver.objective_value, np.array([solver.dual_value(row) for row in held])
