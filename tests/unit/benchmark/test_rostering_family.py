"""The rostering family of the benchmark: reading its file format, made instances, the answer."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import pytest

from orgraph.benchmark import cases_of_files
from orgraph.benchmark.families.rostering import FAMILY
from orgraph.errors import InputError
from orgraph.solver import Limits, Progress, Status
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
    Problem,
    Shift,
    Stability,
    Streak,
    Travel,
    Uncovered,
    Wishes,
)

STATED: dict[str, object] = {
    "days": 2,
    "first_weekday": 5,
    "rest_minutes": 660,
    "most_per_day": 1,
    "posts": ["east", "west"],
    "edges": [["east", "west"]],
    "places": [{"id": "east", "posts": ["east"]}, {"id": "both", "posts": ["east", "west"]}],
    "skills": ["worker"],
    "shifts": [
        {"id": "n1", "day": 0, "kind": "night", "start_minute": 1320, "end_minute": 1800},
        {"id": "n2", "day": 1, "kind": "night", "start_minute": 1320, "end_minute": 1800},
    ],
    "people": [
        {"id": "ann", "skills": ["worker"], "places": ["east", "both"], "leave": [1], "most_shifts": 3},
        {"id": "bo", "skills": ["worker"], "places": ["both"], "mode": "resident", "least_shifts": 1},
        {"id": "cy", "mode": "on_call", "most_per_week": 2, "most_per_place": 1},
    ],
    "demands": [
        {"place": "both", "shift": "n1", "skill": "worker", "number": 1, "most": 1},
        {"place": "east", "shift": "n2", "skill": "worker", "number": 1, "most_on_call": 1, "is_own": False},
    ],
    "streaks": [{"kinds": ["night"], "most_days": 2}],
    "forced": [{"person": "bo", "place": "both", "shift": "n2", "skill": "worker"}],
    "bans": [{"person": "cy"}, {"person": "ann", "shift": "n2", "place": "east"}],
    "preferences": [
        {"kind": "uncovered", "name": "uncovered", "weight": 100},
        {
            "kind": "fairness",
            "name": "fair",
            "weight": 4,
            "people": ["ann", "bo"],
            "measure": "squares",
            "targets": ["3/2", 1],
        },
        {
            "kind": "fairness",
            "name": "range",
            "weight": 1,
            "people": ["ann", "bo"],
            "measure": "range",
            "shifts": ["n1"],
        },
        {"kind": "travel", "name": "travel", "weight": 1, "cost": [[1, 2], [3, 4], [5, 6]]},
        {"kind": "wishes", "name": "wishes", "weight": 2, "dislikes": [["bo", "n1", 3]]},
        {
            "kind": "stability",
            "name": "stability",
            "weight": 1,
            "roster": [{"person": "ann", "place": "both", "shift": "n1", "skill": "worker"}],
        },
        {"kind": "call_outs", "name": "call_outs", "weight": 7},
    ],
}

PROBLEM = Problem(
    people=(
        Person("ann", frozenset({0}), frozenset({0, 1}), leave=frozenset({1}), most_shifts=3),
        Person("bo", frozenset({0}), frozenset({1}), Mode.RESIDENT, least_shifts=1),
        Person("cy", frozenset(), frozenset(), Mode.ON_CALL, most_per_week=2, most_per_place=1),
    ),
    posts=("east", "west"),
    places=(Place("east", frozenset({0})), Place("both", frozenset({0, 1}))),
    shifts=(Shift("n1", 0, "night", 1320, 1800), Shift("n2", 1, "night", 1320, 1800)),
    skills=("worker",),
    demands=(Demand(1, 0, 0, 1, 1), Demand(0, 1, 0, 1, None, 1)),
    num_days=2,
    edges=((0, 1),),
    first_weekday=5,
    rest_minutes=660,
    streaks=(Streak(frozenset({"night"}), 2),),
    forced=(Duty(1, 1, 0, 1),),
    bans=(Ban(2), Ban(0, 1, 0)),
    preferences=(
        Uncovered("uncovered", 100),
        Fairness("fair", 4, (0, 1), Measure.SQUARES, (Fraction(3, 2), Fraction(1))),
        Fairness("range", 1, (0, 1), Measure.RANGE, (), frozenset({0})),
        Travel("travel", 1, ((1, 2), (3, 4), (5, 6))),
        Wishes("wishes", 2, ((1, 0, 3),)),
        Stability("stability", 1, (Duty(0, 1, 0, 0),)),
        CallOuts("call_outs", 7),
    ),
)


def write(folder: Path, content: object) -> Path:
    path = folder / "town.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


def codes(folder: Path, content: object) -> list[tuple[str, tuple[str, ...]]]:
    with pytest.raises(InputError) as refused:
        cases_of_files(FAMILY, [write(folder, content)], None)
    assert all(
        "{" not in f.text.zh.replace("{}", "") + f.text.en.replace("{}", "") for f in refused.value.findings
    )
    return [(f.code.partition(".")[2], f.subject) for f in refused.value.findings]


def test_a_file_is_read_as_stated(tmp_path: Path) -> None:
    (case,) = FAMILY.read(write(tmp_path, STATED), None)
    assert case.problem == PROBLEM
    assert (case.name, case.objective_name, case.is_synthetic) == ("town", "preferences", False)
    assert case.units == ("both n1 worker", "east n2 worker")


def test_the_answer_names_people(tmp_path: Path) -> None:
    (case,) = FAMILY.read(write(tmp_path, STATED), None)
    solution = FAMILY.solve(case.problem, limits=Limits(), seed=1)
    assert (solution.status, solution.objective) == (Status.OPTIMAL, 9.0)
    assert solution.plan is not None
    assert FAMILY.violations(case.problem, solution.plan) == ()
    assert FAMILY.objective(case.problem, solution.plan) == 9.0
    answer = FAMILY.answer(case, solution.plan)
    assert answer["plan"] == [["ann"], ["bo"]]
    assert answer["shifts_by_person"] == {"ann": 1, "bo": 1, "cy": 0}
    assert answer["duties"] == [
        {"person": "ann", "place": "both", "shift": "n1", "skill": "worker"},
        {"person": "bo", "place": "both", "shift": "n2", "skill": "worker"},
    ]


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"days": None}, [("entry_missing", ("{}",))]),
        ({"days": "two"}, [("entry_whole", ("days",))]),
        ({"days": True}, [("entry_whole", ("days",))]),
        ({"days": 10**12}, [("entry_whole", ("days",))]),
        ({"day": 2}, [("entry_key", ("{}",))]),
        ({"posts": "east"}, [("entry_list", ("posts",)), ("entry_unknown", ("edges[0][0]",)), ("entry_unknown", ("edges[0][1]",)), ("entry_unknown", ("places[0].posts[0]",)), ("entry_unknown", ("places[1].posts[0]",)), ("entry_unknown", ("places[1].posts[1]",))]),
        ({"edges": [["east"]]}, [("entry_length", ("edges[0]",))]),
        ({"skills": ["worker", ""]}, [("entry_text", ("skills[1]",))]),
        ({"bans": [3]}, [("entry_object", ("bans[0]",))]),
        ({"bans": [{"person": "dee"}]}, [("entry_unknown", ("bans[0].person",))]),
        ({"preferences": [{"kind": "luck", "name": "x", "weight": 1}]}, [("entry_choice", ("preferences[0].kind",))]),
        ({"preferences": [{"kind": "fairness", "name": "x", "weight": 1, "people": ["ann"], "measure": "squares", "targets": ["1e9"]}]}, [("entry_fraction", ("preferences[0].targets[0]",))]),
        ({"preferences": [{"kind": "wishes", "name": "x", "weight": 1, "dislikes": [["ann"]]}]}, [("entry_length", ("preferences[0].dislikes[0]",))]),
        ({"demands": [{"place": "both", "shift": "n1", "skill": "worker", "number": 1, "is_own": 1}]}, [("entry_flag", ("demands[0].is_own",))]),
        ({"first_weekday": 7, "rest_minutes": -1}, [("period_weekday", ()), ("rest_value", ())]),
    ],
)  # fmt: skip
def test_whatever_is_wrong_is_found(
    tmp_path: Path, changes: dict[str, object], found: list[tuple[str, tuple[str, ...]]]
) -> None:
    assert sorted(codes(tmp_path, {**STATED, **changes})) == sorted(found)


def test_made_instances_are_those_of_their_seed() -> None:
    cases = FAMILY.generated(1)
    assert [case.name for case in cases] == ["tiny", "after_hours", "mediation"]
    assert all(case.is_synthetic for case in cases)
    assert [len(case.problem.people) for case in cases] == [3, 89, 37]
    assert len(cases[1].problem.shifts) == 62
    assert [case.problem for case in FAMILY.generated(1)] == [case.problem for case in cases]
    assert FAMILY.generated(2)[1].problem != cases[1].problem


def test_the_tiny_one_is_solved_in_the_head() -> None:
    """Both posts on two nights, the pair in between: five duties of three people, one of them once."""
    FAMILY.warm_up()
    case = FAMILY.generated(1)[0]
    solution = FAMILY.solve(case.problem, limits=Limits(), seed=1)
    assert (solution.status, solution.objective) == (Status.OPTIMAL, 6.0)


@pytest.mark.parametrize("number", [1, 2])
def test_a_month_is_covered_with_a_proof(number: int) -> None:
    case = FAMILY.generated(1)[number]
    solution = FAMILY.solve(case.problem, limits=Limits(), seed=1)
    assert solution.status is Status.OPTIMAL
    assert solution.plan is not None
    assert solution.terms["uncovered"] == 0.0
    assert FAMILY.violations(case.problem, solution.plan) == ()


def test_a_call_stopped_after_the_first_bound_keeps_plan_and_bound() -> None:
    case = FAMILY.generated(1)[2]
    limits = Limits()

    def stop(progress: Progress) -> None:
        if progress.bound is not None:
            limits.stop.set()

    stopped = FAMILY.solve(case.problem, limits=limits, seed=1, on_progress=stop)
    assert stopped.status is Status.INTERRUPTED
    assert stopped.plan is not None
    best = FAMILY.solve(case.problem, limits=Limits(), seed=1).objective
    assert stopped.bound is not None and best is not None
    assert stopped.bound <= best <= FAMILY.objective(case.problem, stopped.plan)
