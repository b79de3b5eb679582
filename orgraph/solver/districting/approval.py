"""The end of every solve call: the independent checker must agree with the plan and with what it is said to cost."""

from __future__ import annotations

from math import isclose

from orgraph.solver.certificate import refuse_wrong
from orgraph.solver.districting.check import evaluate, violations
from orgraph.solver.districting.problem import Plan, Problem

CHECK_TOLERANCE = 1e-9


def approve(problem: Problem, plan: Plan, values: tuple[float, ...]) -> None:
    """Raise when the independent checker disagrees with the plan or with its values."""
    wrong = [violation.text.en for violation in violations(problem, plan)]
    for objective, said, found in zip(problem.objectives, values, evaluate(problem, plan), strict=True):
        if not isclose(said, found, rel_tol=CHECK_TOLERANCE, abs_tol=CHECK_TOLERANCE):
            wrong.append(f"{objective.name}: {said} != {found}")
    refuse_wrong(wrong)
