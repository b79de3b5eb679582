"""The checker and the findings: one thing wrong at a time."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from rostering_towns import PLACES, town

from orgraph.errors import PlanRejected
from orgraph.solver import Limits
from orgraph.solver.engine import Clock
from orgraph.solver.rostering import (
    Ban,
    CallOuts,
    Demand,
    Duty,
    Fairness,
    Measure,
    Mode,
    Person,
    Place,
    Plan,
    Problem,
    Shift,
    Stability,
    Streak,
    Travel,
    Uncovered,
    Wishes,
    findings,
)
from orgraph.solver.rostering.check import evaluate, terms, violations
from orgraph.solver.rostering.instance import build_instance
from orgraph.solver.rostering.model import build_model
from orgraph.solver.rostering.state import State

ANN, BO = 0, 1
GOOD = Plan(tuple(Duty(night, post, 0, post) for night in range(3) for post in (0, 1)))
"""Ann every night in the east, Bo in the west."""


def person(**changes: object) -> Problem:
    """The town with a change to Ann."""
    ann, bo = town().people
    return town(people=(replace(ann, **changes), bo))  # type: ignore[arg-type]


def demand(**changes: object) -> Problem:
    """The town with a change to the first demand."""
    first, *others = town().demands
    return town(demands=(replace(first, **changes), *others))  # type: ignore[arg-type]


def test_a_good_roster_breaks_nothing() -> None:
    assert violations(town(), GOOD) == ()


@pytest.mark.parametrize(
    ("problem", "plan", "rules"),
    [
        (town(), Plan((Duty(0, 0, 0, 7),)), ["range"]),
        (town(), Plan((Duty(3, 0, 0, 0),)), ["range"]),
        (town(), Plan(GOOD.duties[::-1]), ["order"]),
        (town(), Plan((GOOD.duties[0], *GOOD.duties)), ["order"]),
        (person(skills=frozenset()), GOOD, ["skill"] * 3),
        (person(places=frozenset({1})), GOOD, ["place"] * 3),
        (town(demands=town().demands[:2]), Plan(GOOD.duties[:3]), ["idle"]),
        (demand(is_own=True), Plan((GOOD.duties[1], Duty(0, 2, 0, 0), *GOOD.duties[2:])), ["place", "demand"]),
        (person(leave=frozenset({1})), GOOD, ["leave"]),
        (town(bans=(Ban(ANN, 1), Ban(BO, None, 0))), GOOD, ["ban"]),
        (town(rest_minutes=1000), GOOD, ["rest"] * 4),
        (town(most_per_day=0), GOOD, ["day"] * 6),
        (town(streaks=(Streak(frozenset({"night"}), 1),)), GOOD, ["streak"] * 4),
        (person(most_shifts=2), GOOD, ["most"]),
        (person(least_shifts=4), GOOD, ["least"]),
        (person(most_per_week=2), GOOD, ["week"]),
        (replace(person(most_per_week=2), first_weekday=5), GOOD, []),
        (person(most_per_place=2), GOOD, ["turn"]),
        (town(forced=(Duty(0, 1, 0, ANN),)), GOOD, ["forced"]),
        (demand(number=2), GOOD, ["demand"]),
        (demand(number=2), Plan((Duty(0, 0, 0, 0), Duty(0, 1, 0, 0), *GOOD.duties[2:])), ["rest", "day", "demand"]),
        (person(mode=Mode.ON_CALL), GOOD, ["demand"] * 3),
        (demand(number=0, most=0), GOOD, ["crowd"]),
        (town(preferences=(Uncovered("uncovered", 1),)), Plan(()), []),
    ],
)  # fmt: skip
def test_every_rule_is_watched(problem: Problem, plan: Plan, rules: list[str]) -> None:
    found = violations(problem, plan)
    assert [v.rule.removeprefix("rostering.") for v in found] == rules
    assert all("{" not in v.text.zh + v.text.en for v in found)


def test_shifts_that_overlap_are_no_rest() -> None:
    shifts = (*town().shifts, Shift("n0b", 0, "night", 1400, 1500))
    problem = town(shifts=shifts, most_per_day=None, demands=(*town().demands, Demand(0, 3, 0, 1)))
    plan = Plan((*GOOD.duties, Duty(3, 0, 0, 0)))
    assert [v.rule for v in violations(problem, plan)] == ["rostering.rest"]


@pytest.mark.parametrize(
    ("preference", "value"),
    [
        (Uncovered("p", 7), Fraction(0)),
        (Fairness("p", 2, (ANN, BO), Measure.RANGE, (), frozenset({0})), Fraction(0)),
        (Fairness("p", 2, (ANN, BO), Measure.DEVIATION, (Fraction(5, 2), Fraction(4))), Fraction(3)),
        (Fairness("p", 2, (ANN,), Measure.SQUARES, (Fraction(4, 3),)), Fraction(50, 9)),
        (Fairness("p", 2, (), Measure.RANGE), Fraction(0)),
        (Travel("p", 3, ((1, 0, 0), (0, 2, 0))), Fraction(27)),
        (Wishes("p", 2, ((ANN, 1, 5), (BO, 0, 1))), Fraction(12)),
        (Stability("p", 2, (Duty(0, 0, 0, ANN), Duty(0, 1, 0, ANN))), Fraction(12)),
        (CallOuts("p", 5), Fraction(0)),
    ],
)
def test_every_preference_is_counted(preference: object, value: Fraction) -> None:
    problem = town(preferences=(preference,))
    assert evaluate(problem, GOOD) == value
    assert terms(problem, GOOD) == {"p": float(value)}


def test_a_plan_of_the_model_that_the_checker_rejects_is_a_defect() -> None:
    state = State(town(), Clock(Limits()), 1, None)
    model = build_model(build_instance(town()))
    with pytest.raises(PlanRejected):
        state.take(model, (0.0,) * model.mip.num_columns)


def fairness(**changes: object) -> Problem:
    stated = Fairness("fair", 1, (ANN, BO), Measure.RANGE)
    return town(preferences=(replace(stated, **changes),))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("problem", "codes"),
    [
        (town(posts=("east", "east")), ["name_repeated"]),
        (town(num_days=0, shifts=(), demands=()), ["period_days"]),
        (town(first_weekday=7), ["period_weekday"]),
        (town(rest_minutes=-1), ["rest_value"]),
        (town(most_per_day=-1), ["limit_value"]),
        (town(streaks=(Streak(frozenset({"night"}), 0),)), ["streak_days"]),
        (town(edges=((0, 1), (0, 2))), ["edge_range"]),
        (town(edges=()), ["place_apart"]),
        (town(places=(*PLACES, Place("x", frozenset()), Place("y", frozenset({9})))), ["place_posts"] * 2),
        (person(skills=frozenset({1})), ["person_skill"]),
        (person(places=frozenset({3})), ["person_place"]),
        (person(mode=Mode.RESIDENT), ["resident_places"]),
        (person(leave=frozenset({3})), ["leave_range"]),
        (person(most_shifts=-1), ["limit_value", "limit_order"]),
        (person(least_shifts=2, most_shifts=1), ["limit_order"]),
        (town(shifts=(*town().shifts, Shift("x", 3, "night", 0, 1))), ["shift_day"]),
        (town(shifts=(*town().shifts, Shift("x", 0, "night", 60, 60))), ["shift_hours"]),
        (demand(skill=1), ["demand_range"]),
        (demand(number=-1), ["demand_number"]),
        (demand(most=0), ["demand_most"]),
        (town(demands=(*town().demands, Demand(0, 0, 0, 2))), ["demand_repeated"]),
        (town(forced=(Duty(0, 0, 0, 2),)), ["forced_range"]),
        (town(forced=(Duty(0, 2, 0, 0),)), ["forced_unfit"]),
        (town(demands=(Demand(0, 0, 0, 1, is_own=True),), forced=(Duty(0, 1, 0, 0),)), ["forced_unfit"]),
        (town(forced=(Duty(0, 0, 0, 0),) * 2), ["forced_repeated"]),
        (town(bans=(Ban(0, 3), Ban(2), Ban(0, None, 3))), ["ban_range"] * 3),
        (town(preferences=(CallOuts("calls", -1),)), ["weight_value"]),
        (town(preferences=(CallOuts("calls", 10**18),)), ["costs_large"]),
        (fairness(people=(ANN, ANN)), ["fairness_people"]),
        (fairness(people=(ANN, 2)), ["fairness_people"]),
        (fairness(targets=(Fraction(1),)), ["fairness_targets"]),
        (fairness(measure=Measure.SQUARES), ["fairness_targets"]),
        (fairness(shifts=frozenset({3})), ["fairness_shifts"]),
        (town(preferences=(Travel("t", 1, ((1, 2, 3),)),)), ["travel_shape"]),
        (town(preferences=(Travel("t", 1, ((1, 2, 3), (0, 0, -1))),)), ["travel_value"]),
        (town(preferences=(Wishes("w", 1, ((2, 0, 1), (0, 3, 1))),)), ["wish_range"]),
        (town(preferences=(Wishes("w", 1, ((0, 0, -1),)),)), ["wish_value"]),
        (town(preferences=(Wishes("w", 1, ((0, 0, 1), (0, 0, 2))),)), ["wish_repeated"]),
        (town(preferences=(Stability("s", 1, (Duty(9, 0, 0, 0),)),)), ["roster_range"]),
        (town(preferences=(Stability("s", 1, (Duty(0, 0, 0, 0),) * 2),)), ["roster_repeated"]),
        (town(people=(*town().people, Person("ann", frozenset(), frozenset()))), ["name_repeated"]),
    ],
)  # fmt: skip
def test_whatever_is_malformed_is_found(problem: Problem, codes: list[str]) -> None:
    found = findings(problem)
    assert [f.code.removeprefix("rostering.") for f in found] == codes
    assert all("{" not in f.text.zh + f.text.en for f in found)
