"""Whether a problem has a plan at all, proven either way."""

from __future__ import annotations

from orgraph.solver.assignment.model import Model
from orgraph.solver.assignment.problem import Plan, Problem
from orgraph.solver.cp_sat import solve_cp_sat
from orgraph.solver.engine import Clock, Result
from orgraph.solver.solution import Limits


def is_feasible(problem: Problem, limits: Limits | None = None) -> bool | None:
    """Return whether ``problem`` has a plan, ``None`` when that is not known within the limits."""
    result, _ = find_any(problem, Clock(limits or Limits()), 0)
    return None if result is Result.UNKNOWN else result is not Result.INFEASIBLE


def find_any(problem: Problem, clock: Clock, seed: int) -> tuple[Result, Plan | None]:
    """Return whether there is a plan, and one. CP-SAT proves it: all rules are in whole numbers."""
    model = Model(problem)
    model.add_rules()
    outcome = solve_cp_sat(model.mip, clock, seed=seed)
    return outcome.result, None if outcome.x is None else model.plan(outcome.x)
