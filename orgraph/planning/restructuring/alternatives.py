"""Further plans that differ: each is the best of all that differ from every plan before it, with a certificate of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from math import ceil
from time import monotonic

from orgraph.planning.restructuring.certificate import in_data_units
from orgraph.planning.restructuring.outcome import Alternative
from orgraph.planning.restructuring.partition import districts_of, measured
from orgraph.planning.restructuring.statement import Statement
from orgraph.planning.restructuring.wishes import stayed
from orgraph.solver.districting.problem import Difference, Plan, Problem
from orgraph.solver.solution import Limits, Solution

Solve = Callable[[Problem, Limits], Solution[Plan]]


def alternatives(
    statement: Statement, problem: Problem, first: Solution[Plan], solve: Solve, limits: Limits
) -> Iterator[Alternative]:
    """Yield as many alternatives as asked for, best first; a last one without a plan tells that there is none (proven), or that none was found.

    ``limits.time_s`` is shared evenly by those that are still wanted.
    """
    asked = statement.options.alternatives
    least = ceil(asked.differ * len(statement.taking_part))
    plans = [first.plan] if first.plan else []
    end = monotonic() + limits.time_s
    for number in range(asked.count if plans else 0):
        if limits.stop.is_set():
            return
        share = replace(limits, time_s=max(0.1, (end - monotonic()) / (asked.count - number)))
        differences = tuple(Difference(plan.district, least) for plan in plans)
        solution = solve(replace(problem, differences=differences), share)
        yield _alternative(statement, problem, plans, solution, least)
        if solution.plan is None:
            return
        plans.append(solution.plan)


def num_different(one: Sequence[int | None], other: Sequence[int | None]) -> int:
    """Return how many units sit differently in two partitions whose districts are matched so that as many as possible sit alike."""
    placed = sum(a is not None and b is not None for a, b in zip(one, other, strict=True))
    return placed - len(stayed(one, other, [1] * len(one)))


def _alternative(
    statement: Statement, problem: Problem, before: Sequence[Plan], solution: Solution[Plan], least: int
) -> Alternative:
    plan = solution.plan
    return Alternative(
        solution=in_data_units(statement, solution),
        districts=districts_of(statement, problem, plan) if plan else (),
        measures=measured(statement, problem, plan) if plan else {},
        num_different=tuple(num_different(plan.district, p.district) for p in before) if plan else (),
        num_asked=least,
    )
