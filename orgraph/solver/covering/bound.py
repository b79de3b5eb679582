"""The linear relaxation of a partition into sets, by column generation over the sets that are written down: a bound, and by how much each set misses it.

Barnhart et al. (1998), "Branch-and-price: column generation for solving huge integer programs"; smoothing as in Wentges (1997).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from math import inf

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


@dataclass(frozen=True)
class Prices:
    """Prices of units (of any sign), and of one more set in every piece of the map (at least 0)."""

    of_unit: Floats
    of_piece: Floats


def price_sets(sets: Sets, start: Ints, is_over: Callable[[], bool]) -> Priced:
    """Return the bound of the relaxation over all ``sets``, or the best one when time ends.

    Parameters
    ----------
    start
        Numbers of some sets to begin with.

    Notes
    -----
    A piece of m units takes at least m / (most units) sets, rounded up (a Chvatal-Gomory cut). Whatever the prices p of units and q >= 0 of sets in a piece: take d, the
    least of (cost - p(set) - q) / size over all sets, or 0 if that is more. With prices p + d no set is underpriced, so their sum and q times the least numbers of
    sets is a bound (a partition holds every unit once), and cost - (p + d)(set) - q is what a set costs beyond it.
    """
    best = _safe(sets, Prices(np.zeros(len(sets.small)), np.zeros(len(sets.least_number))))
    if not len(sets.cost):
        return best
    # More than any partition costs: what a unit pays that no set of the master holds.
    penalty = float(sets.cost.max() * 2)
    prices, columns = None, np.unique(start)
    for _ in range(NUM_STEPS):
        if is_over() or (solved := _master(sets.chosen(columns), penalty)) is None:
            break
        value, fresh = solved
        prices = fresh if prices is None else _smooth(prices, fresh)
        added = [columns]
        for tried in (prices, fresh):
            priced = _safe(sets, tried)
            if priced.bound > best.bound:
                best, prices = priced, tried
            added.append(_underpriced(sets, tried))
        if value - best.bound <= PROVEN * max(1.0, abs(value)):
            break
        columns = np.unique(np.concatenate(added))
    best.columns = columns
    return best


def _smooth(prices: Prices, fresh: Prices) -> Prices:
    share = SMOOTHING
    return Prices(
        share * prices.of_unit + (1 - share) * fresh.of_unit,
        share * prices.of_piece + (1 - share) * fresh.of_piece,
    )


def _reduced(sets: Sets, prices: Prices) -> Floats:
    reduced: Floats = sets.cost - sets.sums(prices.of_unit) - prices.of_piece[sets.piece]
    return reduced


def _underpriced(sets: Sets, prices: Prices) -> Ints:
    """Return the sets that look best at these prices, as far as they are underpriced."""
    reduced = _reduced(sets, prices) / sets.size
    order = np.argpartition(reduced, min(NUM_ADDED, len(reduced) - 1))[:NUM_ADDED]
    return order[reduced[order] < 0]


def _safe(sets: Sets, prices: Prices) -> Priced:
    """Return the bound that prices prove after those of units are lowered as far as needed."""
    if not len(sets.cost):
        return Priced(0.0, sets.cost.astype(np.float64))
    lowered = prices.of_unit + min(0.0, float((_reduced(sets, prices) / sets.size).min()))
    bound = float(lowered.sum() + prices.of_piece @ sets.least_number)
    return Priced(bound, _reduced(sets, Prices(lowered, prices.of_piece)))


def _master(sets: Sets, penalty: float) -> tuple[float, Prices] | None:
    """Return the value of the relaxation over some sets and its prices, ``None`` when GLOP fails."""
    num_units, num_pieces = len(sets.small), len(sets.least_number)
    model = model_builder.Model()  # type: ignore[no-untyped-call]
    # No upper bounds: a column at one would have a price of its own, and the units' prices would say too much.
    missing = [model.new_num_var(0.0, inf, "") for _ in range(num_units)]
    used = [model.new_num_var(0.0, inf, "") for _ in sets.cost]
    rows = [[one] for one in missing]
    pieces = [[missing[u] for u in np.flatnonzero(sets.piece_of_unit == k)] for k in range(num_pieces)]
    for column, units, piece in zip(
        used, sets.tuples(np.arange(len(used))), sets.piece.tolist(), strict=True
    ):
        pieces[piece].append(column)
        for unit in units:
            rows[unit].append(column)
    total = model_builder.LinearExpr.sum
    held = [model.add_linear_constraint(total(row), 1.0, 1.0) for row in rows]
    many = [
        model.add_linear_constraint(total(piece), float(least), inf)
        for piece, least in zip(pieces, sets.least_number.tolist(), strict=True)
    ]
    costs = np.concatenate([np.full(num_units, penalty), sets.cost]).tolist()
    model.minimize(model_builder.LinearExpr.weighted_sum([*missing, *used], costs))
    solver = model_builder.Solver("glop")
    if solver.solve(model) != model_builder.SolveStatus.OPTIMAL:
        return None
    of_unit = np.array([solver.dual_value(row) for row in held], dtype=np.float64)
    of_piece = np.array([solver.dual_value(row) for row in many], dtype=np.float64)
    return float(solver.objective_value), Prices(of_unit, np.maximum(of_piece, 0.0))
