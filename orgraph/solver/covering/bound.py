"""The linear relaxation of a partition into sets, by column generation over the sets that are written down: a bound, and by how much each set misses it.

Barnhart et al. (1998), "Branch-and-price: column generation for solving huge integer programs"; smoothing as in Wentges (1997); subset-row cuts of Jepsen, Petersen,
Spoorendonk, Pisinger (2008).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from math import inf

import numpy as np
from ortools.linear_solver.python import model_builder

from orgraph.solver.covering.cuts import MOST_CUTS, Cuts, no_cuts, violated
from orgraph.solver.covering.sets import Floats, Ints, Sets

NUM_STEPS = 300
NUM_ADDED = 400
SMOOTHING = 0.5
PROVEN = 1e-7
"""The bound of a round is final once it is this close to the master program, relative."""


@dataclass
class Priced:
    """A valid bound, by how much a partition that uses a set costs more than the bound at least (shape (sets,)), the sets of the last master program, the cuts."""

    bound: float
    extra: Floats
    columns: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    cuts: Cuts | None = None


@dataclass(frozen=True)
class Duals:
    """Duals of units (of any sign), of one more set in every piece of the map (at least 0), and of the right sides of cuts (at most 0)."""

    of_unit: Floats
    of_piece: Floats
    of_cut: Floats


@dataclass(frozen=True)
class _Master:
    """Value of the relaxation over some sets, its prices, and how far every one of those sets is used."""

    value: float
    prices: Duals
    used: Floats


def price_sets(
    sets: Sets, start: Ints, is_over: Callable[[], bool], *, num_rounds: int = 0, enough: float = inf
) -> Priced:
    """Return the bound of the relaxation over all ``sets``, or the best one when time ends.

    Parameters
    ----------
    start
        Numbers of some sets to begin with.
    num_rounds
        How often cuts are added.
    enough
        A greater bound is of no use.

    Notes
    -----
    A piece of m units takes at least m / (most units) sets, rounded up (a Chvatal-Gomory cut); at most one set holds two or more of any three units (a subset-row
    cut). Whatever the prices p of units, q >= 0 of sets in a piece and r <= 0 of cuts: take d, the least of (cost - p(set) - q - r(set)) / size over all sets, or 0
    if that is more. With prices p + d no set is underpriced, so their sum, q times the least numbers of sets and the sum of r are a bound (a partition holds every
    unit once), and what a set costs above its prices is what it misses the bound by. What each round proves of a set is kept.
    """
    cuts, columns = no_cuts(sets), np.unique(start)
    best = count_sets(sets)
    if not len(sets.cost):
        return best
    for number in range(num_rounds + 1):
        found, columns, master = _generate(sets, cuts, columns, is_over)
        best = _better(best, found)
        if master is None or best.bound > enough or number == num_rounds or is_over():
            break
        fresh = violated(sets.chosen(columns), master.used)
        if not len(fresh) or len(cuts.triples) >= MOST_CUTS:
            break
        cuts = cuts.extended(sets, fresh)
    best.columns, best.cuts = columns, cuts
    return best


def count_sets(sets: Sets) -> Priced:
    """Return the bound by arithmetic: every piece of the map takes its least number of sets, at the price of its cheapest one."""
    prices = _zero(sets)
    prices.of_piece[:] = sets.cost.max(initial=0)
    np.minimum.at(prices.of_piece, sets.piece, sets.cost)
    return _safe(sets, no_cuts(sets), prices)


def _generate(
    sets: Sets, cuts: Cuts, columns: Ints, is_over: Callable[[], bool]
) -> tuple[Priced, Ints, _Master | None]:
    """Return what is proven under these cuts, the columns brought up, and the last master program, ``None`` when it was not solved to the end."""
    # More than any set costs: what a unit pays that no set of the master holds.
    penalty = float(sets.cost.max() * 2)
    best, prices = _safe(sets, cuts, _zero(sets, cuts)), None
    for _ in range(NUM_STEPS):
        if is_over() or (master := _solve(sets.chosen(columns), cuts.chosen(columns), penalty)) is None:
            break
        prices = master.prices if prices is None else _smooth(prices, master.prices)
        added = [columns]
        for tried in (prices, master.prices):
            priced = _safe(sets, cuts, tried)
            if priced.bound > best.bound:
                best, prices = priced, tried
            added.append(_underpriced(sets, cuts, tried))
        if master.value - best.bound <= PROVEN * max(1.0, abs(master.value)):
            return best, columns, master
        columns = np.unique(np.concatenate(added))
    return best, columns, None


def _better(best: Priced, found: Priced) -> Priced:
    """Return the better bound, with what both prove of every set."""
    least = np.maximum(best.bound + best.extra, found.bound + found.extra)
    bound = max(best.bound, found.bound)
    return Priced(bound, least - bound)


def _zero(sets: Sets, cuts: Cuts | None = None) -> Duals:
    num_cuts = 0 if cuts is None else len(cuts.triples)
    return Duals(np.zeros(len(sets.small)), np.zeros(len(sets.least_number)), np.zeros(num_cuts))


def _smooth(prices: Duals, fresh: Duals) -> Duals:
    share = SMOOTHING
    return Duals(
        share * prices.of_unit + (1 - share) * fresh.of_unit,
        share * prices.of_piece + (1 - share) * fresh.of_piece,
        share * prices.of_cut + (1 - share) * fresh.of_cut,
    )


def _reduced(sets: Sets, cuts: Cuts, prices: Duals) -> Floats:
    reduced: Floats = (
        sets.cost - sets.sums(prices.of_unit) - prices.of_piece[sets.piece] - cuts.sums(prices.of_cut)
    )
    return reduced


def _underpriced(sets: Sets, cuts: Cuts, prices: Duals) -> Ints:
    """Return the sets that look best at these prices, as far as they are underpriced."""
    reduced = _reduced(sets, cuts, prices) / sets.size
    order = np.argpartition(reduced, min(NUM_ADDED, len(reduced) - 1))[:NUM_ADDED]
    return order[reduced[order] < 0]


def _safe(sets: Sets, cuts: Cuts, prices: Duals) -> Priced:
    """Return the bound that prices prove after those of units are lowered as far as needed."""
    if not len(sets.cost):
        return Priced(0.0, sets.cost.astype(np.float64))
    lowered = prices.of_unit + min(0.0, float((_reduced(sets, cuts, prices) / sets.size).min()))
    bound = float(lowered.sum() + prices.of_piece @ sets.least_number + prices.of_cut.sum())
    return Priced(bound, _reduced(sets, cuts, Duals(lowered, prices.of_piece, prices.of_cut)))


def _solve(sets: Sets, cuts: Cuts, penalty: float) -> _Master | None:
    """Solve the relaxation over some sets, ``None`` when GLOP fails."""
    num_units = len(sets.small)
    model = model_builder.Model()  # type: ignore[no-untyped-call]
    # No upper bounds: a column at one would have a price of its own, and the units' prices would say too much.
    missing = [model.new_num_var(0.0, inf, "") for _ in range(num_units)]
    used = [model.new_num_var(0.0, inf, "") for _ in sets.cost]
    rows = [[one] for one in missing]
    pieces = [
        [missing[u] for u in np.flatnonzero(sets.piece_of_unit == k)] for k in range(len(sets.least_number))
    ]
    for column, units, piece in zip(
        used, sets.tuples(np.arange(len(used))), sets.piece.tolist(), strict=True
    ):
        pieces[piece].append(column)
        for unit in units:
            rows[unit].append(column)
    total, add = model_builder.LinearExpr.sum, model.add_linear_constraint
    held = [add(total(row), 1.0, 1.0) for row in rows]
    many = [
        add(total(piece), float(k), inf) for piece, k in zip(pieces, sets.least_number.tolist(), strict=True)
    ]
    once = [add(total([used[s] for s in np.flatnonzero(row)]), -inf, 1.0) for row in cuts.held]
    costs = np.concatenate([np.full(num_units, penalty), sets.cost]).tolist()
    model.minimize(model_builder.LinearExpr.weighted_sum([*missing, *used], costs))
    solver = model_builder.Solver("glop")
    if solver.solve(model) != model_builder.SolveStatus.OPTIMAL:
        return None
    duals = [
        np.array([solver.dual_value(row) for row in block], dtype=np.float64) for block in (held, many, once)
    ]
    prices = Duals(duals[0], np.maximum(duals[1], 0.0), np.minimum(duals[2], 0.0))
    return _Master(float(solver.objective_value), prices, np.array([solver.value(column) for column in used]))
