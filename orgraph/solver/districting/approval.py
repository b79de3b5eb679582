"""The end of every solve call: the independent checker must agree with the plan and with what it is said to cost."""

from __future__ import annotations

from orgraph.solver.certificate import differing, refuse_wrong
from orgraph.solver.districting.check import evaluate, violations
from orgraph.solver.districting.problem import Plan, Problem


def approve(problem: Problem, plan: Plan, values: tuple[float, ...]) -> None:
    """Raise when the independent checker disagrees with the plan or with its values."""
    names = [objective.name for objective in problem.objectives]
    refuse_wrong(violations(problem, plan), differing(names, values, evaluate(problem, plan)))
