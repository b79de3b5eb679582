"""The rules of a rostering problem one by one, so that some can be dropped to find out why no plan exists."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from orgraph.solver.rostering.problem import Demand, Person, Problem

KINDS = (
    "turn",
    "least",
    "streak",
    "week",
    "most",
    "rest",
    "day",
    "crowd",
    "ban",
    "leave",
    "forced",
    "demand",
)
"""In the order in which the search tries to do without them."""


@dataclass(frozen=True, slots=True, order=True)
class Rule:
    """One rule: ``index`` is that of its demand, person, ban, forced duty or streak; ``day`` is the day of a leave."""

    kind: str
    index: int = 0
    day: int = 0


Rules = frozenset[Rule]


def rules(problem: Problem) -> Rules:
    """Return all rules of a problem that can be dropped."""
    return frozenset(_rules(problem))


def keeping(problem: Problem, kept: Rules) -> Problem:
    """Return the problem with these rules only: never fewer plans than before. A demand that is dropped still lets people be on duty there."""
    return replace(
        problem,
        people=tuple(_person(i, person, kept) for i, person in enumerate(problem.people)),
        demands=tuple(
            _demand(i, demand, kept, problem.is_covered) for i, demand in enumerate(problem.demands)
        ),
        rest_minutes=problem.rest_minutes if Rule("rest") in kept else 0,
        most_per_day=problem.most_per_day if Rule("day") in kept else None,
        streaks=tuple(s for i, s in enumerate(problem.streaks) if Rule("streak", i) in kept),
        forced=tuple(d for i, d in enumerate(problem.forced) if Rule("forced", i) in kept),
        bans=tuple(b for i, b in enumerate(problem.bans) if Rule("ban", i) in kept),
    )


def _rules(problem: Problem) -> Iterator[Rule]:
    if problem.rest_minutes > 0:
        yield Rule("rest")
    if problem.most_per_day is not None:
        yield Rule("day")
    for kind, entries in (("streak", problem.streaks), ("forced", problem.forced), ("ban", problem.bans)):
        yield from (Rule(kind, i) for i in range(len(entries)))
    for i, demand in enumerate(problem.demands):
        if problem.is_covered and demand.number:
            yield Rule("demand", i)
        if demand.most is not None:
            yield Rule("crowd", i)
    for i, person in enumerate(problem.people):
        limits = {
            "most": person.most_shifts,
            "week": person.most_per_week,
            "turn": person.most_per_place,
            "least": person.least_shifts or None,
        }
        yield from (Rule(kind, i) for kind, limit in limits.items() if limit is not None)
        yield from (Rule("leave", i, day) for day in person.leave)


def _person(i: int, person: Person, kept: Rules) -> Person:
    return replace(
        person,
        leave=frozenset(day for day in person.leave if Rule("leave", i, day) in kept),
        most_shifts=person.most_shifts if Rule("most", i) in kept else None,
        most_per_week=person.most_per_week if Rule("week", i) in kept else None,
        most_per_place=person.most_per_place if Rule("turn", i) in kept else None,
        least_shifts=person.least_shifts if Rule("least", i) in kept else 0,
    )


def _demand(i: int, demand: Demand, kept: Rules, is_covered: bool) -> Demand:
    is_kept = not is_covered or Rule("demand", i) in kept
    return replace(
        demand,
        number=demand.number if is_kept else 0,
        most=demand.most if Rule("crowd", i) in kept else None,
    )
