"""On tiny maps, the method for large ones never goes below what enumeration finds, whatever the prices and however few arcs it looks at."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from unittest.mock import patch

import numpy as np
import pytest
from districting_brute_force import best
from districting_cities import city
from districting_maps import maps
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orgraph.solver import Limits, Status
from orgraph.solver.districting import Band, PointCost, Problem, solve
from orgraph.solver.districting.check import evaluate, medoid_seats, violations
from orgraph.solver.districting.city.arcs import near_arcs
from orgraph.solver.districting.city.bound import Ascent, coarser
from orgraph.solver.districting.city.instance import city_instance
from orgraph.solver.districting.city.search import Cooling
from orgraph.solver.districting.matrices import with_matrices

SETTINGS = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
COORDINATE = st.integers(-30, 30).map(lambda tenths: tenths / 10)


def never() -> bool:
    return False


@st.composite
def towns(draw: st.DrawFn) -> Problem:
    """Draw a tiny connected map of points, with a band, sometimes refusals and candidate seats."""
    problem = draw(maps())
    n = problem.num_units
    units = st.frozensets(st.integers(0, n - 1), max_size=2)
    low, high = draw(st.tuples(st.integers(10, 100), st.integers(10, 150)))
    points = np.array(draw(st.lists(st.tuples(COORDINATE, COORDINATE), min_size=n, max_size=n)))
    weight = np.array(draw(st.lists(st.integers(0, 20), min_size=n, max_size=n)), dtype=np.float64)
    cost = PointCost(
        "distance",
        points[:, 0].copy(),
        points[:, 1].copy(),
        weight,
        draw(st.sampled_from((1, 2))),
        draw(st.booleans()),
    )
    return replace(
        problem,
        objectives=(cost,),
        bands={"population": Band(Fraction(-low, 100), Fraction(high, 100))},
        refused=draw(units),
        seats=draw(st.sampled_from((None, frozenset(range(n)) - draw(units)))),
    )


@SETTINGS
@given(towns(), st.floats(0.3, 2.0), st.lists(st.floats(0.0, 3.0), min_size=7, max_size=7))
def test_any_rents_give_a_lower_bound(problem, breadth, shares):
    optimum = best(with_matrices(problem))
    cost = problem.objectives[0]
    assert isinstance(cost, PointCost)
    instance = city_instance(problem, cost)
    if optimum is None or int(instance.town.is_seat.sum()) < problem.k:
        return
    with (
        patch("orgraph.solver.districting.city.arcs.BREADTH", breadth),
        patch("orgraph.solver.districting.city.arcs.LEAST", breadth / 2),
    ):
        arcs = near_arcs(instance, never)
    assert arcs is not None
    ascent = Ascent(instance, arcs)
    ascent.rent = ascent.kept_inside(arcs.radius * np.array(shares[: instance.num_units]))
    assert ascent.price(np.where(instance.town.is_seat, -1.0, 0.0), never)
    assert ascent.value() <= optimum[0] + 1e-9 * max(1.0, optimum[0])


@settings(SETTINGS, max_examples=20)
@given(towns(), st.integers(0, 3))
def test_plans_are_valid_and_bounds_hold(problem, seed):
    with (
        patch("orgraph.solver.districting.problem.LARGEST_MATRIX", 0),
        patch("orgraph.solver.districting.city.search.WHOLE", Cooling(20, (2.0, 0.02), (2.0, 20.0))),
        patch("orgraph.solver.districting.city.search.ROUNDS_PER_DISTRICT", 2),
    ):
        solution = solve(problem, limits=Limits(30.0), seed=seed)
        again = solve(problem, limits=Limits(30.0), seed=seed)
    optimum = best(with_matrices(problem))
    assert (solution.plan, solution.objective, solution.bound) == (again.plan, again.objective, again.bound)
    if optimum is None:
        assert solution.plan is None
        return
    assert solution.status in (Status.OPTIMAL, Status.FEASIBLE, Status.UNKNOWN)
    if solution.bound is not None:
        assert solution.bound <= optimum[0] + 1e-9 * max(1.0, optimum[0])
    if solution.plan is not None:
        assert violations(problem, solution.plan) == ()
        assert solution.objective == pytest.approx(evaluate(problem, solution.plan)[0], rel=1e-9, abs=1e-9)
        assert solution.objective >= optimum[0] - 1e-9 * max(1.0, optimum[0])


@SETTINGS
@given(towns())
def test_costs_by_distance_are_those_of_their_matrix(problem):
    district = tuple(None if i in problem.refused else 0 for i in range(problem.num_units))
    whole = replace(problem, k=1, seats=None, bands={})
    if set(district) == {None}:
        return
    by_matrix = with_matrices(whole)
    seats = medoid_seats(whole, district, whole.objectives[0])
    plan = solve(whole, limits=Limits(30.0)).plan
    assert plan is not None or problem.refused
    if plan is not None:
        assert evaluate(whole, plan) == pytest.approx(evaluate(by_matrix, plan), rel=1e-12, abs=1e-12)
        assert evaluate(whole, replace(plan, seats=seats)) == pytest.approx(
            evaluate(whole, plan), rel=1e-9, abs=1e-9
        )


def test_a_coarser_map_keeps_people_and_weights():
    problem = city(500, k=10)
    instance = city_instance(problem, problem.objectives[0])
    blocks = coarser(instance)
    assert blocks.num_units == 63
    assert blocks.town.people.sum() == instance.town.people.sum()
    assert blocks.town.weight.sum() == instance.town.weight.sum()
