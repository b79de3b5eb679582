"""Matching tiny problems gives what enumeration gives, for every objective, with and without categories."""

from __future__ import annotations

from dataclasses import replace
from threading import Event

import matching_brute_force as brute
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orgraph.solver import Limits, Solution, Status
from orgraph.solver.matching import (
    Blend,
    End,
    Fairness,
    Measure,
    Plan,
    Problem,
    Stability,
    Weight,
    blocking_pairs,
    findings,
    frontier,
    solve,
)
from orgraph.solver.matching.check import evaluate, stages, violations

SOME = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
FEW = settings(max_examples=20, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
OBJECTIVES = {
    "weight": Weight(),
    "stability": Stability(),
    "blend": Blend(2),
    "limited": Blend(0, 1),
    "stable_weight": Blend(0, 0),
    "fill": Fairness(End.LEFT, Measure.FILL),
    "fill_right": Fairness(End.RIGHT, Measure.FILL),
    "rank": Fairness(End.RIGHT, Measure.RANK),
}


def agrees(problem: Problem) -> Solution[Plan]:
    assert findings(problem) == ()
    solution, expected = solve(problem), brute.best(problem)
    if expected is None:
        assert solution.status is Status.INFEASIBLE
        is_irreducible(problem, solution)
        return solution
    assert solution.status is Status.OPTIMAL
    assert solution.plan is not None and solution.bound is not None
    assert violations(problem, solution.plan) == ()
    assert brute.is_feasible(problem, solution.plan.pairs)
    assert brute.key(problem, solution.plan.pairs) == expected
    assert solution.bound == solution.objective == sum(evaluate(problem, solution.plan).values())
    assert {s.name: s.objective for s in solution.stages} == stages(problem, solution.plan)
    return solution


def is_irreducible(problem: Problem, solution: Solution[Plan]) -> None:
    found = list(solution.reasons)
    assert found
    assert all(reason.is_proven_minimal and reason.text.zh and reason.text.en for reason in found)
    is_limited = any(reason.rule == "matching.blocking" for reason in found)
    assert not brute.has_plan(brute.only(problem, found, is_limited=is_limited))
    for dropped in found:
        rest = [reason for reason in found if reason is not dropped]
        assert brute.has_plan(brute.only(problem, rest, is_limited=is_limited))


@pytest.mark.parametrize("name", OBJECTIVES)
@SOME
@given(data=st.data())
def test_as_enumeration(name: str, data: st.DataObject) -> None:
    agrees(data.draw(brute.problems(OBJECTIVES[name])))


@pytest.mark.parametrize("name", OBJECTIVES)
@FEW
@given(data=st.data())
def test_as_enumeration_with_categories(name: str, data: st.DataObject) -> None:
    agrees(data.draw(brute.problems(OBJECTIVES[name], with_categories=True)))


@SOME
@given(data=st.data())
def test_blocking_pairs_by_trial(data: st.DataObject) -> None:
    problem = data.draw(brute.problems(Weight(), with_categories=data.draw(st.booleans())))
    for made in list(brute.plans(problem))[:20]:
        assert blocking_pairs(problem, Plan(made)) == brute.blocking(problem, made)


@SOME
@given(data=st.data())
def test_without_lower_quotas_a_stable_plan_exists(data: st.DataObject) -> None:
    problem = data.draw(brute.problems(Stability(), with_categories=data.draw(st.booleans())))
    sides = {
        end: replace(problem.side(end), lower=np.zeros_like(problem.side(end).lower))
        for end in (End.LEFT, End.RIGHT)
    }
    free = replace(problem, left=sides[End.LEFT], right=sides[End.RIGHT], kept=frozenset())
    solution = solve(free)
    assert (solution.status, solution.objective) == (Status.OPTIMAL, 0.0)


@FEW
@given(data=st.data())
def test_renaming_keeps_the_objective(data: st.DataObject) -> None:
    problem = data.draw(brute.problems(data.draw(st.sampled_from(list(OBJECTIVES.values())))))
    renamed = replace(
        problem, left=replace(problem.left, ids=tuple(f"x{i}" for i in range(problem.left.size)))
    )
    assert solve(problem).objective == solve(renamed).objective
    assert solve(problem).plan == solve(problem).plan


@FEW
@given(data=st.data())
def test_the_frontier_is_the_pareto_front_at_its_limits(data: st.DataObject) -> None:
    problem = data.draw(brute.problems(Weight()))
    all_plans = [
        (len(brute.blocking(problem, made)), brute.weight(problem, made)) for made in brute.plans(problem)
    ]
    found = frontier(problem, num_points=9)
    assert bool(found.points) == bool(all_plans)
    for point in found.points:
        assert point.is_proven
        assert point.weight == max(w for b, w in all_plans if b <= point.blocking_pairs)
        assert point.distance == max(w for _, w in all_plans) - point.weight
    if found.points:
        heaviest = max(w for _, w in all_plans)
        assert (
            found.points[0].blocking_pairs == min(b for b, _ in all_plans)
            or found.points[-1].weight == heaviest
        )


@pytest.mark.parametrize("name", OBJECTIVES)
@FEW
@given(data=st.data())
def test_stopped_at_once_nothing_is_claimed(name: str, data: st.DataObject) -> None:
    problem = data.draw(brute.problems(OBJECTIVES[name]))
    stop = Event()
    stop.set()
    solution = solve(problem, limits=Limits(stop=stop))
    expected = brute.best(problem)
    assert solution.status is Status.INTERRUPTED
    assert solution.plan is None
    assert solution.bound is None or expected is None or solution.bound <= expected[0]
    hint = next((Plan(made) for made in brute.plans(problem) if brute.key(problem, made) is not None), None)
    hinted = solve(problem, limits=Limits(stop=stop), hint=hint)
    assert hinted.plan == hint
