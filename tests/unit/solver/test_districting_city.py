"""Large maps: every rule that their method obeys, what it refuses, and what it returns when it is stopped."""

from __future__ import annotations

from dataclasses import replace
from threading import Event

import numpy as np
import pytest
from districting_cities import city
from districting_towns import band, road

from orgraph.errors import InvalidProblem
from orgraph.solver import Limits, Status
from orgraph.solver.districting import (
    CenterCost,
    Difference,
    Plan,
    PointCost,
    Problem,
    findings,
    is_feasible,
    solve,
)
from orgraph.solver.districting.check import evaluate, violations
from orgraph.solver.districting.city.bound import Schedule
from orgraph.solver.districting.city.search import Cooling

LIMITS = Limits(time_s=300.0)


@pytest.fixture(autouse=True)
def _short_search(monkeypatch):
    """Search for a moment only, so that no time limit decides."""
    monkeypatch.setattr(
        "orgraph.solver.districting.city.search.WHOLE", Cooling(100, (2.0, 0.02), (2.0, 20.0))
    )
    monkeypatch.setattr("orgraph.solver.districting.city.search.ROUNDS_PER_DISTRICT", 1)
    monkeypatch.setattr(
        "orgraph.solver.districting.city.bound.DIRECT", Schedule(120, (0.1, 0.01), (0.3, 0.01))
    )


@pytest.fixture(scope="module")
def town() -> Problem:
    return city(2_100, k=40)


def _cost(problem: Problem) -> PointCost:
    (objective,) = problem.objectives
    assert isinstance(objective, PointCost)
    return objective


def _is_sound(problem: Problem, solution) -> None:
    assert solution.status is Status.FEASIBLE
    assert violations(problem, solution.plan) == ()
    assert solution.objective == pytest.approx(evaluate(problem, solution.plan)[0], rel=1e-9)
    assert 0.95 * solution.objective < solution.bound <= solution.objective
    assert solution.terms == {"distance": solution.objective}
    assert [(s.name, s.objective, s.bound) for s in solution.stages] == [
        ("distance", solution.objective, solution.bound)
    ]


def test_a_town_is_cut_within_five_percent_of_the_bound(town):
    solution = solve(town, limits=LIMITS, seed=1)
    _is_sound(town, solution)
    assert solution.stats["engine"].startswith("annealing + Lagrangian")
    assert solution.stats["proof"] == "floating point"


def test_two_workers_prove_beside_the_search(town):
    told = []
    solution = solve(town, limits=Limits(300.0, workers=2), seed=1, on_progress=told.append)
    _is_sound(town, solution)
    assert {p.phase for p in told} == {"plan", "bound"}
    assert told[-1].objective == pytest.approx(solution.objective)
    bounds = [p.bound for p in told if p.bound is not None]
    assert bounds == sorted(bounds)


def test_units_that_refuse_stay_out_and_seats_are_candidates(town):
    refused = frozenset(range(100, 2_100, 137))
    seats = frozenset(range(0, 2_100, 3)) - refused
    problem = replace(town, refused=refused, seats=seats)
    solution = solve(problem, limits=LIMITS, seed=1)
    _is_sound(problem, solution)
    assert all(solution.plan.district[u] is None for u in refused)
    assert set(solution.plan.seats) <= seats


def test_no_district_spans_two_pieces_of_the_map(town):
    row = 46 * 23
    edges = tuple((i, j) for i, j in town.edges if (i < row) == (j < row))
    problem = replace(town, edges=edges)
    solution = solve(problem, limits=LIMITS, seed=1)
    _is_sound(problem, solution)
    assert not set(solution.plan.district[:row]) & set(solution.plan.district[row:])


def test_squared_distances_and_degrees(town):
    cost = _cost(town)
    squared = replace(town, objectives=(replace(cost, power=2),))
    _is_sound(squared, solve(squared, limits=LIMITS, seed=1))
    lon, lat = 118.5 + cost.x / 88.0, 37.5 + cost.y / 111.2
    globe = replace(town, objectives=(replace(cost, x=lon, y=lat, in_degrees=True),))
    solution = solve(globe, limits=LIMITS, seed=1)
    _is_sound(globe, solution)
    flat = evaluate(town, solution.plan)[0]
    assert solution.objective == pytest.approx(flat, rel=0.01)


def test_without_a_band_every_unit_still_has_a_district(town):
    problem = replace(town, bands={})
    _is_sound(problem, solve(problem, limits=LIMITS, seed=1))


def test_a_minimum_is_obeyed(town):
    mean = town.total("population") // town.k
    problem = replace(town, bands={}, minimums={"population": int(0.97 * mean)})
    solution = solve(problem, limits=LIMITS, seed=1)
    _is_sound(problem, solution)


def test_a_hint_is_where_the_search_starts_at_worst(town, monkeypatch):
    good = solve(town, limits=LIMITS, seed=3)
    monkeypatch.setattr("orgraph.solver.districting.city.search.ROUNDS_PER_DISTRICT", 0)
    monkeypatch.setattr("orgraph.solver.districting.city.search.WHOLE", Cooling(1, (2.0, 0.02), (2.0, 20.0)))
    assert solve(town, limits=LIMITS, seed=1, hint=good.plan).objective <= good.objective
    assert solve(town, limits=LIMITS, seed=1).objective > good.objective


def test_a_broken_hint_is_passed_over(town):
    broken = Plan((0,) * town.num_units, (0,) * town.k)
    assert solve(town, limits=LIMITS, seed=1, hint=broken).status is Status.FEASIBLE


def test_stopped_before_it_starts_nothing_is_claimed(town):
    stop = Event()
    stop.set()
    solution = solve(town, limits=Limits(300.0, stop=stop), seed=1)
    assert solution.status is Status.INTERRUPTED
    assert solution.bound is None


def test_stopped_during_the_bound_the_plan_and_the_bound_so_far_are_kept(town):
    stop = Event()

    def halt(progress):
        if progress.bound is not None and progress.bound > 0.5 * progress.objective:
            stop.set()

    solution = solve(town, limits=Limits(300.0, stop=stop), seed=1, on_progress=halt)
    assert solution.status is Status.INTERRUPTED
    assert violations(town, solution.plan) == ()
    assert 0.5 * solution.objective < solution.bound <= solution.objective


def test_out_of_time_before_a_plan_is_unknown(town):
    solution = solve(town, limits=Limits(time_s=0.0), seed=1)
    assert solution.bound is None
    assert solution.status in (Status.UNKNOWN, Status.FEASIBLE)


def test_a_unit_above_the_upper_bound_is_the_reason(town):
    people = list(town.weights["population"])
    people[7] = sum(people)
    problem = replace(town, weights={"population": tuple(people)})
    solution = solve(problem, limits=LIMITS, seed=1)
    assert solution.status is Status.INFEASIBLE
    assert {r.rule.partition(".")[0] for r in solution.reasons} == {"balance"}
    assert is_feasible(town) is None


@pytest.mark.parametrize(
    ("rules", "name"),
    [
        ({"minimums": {"households": 1}}, "large_balance"),
        ({"together": ((0, 1),)}, "large_together"),
        ({"fixed": ((0, 1),)}, "large_fixed"),
        ({"apart": ((0, 1),)}, "large_apart"),
        ({"differences": (Difference((0,) * 2_100, 1),)}, "large_differences"),
        ({"is_contiguous": False}, "large_not_contiguous"),
    ],
)
def test_rules_that_large_maps_cannot_have_are_named(town, rules, name):
    weights = {**town.weights, "households": (1,) * 2_100}
    problem = replace(town, weights=weights, **rules)
    assert [f.code for f in findings(problem)] == [f"districting.{name}"]
    with pytest.raises(InvalidProblem):
        solve(problem)
    assert (
        findings(replace(road(1, 1, 1, k=1), **{k: v for k, v in rules.items() if k == "is_contiguous"}))
        == ()
    )


def test_large_maps_have_one_objective(town):
    cost = _cost(town)
    problem = replace(town, objectives=(cost, replace(cost, name="moment", power=2)))
    assert [f.code for f in findings(problem)] == ["districting.large_objectives"]


LINE = np.array([0.0, 1.0, 2.0, 3.0])
ONES = np.ones(4)


@pytest.mark.parametrize(
    ("cost", "name"),
    [
        (PointCost("d", LINE[:3], ONES, ONES), "point_shape"),
        (PointCost("d", LINE * np.nan, ONES, ONES), "point_value"),
        (PointCost("d", LINE, ONES, -ONES), "point_value"),
        (PointCost("d", LINE, ONES * 91, ONES, in_degrees=True), "point_latitude"),
        (PointCost("d", LINE, ONES, ONES, power=3), "point_power"),
    ],
)
def test_malformed_points_are_named(cost, name):
    problem = road(1, 1, 1, 1, k=2, objectives=(cost,))
    assert [f.code for f in findings(problem)] == [f"districting.{name}"]


@pytest.mark.parametrize(("power", "expected"), [(1, 6.0), (2, 10.0)])
def test_a_small_map_with_points_is_solved_to_optimality(power, expected):
    people = np.array([1.0, 1.0, 1.0, 5.0])
    cost = PointCost("distance", LINE, np.zeros(4), people, power)
    problem = road(1, 1, 1, 5, k=1, objectives=(cost,))
    solution = solve(problem, limits=LIMITS)
    assert (solution.status, solution.objective) == (Status.OPTIMAL, expected)
    steps = CenterCost("distance", people[:, None] * abs(LINE[:, None] - LINE) ** power)
    assert solve(replace(problem, objectives=(steps,)), limits=LIMITS).plan == solution.plan


def test_a_district_out_of_balance_is_named_with_its_members():
    problem = replace(road(1, 1, 1, 3, k=2), bands={"population": band(10)})
    plan = solve(problem, limits=LIMITS).plan
    moved = replace(plan, district=(0, 0, 1, 1))
    found = {v.rule: v.subject for v in violations(problem, moved)}
    assert found["balance.upper"] == ("c", "d")
    assert found["balance.lower"] == ("a", "b")
