"""The checker accepts exactly the plans that enumeration finds, and values them alike."""

from __future__ import annotations

from dataclasses import replace

import pytest
from districting_brute_force import plans, values
from districting_maps import OBJECTIVES, RULES, maps, ruled
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from orgraph.solver.districting.check import evaluate, medoid_seats, totals, violations
from orgraph.solver.districting.problem import CenterCost, Plan, Problem

MANY = settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow],
)


@st.composite
def mutants(draw: st.DrawFn, problem: Problem) -> Plan:
    """A plan of the right shape that is valid, or differs from a valid one in a unit or a seat, or is anything."""
    n, k = problem.num_units, problem.k
    valid = list(plans(replace(problem, seats=None))) or [
        Plan(tuple(i % k for i in range(n)), tuple(range(k)))
    ]
    plan = draw(st.sampled_from(valid))
    labels = [*plan.district]
    for _ in range(draw(st.integers(0, 2))):
        labels[draw(st.integers(0, n - 1))] = draw(st.one_of(st.none(), st.integers(0, k - 1)))
    seats = [*plan.seats]
    for _ in range(draw(st.integers(0, 2))):
        seats[draw(st.integers(0, k - 1))] = draw(st.integers(0, n - 1))
    return Plan(tuple(labels), tuple(seats))


@pytest.mark.parametrize("rule", RULES)
@MANY
@given(data=st.data())
def test_a_plan_has_no_violation_exactly_when_enumeration_finds_it(rule: str, data: st.DataObject) -> None:
    problem = data.draw(maps("border").flatmap(lambda p: ruled(p, rule)))
    plan = data.draw(mutants(problem))
    districts = {found.district for found in plans(problem)}
    seats_fit = all(
        plan.district[seat] == d and (problem.seats is None or seat in problem.seats)
        for d, seat in enumerate(plan.seats)
    )
    found = violations(problem, plan)
    assert (found == ()) == (plan.district in districts and seats_fit)
    assert all("{" not in violation.text.zh + violation.text.en for violation in found)


@pytest.mark.parametrize("objective", OBJECTIVES)
@MANY
@given(data=st.data())
def test_values_totals_and_medoids_are_those_of_enumeration(objective: str, data: st.DataObject) -> None:
    problem = data.draw(maps(objective).flatmap(lambda p: ruled(p, "refused")))
    found = list(plans(problem))
    assume(found)
    plan = data.draw(st.sampled_from(found))
    assert evaluate(problem, plan) == pytest.approx(values(problem, plan), rel=1e-12)
    assert sum(totals(problem, plan)["population"]) == problem.total("population")
    first = problem.objectives[0]
    if isinstance(first, CenterCost):
        seats = medoid_seats(problem, plan.district, first)
        assert evaluate(problem, replace(plan, seats=seats))[0] == evaluate(problem, plan)[0]
