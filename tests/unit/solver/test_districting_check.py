"""The checker: each rule broken by one changed plan gives exactly that violation, and a plan's costs are what they are by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from districting_towns import band, road

from orgraph.solver.districting.check import evaluate, medoid_seats, totals, violations
from orgraph.solver.districting.problem import BorderLength, CenterCost, Change, Difference, Plan, Problem

VALID = Plan((0, 0, 0, 1, 1, 1), (1, 4))


def _road() -> Problem:
    return road(10, 10, 10, 10, 10, 10, k=2)


def _found(problem: Problem, plan: Plan) -> list[tuple[str, tuple[str, ...]]]:
    return [(violation.rule, violation.subject) for violation in violations(problem, plan)]


def test_a_plan_that_obeys_every_rule_has_no_violations() -> None:
    problem = replace(
        _road(),
        bands={"population": band(0)},
        minimums={"population": 30},
        seats=frozenset({1, 4}),
        together=((0, 1), (3, 4, 5)),
        fixed=((2, 1),),
        apart=((2, 3), (0, 5)),
        differences=(Difference((0, 0, 0, 0, 1, 1), 1), Difference((1, 1, 1, 1, 0, 0), 1)),
    )
    assert violations(problem, VALID) == ()


BROKEN: list[tuple[str, tuple[str, ...], Callable[[Problem], Problem], Plan]] = [
    ("shape.units", (), lambda p: p, Plan((0, 0, 0, 1, 1), (1, 4))),
    ("shape.seats", (), lambda p: p, Plan((0, 0, 0, 1, 1, 1), (1,))),
    ("shape.district", ("f",), lambda p: p, Plan((0, 0, 0, 1, 1, 2), (1, 4))),
    ("shape.district", ("f",), lambda p: p, Plan((0, 0, 0, 1, 1, -1), (1, 4))),
    ("shape.seat", (), lambda p: p, Plan((0, 0, 0, 1, 1, 1), (1, 6))),
    ("shape.seat", (), lambda p: p, Plan((0, 0, 0, 1, 1, 1), (1, -1))),
    ("refused", ("f",), lambda p: replace(p, refused=frozenset({5})), VALID),
    ("unplaced", ("f",), lambda p: p, Plan((0, 0, 0, 1, 1, None), (1, 4))),
    ("connected", ("f",), lambda p: p, Plan((0, 1, 1, 1, 1, 0), (0, 2))),
    (
        "balance.upper",
        ("c", "d", "e", "f"),
        lambda p: _one_sided(p, high=True),
        Plan((0, 0, 1, 1, 1, 1), (1, 4)),
    ),
    ("balance.lower", ("a", "b"), lambda p: _one_sided(p, high=False), Plan((0, 0, 1, 1, 1, 1), (1, 4))),
    (
        "minimum",
        ("a", "b"),
        lambda p: replace(p, minimums={"population": 21}),
        Plan((0, 0, 1, 1, 1, 1), (1, 4)),
    ),
    ("seats.member", ("d",), lambda p: p, Plan((0, 0, 0, 1, 1, 1), (3, 4))),
    ("seats.candidate", ("b",), lambda p: replace(p, seats=frozenset({0, 4})), VALID),
    ("together", ("a", "b", "d"), lambda p: replace(p, together=((0, 1, 3),)), VALID),
    ("fixed", ("d", "c"), lambda p: replace(p, fixed=((3, 2),)), VALID),
    ("apart", ("d", "e"), lambda p: replace(p, apart=((3, 4),)), VALID),
    ("difference", (), lambda p: replace(p, differences=(Difference((1, 1, 0, 0, 0, 0), 2),)), VALID),
    ("numbering", (), lambda p: p, Plan((1, 1, 1, 0, 0, 0), (4, 1))),
]


def _one_sided(problem: Problem, *, high: bool) -> Problem:
    narrow, wide = band(10), band(100)
    one = replace(wide, high=narrow.high) if high else replace(wide, low=narrow.low)
    return replace(problem, bands={"population": one})


@pytest.mark.parametrize(
    ("rule", "subject", "change", "plan"), BROKEN, ids=[f"{r}-{i}" for i, (r, *_) in enumerate(BROKEN)]
)
def test_one_broken_rule_is_the_one_violation(
    rule: str, subject: tuple[str, ...], change: Callable[[Problem], Problem], plan: Plan
) -> None:
    problem = change(_road())
    assert [(v.rule, v.subject) for v in violations(problem, plan)] == [(rule, subject)]
    texts = [violation.text for violation in violations(problem, plan)]
    assert all(text.zh and text.en and "{" not in text.zh + text.en for text in texts)
    assert all(
        name in text.zh and name in text.en
        for text in texts
        for name in subject
        if "balance" not in rule and rule != "minimum"
    )


def test_an_empty_district_is_named() -> None:
    problem = replace(_road(), k=3)
    assert _found(problem, Plan((0, 0, 0, 1, 1, 1), (1, 4, 4))) == [("empty", ()), ("seats.member", ("e",))]


def test_bounds_are_exact_where_floating_point_is_not() -> None:
    problem = replace(road(11, 9, 10, k=3), bands={"population": band(10)})
    assert violations(problem, Plan((0, 1, 2), (0, 1, 2))) == ()
    assert _found(replace(problem, bands={"population": band(9)}), Plan((0, 1, 2), (0, 1, 2))) == [
        ("balance.upper", ("a",)),
        ("balance.lower", ("b",)),
    ]


def test_a_refused_unit_leaves_map_totals_and_costs() -> None:
    problem = replace(road(10, 10, 99, 10, 10, k=2), bands={"population": band(0)}, refused=frozenset({2}))
    plan = Plan((0, 0, None, 1, 1), (0, 3))
    assert violations(problem, plan) == ()
    assert totals(problem, plan) == {"population": (20, 20)}
    assert evaluate(problem, plan) == (20.0,)


def test_no_district_is_connected_through_a_refused_unit() -> None:
    problem = replace(road(10, 10, 10, k=1), refused=frozenset({1}))
    assert _found(problem, Plan((0, None, 0), (0,))) == [("connected", ("c",))]
    assert violations(replace(problem, is_contiguous=False), Plan((0, None, 0), (0,))) == ()


def test_a_lock_on_a_refused_unit_cannot_be_kept_and_apart_always_is() -> None:
    problem = replace(road(10, 10, 10, k=1), refused=frozenset({2}))
    plan = Plan((0, 0, None), (0,))
    assert _found(replace(problem, together=((1, 2),)), plan) == [("together", ("b", "c"))]
    assert _found(replace(problem, fixed=((2, 1),)), plan) == [("fixed", ("c", "b"))]
    assert violations(replace(problem, apart=((1, 2),)), plan) == ()


def test_decimal_weights_are_told_in_their_own_unit() -> None:
    problem = replace(
        road(105, 95, k=2),
        weights={"area_km2": (105, 95)},
        scale={"area_km2": 10},
        minimums={"area_km2": 100},
    )
    (found,) = violations(problem, Plan((0, 1), (0, 1)))
    assert found.numbers == {"weight": "area_km2", "number": 2, "total": 9.5, "minimum": 10.0}
    assert found.text.zh == "第 2 个新单元的面积（平方公里）为 9.5，低于最低要求 10.0。"


def test_center_cost_is_summed_to_the_seats_of_the_plan() -> None:
    assert evaluate(_road(), VALID) == (40.0,)
    assert evaluate(_road(), replace(VALID, seats=(0, 3))) == (60.0,)


def test_center_cost_of_a_row_is_the_unit_and_of_a_column_the_seat() -> None:
    cost = np.zeros((2, 2))
    cost[0, 1] = 7.0
    problem = road(1, 1, k=1, objectives=(CenterCost("distance", cost),))
    assert evaluate(problem, Plan((0, 0), (1,))) == (7.0,)
    assert evaluate(problem, Plan((0, 0), (0,))) == (0.0,)


def test_border_counts_edges_between_districts_only() -> None:
    problem = road(1, 1, 1, 1, 1, k=2, objectives=(BorderLength("border", (1.0, 2.0, 4.0, 8.0)),))
    assert evaluate(problem, Plan((0, 0, 1, 1, 1), (0, 2))) == (2.0,)
    refusing = replace(problem, refused=frozenset({3}), is_contiguous=False)
    assert evaluate(refusing, Plan((0, 0, 1, None, 1), (0, 2))) == (2.0,)


def test_change_matches_districts_and_parts_one_to_one() -> None:
    change = Change("change", (0, 0, 0, 0, 1, None), (5, 5, 1, 1, 1, 3))
    problem = road(1, 1, 1, 1, 1, 1, k=2, objectives=(change,))
    # a, b stay; only one district can be the continuation of part 0, so c and d move; e stays; f has no part.
    assert evaluate(problem, Plan((0, 0, 1, 1, 1, 1), (0, 2))) == (5.0,)
    # The best matching is not the greedy one: of 16, part 1 keeps 5 in the first district and part 0 keeps 5 in the second.
    crossed = replace(problem, objectives=(Change("change", (0, 1, 0, 1, 0, 0), (6, 5, 5, 0, 0, 0)),))
    assert evaluate(crossed, Plan((0, 0, 1, 1, 1, 1), (0, 2))) == (6.0,)


def test_refused_units_neither_move_nor_stay() -> None:
    change = Change("change", (0, 0, 1), (1, 2, 100))
    problem = replace(road(1, 1, 1, k=1, objectives=(change,)), refused=frozenset({2}))
    assert evaluate(problem, Plan((0, 0, None), (0,))) == (0.0,)


def test_objectives_are_evaluated_in_their_order() -> None:
    border, distance = BorderLength("border", (1.0,) * 5), _road().objectives[0]
    assert evaluate(replace(_road(), objectives=(border, distance)), VALID) == (1.0, 40.0)
    assert evaluate(replace(_road(), objectives=(distance, border)), VALID) == (40.0, 1.0)


def test_differences_are_counted_after_the_best_matching_of_districts() -> None:
    other = Difference((1, 1, 0, 0, 0, None), 1)
    problem = replace(_road(), differences=(other,))
    assert violations(problem, VALID) == ()
    (found,) = violations(replace(problem, differences=(replace(other, num_units=2),)), VALID)
    assert found.numbers == {"plan": 1, "wanted": 2, "found": 1}


def test_medoid_seats_are_the_cheapest_candidates() -> None:
    problem = road(10, 10, 10, 1, 1, 9, k=2)
    distance = problem.objectives[0]
    assert medoid_seats(problem, VALID.district, distance) == (1, 5)
    assert medoid_seats(replace(problem, seats=frozenset({0, 3})), VALID.district, distance) == (0, 3)
    assert medoid_seats(problem, VALID.district, BorderLength("border", (1.0,) * 5)) == (0, 3)


def test_a_district_without_a_candidate_gets_its_medoid_and_is_named() -> None:
    problem = replace(_road(), seats=frozenset({0}))
    seats = medoid_seats(problem, VALID.district, problem.objectives[0])
    assert seats == (0, 4)
    assert _found(problem, replace(VALID, seats=seats)) == [("seats.candidate", ("e",))]
