"""The dated rule book: which text of which document applies on a day, how sure that is, and what numbers it sets.

The entries stand in ``rules.toml`` beside this file, their words (our own, not the law's) and the names of documents and articles in
the catalogue ``rules``. An entry is in force on ``valid_from <= day < valid_to``; where one text follows another on the same topic, the
day decides.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from importlib.resources import files
from types import MappingProxyType
from typing import TypeAlias

from orgraph.messages import Text, keys, text

RuleValue: TypeAlias = int | float | str | tuple[int | float, ...]


class RuleUse(StrEnum):
    """How the program uses a rule."""

    HARD_GATE = "hard_gate"
    """What it demands must be there before a plan is applied, or is never done at all."""
    NORM = "norm"
    """A size, number or term that plans are compared with; a deviation is a warning."""
    WORKFLOW = "workflow"
    """Steps, records, papers and meetings."""
    PRIVACY = "privacy"
    """What is kept about people, and what is left out."""


class Certainty(StrEnum):
    """How sure an entry is."""

    TEXT = "T"
    """The text itself was read."""
    SECONDARY = "S"
    """Another page says so."""
    RECALLED = "C"
    """Recalled only: to be checked before use."""


@dataclass(frozen=True)
class Rule:
    """One entry of the rule book.

    ``topic`` is shared by entries that follow each other. ``valid_from`` is inclusive, ``valid_to`` exclusive; ``None`` = open.
    ``dates_certainty`` is ``None`` where there are no dates. ``parameters`` holds numbers, pairs (lowest, highest) and words.
    """

    id: str
    topic: str
    use: RuleUse
    document: Text
    article: Text
    text: Text
    certainty: Certainty
    valid_from: date | None
    valid_to: date | None
    dates_certainty: Certainty | None
    parameters: Mapping[str, RuleValue]
    note: Text | None = None

    def is_in_force(self, on: date) -> bool:
        """Return whether the entry applies on a day."""
        has_begun = self.valid_from is None or self.valid_from <= on
        return has_begun and (self.valid_to is None or on < self.valid_to)

    def number(self, name: str) -> int | float:
        """Return a parameter that is one number.

        Raises
        ------
        KeyError
            When the entry sets no such number: a defect of the program.
        """
        value = self.parameters[name]
        if not isinstance(value, int | float):
            raise KeyError(name)
        return value

    def range(self, name: str) -> tuple[int | float, int | float]:
        """Return a parameter that is a pair (lowest, highest), both inclusive.

        Raises
        ------
        KeyError
            When the entry sets no such pair: a defect of the program.
        """
        value = self.parameters[name]
        if not isinstance(value, tuple) or len(value) != 2:
            raise KeyError(name)
        return value[0], value[1]


def rules_in_force(on: date) -> tuple[Rule, ...]:
    """Return every entry that applies on a day, by id."""
    return tuple(rule for rule in RULES.values() if rule.is_in_force(on))


def rule_in_force(name: str, on: date) -> Rule | None:
    """Return the entry that applies on a day, found by topic or by id; ``None`` when none does.

    An id stands for its topic: asked for ``R33`` (residents committees, the text of 2018) on a day of 2026, the answer is ``R34``.

    Raises
    ------
    KeyError
        When there is neither such a topic nor such an id.
    """
    topic = RULES[name].topic if name in RULES else name
    entries = [rule for rule in RULES.values() if rule.topic == topic]
    if not entries:
        raise KeyError(name)
    return next((rule for rule in entries if rule.is_in_force(on)), None)


def _read() -> Mapping[str, Rule]:
    source = files("orgraph.schema") / "rules.toml"
    entries: Mapping[str, Mapping[str, object]] = tomllib.loads(source.read_text(encoding="utf-8"))
    return MappingProxyType({id_: _rule(id_, entry) for id_, entry in entries.items()})


def _rule(id_: str, entry: Mapping[str, object]) -> Rule:
    dates_certainty = entry.get("dates_certainty")
    note_key = f"rules.note.{id_}"
    parameters = entry.get("parameters")
    return Rule(
        id=id_,
        topic=str(entry["topic"]),
        use=RuleUse(str(entry["use"])),
        document=text(f"rules.document.{entry['document']}"),
        article=text(f"rules.article.{id_}"),
        text=text(f"rules.text.{id_}"),
        certainty=Certainty(str(entry["certainty"])),
        valid_from=_date(entry.get("valid_from")),
        valid_to=_date(entry.get("valid_to")),
        dates_certainty=Certainty(str(dates_certainty)) if dates_certainty else None,
        parameters=_parameters(parameters) if isinstance(parameters, Mapping) else MappingProxyType({}),
        note=text(note_key) if note_key in keys("en") else None,
    )


def _date(value: object) -> date | None:
    return value if isinstance(value, date) else None


def _parameters(values: Mapping[str, object]) -> Mapping[str, RuleValue]:
    return MappingProxyType({name: _value(value) for name, value in values.items()})


def _value(value: object) -> RuleValue:
    if isinstance(value, list):
        return tuple(value)
    if isinstance(value, int | float | str):
        return value
    raise TypeError(value)


RULES: Mapping[str, Rule] = _read()
"""Every entry by id, ``R01`` to ``R49``."""
