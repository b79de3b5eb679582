"""Read the present, or a day: the same query text for both.

Queries name the tables of the present. For a day, the names are given to common table expressions that hold what was true on that day, present
and past states together; SQLite looks a name up there first.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from orgraph.store.sqlite.layout import Layout, Table

_RELATIONSHIP = ("source", "kind", "target", "valid_from", "begun", "properties")


@dataclass(frozen=True)
class Lens:
    """What a read sees: the latest state, or (``day`` given) what was true on a day."""

    layout: Layout
    day: int | None

    @classmethod
    def of(cls, layout: Layout, as_of: date | None) -> Lens:
        """Return the lens for a day, or for the latest state."""
        return cls(layout, None if as_of is None else as_of.toordinal())

    @property
    def bindings(self) -> dict[str, int]:
        """What every query through this lens binds."""
        return {} if self.day is None else {"day": self.day}

    def over(self, *tables: Table, relationships: bool = False, further: str = "") -> str:
        """Return the head of a query that names these tables; ``further`` are its own common table expressions."""
        parts: list[str] = []
        if self.day is not None:
            parts += [_on_day(t.name, t.past, t.columns) for t in tables]
            if relationships:
                parts.append(_on_day("relationship", "past_relationship", _RELATIONSHIP))
        parts += [further] if further else []
        return f"WITH RECURSIVE {', '.join(parts)}" if parts else ""

    def subtree(self, root: str = ":root") -> str:
        """Return expressions that end in ``inside(id, kind, depth)``: what a node contains on the lens's day, itself included."""
        return (
            f"inside (id, kind, depth) AS (SELECT {root}, {root} & 63, 0 UNION ALL"
            " SELECT r.source, r.source & 63, i.depth + 1 FROM inside i"
            " JOIN relationship r ON r.target = i.id AND r.kind < 0)"
        )


def _on_day(name: str, past: str, columns: tuple[str, ...]) -> str:
    listed = ", ".join(columns)
    return (
        f"{name} ({listed}) AS (SELECT {listed} FROM main.{name} WHERE valid_from <= :day UNION ALL"
        f" SELECT {listed} FROM main.{past} WHERE valid_from <= :day AND valid_to > :day)"
    )
