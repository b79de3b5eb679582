"""`Finding` (something wrong in the input, or a rule a plan does not meet) and `Reason` (why no plan exists).

Both hold a code and numbers, never sentences: :mod:`orgraph.messages` turns them into text. The code of a finding
``exchange.unit_unknown`` is the catalogue key ``exchange.finding.unit_unknown``; the advice, where there is one, stands
beside it as ``exchange.todo.unit_unknown``. The rule of a reason ``balance.upper`` is the key ``solver.reason.balance.upper``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias, TypeVar

from orgraph.messages import Text, keys, label, text

ValueT = TypeVar("ValueT", bound=Hashable)
Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"


class Severity(StrEnum):
    """How much a finding weighs: an error stops the work, a warning travels with the result."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where in the input: file name, 1-based row, column header. Unknown parts are empty or 0."""

    file: str = ""
    row: int = 0
    column: str = ""

    def to_json(self) -> dict[str, Json]:
        """Return the parts that are known."""
        parts: dict[str, Json] = {"file": self.file, "row": self.row, "column": self.column}
        return {name: value for name, value in parts.items() if value}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong in the input, or one rule that a plan does not meet.

    Parameters
    ----------
    code
        ``area.name``; the catalogue keys ``area.finding.name`` and (optional) ``area.todo.name``.
    severity
        An error stops the work; a warning does not.
    subject
        Codes of what it is about, most important first.
    place
        Where in the input it stands, when it came from a file.
    numbers
        What the texts name: plain JSON values, quantities named with their unit.
    rule
        Id of the rule-book entry, for findings on a plan; empty otherwise.
    """

    code: str
    severity: Severity = Severity.ERROR
    subject: tuple[str, ...] = ()
    place: Place | None = None
    numbers: Mapping[str, Json] = field(default_factory=dict)
    rule: str = ""

    @property
    def is_error(self) -> bool:
        """Whether this finding stops the work."""
        return self.severity is Severity.ERROR

    @property
    def text(self) -> Text:
        """What is wrong, in both languages."""
        return text(_key(self.code, "finding"), **{"subject": self.subject, **self.numbers})

    @property
    def todo(self) -> Text | None:
        """What to do about it, in both languages; ``None`` where the text says it all."""
        key = _key(self.code, "todo")
        if key not in keys("en"):
            return None
        return text(key, **{"subject": self.subject, **self.numbers})

    def to_json(self) -> dict[str, Json]:
        """Return the finding as the JSON object of the contract."""
        return {
            "code": self.code,
            "severity": self.severity.value,
            "rule": self.rule,
            "subject": list(self.subject),
            "place": self.place.to_json() if self.place else None,
            "numbers": dict(self.numbers),
            "text": dict(self.text.to_json()),
            "todo": dict(self.todo.to_json()) if self.todo else None,
        }


@dataclass(frozen=True, slots=True)
class Reason:
    """One member of an irreducible set of reasons why no plan exists.

    The set is infeasible by itself and feasible without any one of its members; ``is_proven_minimal`` is false where
    that could not be proven within the limits.
    """

    rule: str
    subject: tuple[str, ...] = ()
    numbers: Mapping[str, Json] = field(default_factory=dict)
    is_proven_minimal: bool = True
    variant: str = ""
    """Which of the rule's texts applies: the catalogue key ``solver.reason.<rule>.<variant>``; empty for the rule's own."""

    @property
    def text(self) -> Text:
        """Why, in both languages. A number called ``weight`` is the name of a weight and gets its label."""
        key = f"solver.reason.{self.rule}" + (f".{self.variant}" if self.variant else "")
        named = {
            "subject": self.subject,
            "weight": label("solver.weight", str(self.numbers.get("weight", ""))),
        }
        return text(key, **{**self.numbers, **named})

    def to_json(self) -> dict[str, Json]:
        """Return the reason as the JSON object of the contract."""
        return {
            "rule": self.rule,
            "subject": list(self.subject),
            "numbers": dict(self.numbers),
            "proven_minimal": self.is_proven_minimal,
            "text": dict(self.text.to_json()),
        }


def has_errors(findings: Iterable[Finding]) -> bool:
    """Return whether any finding stops the work."""
    return any(f.is_error for f in findings)


def repeated(values: Iterable[ValueT]) -> list[ValueT]:
    """Return the values that occur more than once, each once, in the order of their first occurrence."""
    return [value for value, times in Counter(values).items() if times > 1]


def _key(code: str, part: str) -> str:
    area, _, name = code.partition(".")
    return f"{area}.{part}.{name}"
