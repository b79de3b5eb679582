"""Read the present, or a day: the same query text for both.

Queries name the tables of the present. For a day, the names are given to common table expressions that hold what was true on that day, present
and past states together; SQLite looks a name up there first.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from orgraph.store.sqlite.layout import KIND_MASK, Layout, Table

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

    def subtree(self) -> str:
        """Return ``inside (id, kind, depth)``: what the node ``:root`` contains on the lens's day, itself included."""
        start = f"SELECT :root, :root & {KIND_MASK}, 0"
        return self.downward("id, kind, depth", start, f"r.source, r.source & {KIND_MASK}, i.depth + 1")

    def downward(self, columns: str, start: str, step: str, *, through: Table | None = None) -> str:
        """Return an expression ``inside`` that follows containment down from ``start``, ``through`` nodes of one kind only; ``step`` is over ``i`` and ``r``.

        For a day, present and past relationships are followed one after the other, so that each uses its index.
        """
        follow = f"SELECT {step} FROM inside i JOIN main.{{name}} r ON r.target = i.id AND r.kind < 0"
        if through is not None:
            follow += f" AND i.id & {KIND_MASK} = {through.number}"
        arms = [follow.format(name="relationship")]
        if self.day is not None:
            arms[0] += " AND r.valid_from <= :day"
            arms.append(
                follow.format(name="past_relationship") + " AND r.valid_from <= :day AND r.valid_to > :day"
            )
        return f"inside ({columns}) AS ({' UNION ALL '.join([start, *arms])})"


def _on_day(name: str, past: str, columns: tuple[str, ...]) -> str:
    listed = ", ".join(columns)
    return (
        f"{name} ({listed}) AS (SELECT {listed} FROM main.{name} WHERE valid_from <= :day UNION ALL"
        f" SELECT {listed} FROM main.{past} WHERE valid_from <= :day AND valid_to > :day)"
    )
