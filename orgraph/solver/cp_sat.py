"""Solve a pure integer program with CP-SAT. Costs that are not integers are scaled and rounded so that the bound stays a bound of the true costs."""

from __future__ import annotations

from math import ceil, floor, inf, isinf, log2

from ortools.sat.python import cp_model

from orgraph.solver.engine import Clock, OnBound, Outcome, Result, calling_when_set
from orgraph.solver.mip import Mip

LARGEST = 2**52

_RESULTS = {
    cp_model.OPTIMAL: Result.OPTIMAL,
    cp_model.FEASIBLE: Result.FEASIBLE,
    cp_model.INFEASIBLE: Result.INFEASIBLE,
}


def solve_cp_sat(
    mip: Mip,
    clock: Clock,
    *,
    seed: int = 0,
    cutoff: float | None = None,
    effort: float = inf,
    on_bound: OnBound = lambda _: None,
) -> Outcome:
    """Minimize ``mip``. Rows must have integer coefficients; every column takes integers, continuous ones too (their bounds must be finite).

    Parameters
    ----------
    clock
        Time, workers and stop signal.
    seed
        With one worker and without a time limit hit, equal seeds give equal points.
    cutoff
        Only points that cost at most this are sought.
    effort
        Most deterministic time of CP-SAT, about seconds: unlike the clock, it ends equal runs at equal points.
    on_bound
        Told of every better bound on the way, in a thread of CP-SAT.

    Notes
    -----
    Costs are multiplied by a scale and rounded down, so the sum of rounded costs over the scale never exceeds the true cost.
    """
    model = cp_model.CpModel()
    columns = [
        model.new_int_var(ceil(low), floor(high), "") for low, high in zip(mip.lower, mip.upper, strict=True)
    ]
    for cells, coefficients, low, high in mip.rows:
        whole = [round(c) for c in coefficients]
        row = cp_model.LinearExpr.weighted_sum([columns[c] for c in cells], whole)
        model.add_linear_constraint(row, _lower_side(low), _upper_side(high))
    scale = _scale(mip)
    costs = [(j, floor(c * scale)) for j, c in enumerate(mip.cost) if c]
    if costs:
        cost = cp_model.LinearExpr.weighted_sum([columns[j] for j, _ in costs], [c for _, c in costs])
        model.minimize(cost)
        if cutoff is not None:
            model.add(cost <= floor(cutoff * scale))
    for column, value in mip.hint.items():
        model.add_hint(columns[column], round(value))
    return _run(model, columns, clock, seed, scale, effort, on_bound)


def _run(
    model: cp_model.CpModel,
    columns: list[cp_model.IntVar],
    clock: Clock,
    seed: int,
    scale: float,
    effort: float,
    on_bound: OnBound,
) -> Outcome:
    if clock.is_over():
        return Outcome(Result.UNKNOWN)
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = clock.left_s
    solver.parameters.max_deterministic_time = effort
    solver.parameters.num_workers = clock.limits.workers
    solver.parameters.random_seed = seed % 2**31
    if model.has_objective():
        solver.best_bound_callback = lambda bound: on_bound(bound / scale)
    with calling_when_set(clock.limits.stop, solver.stop_search):
        status = solver.solve(model)
    result = _RESULTS.get(status, Result.UNKNOWN)
    if result is Result.INFEASIBLE:
        return Outcome(result, None, inf)
    x = None
    if result is not Result.UNKNOWN:
        x = tuple(float(v) for v in solver.values(columns))
    if not model.has_objective():
        return Outcome(result, x, 0.0)
    has_bound = x is not None or solver.best_objective_bound > 0
    return Outcome(result, x, solver.best_objective_bound / scale if has_bound else None)


def _scale(mip: Mip) -> float:
    if all(float(c).is_integer() for c in mip.cost):
        return 1.0
    largest = sum(
        abs(c) * max(abs(low), abs(high)) for c, low, high in zip(mip.cost, mip.lower, mip.upper, strict=True)
    )
    return float(2 ** floor(log2(LARGEST / max(largest, 1e-12))))


def _lower_side(side: float) -> int:
    return cp_model.INT_MIN if isinf(side) else ceil(side)


def _upper_side(side: float) -> int:
    return cp_model.INT_MAX if isinf(side) else floor(side)
