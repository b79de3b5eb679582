"""`Violation`: one rule of a problem that a plan breaks, as the independent checkers report it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from orgraph.findings import Json
from orgraph.messages import Text, label, text


@dataclass(frozen=True, slots=True)
class Violation:
    """One rule that a plan breaks. ``subject`` are ids of the problem; the rule is the catalogue key ``solver.violation.<rule>``."""

    rule: str
    subject: tuple[str, ...] = ()
    numbers: Mapping[str, Json] = field(default_factory=dict)

    @property
    def text(self) -> Text:
        """What is broken, in both languages. A number called ``weight`` is the name of a weight and gets its label."""
        named = {
            "subject": self.subject,
            "weight": label("solver.weight", str(self.numbers.get("weight", ""))),
        }
        return text(f"solver.violation.{self.rule}", **{**self.numbers, **named})
