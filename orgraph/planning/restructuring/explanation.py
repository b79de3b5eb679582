"""What an explanation of a plan holds: seats, prices of moves, wishes not met, binding rules. Numbers first; texts from the catalogue."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from orgraph.findings import Json
from orgraph.messages import Text, text
from orgraph.planning.restructuring.labels import objective_label, objective_unit, rule_label, weight_label

_NAMES: Mapping[str, Callable[[str], Text]] = {
    "weight": weight_label,
    "distance_weight": weight_label,
    "objective": objective_label,
    "rule": rule_label,
}


@dataclass(frozen=True, slots=True)
class Note:
    """One sentence of an explanation: ``kind`` is the catalogue key below ``planning.note``, ``subject`` the codes it is about."""

    kind: str
    subject: tuple[str, ...] = ()
    numbers: Mapping[str, Json] = field(default_factory=dict)

    @property
    def text(self) -> Text:
        """The sentence, in both languages."""
        return text(f"planning.note.{self.kind}", **(dict(self.numbers) | self._words()))

    def _words(self) -> dict[str, Text]:
        """Return the numbers that are names of weights, objectives and rules, in words."""
        named = {name: str(self.numbers[name]) for name in _NAMES if name in self.numbers}
        words = {name: _NAMES[name](value) for name, value in named.items()}
        if "distance_weight" in named:
            weight = named["distance_weight"]
            words["weight"] = weight_label(weight)
            words["measure"] = objective_unit("distance", weight)
            words["unit"] = objective_unit(named.get("objective", "distance"), weight)
        return words

    def to_json(self) -> dict[str, Json]:
        """Return kind, subject, numbers and text."""
        return {
            "kind": self.kind,
            "subject": list(self.subject),
            "numbers": dict(self.numbers),
            "text": dict(self.text.to_json()),
        }


@dataclass(frozen=True, slots=True)
class Move:
    """What it would cost to move one unit into a neighbouring district, both seats chosen anew.

    ``delta``: change per objective, in the plan's order; empty when the move would empty its district. ``breaks``: the rules it would break;
    none means that the move is allowed.
    """

    unit: str
    source: int
    target: int
    delta: Mapping[str, float]
    breaks: tuple[Note, ...]

    @property
    def is_allowed(self) -> bool:
        """Whether the moved plan keeps every rule."""
        return not self.breaks

    def to_json(self) -> dict[str, Json]:
        """Return it as JSON."""
        return {
            "unit": self.unit,
            "source": self.source,
            "target": self.target,
            "delta": dict(self.delta),
            "breaks": [b.to_json() for b in self.breaks],
        }


@dataclass(frozen=True, slots=True)
class Explanations:
    """Why the plan is as it is.

    ``seats``: one note per district (and one more where a better seat was no candidate). ``moves``: every border unit and every district that it
    touches. ``wishes``: what the plan does not give. ``binding``: which rules are tight.
    """

    seats: tuple[Note, ...] = ()
    moves: tuple[Move, ...] = ()
    wishes: tuple[Note, ...] = ()
    binding: tuple[Note, ...] = ()

    def to_json(self) -> dict[str, Json]:
        """Return it as JSON."""
        return {
            "seats": [n.to_json() for n in self.seats],
            "moves": [m.to_json() for m in self.moves],
            "wishes": [n.to_json() for n in self.wishes],
            "binding": [n.to_json() for n in self.binding],
        }
