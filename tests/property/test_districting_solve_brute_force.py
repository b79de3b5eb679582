"""Solving tiny maps gives what enumeration gives, for every objective and every rule, each rule with and without."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import numpy as np
import pytest
from districting_brute_force import best, is_feasible, only
from districting_maps import OBJECTIVES, RULES, maps, ruled
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orgraph.solver import Limits, Solution, Status
from orgraph.solver.districting import Plan, Problem, solve
from orgraph.solver.districting.check import evaluate, violations
from orgraph.solver.districting.problem import BorderLength, CenterCost, Change, Difference, Objective

FEW = settings(max_examples=3, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
SOME = settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
LIMITS = Limits(time_s=60.0)


def _solved(problem: Problem, seed: int = 1) -> Solution[Plan]:
    return solve(problem, limits=LIMITS, seed=seed)


def _agrees(problem: Problem) -> None:
    """Assert that the solution is proven and equal to what enumeration finds."""
    solution, expected = _solved(problem), best(problem)
    if expected is None:
        assert solution.status is Status.INFEASIBLE
        _is_irreducible(problem, solution)
        return
    assert solution.status is Status.OPTIMAL
    assert solution.plan is not None and solution.bound is not None
    assert violations(problem, solution.plan) == ()
    assert evaluate(problem, solution.plan) == pytest.approx(expected, rel=1e-6, abs=1e-6)
    assert solution.objective == pytest.approx(expected[0], rel=1e-6, abs=1e-6)
    assert solution.bound <= expected[0] + 1e-6 * max(1.0, expected[0])
    if len(expected) > 1:
        assert [stage.name for stage in solution.stages] == [
            objective.name for objective in problem.objectives
        ]
        assert [stage.objective for stage in solution.stages] == pytest.approx(expected, rel=1e-6, abs=1e-6)
    for stage, value in zip(solution.stages, expected, strict=False):
        assert stage.bound is not None and stage.bound <= value + 1e-6 * max(1.0, value)


def _is_irreducible(problem: Problem, solution: Solution[Plan]) -> None:
    found = list(solution.reasons)
    assert found
    assert all(reason.is_proven_minimal for reason in found)
    assert not is_feasible(only(problem, found))
    for dropped in found:
        assert is_feasible(only(problem, [reason for reason in found if reason is not dropped]))


@pytest.mark.parametrize("objective", OBJECTIVES)
@pytest.mark.parametrize("rule", RULES)
@FEW
@given(data=st.data())
def test_one_rule_with_and_without(objective: str, rule: str, data: st.DataObject) -> None:
    without = data.draw(maps(objective))
    _agrees(without)
    _agrees(data.draw(ruled(without, rule)))


@st.composite
def crowded(draw: st.DrawFn, most_units: int = 7) -> Problem:
    """A map with a few rules at once; no lock twice, so that a reason's units tell which lock it is."""
    problem = draw(maps(draw(st.sampled_from(OBJECTIVES)), most_units=most_units))
    for rule in draw(st.lists(st.sampled_from(RULES), min_size=2, max_size=4, unique=True)):
        problem = draw(ruled(problem, rule))
    locks = {name: tuple(dict.fromkeys(getattr(problem, name))) for name in ("together", "fixed", "apart")}
    return replace(problem, together=locks["together"], fixed=locks["fixed"], apart=locks["apart"])


@SOME
@given(crowded(most_units=8))
def test_several_rules_at_once(problem: Problem) -> None:
    _agrees(problem)


@SOME
@given(crowded(), st.randoms(use_true_random=False))
def test_new_names_and_another_order_keep_the_objectives(problem: Problem, random: Random) -> None:
    order = list(range(problem.num_units))
    random.shuffle(order)
    first, second = _solved(problem), _solved(_reordered(problem, order), seed=2)
    assert first.status == second.status
    first_values, second_values = (
        [stage.objective for stage in solution.stages] for solution in (first, second)
    )
    assert first_values == pytest.approx(second_values, rel=1e-6, abs=1e-6)


def _reordered(problem: Problem, order: list[int]) -> Problem:
    """Return the same problem with unit ``order[i]`` at place i, under another name."""
    to = {unit: place for place, unit in enumerate(order)}
    edges = [tuple(sorted((to[i], to[j]))) for i, j in problem.edges]
    by_edge = sorted(range(len(edges)), key=lambda e: edges[e])
    return replace(
        problem,
        unit_ids=tuple(f"new {problem.unit_ids[unit]}" for unit in order),
        edges=tuple((edges[e][0], edges[e][1]) for e in by_edge),
        weights={name: tuple(values[unit] for unit in order) for name, values in problem.weights.items()},
        objectives=tuple(_moved(objective, order, by_edge) for objective in problem.objectives),
        seats=None if problem.seats is None else frozenset(to[unit] for unit in problem.seats),
        together=tuple(tuple(to[unit] for unit in group) for group in problem.together),
        fixed=tuple((to[a], to[b]) for a, b in problem.fixed),
        apart=tuple((to[a], to[b]) for a, b in problem.apart),
        refused=frozenset(to[unit] for unit in problem.refused),
        differences=tuple(
            Difference(tuple(d.plan[unit] for unit in order), d.num_units) for d in problem.differences
        ),
    )


def _moved(objective: Objective, order: list[int], by_edge: list[int]) -> Objective:
    match objective:
        case CenterCost():
            return replace(objective, cost=objective.cost[np.ix_(order, order)])
        case BorderLength():
            return replace(objective, length=tuple(objective.length[e] for e in by_edge))
        case Change():
            part = tuple(objective.part[unit] for unit in order)
            return replace(objective, part=part, weight=tuple(objective.weight[unit] for unit in order))
