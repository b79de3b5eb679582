"""Rosters that can be solved in the head: every rule and preference with its effect, and what comes back."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from rostering_towns import town

from orgraph.errors import InvalidProblem, PlanRejected
from orgraph.solver import Limits, Progress, Status
from orgraph.solver.digest import digest
from orgraph.solver.rostering import (
    Ban,
    CallOuts,
    Demand,
    Duty,
    Fairness,
    Measure,
    Mode,
    Person,
    Plan,
    Problem,
    Shift,
    Stability,
    Streak,
    Travel,
    Uncovered,
    Wishes,
    findings,
    is_feasible,
    solve,
)
from orgraph.solver.rostering.check import violations
from orgraph.solver.rostering.solve import approve

NIGHTS = frozenset({"night"})
ANN, BO = 0, 1
EAST, WEST, BOTH = 0, 1, 2


def person(name: str, places: set[int] | None = None, **changes: object) -> Person:
    stated = Person(name, frozenset({0}), frozenset(places or {EAST, WEST}))
    return replace(stated, **changes)  # type: ignore[arg-type]


def east(**changes: object) -> Problem:
    """Only the east post, three nights, one person each; what is not covered costs 100, a duty of Bo costs 10 and one of Ann nothing."""
    stated = town(
        people=(person("ann", {EAST}), person("bo", {EAST})),
        demands=tuple(Demand(EAST, day, 0, 1) for day in range(3)),
        preferences=(Uncovered("uncovered", 100), Travel("travel", 10, ((0, 0, 0), (1, 1, 1)))),
    )
    return replace(stated, **changes)  # type: ignore[arg-type]


def ann(**changes: object) -> Problem:
    """As ``east``, with a change to Ann."""
    problem = east()
    return replace(problem, people=(replace(problem.people[ANN], **changes), problem.people[BO]))  # type: ignore[arg-type]


def test_the_cheaper_person_does_every_night() -> None:
    solution = solve(east())
    assert solution.status is Status.OPTIMAL
    assert solution.plan == Plan(tuple(Duty(day, EAST, 0, ANN) for day in range(3)))
    assert (solution.objective, solution.bound, solution.gap) == (0.0, 0.0, 0.0)
    assert dict(solution.terms) == {"uncovered": 0.0, "travel": 0.0}


@pytest.mark.parametrize(
    ("problem", "objective"),
    [
        (ann(leave=frozenset({1})), 10.0),
        (ann(leave=frozenset({0, 1, 2})), 30.0),
        (ann(skills=frozenset()), 30.0),
        (ann(places=frozenset({WEST})), 30.0),
        (ann(most_shifts=2), 10.0),
        (ann(most_per_week=1), 20.0),
        (ann(most_per_place=1), 20.0),
        (ann(mode=Mode.ON_CALL), 30.0),
        (ann(mode=Mode.RESIDENT), 0.0),
        (replace(ann(most_per_week=1), first_weekday=6), 10.0),
        (east(streaks=(Streak(NIGHTS, 2),)), 10.0),
        (east(streaks=(Streak(NIGHTS, 1),)), 10.0),
        (east(streaks=(Streak(frozenset({"evening"}), 1),)), 0.0),
        (east(rest_minutes=960), 0.0),
        (east(rest_minutes=961), 10.0),
        (east(most_per_day=0), 300.0),
        (east(bans=(Ban(ANN, 1),)), 10.0),
        (east(bans=(Ban(ANN, None, EAST),)), 30.0),
        (east(bans=(Ban(ANN, 1, WEST),)), 0.0),
        (east(forced=(Duty(2, EAST, 0, BO),)), 10.0),
        (east(demands=(Demand(EAST, 0, 0, 2),)), 10.0),
        (east(demands=(Demand(EAST, 0, 0, 3),)), 110.0),
    ],
)
def test_each_rule_changes_the_optimum(problem: Problem, objective: float) -> None:
    assert solve(problem).objective == objective


def test_two_shifts_a_day_need_leave() -> None:
    shifts = (Shift("noon", 0, "day", 600, 900), Shift("night", 0, "night", 1200, 1500))
    both = east(shifts=shifts, demands=tuple(Demand(EAST, s, 0, 1) for s in (0, 1)))
    assert solve(both).objective == 10.0
    assert solve(replace(both, most_per_day=2)).objective == 0.0
    assert solve(replace(both, most_per_day=None, rest_minutes=300)).objective == 0.0
    assert solve(replace(both, most_per_day=None, rest_minutes=301)).objective == 10.0
    assert solve(replace(both, most_per_day=None, streaks=(Streak(NIGHTS, 1),))).objective == 0.0


def test_a_patch_is_served_by_one_person() -> None:
    people = (person("ann", {EAST, WEST, BOTH}),)
    soft = (Uncovered("uncovered", 100),)
    night = town(people=people, demands=(Demand(EAST, 0, 0, 1), Demand(WEST, 0, 0, 1)), preferences=soft)
    assert solve(night).plan == Plan((Duty(0, BOTH, 0, ANN),))
    own = tuple(replace(demand, is_own=True) for demand in night.demands)
    assert solve(replace(night, demands=own)).objective == 100.0
    assert solve(replace(night, people=(person("ann"),))).objective == 100.0
    assert solve(replace(night, demands=(Demand(BOTH, 0, 0, 1),), people=(person("ann"),))).objective == 100.0


def test_people_on_call_count_only_as_far_as_a_demand_lets_them() -> None:
    people = (person("ann", mode=Mode.ON_CALL), person("bo", mode=Mode.ON_CALL), person("cy"))
    soft = (Uncovered("uncovered", 100), CallOuts("call_outs", 1))

    def least(number: int, most_on_call: int) -> float | None:
        demand = Demand(EAST, 0, 0, number, None, most_on_call)
        return solve(town(people=people, demands=(demand,), preferences=soft)).objective

    assert [least(2, on_call) for on_call in (0, 1, 2)] == [100.0, 1.0, 1.0]
    assert [least(3, on_call) for on_call in (0, 1, 2)] == [200.0, 101.0, 2.0]


def test_a_crowd_is_avoided_even_for_fairness() -> None:
    fair = (Fairness("fair", 1, (ANN, BO), Measure.SQUARES, (Fraction(1), Fraction(1))),)
    night = east(demands=(Demand(EAST, 0, 0, 1),), preferences=fair)
    assert solve(night).objective == 0.0
    assert solve(replace(night, demands=(Demand(EAST, 0, 0, 1, 1),))).objective == 1.0


@pytest.mark.parametrize(
    ("measure", "targets", "objective"),
    [
        (Measure.RANGE, (), 10.0 + 50.0),
        (Measure.DEVIATION, (Fraction(3, 2), Fraction(3, 2)), 10.0 + 50.0),
        (Measure.SQUARES, (Fraction(3, 2), Fraction(3, 2)), 10.0 + 25.0),
        (Measure.SQUARES, (Fraction(7, 3), Fraction(2, 3)), 10.0 + 100.0 / 9),
    ],
)
def test_fairness_shares_the_nights(
    measure: Measure, targets: tuple[Fraction, ...], objective: float
) -> None:
    fair = Fairness("fair", 50, (ANN, BO), measure, targets)
    hard = replace(east(), preferences=(east().preferences[1], fair))
    crowdless = replace(hard, demands=tuple(replace(d, most=1) for d in hard.demands))
    assert solve(crowdless).objective == pytest.approx(objective)


def test_fairness_may_look_at_some_shifts_only() -> None:
    fair = Fairness("weekend", 50, (ANN, BO), Measure.RANGE, (), frozenset({1, 2}))
    problem = replace(east(), preferences=(*east().preferences, fair))
    assert solve(problem).objective == 10.0


def test_wishes_and_the_current_roster_are_heeded() -> None:
    wish = Wishes("wishes", 3, ((ANN, 1, 4),))
    assert solve(replace(east(), preferences=(*east().preferences, wish))).objective == 10.0
    keep = Stability("stability", 6, (Duty(0, EAST, 0, BO),))
    kept = solve(replace(east(), preferences=(*east().preferences, keep)))
    assert kept.objective == 10.0 + 6 * 2
    assert kept.plan is not None
    assert Duty(0, EAST, 0, BO) in kept.plan.duties


def test_least_shifts_are_done() -> None:
    people = (person("ann", {EAST}), person("bo", {EAST}, least_shifts=2))
    assert solve(east(people=people)).objective == 20.0


def test_without_preferences_any_valid_roster_is_best() -> None:
    solution = solve(town())
    assert (solution.status, solution.objective, solution.bound) == (Status.OPTIMAL, 0.0, 0.0)
    assert solution.plan is not None
    assert violations(town(), solution.plan) == ()


def test_nobody_and_nothing_is_an_empty_roster() -> None:
    assert solve(town(demands=(), people=())).plan == Plan(())
    assert solve(town(people=())).status is Status.INFEASIBLE


def test_alike_people_are_solved_together() -> None:
    """Forty people nobody tells apart: the sums over them prove the optimum, which no engine proves one by one."""
    people = tuple(person(f"p{i}", most_per_week=1) for i in range(40))
    fair = Fairness("range", 1, tuple(range(40)), Measure.RANGE)
    solution = solve(
        town(
            people=people,
            demands=tuple(Demand(q, s, 0, 5, 5) for s in range(3) for q in (0, 1)),
            preferences=(fair,),
        )
    )
    assert (solution.status, solution.objective) == (Status.OPTIMAL, 1.0)


def test_the_statistics_say_how_it_came_about() -> None:
    stats = solve(east(), seed=3).stats
    assert stats["problem"] == digest(east())
    assert (stats["seed"], stats["workers"]) == (3, 1)


def test_equal_calls_give_equal_rosters() -> None:
    assert solve(town(), seed=2).plan == solve(town(), seed=2).plan


def test_progress_is_told() -> None:
    told: list[Progress] = []
    solve(ann(leave=frozenset({1})), on_progress=told.append)
    assert told[0].phase == "plan"
    assert told[-1].objective == told[-1].bound == 10.0


def test_a_stopped_call_returns_what_it_has() -> None:
    limits = Limits()
    limits.stop.set()
    stopped = solve(town(preferences=(CallOuts("calls", 1), Uncovered("uncovered", 5))), limits=limits)
    assert stopped.status is Status.INTERRUPTED
    assert stopped.plan is not None
    assert stopped.bound is None
    late = solve(town(), limits=Limits(time_s=0.0))
    assert (late.status, late.bound) == (Status.FEASIBLE, None)


def test_a_malformed_problem_is_refused_with_all_findings() -> None:
    wrong = town(num_days=0, rest_minutes=-1)
    with pytest.raises(InvalidProblem) as refused:
        solve(wrong)
    assert {f.code for f in refused.value.findings} == {f.code for f in findings(wrong)}


def test_the_checker_has_the_last_word() -> None:
    with pytest.raises(PlanRejected):
        approve(town(), Plan(()), 0.0, {})
    with pytest.raises(PlanRejected):
        approve(town(demands=()), Plan(()), 1.0, {})


def test_feasibility_is_undecided_without_time() -> None:
    tight = town(people=(person("ann", least_shifts=1), person("bo"), person("cy")))
    assert is_feasible(tight) is True
    impossible = replace(
        tight, streaks=(Streak(NIGHTS, 1),), demands=tuple(Demand(EAST, s, 0, 2) for s in range(3))
    )
    assert is_feasible(impossible) is False
    assert is_feasible(impossible, Limits(time_s=0.0)) is None
