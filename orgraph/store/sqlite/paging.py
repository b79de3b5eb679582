"""Pages by keyset, and counts.

A page is read in one of two ways. Along the index of its first sort term, which ends early when many rows fit; this is tried first, with a limit on the
work. Or from the unit or the filter, sorting what fits. Rows whose first sort value is missing are read in a second step, since they come last.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import apsw

from orgraph.errors import NotFound
from orgraph.graph import NodeKey
from orgraph.store.paged import Request as Request
from orgraph.store.port import Cursor, Page
from orgraph.store.sqlite.binding import Row, fetch, value
from orgraph.store.sqlite.conditions import Bindings, conditions_sql, uses_relationships
from orgraph.store.sqlite.keyset import Keyset
from orgraph.store.sqlite.layout import Table
from orgraph.store.sqlite.lens import Lens
from orgraph.store.sqlite.reading import id_of, nodes_by_id
from orgraph.store.sqlite.tree import BEHIND

_FEW_STEPS, _MANY_STEPS = 8_000, 300_000
"""Steps of SQLite's machine, some twenty a row, after which reading along the index is given up: a third of a millisecond, ten milliseconds."""
_LARGE = 50_000
"""Rows in a unit from which sorting them costs more than many steps."""


@dataclass(frozen=True)
class _Row:
    id: int
    cursor: Cursor


@dataclass
class _Query:
    """The parts of a page's statements that do not depend on where it starts."""

    connection: apsw.Connection
    lens: Lens
    request: Request
    table: Table = field(init=False)
    conditions: list[str] = field(init=False)
    bindings: Bindings = field(init=False)

    def __post_init__(self) -> None:
        self.table = self.lens.layout.tables[self.request.kind]
        self.conditions, self.bindings = conditions_sql(self.lens.layout, self.table, self.request.where)
        self.bindings |= self.lens.bindings
        if self.request.within is not None:
            self._bind_unit(self.request.within)

    def _bind_unit(self, code: str) -> None:
        unit = id_of(self.connection, self.lens, NodeKey("Unit", code))
        if unit is None:
            raise NotFound("not_found", kind="Unit", code=code)
        if self.lens.day is not None:
            self.bindings["root"] = unit
            return
        low, high = fetch(
            self.connection, f"SELECT path, {BEHIND.format(path='path')} FROM place WHERE id = ?", (unit,)
        )[0]
        self.bindings |= {"low": low, "high": high, "kind": self.table.number}

    @property
    def head(self) -> str:
        """Return the common table expressions."""
        needs_tree = self.request.within is not None and self.lens.day is not None
        unit = self.lens.layout.tables["Unit"]
        return self.lens.over(
            *dict.fromkeys((self.table, unit) if needs_tree else (self.table,)),
            relationships=needs_tree or uses_relationships(self.request.where),
            further=self.lens.subtree() if needs_tree else "",
        )

    def source(self, index: str | None) -> str:
        """Return FROM: along an index of the node table, or from the unit."""
        table = f"{self.table.name} n"
        if self.request.within is None:
            return f"{table} INDEXED BY {index}" if index else table
        if self.lens.day is not None:
            return f"inside p CROSS JOIN {table} ON n.id = p.id"
        inside = "p.path >= :low AND p.path < :high"
        if index:
            return f"{table} INDEXED BY {index} CROSS JOIN place p ON p.id = n.id AND {inside}"
        return (
            f"place p INDEXED BY place_path CROSS JOIN {table} ON n.id = p.id AND p.kind = :kind AND {inside}"
        )

    def rows(self, keyset: Keyset, cursor: Cursor | None, limit: int) -> list[_Row]:
        """Return up to ``limit`` rows beyond the cursor, in reading direction."""
        found: list[_Row] = []
        for part in _parts(keyset, cursor):
            if len(found) < limit:
                found += self._rows_of(part, keyset, cursor, limit - len(found))
        return found

    def _rows_of(self, part: _Part, keyset: Keyset, cursor: Cursor | None, limit: int) -> list[_Row]:
        bindings: Bindings = {**self.bindings, "limit": limit}
        conditions = [*part.conditions, *self.conditions]
        if cursor is not None:
            conditions.append(keyset.beyond(cursor, bindings))
        where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
        columns = ", ".join(f"n.{c}" for c in (*keyset.columns, "code"))

        def statement(index: str | None) -> str:
            source = self.source(index)
            return (
                f"{self.head} SELECT n.id, {columns} FROM {source} {where} ORDER BY {part.terms} LIMIT :limit"
            )

        index = f"{self.table.name}_{part.column}" if part.column and self.lens.day is None else None
        return [_Row(id_, tuple(values)) for id_, *values in self._run(index, statement, bindings)]

    def _run(
        self, index: str | None, statement: Callable[[str | None], str], bindings: Bindings
    ) -> list[Row]:
        if index is not None:
            if not self.request.where and self.request.within is None:
                return fetch(self.connection, statement(index), bindings)
            rows = self._try(statement(index), bindings, _FEW_STEPS)
            if rows is None and self._is_large():
                rows = self._try(statement(index), bindings, _MANY_STEPS)
            if rows is not None:
                return rows
        return fetch(self.connection, statement(None), bindings)

    def _try(self, statement: str, bindings: Bindings, num_steps: int) -> list[Row] | None:
        """Return the rows, ``None`` when they cost more than so many steps."""
        self.connection.set_progress_handler(lambda: True, num_steps)
        try:
            return fetch(self.connection, statement, bindings)
        except apsw.InterruptError:
            return None
        finally:
            self.connection.set_progress_handler(None)

    def _is_large(self) -> bool:
        """Return whether sorting what the unit holds would take long; without a unit it is everything."""
        if self.request.within is None:
            return True
        inside = "SELECT 1 FROM place WHERE kind = :kind AND path >= :low AND path < :high LIMIT :large"
        num: int = value(
            self.connection, f"SELECT count(*) FROM ({inside})", {**self.bindings, "large": _LARGE}
        )
        return num == _LARGE

    def count(self) -> int:
        """Return how many rows fit."""
        where = f"WHERE {' AND '.join(self.conditions)}" if self.conditions else ""
        number: int = value(
            self.connection, f"{self.head} SELECT count(*) FROM {self.source(None)} {where}", self.bindings
        )
        return number


@dataclass(frozen=True)
class _Part:
    """One of the steps in which a page is read."""

    conditions: tuple[str, ...]
    terms: str
    column: str | None
    """The column whose index gives the order."""


def _parts(keyset: Keyset, cursor: Cursor | None) -> list[_Part]:
    """Return the steps in reading direction: rows with the first sort value, then those without; or the other way round."""
    if not keyset.columns:
        return [_Part((), keyset.terms(), "code")]
    column = keyset.columns[0]
    bound = () if cursor is None or cursor[0] is None else (keyset.bound(),)
    present = _Part((f"n.{column} IS NOT NULL", *bound), keyset.terms_of_present(), column)
    missing = _Part((f"n.{column} IS NULL",), keyset.terms(first=1), None)
    if column == "code":
        return [present]
    if keyset.is_reversed:
        return [present] if bound else [missing, present]
    return [missing] if cursor is not None and not bound else [present, missing]


def page(connection: apsw.Connection, lens: Lens, request: Request) -> Page:
    """Return one page; always in the order asked for, also when read backward."""
    query = _Query(connection, lens, request)
    is_backward = request.before is not None
    keyset = Keyset.of(query.table, request.order, is_backward)
    cursor = request.before if is_backward else request.after
    rows = query.rows(keyset, cursor, request.limit + 1)
    has_more, rows = len(rows) > request.limit, rows[: request.limit]
    has_behind = cursor is not None and _has_behind(query, keyset, rows)
    nodes = nodes_by_id(connection, lens, (row.id for row in rows))
    if is_backward:
        rows.reverse()
    return Page(
        tuple(nodes[row.id] for row in rows),
        tuple(row.cursor for row in rows),
        has_next=has_behind if is_backward else has_more,
        has_previous=has_more if is_backward else has_behind,
    )


def _has_behind(query: _Query, keyset: Keyset, rows: Sequence[_Row]) -> bool:
    """Return whether any row lies on the other side of the page's first row, in reading direction."""
    back = replace(keyset, is_reversed=not keyset.is_reversed)
    return bool(query.rows(back, rows[0].cursor if rows else None, 1))


def count(connection: apsw.Connection, lens: Lens, request: Request) -> int:
    """Return how many nodes the pages of a request hold."""
    return _Query(connection, lens, request).count()
