"""The solve call on streets that can be solved in the head: each rule with and without."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from math import radians
from threading import Event

import numpy as np
import pytest
from location_towns import street

from orgraph.errors import InvalidProblem, PlanRejected
from orgraph.solver import Limits, Progress, Status
from orgraph.solver.location import (
    METRICS,
    Matrix,
    Metric,
    Plan,
    Points,
    Problem,
    findings,
    instance,
    seek,
    solve,
)
from orgraph.solver.location.bound import Relaxation
from orgraph.solver.location.distance import CODES, cost_matrix, embedding, nearest
from orgraph.solver.location.solve import approve

FOUR = street(0, 1, 10, 12, p=2)
KM_PER_DEGREE = radians(1) * 6371.0088


def test_two_pairs_get_a_centre_each() -> None:
    solution = solve(FOUR)
    assert solution.status is Status.OPTIMAL
    assert (solution.objective, dict(solution.terms)) == (3.0, {"distance": 3.0})
    assert solution.bound == pytest.approx(3.0, rel=1e-6)
    assert solution.plan is not None
    assert [set(solution.plan.center[:2]) <= {0, 1}, set(solution.plan.center[2:]) <= {2, 3}] == [True, True]


@pytest.mark.parametrize(
    ("stated", "objective"),
    [
        ({}, 3.0),
        ({"p": 1}, 21.0),
        ({"p": 4}, 0.0),
        ({"upper": (2,) * 4}, 3.0),
        ({"demand": (1, 1, 1, 3), "upper": (3,) * 4}, 10.0),
        ({"lower": (2,) * 4}, 3.0),
        ({"lower": (3,) * 4, "p": None}, 21.0),
        ({"fixed": frozenset({0, 1})}, 20.0),
        ({"forbidden": frozenset({0, 1})}, 19.0),
        ({"p": None}, 0.0),
        ({"p": None, "opening": (5.0,) * 4}, 13.0),
        ({"p": None, "opening": (30.0,) * 4}, 51.0),
        ({"p": None, "opening": (30.0,) * 4, "upper": (2,) * 4}, 63.0),
        ({"p": None, "opening": (0.0,) * 4, "lower": (2,) * 4}, 3.0),
    ],
)
def test_a_rule_changes_the_optimum(stated: dict[str, object], objective: float) -> None:
    solution = solve(replace(FOUR, **stated))  # type: ignore[arg-type]
    assert solution.status is Status.OPTIMAL
    assert solution.objective == pytest.approx(objective)
    assert sum(solution.terms.values()) == pytest.approx(objective)


@pytest.mark.parametrize(
    ("metric", "objective"),
    [("euclidean", 2.5), ("euclidean_floor", 2.0), ("manhattan", 3.5), ("haversine_km", 2.5 * KM_PER_DEGREE)],
)
def test_metrics(metric: Metric, objective: float) -> None:
    xy = np.array([(0.0, 0.0), (1.5, 2.0)])
    problem = Problem(("a", "b"), Points(xy, metric), (1, 1), p=1)
    solution = solve(problem)
    assert solution.objective == pytest.approx(objective, rel=1e-3 if metric == "haversine_km" else 1e-12)


def test_a_matrix_need_not_be_symmetric() -> None:
    cost = np.array([[0.0, 1.0, 9.0], [8.0, 0.0, 9.0], [8.0, 2.0, 0.0]])
    solution = solve(Problem(("a", "b", "c"), Matrix(cost), (1, 1, 1), p=1))
    assert (solution.objective, solution.plan) == (3.0, Plan((1, 1, 1)))


def test_one_node_serves_itself() -> None:
    solution = solve(street(5, p=1))
    assert (solution.status, solution.objective, solution.plan) == (Status.OPTIMAL, 0.0, Plan((0,)))


def test_a_hint_is_taken_when_it_is_valid_and_passed_over_when_not() -> None:
    assert solve(FOUR, hint=Plan((0, 0, 2, 2))).objective == 3.0
    assert solve(FOUR, hint=Plan((0, 0, 0, 0))).objective == 3.0


def test_a_malformed_problem_is_refused_with_all_findings() -> None:
    wrong = Problem(
        node_ids=("a", "a", "c"),
        distance=Points(np.array([(0.0, 0.0), (np.nan, 1.0), (2.0, 2.0)]), "miles"),  # type: ignore[arg-type]
        demand=(1, -1, 1),
        upper=(3, 3, 3),
        lower=(1, 4),
        p=0,
        opening=(1.0, -1.0, 0.0),
        fixed=frozenset({7}),
    )
    codes = [f.code.removeprefix("location.") for f in findings(wrong)]
    assert codes == [
        "node_repeated",
        "metric_unknown",
        "point_value",
        "list_value",
        "list_shape",
        "bounds_order",
        "centers_number",
        "opening_value",
        "center_range",
    ]
    with pytest.raises(InvalidProblem) as refused:
        solve(wrong)
    assert [f.code for f in refused.value.findings] == [f"location.{code}" for code in codes]
    assert all(f.text.zh and f.text.en and f.todo for f in findings(wrong))


def test_more_findings() -> None:
    empty = Problem((), Points(np.zeros((0, 2))), ())
    assert [f.code for f in findings(empty)] == ["location.nodes_missing"]
    matrix = Problem(("a",), Matrix(np.array([[-1.0, 0.0]])), (1,))
    assert [f.code for f in findings(matrix)] == ["location.matrix_shape", "location.matrix_value"]
    flat = Problem(("a",), Points(np.zeros((2, 2))), (1,))
    assert [f.code for f in findings(flat)] == ["location.points_shape"]
    pole = Problem(("a",), Points(np.array([(0.0, 91.0)]), "haversine_km"), (1,))
    assert [(f.code, f.subject) for f in findings(pole)] == [("location.point_value", ("a",))]
    assert findings(FOUR) == ()


def grid(rows: int, columns: int, **stated: object) -> Problem:
    xy = np.array([(x + 0.01 * y * y, y) for x in range(columns) for y in range(rows)])
    n = len(xy)
    return Problem(
        tuple(f"n{i}" for i in range(n)),
        Points(xy),
        tuple(1 + (7 * i) % 5 for i in range(n)),
        upper=(40,) * n,
        **stated,  # type: ignore[arg-type]
    )


def test_equal_seeds_give_equal_plans_and_progress_only_improves() -> None:
    told: list[Progress] = []
    first = solve(grid(6, 6, p=4), seed=3, on_progress=told.append)
    second = solve(grid(6, 6, p=4), seed=3)
    assert first.status is Status.OPTIMAL
    assert first.plan == second.plan
    objectives = [p.objective for p in told if p.objective is not None]
    bounds = [p.bound for p in told if p.bound is not None]
    assert all(a >= b for a, b in pairwise(objectives))
    assert all(a <= b for a, b in pairwise(bounds))


def test_a_stopped_call_ends_with_what_it_has() -> None:
    stop = Event()
    stop.set()
    solution = solve(grid(6, 6, p=4), limits=Limits(stop=stop))
    assert solution.status is Status.INTERRUPTED
    assert (solution.plan, solution.objective, solution.bound) == (None, None, None)


def test_a_call_without_time_knows_nothing() -> None:
    solution = solve(grid(6, 6, p=4), limits=Limits(time_s=0.0))
    assert (solution.status, solution.plan, solution.bound) == (Status.UNKNOWN, None, None)


def test_stopped_at_the_first_plan_the_bound_is_what_was_proven() -> None:
    stop = Event()

    def stop_at_once(progress: Progress) -> None:
        stop.set()

    problem = grid(6, 6, p=4)
    solution = solve(problem, limits=Limits(stop=stop), on_progress=stop_at_once)
    optimum = solve(problem).objective
    assert solution.status is Status.INTERRUPTED
    assert solution.plan is not None and optimum is not None
    assert solution.bound is None or solution.bound <= optimum + 1e-9


@pytest.mark.parametrize("metric", METRICS)
def test_the_bound_prices_what_short_lists_leave_out(metric: Metric, monkeypatch: pytest.MonkeyPatch) -> None:
    problem = replace(grid(6, 6, p=3), distance=Points(np.array(grid(6, 6).distance.xy) * 2, metric))  # type: ignore[union-attr]
    optimum = solve(problem)
    for name, value in {"DENSE": 10, "ALL_NEAR": 10, "FEW_NEAR": 4, "MOST_NEAR": 6, "AROUND": 5}.items():
        monkeypatch.setattr(instance, name, value)
    short = instance.build_instance(problem)
    assert short.lists.near.shape == (36, 6)
    assert short.net.cost.size == 0
    relaxation = Relaxation(short, np.full(36, 4.0))
    relaxation.run(100, optimum.objective or 0.0, lambda: False)
    assert optimum.status is Status.OPTIMAL and optimum.objective is not None
    assert 0.8 * optimum.objective < relaxation.bound <= optimum.objective + 1e-9


def test_nodes_are_renumbered_inside_only(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = grid(6, 6, p=4, fixed=frozenset({20}), forbidden=frozenset({0}))
    optimum = solve(problem, seed=1)
    assert optimum.status is Status.OPTIMAL and optimum.plan is not None
    for name, value in {"DENSE": 10, "ALL_NEAR": 10, "FEW_NEAR": 8, "MOST_NEAR": 12}.items():
        monkeypatch.setattr(instance, name, value)
    stop = Event()
    told: list[float] = []

    def stop_with_a_bound(progress: Progress) -> None:
        told.append(progress.objective or 0.0)
        if progress.bound is not None:
            stop.set()

    inside = instance.build_instance(problem)
    assert list(inside.order) != list(range(36))
    assert inside.plan(inside.center(optimum.plan)) == optimum.plan
    solution = solve(problem, limits=Limits(stop=stop), hint=optimum.plan, on_progress=stop_with_a_bound)
    assert solution.status in (Status.INTERRUPTED, Status.OPTIMAL)
    assert told[0] == solution.objective == pytest.approx(optimum.objective)
    assert solution.bound is not None and solution.bound <= (optimum.objective or 0.0) + 1e-9


@pytest.mark.parametrize("p", [4, None])
def test_every_kind_of_run_and_the_proof_by_highs(p: int | None, monkeypatch: pytest.MonkeyPatch) -> None:
    problem = grid(6, 6, p=p, opening=(6.0,) * 36, fixed=frozenset({20}), lower=(5,) * 36)
    optimum = solve(problem, seed=1)
    patched = {
        "CP_SAT_COLUMNS": 0,
        "FEW_COLUMNS": 10**6,
        "FEW_RUNS": 3,
        "NODES_ANNEALED": 0,
        "MOVES_PER_NODE": 500,
    }
    for name, value in patched.items():
        monkeypatch.setattr(seek, name, value)
    monkeypatch.setattr(Relaxation, "is_done", property(lambda relaxation: relaxation.num_steps > 20))
    solution = solve(problem, seed=2)
    assert solution.status is optimum.status is Status.OPTIMAL
    assert solution.objective == pytest.approx(optimum.objective)
    assert "HiGHS" in str(solution.stats["engine"])


@pytest.mark.parametrize("metric", METRICS)
def test_near_nodes_are_the_nearest(metric: Metric) -> None:
    rng = np.random.default_rng(1)
    xy = np.vstack([rng.normal(size=(80, 2)), rng.uniform(-5, 20, (40, 2)), np.zeros((5, 2))])
    at = embedding(Points(xy, metric))
    near, near_cost = nearest(CODES[metric], at, 12)
    full = np.sort(cost_matrix(CODES[metric], at), axis=1)
    assert near_cost == pytest.approx(full[:, :12])
    assert (near[:, 0] == np.arange(125)).all()


def test_the_checker_has_the_last_word() -> None:
    approve(FOUR, Plan((0, 0, 2, 2)), 3.0)
    with pytest.raises(PlanRejected):
        approve(FOUR, Plan((0, 0, 2, 2)), 4.0)
    with pytest.raises(PlanRejected):
        approve(FOUR, Plan((0, 0, 0, 0)), 23.0)
