"""Rostering problems as JSON: ids instead of indexes, everything that may be left out has a default. The format stands in ``docs/solvers/rostering.md``."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from fractions import Fraction
from typing import TypeVar

from orgraph.findings import Finding, Json, Place
from orgraph.solver import rostering as r

T = TypeVar("T")
EnumT = TypeVar("EnumT", bound=StrEnum)
Index = Mapping[str, int]
LARGEST = 10**9
_FRACTION = re.compile("-?[0-9]{1,9}(/[1-9][0-9]{0,5})?")


def parse(content: str, file: str) -> tuple[r.Problem | None, tuple[Finding, ...]]:
    """Return the problem of a JSON text, or ``None`` and everything that is wrong with the text. ``file`` is only a name for the findings."""
    found: list[Finding] = []
    try:
        data = json.loads(content)
    except (ValueError, RecursionError):
        return None, (Finding("rostering.file_format", place=Place(file)),)
    problem = _problem(_Entry(data, "", file, found))
    return (None, tuple(found)) if found else (problem, ())


@dataclass(frozen=True)
class _Entry:
    """A part of the file with its path. Whatever is wrong becomes a finding, and a harmless value is read in its stead."""

    data: object
    path: str
    file: str
    found: list[Finding] = field(repr=False)

    def report(self, finding: str, **numbers: Json) -> None:
        subject = (self.path or "{}",)
        self.found.append(_finding(finding, subject, Place(self.file), numbers))

    def get(self, key: str) -> _Entry | None:
        if not isinstance(self.data, dict) or self.data.get(key) is None:
            return None
        return _Entry(self.data[key], f"{self.path}.{key}".lstrip("."), self.file, self.found)

    def need(self, key: str) -> _Entry:
        entry = self.get(key)
        if entry is None and isinstance(self.data, dict):
            self.report("entry_missing", key=key)
        return entry or _Entry(None, f"{self.path}.{key}".lstrip("."), self.file, [])

    def known(self, *keys: str) -> _Entry:
        if not isinstance(self.data, dict):
            self.report("entry_object")
        else:
            for key in sorted(set(self.data) - set(keys)):
                self.report("entry_key", key=str(key), keys=[*keys])
        return self

    def items(self) -> list[_Entry]:
        if not isinstance(self.data, list):
            self.report("entry_list")
            return []
        return [_Entry(v, f"{self.path}[{n}]", self.file, self.found) for n, v in enumerate(self.data)]

    def text(self) -> str:
        if not isinstance(self.data, str) or not self.data:
            self.report("entry_text")
            return ""
        return self.data

    def number(self) -> int:
        if isinstance(self.data, int) and not isinstance(self.data, bool) and abs(self.data) <= LARGEST:
            return self.data
        self.report("entry_number", largest=LARGEST)
        return 0

    def flag(self) -> bool:
        if not isinstance(self.data, bool):
            self.report("entry_flag")
        return self.data is True

    def fraction(self) -> Fraction:
        matched = _FRACTION.fullmatch(str(self.data)) if isinstance(self.data, int | str) else None
        if matched is None:
            self.report("entry_fraction")
            return Fraction(0)
        return Fraction(matched.group())

    def choice(self, kind: type[EnumT]) -> EnumT:
        if self.data in [each.value for each in kind]:
            return kind(str(self.data))
        self.report("entry_choice", choices=[each.value for each in kind])
        return next(iter(kind))

    def index(self, names: Index) -> int:
        if not isinstance(self.data, str) or self.data not in names:
            self.report("entry_unknown", name=str(self.data))
            return 0
        return names[self.data]

    def optional(self, key: str, read: Callable[[_Entry], T], default: T) -> T:
        entry = self.get(key)
        return default if entry is None else read(entry)

    def list_of(self, key: str, read: Callable[[_Entry], T]) -> tuple[T, ...]:
        entry = self.get(key)
        return () if entry is None else tuple(read(item) for item in entry.items())


@dataclass(frozen=True)
class _Names:
    """Indexes by id."""

    posts: Index
    places: Index
    skills: Index
    shifts: Index
    people: Index


def _problem(top: _Entry) -> r.Problem:
    top.known(
        *("name", "days", "first_weekday", "rest_minutes", "most_per_day", "posts", "edges", "places"),
        *("skills", "shifts", "people", "demands", "streaks", "forced", "bans", "preferences", "published"),
    )
    muted = replace(top, found=[])
    skills, posts = top.list_of("skills", _Entry.text), top.list_of("posts", _Entry.text)
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
        num_days=top.need("days").number(),
        edges=top.list_of("edges", lambda e: _edge(e, names)),
        first_weekday=top.optional("first_weekday", _Entry.number, 0),
        rest_minutes=top.optional("rest_minutes", _Entry.number, 0),
        most_per_day=top.optional("most_per_day", _Entry.number, None),
        streaks=top.list_of("streaks", _streak),
        forced=top.list_of("forced", lambda e: _duty(e, names)),
        bans=top.list_of("bans", lambda e: _ban(e, names)),
        preferences=top.list_of("preferences", lambda e: _preference(e, names)),
    )


def _person(entry: _Entry, names: _Names) -> r.Person:
    limits = ("most_shifts", "least_shifts", "most_per_week", "most_per_place")
    entry.known("id", "skills", "places", "mode", "leave", *limits)
    return r.Person(
        entry.need("id").text(),
        frozenset(entry.list_of("skills", lambda e: e.index(names.skills))),
        frozenset(entry.list_of("places", lambda e: e.index(names.places))),
        entry.optional("mode", lambda e: e.choice(r.Mode), r.Mode.ROTATING),
        frozenset(entry.list_of("leave", _Entry.number)),
        most_shifts=entry.optional("most_shifts", _Entry.number, None),
        least_shifts=entry.optional("least_shifts", _Entry.number, 0),
        most_per_week=entry.optional("most_per_week", _Entry.number, None),
        most_per_place=entry.optional("most_per_place", _Entry.number, None),
    )


def _place(entry: _Entry, names: _Names) -> r.Place:
    entry.known("id", "posts")
    return r.Place(entry.need("id").text(), frozenset(entry.list_of("posts", lambda e: e.index(names.posts))))


def _shift(entry: _Entry) -> r.Shift:
    entry.known("id", "day", "kind", "start_minute", "end_minute")
    return r.Shift(
        entry.need("id").text(),
        entry.need("day").number(),
        entry.need("kind").text(),
        entry.need("start_minute").number(),
        entry.need("end_minute").number(),
    )


def _edge(entry: _Entry, names: _Names) -> tuple[int, int]:
    ends = [e.index(names.posts) for e in entry.items()]
    if len(ends) != 2:
        entry.report("entry_length", wanted=2, found=len(ends))
        return (0, 0)
    return (ends[0], ends[1])


def _demand(entry: _Entry, names: _Names) -> r.Demand:
    entry.known("place", "shift", "skill", "number", "most", "most_on_call", "is_own")
    return r.Demand(
        entry.need("place").index(names.places),
        entry.need("shift").index(names.shifts),
        entry.need("skill").index(names.skills),
        entry.need("number").number(),
        entry.optional("most", _Entry.number, None),
        entry.optional("most_on_call", _Entry.number, 0),
        entry.optional("is_own", _Entry.flag, False),
    )


def _streak(entry: _Entry) -> r.Streak:
    entry.known("kinds", "most_days")
    return r.Streak(frozenset(entry.list_of("kinds", _Entry.text)), entry.need("most_days").number())


def _duty(entry: _Entry, names: _Names) -> r.Duty:
    entry.known("person", "place", "shift", "skill")
    return r.Duty(
        entry.need("shift").index(names.shifts),
        entry.need("place").index(names.places),
        entry.need("skill").index(names.skills),
        entry.need("person").index(names.people),
    )


def _ban(entry: _Entry, names: _Names) -> r.Ban:
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


def _preference(entry: _Entry, names: _Names) -> r.Preference:
    kind = entry.need("kind").choice(_Kind)
    entry.known("kind", "name", "weight", *_KEYS[kind])
    name, weight = entry.need("name").text(), entry.need("weight").number()
    match kind:
        case _Kind.FAIRNESS:
            return r.Fairness(
                name,
                weight,
                entry.list_of("people", lambda e: e.index(names.people)),
                entry.need("measure").choice(r.Measure),
                entry.list_of("targets", _Entry.fraction),
                entry.optional("shifts", lambda e: frozenset(s.index(names.shifts) for s in e.items()), None),
            )
        case _Kind.TRAVEL:
            return r.Travel(
                name, weight, entry.list_of("cost", lambda e: tuple(c.number() for c in e.items()))
            )
        case _Kind.WISHES:
            return r.Wishes(name, weight, entry.list_of("dislikes", lambda e: _dislike(e, names)))
        case _Kind.STABILITY:
            return r.Stability(name, weight, entry.list_of("roster", lambda e: _duty(e, names)))
        case _Kind.CALL_OUTS:
            return r.CallOuts(name, weight)
        case _:
            return r.Uncovered(name, weight)


def _dislike(entry: _Entry, names: _Names) -> tuple[int, int, int]:
    items = entry.items()
    if len(items) != 3:
        entry.report("entry_length", wanted=3, found=len(items))
        return (0, 0, 0)
    person, shift, amount = items
    return (person.index(names.people), shift.index(names.shifts), amount.number())


def _index(ids: Sequence[str]) -> Index:
    """Return the first place of every id; repeated ones are findings of the problem."""
    return {name: number for number, name in reversed([*enumerate(ids)])}


def _quiet(entry: _Entry, key: str) -> str:
    """Return an id, empty where there is none: what is wrong is said where the whole entry is read."""
    found = entry.get(key)
    return found.data if found is not None and isinstance(found.data, str) else ""


def _finding(name: str, subject: tuple[str, ...], place: Place, numbers: Mapping[str, Json]) -> Finding:
    return Finding(f"rostering.{name}", subject=subject, place=place, numbers=numbers)
