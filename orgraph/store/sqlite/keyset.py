"""Order rows and stand between them: sort terms, and the condition "after this row" or "before this row".

A cursor holds values, not a position, so rows may come and go around it. Missing values come last in either direction; the code decides between
equals.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from orgraph.store.port import Cursor, Order
from orgraph.store.sqlite.conditions import Bindings
from orgraph.store.sqlite.layout import Table


@dataclass(frozen=True)
class Keyset:
    """The order of a page over the table alias ``n``, read forward or (``is_reversed``) backward."""

    columns: tuple[str, ...]
    descending: tuple[bool, ...]
    is_reversed: bool = False

    @classmethod
    def of(cls, table: Table, order: Sequence[Order], is_reversed: bool) -> Keyset:
        """Return the keyset of an order."""
        return cls(
            tuple(table.sort_column(o.field) for o in order),
            tuple(o.is_descending for o in order),
            is_reversed,
        )

    def terms(self, first: int = 0) -> str:
        """Return the ORDER BY terms from the given one on, the code last."""
        terms: list[str] = []
        for i, column in list(enumerate(self.columns))[first:]:
            nulls = "DESC" if self.is_reversed else "ASC"
            terms.append(f"n.{column} IS NULL {nulls}, n.{column} {self._direction(i)}")
        return ", ".join([*terms, *self._last_term()])

    def terms_of_present(self) -> str:
        """Return the ORDER BY terms where the first sort value is not missing."""
        rest = self.terms(first=1)
        return f"n.{self.columns[0]} {self._direction(0)}" + (f", {rest}" if rest else "")

    def _direction(self, i: int) -> str:
        return "DESC" if self.descending[i] != self.is_reversed else "ASC"

    def _last_term(self) -> tuple[str, ...]:
        """Codes ascend, so they descend when read backward; a second time they decide nothing."""
        if "code" in self.columns:
            return ()
        return ("n.code DESC" if self.is_reversed else "n.code ASC",)

    def beyond(self, cursor: Cursor, bindings: Bindings) -> str:
        """Return the condition that a row comes after the cursor in reading direction; values are added to ``bindings``."""
        bindings.update({f"c{i}": value for i, value in enumerate(cursor)})
        condition = f"n.code {'<' if self.is_reversed else '>'} :c{len(self.columns)}"
        for i in reversed(range(len(self.columns))):
            equal, further = self._compare(i, cursor[i] is None)
            condition = f"({further} OR ({equal} AND {condition}))"
        return condition

    def _compare(self, i: int, is_missing: bool) -> tuple[str, str]:
        """Return "equal to the cursor in term i" and "beyond it in term i"."""
        column = f"n.{self.columns[i]}"
        if is_missing:
            return f"{column} IS NULL", f"{column} IS NOT NULL" if self.is_reversed else "0"
        sign = "<" if self.descending[i] != self.is_reversed else ">"
        further = f"{column} {sign} :c{i}"
        if not self.is_reversed:
            further = f"({further} OR {column} IS NULL)"
        return f"{column} = :c{i}", further

    def bound(self) -> str:
        """Return a condition that an index can use: not before the cursor in the first term, which is not missing."""
        sign = "<=" if self.descending[0] != self.is_reversed else ">="
        return f"n.{self.columns[0]} {sign} :c0"
