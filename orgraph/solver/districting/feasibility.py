"""Whether a problem has a plan at all: a quick search, then a proof by CP-SAT without any objective."""

from __future__ import annotations

from orgraph.solver.cp_sat import solve_cp_sat
from orgraph.solver.districting.heuristic import search
from orgraph.solver.districting.instance import Instance, Labels, build_instance
from orgraph.solver.districting.layout import root_layout
from orgraph.solver.districting.model import Model
from orgraph.solver.districting.problem import Problem
from orgraph.solver.districting.separators import separate
from orgraph.solver.engine import Clock, Result
from orgraph.solver.solution import Limits


def is_feasible(problem: Problem, limits: Limits | None = None) -> bool | None:
    """Return whether ``problem`` has a plan: True and False are proven, ``None`` is not known within the limits.

    Findings of the problem are not looked for, except that a lock on a refused unit leaves no plan. Of large maps nothing is
    proven here.
    """
    if has_lock_on_refused(problem):
        return False
    if problem.is_large:
        return None
    instance = build_instance(problem)
    clock = Clock(limits or Limits())
    if any(True for _ in search(instance, seed="0/0", is_over=clock.is_over)):
        return True
    result, _ = prove_feasibility(instance, clock)
    return {Result.OPTIMAL: True, Result.FEASIBLE: True, Result.INFEASIBLE: False}.get(result)


def prove_feasibility(instance: Instance, clock: Clock, *, seed: int = 0) -> tuple[Result, Labels | None]:
    """Return a partition that obeys every rule, or INFEASIBLE when there is none, or UNKNOWN.

    Districts are named by their first node; what is not connected is cut off and the model solved again.
    """
    model = Model(instance, root_layout(instance))
    model.add_rules()
    while not clock.is_over():
        outcome = solve_cp_sat(model.mip, clock, seed=seed)
        if outcome.x is None:
            return outcome.result, None
        labels = model.labels(outcome.x)
        if not instance.problem.is_contiguous or not separate(model, labels):
            number = {label: d for d, label in enumerate(dict.fromkeys(labels))}
            return Result.OPTIMAL, tuple(number[label] for label in labels)
    return Result.UNKNOWN, None


def has_lock_on_refused(problem: Problem) -> bool:
    """Return whether a unit that stays out is asked to share a district with another."""
    return any(
        set(group) & problem.refused and len(set(group)) > 1 for group in (*problem.together, *problem.fixed)
    )
