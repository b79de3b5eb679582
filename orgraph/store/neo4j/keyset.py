"""Order rows and stand between them: sort terms, the condition "beyond this row", and the steps in which an index is read.

A cursor holds values, not a position, so rows may come and go around it. Missing values come last in either direction; the code decides between
equals.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from orgraph.schema import NODE_KINDS, ValueType
from orgraph.store.neo4j.conditions import Bindings, compared, plain
from orgraph.store.neo4j.layout import LABELS
from orgraph.store.port import Cursor, Order

_NUMBERS = (ValueType.INTEGER, ValueType.DECIMAL)


@dataclass(frozen=True)
class Step:
    """One stretch of an index, in reading direction."""

    column: str
    """The property by which the index is sorted; behind it, the code."""
    sought: tuple[str, ...]
    """What the index is asked."""
    filters: tuple[str, ...]
    """What it cannot answer."""
    terms: str


@dataclass(frozen=True)
class Keyset:
    """The order of a page over ``n``, read forward or (``is_reversed``) backward. The last column is always the code."""

    columns: tuple[str, ...]
    descending: tuple[bool, ...]
    is_number: tuple[bool, ...]
    is_reversed: bool = False

    @classmethod
    def of(cls, kind: str, order: Sequence[Order], is_reversed: bool) -> Keyset:
        """Return the keyset of an order; what stands behind the code decides nothing and is left out."""
        fields = NODE_KINDS[kind].field_by_name
        terms = [*order, Order("code")]
        terms = terms[: 1 + next(i for i, term in enumerate(terms) if term.field == "code")]
        return cls(
            tuple(LABELS[kind].sort_property(o.field) for o in terms),
            tuple(o.is_descending for o in terms),
            tuple(fields[o.field].type in _NUMBERS for o in terms),
            is_reversed,
        )

    def terms(self, first: int = 0) -> str:
        """Return the ORDER BY terms from the given one on."""
        return ", ".join(
            f"n.{column} {self._direction(i)}"
            if column == "code"
            else f"n.{column} IS NULL {'DESC' if self.is_reversed else 'ASC'}, n.{column} {self._direction(i)}"
            for i, column in list(enumerate(self.columns))[first:]
        )

    def _direction(self, i: int) -> str:
        return "DESC" if self.descending[i] != self.is_reversed else "ASC"

    def _sign(self, i: int) -> str:
        return "<" if self._direction(i) == "DESC" else ">"

    def beyond(self, cursor: Cursor, bindings: Bindings, first: int = 0) -> str:
        """Return the condition that a row comes after the cursor in reading direction, all terms before ``first`` being equal."""
        last = len(self.columns) - 1
        condition = self._further(last, cursor[last], bindings)
        for i in reversed(range(first, last)):
            bindings[f"c{i}"] = plain(cursor[i])
            column = f"n.{self.columns[i]}"
            equal = f"{column} IS NULL" if cursor[i] is None else f"{column} = $c{i}"
            condition = f"({self._further(i, cursor[i], bindings)} OR ({equal} AND {condition}))"
        return condition

    def _further(self, i: int, value: str | int | float | None, bindings: Bindings) -> str:
        """Return the condition that a row lies beyond the cursor in one term."""
        column = f"n.{self.columns[i]}"
        if value is None:
            return f"{column} IS NOT NULL" if self.is_reversed else "false"
        if self.is_number[i] == isinstance(value, str):  # every number comes before every text
            is_all = self.is_number[i] == (self._sign(i) == "<")
            further = f"{column} IS NOT NULL" if is_all else "false"
        else:
            further = compared(column, self._sign(i), f"c{i}", plain(value), bindings)
        return further if self.is_reversed else f"({further} OR {column} IS NULL)"

    def steps(self, cursor: Cursor | None, bindings: Bindings) -> list[Step] | None:
        """Return the stretches of indexes that hold the rows beyond the cursor, in reading direction; ``None`` where no index tells."""
        if cursor is not None and not self._is_like_the_index(cursor):
            return None
        bindings |= {f"c{i}": plain(value) for i, value in enumerate(cursor or ())}
        if self.columns[0] == "code":
            sought = "n.code IS NOT NULL" if cursor is None else f"n.code {self._sign(0)} $c0"
            return [Step("code", (sought,), (), self.terms())]
        if cursor is None or cursor[0] is None:
            present, missing = self._present("IS NOT NULL"), self._missing(cursor, bindings)
            if self.is_reversed:
                return [missing, present]
            return [present, missing] if cursor is None else [missing]
        further = self._present(f"{self._sign(0)} $c0")
        found = [self._rest(f"n.{self.columns[0]} = $c0", self.columns[0], cursor, bindings), further]
        return found if self.is_reversed else [*found, self._missing(None, bindings)]

    def _is_like_the_index(self, cursor: Cursor) -> bool:
        first, last = cursor[0], cursor[len(self.columns) - 1]
        return isinstance(last, str) and (first is None or self.is_number[0] != isinstance(first, str))

    def _present(self, bound: str) -> Step:
        """Return the step through the rows with a first value, as far as ``bound`` goes."""
        column = self.columns[0]
        terms = f"n.{column} {self._direction(0)}, {self.terms(1)}"
        return Step(column, (f"n.{column} {bound}", "n.code IS NOT NULL"), (), terms)

    def _missing(self, cursor: Cursor | None, bindings: Bindings) -> Step:
        """Return the step through the rows without a first value."""
        rest = self._rest("", "code", cursor, bindings)
        return Step("code", rest.sought, (*rest.filters, f"n.{self.columns[0]} IS NULL"), rest.terms)

    def _rest(self, first: str, column: str, cursor: Cursor | None, bindings: Bindings) -> Step:
        """Return the step through rows that are equal in the first term."""
        given = (first,) if first else ()
        is_by_code = self.columns[1] == "code"
        terms = f"n.{column} {self._direction(1)}, {self.terms(1)}" if first and is_by_code else self.terms(1)
        if cursor is None:
            return Step(column, (*given, "n.code IS NOT NULL"), (), terms)
        if is_by_code:
            return Step(column, (*given, f"n.code {self._sign(1)} $c1"), (), terms)
        return Step(column, (*given, "n.code IS NOT NULL"), (self.beyond(cursor, bindings, first=1),), terms)
