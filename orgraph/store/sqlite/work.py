"""What the parts of one writing transaction share: where they write, what they found wrong, which identifiers they know."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

import apsw

from orgraph.store.judging import Report
from orgraph.store.sqlite.binding import Cell, Row, bound_codes, fetch, value
from orgraph.store.sqlite.layout import KIND_BITS, Layout, Stored, Table

_MAX_KNOWN = 300_000
"""Identifiers kept in memory; more are looked up."""

TEMPORARY_TABLES = (
    # ends of relationships whose node has not come yet
    "CREATE TEMP TABLE IF NOT EXISTS awaited (kind TEXT, code TEXT, id INTEGER, PRIMARY KEY (kind, code)) WITHOUT ROWID",
    # nodes deleted by this commit, and those that one change deletes
    "CREATE TEMP TABLE IF NOT EXISTS gone (id INTEGER PRIMARY KEY)",
    "CREATE TEMP TABLE IF NOT EXISTS doomed (id INTEGER PRIMARY KEY)",
    # nodes that this commit created, moved or turned into another scope
    "CREATE TEMP TABLE IF NOT EXISTS unsettled (id INTEGER PRIMARY KEY)",
    # scopes, before and after, of what this commit touched
    "CREATE TEMP TABLE IF NOT EXISTS scoped (scope INTEGER, a INTEGER, kind INTEGER, b INTEGER,"
    " PRIMARY KEY (scope, a, kind, b)) WITHOUT ROWID",
)


@dataclass
class Work:
    """State of one transaction."""

    connection: apsw.Connection
    layout: Layout
    commit: int
    report: Report
    last_sequence: int
    num_put: int = 0
    num_deleted: int = 0
    has_awaited: bool = False
    _known: dict[str, dict[str, int]] = field(default_factory=dict)
    _num_known: int = 0

    def __post_init__(self) -> None:
        self.first_new = (self.last_sequence + 1) << KIND_BITS
        """Identifiers from here on were made by this transaction."""

    @property
    def bindings(self) -> dict[str, int]:
        """What most statements bind."""
        return {"commit": self.commit, "day": self.report.day, "first_new": self.first_new}

    def run(self, statement: str, **bindings: Stored) -> apsw.Cursor:
        """Execute a statement with the given bindings and :attr:`bindings`."""
        return self.connection.execute(statement, {**self.bindings, **bindings})

    def rows(self, statement: str, **bindings: Stored) -> list[Row]:
        """Return all rows of a query."""
        return fetch(self.connection, statement, {**self.bindings, **bindings})

    def value(self, statement: str, **bindings: Stored) -> Cell:
        """Return the first value of the first row of a query, ``None`` when there is no row."""
        return value(self.connection, statement, {**self.bindings, **bindings})

    def new_id(self, table: Table) -> int:
        """Return an identifier that was never used."""
        self.last_sequence += 1
        return self.last_sequence << KIND_BITS | table.number

    def know(self, kind: str, ids: Mapping[str, int]) -> None:
        """Remember identifiers by code."""
        if self._num_known + len(ids) > _MAX_KNOWN:
            self.forget()
        self._known.setdefault(kind, {}).update(ids)
        self._num_known += len(ids)

    def forget(self) -> None:
        """Forget all identifiers: some of them ended."""
        self._known.clear()
        self._num_known = 0

    def ids(self, kind: str, codes: Collection[str]) -> Mapping[str, int]:
        """Return identifiers by code for all codes; a node that has not come yet gets one and is awaited."""
        known = self._known.setdefault(kind, {})
        unknown = [code for code in codes if code not in known]
        if not unknown:
            return known
        found = self.stored_ids(kind, unknown)
        missing = [code for code in unknown if code not in found]
        found.update(self._await(kind, missing))
        kept = {code: known[code] for code in codes if code in known}
        self.know(kind, found)
        return {**kept, **found}

    def stored_ids(self, kind: str, codes: Collection[str]) -> dict[str, int]:
        """Return identifiers by code of those nodes that exist."""
        table = self.layout.tables[kind]
        return dict(
            fetch(
                self.connection,
                f"SELECT code, id FROM {table.name} WHERE code IN (SELECT value FROM carray(?))",
                (bound_codes(codes),),
            )
        )

    def _await(self, kind: str, codes: Collection[str]) -> dict[str, int]:
        if not codes:
            return {}
        ids = self.awaited_ids(kind, codes)
        table = self.layout.tables[kind]
        new = {code: self.new_id(table) for code in codes if code not in ids}
        self.connection.executemany(
            "INSERT INTO awaited VALUES (?, ?, ?)", ((kind, code, id_) for code, id_ in new.items())
        )
        self.has_awaited = True
        return ids | new

    def awaited_ids(self, kind: str, codes: Collection[str]) -> dict[str, int]:
        """Return identifiers by code under which relationships already name nodes that have not come yet."""
        if not self.has_awaited:
            return {}
        return dict(
            fetch(
                self.connection,
                "SELECT code, id FROM awaited WHERE kind = ? AND code IN (SELECT value FROM carray(?))",
                (kind, bound_codes(codes)),
            )
        )

    def no_longer_await(self, kind: str, codes: Iterable[str]) -> None:
        """Note that nodes have come."""
        self.connection.executemany(
            "DELETE FROM awaited WHERE kind = ? AND code = ?", ((kind, code) for code in codes)
        )

    def touch(self, things: Iterable[tuple[int, int, int]]) -> None:
        """Enter (node, 0, 0) or (source, kind, target) into the log."""
        commit = self.commit
        self.connection.executemany(
            "INSERT OR IGNORE INTO touched VALUES (?, ?, ?, ?)", ((commit, *thing) for thing in things)
        )
