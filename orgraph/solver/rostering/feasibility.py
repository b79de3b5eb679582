"""Whether a rostering problem has any plan at all."""

from __future__ import annotations

from dataclasses import replace

from orgraph.solver.cp_sat import solve_cp_sat
from orgraph.solver.engine import Clock, Result
from orgraph.solver.highs import Highs
from orgraph.solver.rostering.check import violations
from orgraph.solver.rostering.heuristic import draw
from orgraph.solver.rostering.instance import build_instance
from orgraph.solver.rostering.model import Model
from orgraph.solver.rostering.problem import Problem, Uncovered
from orgraph.solver.solution import Limits

MOST_COLUMNS_EXACT = 2000
"""Up to this size CP-SAT decides; beyond it HiGHS is faster, in floating point."""


def is_feasible(problem: Problem, limits: Limits | None = None) -> bool | None:
    """Return whether there is a plan, ``None`` when the limits do not let it be decided. The problem has no findings."""
    kept = tuple(p for p in problem.preferences if isinstance(p, Uncovered))
    problem = _needed(replace(problem, preferences=kept))
    instance = build_instance(problem)
    if not violations(problem, draw(instance)):
        return True
    model = Model(instance)
    model.add_rules()
    return decide(model, Clock(limits or Limits()))


def _needed(problem: Problem) -> Problem:
    """Leave out demands for nobody that limit nobody: a plan stays one without the duties that only they let in."""
    if any(person.least_shifts for person in problem.people):
        return problem
    forced = {(duty.shift, duty.skill) for duty in problem.forced}
    kept = (
        demand
        for demand in problem.demands
        if demand.number or demand.most is not None or (demand.shift, demand.skill) in forced
    )
    return replace(problem, demands=tuple(kept))


def decide(model: Model, clock: Clock) -> bool | None:
    """Return whether the rules of a model have a point."""
    if model.mip.num_columns <= MOST_COLUMNS_EXACT:
        result = solve_cp_sat(model.mip, clock).result
    else:
        with Highs() as highs:
            result = highs.solve(model.mip, clock).result
    return None if result is Result.UNKNOWN else result is not Result.INFEASIBLE
