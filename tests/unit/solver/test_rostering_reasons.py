"""Why no roster exists: the fewest rules, in words that name people, shifts and numbers."""

from __future__ import annotations

from dataclasses import replace

from rostering_towns import town

from orgraph.findings import Reason
from orgraph.solver import Limits, Status
from orgraph.solver.rostering import Ban, Demand, Duty, Mode, Person, Problem, Shift, Streak, solve
from orgraph.solver.rostering.explain import is_contradictory, reasons

ONE = frozenset({0})
NIGHTS = frozenset({"night"})


def people(*names: str, **changes: object) -> tuple[Person, ...]:
    return tuple(replace(Person(name, ONE, frozenset({0, 1})), **changes) for name in names)  # type: ignore[arg-type]


def why(problem: Problem) -> dict[str, list[tuple[str, ...]]]:
    solution = solve(problem)
    assert solution.status is Status.INFEASIBLE
    assert all(reason.is_proven_minimal for reason in solution.reasons)
    found: dict[str, list[tuple[str, ...]]] = {}
    for reason in solution.reasons:
        found.setdefault(reason.rule.removeprefix("rostering."), []).append(reason.subject)
    return found


def first(problem: Problem) -> Reason:
    return solve(problem).reasons[0]


def test_too_few_people_with_a_skill() -> None:
    problem = town(demands=(Demand(0, 1, 0, 3),))
    assert why(problem) == {"demand": [("east", "n1", "worker")]}
    assert dict(first(problem).numbers) == {"number": 3, "fit": 2, "present": 2}
    assert first(problem).text.en.startswith("east, n1, worker: 3 people are needed. 2 have the skill")
    assert first(problem).text.zh.startswith("east、n1、worker：需要 3 人；有此专业且能到此值守点的有 2 人")


def test_people_on_call_are_too_many() -> None:
    ann, bo = people("ann", "bo")
    reason = first(town(people=(replace(ann, mode=Mode.ON_CALL), bo), demands=(Demand(0, 1, 0, 2),)))
    assert (reason.numbers["on_call"], reason.numbers["most_on_call"]) == (1, 0)
    assert "at most 0 of them on call" in reason.text.en


def test_leave_leaves_too_few() -> None:
    ann, bo = people("ann", "bo")
    problem = town(people=(replace(ann, leave=frozenset({0, 1})), bo))
    found = why(problem)
    assert found["leave"] == [("ann",)]
    assert len(found["demand"]) == 2
    assert is_contradictory(problem)
    numbers = first(problem).numbers
    assert (numbers["needed"], numbers["room"]) == (2, 1)
    assert first(problem).text.en.endswith("room for 1. Add people, or lower or spread the need.")


def test_a_ban_leaves_too_few() -> None:
    assert why(town(bans=(Ban(0, 2),)))["ban"] == [("ann", "n2")]


def test_one_person_cannot_be_at_two_posts() -> None:
    assert why(town(people=people("ann"))) == {
        "demand": [("west", "n0", "worker"), ("east", "n0", "worker")][::-1]
    }


def test_rest_rules_leave_too_few() -> None:
    tight = town(rest_minutes=1200)
    assert set(why(tight)) == {"rest", "demand"}
    assert is_contradictory(tight)


def test_a_day_has_too_few_people() -> None:
    shifts = (Shift("noon", 0, "day", 600, 900), Shift("night", 0, "night", 1320, 1800))
    needed = tuple(Demand(q, s, 0, 1) for q in (0, 1) for s in (0, 1))
    assert set(why(town(shifts=shifts, demands=needed))) == {"day", "demand"}


def test_weekly_and_monthly_limits_leave_too_few() -> None:
    assert why(town(people=people("ann", "bo", most_shifts=2)))["most"] == [("bo",)]
    assert why(town(people=people("ann", "bo", most_per_week=2)))["week"] == [("bo",)]


def test_streaks_need_the_solver() -> None:
    problem = town(streaks=(Streak(NIGHTS, 2),))
    assert not is_contradictory(problem)
    found = why(problem)
    assert found["streak"] == [("night",)]
    assert len(found["demand"]) == 5


def test_forced_duties_clash() -> None:
    twice = (Duty(0, 0, 0, 0), Duty(0, 1, 0, 0))
    assert set(why(town(forced=twice))) == {"forced"}
    ann, bo = people("ann", "bo")
    away = town(
        people=(replace(ann, leave=frozenset({0})), bo), demands=(Demand(0, 0, 0, 0),), forced=twice[:1]
    )
    assert why(away) == {"forced": [("ann", "east", "n0", "worker")], "leave": [("ann",)]}
    tired = town(
        forced=(Duty(0, 0, 0, 0), Duty(1, 0, 0, 0)),
        rest_minutes=1200,
        demands=(Demand(0, 0, 0, 1), Demand(0, 1, 0, 1)),
    )
    assert set(why(tired)) == {"forced", "rest"}


def test_least_turn_and_crowd_are_named() -> None:
    ann, bo = people("ann", "bo")
    eager = town(people=(replace(ann, least_shifts=3), bo), streaks=(Streak(NIGHTS, 2),))
    assert why(replace(eager, demands=tuple(replace(d, number=0) for d in eager.demands))) == {
        "streak": [("night",)],
        "least": [("ann",)],
    }
    fixed = tuple(Duty(0, 0, 0, i) for i in (0, 1))
    assert set(why(town(demands=(Demand(0, 0, 0, 0, 1),), forced=fixed))) == {"crowd", "forced"}
    turning = people("ann", most_per_place=2)
    assert set(why(town(people=turning, demands=tuple(Demand(0, s, 0, 1) for s in range(3))))) == {
        "turn",
        "demand",
    }


def test_without_time_what_is_undecided_is_marked() -> None:
    def never(_: Problem) -> bool | None:
        raise AssertionError("no time was left to prove anything")

    found = reasons(town(streaks=(Streak(NIGHTS, 2),)), never, limits=Limits(time_s=-1.0))
    assert not any(reason.is_proven_minimal for reason in found)
