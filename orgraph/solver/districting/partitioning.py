"""Choose k sets of a pool that hold every node once, at the least cost: a bound and fixings by column generation, then the choice itself as an integer program.

The relaxation is far stronger than that of a model with one column per node and district, which is what proves border lengths: a set's cost is exact.
Barnhart et al. (1998), "Branch-and-price: column generation for solving huge integer programs".
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from ortools.linear_solver.python import model_builder

from orgraph.solver.districting.instance import Floats, Instance
from orgraph.solver.districting.pool import Pool

NUM_STEPS = 400
NUM_ADDED = 200
SMOOTHING = 0.5
"""Prices move this share of the way back to the best ones so far (Wentges 1997)."""
PROVEN = 1e-9
"""The bound is final once it is this close to the master program, relative."""


@dataclass(frozen=True, slots=True)
class Priced:
    """A valid bound of the partition's cost, and by how much a partition that uses a set costs more than the bound, at least: shape (sets,)."""

    bound: float
    extra: Floats


def price_sets(
    instance: Instance, pool: Pool, cost: Floats, start: Sequence[int], is_over: Callable[[], bool]
) -> Priced:
    """Return the bound of the linear relaxation over all sets, or the best one when time ends.

    Parameters
    ----------
    cost
        Shape (sets,).
    start
        Sets of some partition, so that the first master program has a solution.

    Notes
    -----
    Whatever the prices ``p`` of nodes, ``sum(p) + the k least of cost - p(set)`` is a bound.
    """
    k = instance.k
    columns = list(start)
    best = Priced(-np.inf, cost)
    prices = np.zeros(instance.num_nodes)
    for _ in range(NUM_STEPS):
        if is_over():
            break
        value, fresh = _master(instance, pool, cost, columns)
        prices = fresh if best.bound == -np.inf else SMOOTHING * prices + (1 - SMOOTHING) * fresh
        added: list[int] = []
        for tried in (prices, fresh):
            reduced = cost - pool.sums(tried)
            order = np.argpartition(reduced, min(NUM_ADDED + k, len(reduced) - 1))[: NUM_ADDED + k]
            least = np.sort(reduced[order])[:k]
            bound = float(tried.sum() + least.sum())
            if bound > best.bound:
                best = Priced(bound, np.maximum(reduced - least[-1], 0.0))
                prices = tried
            added += order.tolist()
        if value - best.bound <= PROVEN * max(1.0, abs(value)):
            break
        columns = _merged(columns, added)
    return best


def _merged(columns: list[int], added: list[int]) -> list[int]:
    return list(dict.fromkeys([*columns, *added]))


def _master(instance: Instance, pool: Pool, cost: Floats, columns: list[int]) -> tuple[float, Floats]:
    """Return the value of the relaxation over some sets and the prices of nodes."""
    model = model_builder.Model()  # type: ignore[no-untyped-call]
    held = pool.chosen_at(columns).incidence(instance.num_nodes) > 0
    used = [model.new_num_var(0.0, 1.0, "") for _ in columns]
    rows = [
        model.add_linear_constraint(
            model_builder.LinearExpr.sum([used[c] for c in np.flatnonzero(held[:, node])]), 1.0, 1.0
        )
        for node in range(instance.num_nodes)
    ]
    model.add_linear_constraint(model_builder.LinearExpr.sum(used), instance.k, instance.k)
    model.minimize(model_builder.LinearExpr.weighted_sum(used, cost[columns].tolist()))
    solver = model_builder.Solver("glop")
    solver.solve(model)
    return solver.objective_value, np.array([solver.dual_value(row) for row in rows])
