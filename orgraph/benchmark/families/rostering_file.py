"""Rostering problems as JSON: ids instead of indexes, everything that may be left out has a default. The format stands in ``docs/solvers/rostering.md``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from orgraph.benchmark.reading import Entry, Index
from orgraph.solver import rostering as r

LARGEST = 10**9


@dataclass(frozen=True)
class _Names:
    """Indexes by id."""

    posts: Index
    places: Index
    skills: Index
    shifts: Index
    people: Index


def problem_in(top: Entry) -> r.Problem:
    """Return the problem that a file states; what is wrong with it is noted in ``top``."""
    top.known(
        *("name", "days", "first_weekday", "rest_minutes", "most_per_day", "posts", "edges", "places"),
        *("skills", "shifts", "people", "demands", "streaks", "forced", "bans", "preferences", "published"),
    )
    muted = replace(top, found=[])
    skills, posts = top.list_of("skills", Entry.text), top.list_of("posts", Entry.text)
    names = _Names(
        _index(posts),
        _index(muted.list_of("places", lambda e: _quiet(e, "id"))),
        _index(skills),
        _index(muted.list_of("shifts", lambda e: _quiet(e, "id"))),
        _index(muted.list_of("people", lambda e: _quiet(e, "id"))),
    )
    return r.Problem(
        people=top.list_of("people", lambda e: _person(e, names)),
        posts=posts,
        places=top.list_of("places", lambda e: _place(e, names)),
        shifts=top.list_of("shifts", _shift),
        skills=skills,
        demands=top.list_of("demands", lambda e: _demand(e, names)),
        num_days=top.need("days").whole(-LARGEST, LARGEST),
        edges=top.list_of("edges", lambda e: _edge(e, names)),
        first_weekday=top.optional("first_weekday", _number, 0),
        rest_minutes=top.optional("rest_minutes", _number, 0),
        most_per_day=top.optional("most_per_day", _number, None),
        streaks=top.list_of("streaks", _streak),
        forced=top.list_of("forced", lambda e: _duty(e, names)),
        bans=top.list_of("bans", lambda e: _ban(e, names)),
        preferences=top.list_of("preferences", lambda e: _preference(e, names)),
    )


def _person(entry: Entry, names: _Names) -> r.Person:
    limits = ("most_shifts", "least_shifts", "most_per_week", "most_per_place")
    entry.known("id", "skills", "places", "mode", "leave", *limits)
    return r.Person(
        entry.need("id").text(),
        frozenset(entry.list_of("skills", lambda e: e.index(names.skills))),
        frozenset(entry.list_of("places", lambda e: e.index(names.places))),
        entry.optional("mode", lambda e: e.choice(r.Mode), r.Mode.ROTATING),
        frozenset(entry.list_of("leave", _number)),
        most_shifts=entry.optional("most_shifts", _number, None),
        least_shifts=entry.optional("least_shifts", _number, 0),
        most_per_week=entry.optional("most_per_week", _number, None),
        most_per_place=entry.optional("most_per_place", _number, None),
    )


def _place(entry: Entry, names: _Names) -> r.Place:
    entry.known("id", "posts")
    return r.Place(entry.need("id").text(), frozenset(entry.list_of("posts", lambda e: e.index(names.posts))))


def _shift(entry: Entry) -> r.Shift:
    entry.known("id", "day", "kind", "start_minute", "end_minute")
    return r.Shift(
        entry.need("id").text(),
        entry.need("day").whole(-LARGEST, LARGEST),
        entry.need("kind").text(),
        entry.need("start_minute").whole(-LARGEST, LARGEST),
        entry.need("end_minute").whole(-LARGEST, LARGEST),
    )


def _edge(entry: Entry, names: _Names) -> tuple[int, int]:
    ends = [e.index(names.posts) for e in entry.items()]
    if len(ends) != 2:
        entry.report("entry_length", wanted=2, found=len(ends))
        return (0, 0)
    return (ends[0], ends[1])


def _demand(entry: Entry, names: _Names) -> r.Demand:
    entry.known("place", "shift", "skill", "number", "most", "most_on_call", "is_own")
    return r.Demand(
        entry.need("place").index(names.places),
        entry.need("shift").index(names.shifts),
        entry.need("skill").index(names.skills),
        entry.need("number").whole(-LARGEST, LARGEST),
        entry.optional("most", _number, None),
        entry.optional("most_on_call", _number, 0),
        entry.optional("is_own", Entry.flag, False),
    )


def _streak(entry: Entry) -> r.Streak:
    entry.known("kinds", "most_days")
    return r.Streak(
        frozenset(entry.list_of("kinds", Entry.text)), entry.need("most_days").whole(-LARGEST, LARGEST)
    )


def _duty(entry: Entry, names: _Names) -> r.Duty:
    entry.known("person", "place", "shift", "skill")
    return r.Duty(
        entry.need("shift").index(names.shifts),
        entry.need("place").index(names.places),
        entry.need("skill").index(names.skills),
        entry.need("person").index(names.people),
    )


def _ban(entry: Entry, names: _Names) -> r.Ban:
    entry.known("person", "shift", "place")
    return r.Ban(
        entry.need("person").index(names.people),
        entry.optional("shift", lambda e: e.index(names.shifts), None),
        entry.optional("place", lambda e: e.index(names.places), None),
    )


class _Kind(StrEnum):
    UNCOVERED = "uncovered"
    FAIRNESS = "fairness"
    TRAVEL = "travel"
    WISHES = "wishes"
    STABILITY = "stability"
    CALL_OUTS = "call_outs"


_KEYS: Mapping[_Kind, tuple[str, ...]] = {
    _Kind.UNCOVERED: (),
    _Kind.FAIRNESS: ("people", "measure", "targets", "shifts"),
    _Kind.TRAVEL: ("cost",),
    _Kind.WISHES: ("dislikes",),
    _Kind.STABILITY: ("roster",),
    _Kind.CALL_OUTS: (),
}


def _preference(entry: Entry, names: _Names) -> r.Preference:
    kind = entry.need("kind").choice(_Kind)
    entry.known("kind", "name", "weight", *_KEYS[kind])
    name, weight = entry.need("name").text(), entry.need("weight").whole(-LARGEST, LARGEST)
    match kind:
        case _Kind.FAIRNESS:
            return r.Fairness(
                name,
                weight,
                entry.list_of("people", lambda e: e.index(names.people)),
                entry.need("measure").choice(r.Measure),
                entry.list_of("targets", Entry.fraction),
                entry.optional("shifts", lambda e: frozenset(s.index(names.shifts) for s in e.items()), None),
            )
        case _Kind.TRAVEL:
            return r.Travel(
                name,
                weight,
                entry.list_of("cost", lambda e: tuple(c.whole(-LARGEST, LARGEST) for c in e.items())),
            )
        case _Kind.WISHES:
            return r.Wishes(name, weight, entry.list_of("dislikes", lambda e: _dislike(e, names)))
        case _Kind.STABILITY:
            return r.Stability(name, weight, entry.list_of("roster", lambda e: _duty(e, names)))
        case _Kind.CALL_OUTS:
            return r.CallOuts(name, weight)
        case _:
            return r.Uncovered(name, weight)


def _dislike(entry: Entry, names: _Names) -> tuple[int, int, int]:
    items = entry.items()
    if len(items) != 3:
        entry.report("entry_length", wanted=3, found=len(items))
        return (0, 0, 0)
    person, shift, amount = items
    return (person.index(names.people), shift.index(names.shifts), amount.whole(-LARGEST, LARGEST))


def _index(ids: Sequence[str]) -> Index:
    """Return the first place of every id; repeated ones are findings of the problem."""
    return {name: number for number, name in reversed([*enumerate(ids)])}


def _quiet(entry: Entry, key: str) -> str:
    """Return an id, empty where there is none: what is wrong is said where the whole entry is read."""
    found = entry.get(key)
    return found.data if found is not None and isinstance(found.data, str) else ""


def _number(entry: Entry) -> int:
    return entry.whole(-LARGEST, LARGEST)
