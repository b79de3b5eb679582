"""Solve a small integer program with SCIP: on the few pairs that a Lagrangian bound leaves it proves several times as fast as CP-SAT.

Its proofs are of floating-point arithmetic, with tolerances far below one unit of any row that is allowed here.
"""

from __future__ import annotations

from math import inf, isfinite

import ortools.linear_solver.pywraplp as pywraplp

from orgraph.solver.engine import Clock, Outcome, Result, calling_when_set
from orgraph.solver.mip import Mip

LARGEST = 1_000_000
"""Sides and coefficients up to this are far enough from the tolerance of 1e-9."""
WHOLE_MARGIN = 1e-6


def suits_scip(mip: Mip) -> bool:
    """Return whether all columns are 0-1, all rows whole, and all numbers of moderate size."""
    numbers = [c for _, coefficients, _, _ in mip.rows for c in coefficients]
    numbers += [side for _, _, low, high in mip.rows for side in (low, high) if isfinite(side)]
    is_whole = all(number == int(number) for number in numbers)
    return (
        is_whole and all(mip.is_integer) and all(abs(number) <= LARGEST for number in [*numbers, *mip.cost])
    )


def solve_scip(mip: Mip, clock: Clock, *, seed: int, cutoff: float | None, num_nodes: int) -> Outcome:
    """Minimize ``mip``, which suits, among points of cost up to ``cutoff``, with so many nodes at most."""
    if clock.is_over():
        return Outcome(Result.UNKNOWN)
    solver = pywraplp.Solver.CreateSolver("SCIP")
    solver.SetTimeLimit(max(1, round(1000 * clock.left_s)))
    solver.SetSolverSpecificParametersAsString(
        f"limits/nodes = {num_nodes}\nnumerics/feastol = 1e-9\nlimits/gap = 0\nlimits/absgap = 0\n"
        f"randomization/randomseedshift = {seed % 2**31}\n"
    )
    columns = [solver.BoolVar("") for _ in range(mip.num_columns)]
    objective = solver.Objective()
    for column, cost in zip(columns, mip.cost, strict=True):
        objective.SetCoefficient(column, cost)
    rows = list(mip.rows)
    if cutoff is not None:
        rows.append((tuple(range(mip.num_columns)), tuple(mip.cost), -inf, cutoff))
    for cells, coefficients, low, high in rows:
        row = solver.RowConstraint(low, high, "")
        for cell, coefficient in zip(cells, coefficients, strict=True):
            row.SetCoefficient(columns[cell], coefficient)
    with calling_when_set(clock.limits.stop, solver.InterruptSolve):
        status = solver.Solve()
    if status == pywraplp.Solver.INFEASIBLE:
        return Outcome(Result.INFEASIBLE, None, inf)
    if status in (pywraplp.Solver.ABNORMAL, pywraplp.Solver.MODEL_INVALID, pywraplp.Solver.UNBOUNDED):
        return Outcome(Result.UNKNOWN)
    bound = objective.BestBound() - WHOLE_MARGIN
    x = None
    if status in (pywraplp.Solver.OPTIMAL, pywraplp.Solver.FEASIBLE):
        x = tuple(float(round(column.solution_value())) for column in columns)
    result = {pywraplp.Solver.OPTIMAL: Result.OPTIMAL, pywraplp.Solver.FEASIBLE: Result.FEASIBLE}
    return Outcome(result.get(status, Result.UNKNOWN), x, bound if isfinite(bound) else None)
