"""Small rostering problems, drawn and enumerated."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import product

from hypothesis import strategies as st

from orgraph.findings import Reason
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
    Preference,
    Problem,
    Shift,
    Stability,
    Streak,
    Travel,
    Uncovered,
    Wishes,
)
from orgraph.solver.rostering.check import evaluate, violations
from orgraph.solver.rostering.rules import Rules, keeping, rules
from orgraph.solver.rostering.telling import tell

PLACES = (Place("east", frozenset({0})), Place("west", frozenset({1})), Place("both", frozenset({0, 1})))
HOURS = {"evening": (1080, 1320), "night": (1320, 1800), "noon": (600, 1200)}
MOST_DUTIES = 9


def town(**changes: object) -> Problem:
    """Two posts that are neighbours, two people, three nights; one person is needed at each post every night."""
    stated = Problem(
        people=(
            Person("ann", frozenset({0}), frozenset({0, 1})),
            Person("bo", frozenset({0}), frozenset({0, 1})),
        ),
        posts=("east", "west"),
        places=PLACES,
        edges=((0, 1),),
        shifts=tuple(Shift(f"n{day}", day, "night", 1320, 1800) for day in range(3)),
        skills=("worker",),
        demands=tuple(Demand(place, day, 0, 1) for day in range(3) for place in (0, 1)),
        num_days=3,
    )
    return replace(stated, **changes)  # type: ignore[arg-type]


def candidates(problem: Problem) -> list[Duty]:
    """Every duty that breaks no rule about itself alone."""
    indexes = (problem.shifts, problem.places, problem.skills, problem.people)
    own = {"skill", "place", "idle", "leave", "ban"}
    every = (Duty(*cell) for cell in product(*(range(len(entries)) for entries in indexes)))
    return [
        duty
        for duty in every
        if own.isdisjoint(v.rule.partition(".")[2] for v in violations(problem, Plan((duty,))))
    ]


def plans(problem: Problem) -> Iterator[Plan]:
    """Every valid plan, by enumeration."""
    found = candidates(problem)
    for chosen in product((False, True), repeat=len(found)):
        plan = Plan(tuple(d for d, is_on in zip(found, chosen, strict=True) if is_on))
        if not violations(problem, plan):
            yield plan


def best(problem: Problem) -> Fraction | None:
    return min((evaluate(problem, plan) for plan in plans(problem)), default=None)


def has_plan(problem: Problem) -> bool:
    return next(plans(problem), None) is not None


def only(problem: Problem, found: list[Reason]) -> Problem:
    """The problem with the rules that the reasons name."""
    kept: Rules = frozenset(
        rule for rule in rules(problem) if _key(tell(problem, {rule: True})[0]) in {_key(r) for r in found}
    )
    return keeping(problem, kept)


def _key(reason: Reason) -> tuple[object, ...]:
    own = {name: number for name, number in reason.numbers.items() if name not in ("needed", "room")}
    return (reason.rule, reason.subject, str(own))


@st.composite
def problems(draw: st.DrawFn, *, is_covered: bool | None = None) -> Problem:
    """At most three people, three shifts, three places, two skills; every rule and preference may occur."""
    num_days = draw(st.integers(2, 4))
    shifts = tuple(_shift(draw, number, num_days) for number in range(draw(st.integers(1, 3))))
    people = tuple(draw(_people(i, num_days)) for i in range(draw(st.integers(1, 3))))
    cells = st.tuples(st.integers(0, 2), st.integers(0, len(shifts) - 1), st.integers(0, 1))
    demands = tuple(
        draw(_demands(*cell)) for cell in draw(st.lists(cells, min_size=1, max_size=4, unique=True))
    )
    problem = Problem(
        people=people,
        posts=("e", "w"),
        places=PLACES,
        edges=((0, 1),),
        shifts=shifts,
        skills=("worker", "cadre"),
        demands=demands,
        num_days=num_days,
        first_weekday=draw(st.integers(4, 6)),
        rest_minutes=draw(st.sampled_from([0, 360, 1200])),
        most_per_day=draw(st.sampled_from([None, 1, 2])),
        streaks=draw(
            st.sampled_from([(), (Streak(frozenset({"night"}), 1),), (Streak(frozenset(HOURS), 2),)])
        ),
        bans=tuple(draw(st.lists(_bans(len(people), len(shifts)), max_size=1))),
    )
    found = candidates(problem)
    while len(found) > MOST_DUTIES:
        i = max(range(len(people)), key=lambda p: sum(d.person == p for d in found))
        duty = next(d for d in reversed(found) if d.person == i)
        problem = replace(problem, bans=(*problem.bans, Ban(i, duty.shift, duty.place)))
        found = candidates(problem)
    problem = replace(
        problem, forced=tuple(draw(st.lists(st.sampled_from(found), max_size=1)) if found else ())
    )
    return replace(problem, preferences=_preferences(draw, problem, is_covered))


def _shift(draw: st.DrawFn, number: int, num_days: int) -> Shift:
    kind = draw(st.sampled_from(sorted(HOURS)))
    return Shift(f"s{number}", draw(st.integers(0, num_days - 1)), kind, *HOURS[kind])


@st.composite
def _people(draw: st.DrawFn, i: int, num_days: int) -> Person:
    mode = draw(st.sampled_from(list(Mode)))
    sizes = (1, 1) if mode is Mode.RESIDENT else (1, 3)
    limit = st.sampled_from([None, None, 1, 2])
    return Person(
        f"p{i}",
        draw(st.frozensets(st.integers(0, 1), min_size=1)),
        draw(st.frozensets(st.integers(0, 2), min_size=sizes[0], max_size=sizes[1])),
        mode,
        draw(st.frozensets(st.integers(0, num_days - 1), max_size=1)),
        draw(limit),
        draw(st.sampled_from([0, 0, 0, 1])),
        draw(limit),
        draw(limit),
    )


@st.composite
def _demands(draw: st.DrawFn, place: int, shift: int, skill: int) -> Demand:
    number = draw(st.integers(0, 2))
    most = draw(st.sampled_from([None, number, number + 1]))
    return Demand(place, shift, skill, number, most, draw(st.integers(0, 2)), draw(st.booleans()))


def _bans(num_people: int, num_shifts: int) -> st.SearchStrategy[Ban]:
    return st.builds(
        Ban,
        st.integers(0, num_people - 1),
        st.none() | st.integers(0, num_shifts - 1),
        st.none() | st.integers(0, 2),
    )


def _preferences(draw: st.DrawFn, problem: Problem, is_covered: bool | None) -> tuple[Preference, ...]:
    n, weights = len(problem.people), st.integers(0, 5)
    people = tuple(sorted(draw(st.frozensets(st.integers(0, n - 1), min_size=1))))
    shifts = draw(st.none() | st.frozensets(st.integers(0, len(problem.shifts) - 1), min_size=1))
    targets = tuple(Fraction(draw(st.integers(0, 6)), draw(st.integers(1, 3))) for _ in people)
    found = candidates(problem)
    roster = draw(st.frozensets(st.sampled_from(found), max_size=3)) if found else frozenset()
    pairs = [(i, s) for i in range(n) for s in range(len(problem.shifts))]
    disliked = draw(st.lists(st.sampled_from(pairs), unique=True, max_size=3))
    every: list[Preference] = [
        Fairness("range", draw(weights), people, Measure.RANGE, (), shifts),
        Fairness("deviation", draw(weights), people, Measure.DEVIATION, targets, shifts),
        Fairness("squares", draw(weights), people, Measure.SQUARES, targets, shifts),
        Travel("travel", draw(weights), tuple(tuple(draw(weights) for _ in PLACES) for _ in range(n))),
        Wishes("wishes", draw(weights), tuple((i, s, draw(weights)) for i, s in disliked)),
        Stability("stability", draw(weights), tuple(sorted(roster))),
        CallOuts("call_outs", draw(weights)),
    ]
    chosen = draw(st.lists(st.sampled_from(every), unique_by=lambda p: p.name, max_size=3))
    if is_covered is False or (is_covered is None and draw(st.booleans())):
        chosen.append(Uncovered("uncovered", draw(st.integers(0, 9))))
    return tuple(chosen)
