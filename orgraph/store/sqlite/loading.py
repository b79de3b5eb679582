"""Load a dump into a file that holds nothing: rows as they were, then what is derived from them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import islice
from pathlib import Path
from typing import TypeVar

import apsw

from orgraph.errors import InputError, InvalidGraph, StoreError
from orgraph.findings import Finding
from orgraph.graph import Properties
from orgraph.store.dump import DumpedCommit, DumpHead, DumpRecord, NodeState, RelationshipState, Touched
from orgraph.store.dump_checks import DumpChecks
from orgraph.store.judging import Days, Report
from orgraph.store.settled import Unwanted
from orgraph.store.sqlite.binding import value
from orgraph.store.sqlite.layout import KIND_BITS, Layout, Stored, sorted_indexes
from orgraph.store.sqlite.relationships import encode_properties
from orgraph.store.sqlite.search_index import put_texts
from orgraph.store.sqlite.tree import settle
from orgraph.store.sqlite.work import TEMPORARY_TABLES, Work

_BATCH = 5_000

T = TypeVar("T")


def load(
    connection: apsw.Connection,
    layout: Layout,
    path: Path,
    records: Iterable[DumpRecord],
    unwanted: Unwanted,
) -> None:
    """Load all records, or nothing; ``unwanted`` is asked between batches and for the last time right before the commit."""
    for statement in TEMPORARY_TABLES:
        connection.execute(statement)
    connection.execute("BEGIN IMMEDIATE")
    try:
        if value(connection, "SELECT EXISTS (SELECT 1 FROM commits)"):
            raise StoreError("store_not_empty", place=str(path))
        _load(connection, layout, records, unwanted)
        unwanted.raise_if_set()
        connection.execute("COMMIT")
    except BaseException as error:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        if isinstance(error, apsw.ConstraintError):
            finding = Finding("moving.dump_twice")
            raise InputError("dump_refused", findings=(finding,), num_errors=1) from error
        raise


def _load(
    connection: apsw.Connection,
    layout: Layout,
    records: Iterable[DumpRecord],
    unwanted: Unwanted,
) -> None:
    indexes = sorted_indexes(layout)
    for name in indexes:
        connection.execute(f"DROP INDEX {name}")
    checks = DumpChecks()
    rows = _Rows(connection, layout, checks)
    for batch in _batches((r for r in records if checks.is_storable(r)), _BATCH):
        unwanted.raise_if_set()
        rows.write(batch)
    checks.finish()
    _settle(connection, layout, rows.latest_day, checks.identities.highest)
    for name, statement in indexes.items():
        connection.execute(statement.replace("INDEX", f"INDEX {name}", 1))


def _settle(connection: apsw.Connection, layout: Layout, latest_day: int, last_sequence: int) -> None:
    """Give every present node its place, and note where counting goes on."""
    for name in ("awaited", "gone", "doomed", "unsettled", "scoped"):
        connection.execute(f"DELETE FROM temp.{name}")
    work = Work(connection, layout, 0, Report(Days(latest_day, latest_day), latest_day), 0)
    for table in layout.tables.values():
        work.run(f"INSERT INTO unsettled SELECT id FROM {table.name}")
    settle(work)
    if work.report.findings:
        raise InvalidGraph(
            "dump_refused", findings=work.report.findings, num_errors=len(work.report.findings)
        )
    work.run("INSERT OR REPLACE INTO meta VALUES ('latest_day', :latest)", latest=latest_day)
    work.run("INSERT OR REPLACE INTO meta VALUES ('last_sequence', :last)", last=last_sequence)


class _Rows:
    """Turns records into rows."""

    def __init__(self, connection: apsw.Connection, layout: Layout, checks: DumpChecks) -> None:
        self._connection = connection
        self._layout = layout
        self._identities = checks.identities
        self._num_scopes: dict[int, int] = {}
        self.latest_day = 0

    def write(self, batch: list[DumpRecord]) -> None:
        """Write records of one batch, kind by kind in their order."""
        for head in _of(DumpHead, batch):
            self.latest_day = head.latest_day.toordinal() if head.latest_day else 0
        self._write_commits(_of(DumpedCommit, batch))
        self._write_nodes(_of(NodeState, batch))
        self._write_relationships(_of(RelationshipState, batch))
        self._write_touched(_of(Touched, batch))

    def _write_commits(self, commits: list[DumpedCommit]) -> None:
        self._connection.executemany(
            "INSERT INTO commits VALUES (?, ?, ?, ?, ?)",
            [(c.number, c.at, c.by, c.reason, c.effective.toordinal()) for c in commits],
        )
        self._connection.executemany(
            "INSERT INTO commit_scope VALUES (?, ?, ?)",
            [(scope, version, c.number) for c in commits for scope, version in c.versions.items()],
        )
        self._num_scopes.update((c.number, len(c.versions)) for c in commits if len(c.versions) > 1)

    def _write_nodes(self, states: list[NodeState]) -> None:
        by_kind: defaultdict[str, list[NodeState]] = defaultdict(list)
        for state in states:
            by_kind[state.kind].append(state)
        for kind, of_kind in by_kind.items():
            self._write_kind(kind, of_kind)

    def _write_kind(self, kind: str, states: list[NodeState]) -> None:
        table = self._layout.tables[kind]
        present: list[tuple[Stored, ...]] = []
        past: list[tuple[Stored, ...]] = []
        for s in states:
            head = (self._id(s.identity), s.code, s.valid_from.toordinal(), s.begun, s.born.toordinal())
            row = (*head, *table.encode(s.properties))
            if s.ended is None:
                present.append(row)
            else:
                past.append((*row, _ordinal(s.valid_to), s.ended))
        columns = ", ".join(table.columns)
        marks = ", ".join("?" * len(table.columns))
        self._connection.executemany(f"INSERT INTO {table.name} ({columns}) VALUES ({marks})", present)
        self._connection.executemany(
            f"INSERT INTO {table.past} ({columns}, valid_to, ended) VALUES ({marks}, ?, ?)", past
        )
        if table.searchable:
            texts: Iterator[tuple[int, str, Properties]] = (
                (self._id(s.identity), s.code, s.properties) for s in states if s.ended is None
            )
            put_texts(self._connection, table, texts)

    def _write_relationships(self, states: list[RelationshipState]) -> None:
        present: list[tuple[Stored, ...]] = []
        past: list[tuple[Stored, ...]] = []
        for s in states:
            row = (*self._ends(s.source, s.kind, s.target), s.valid_from.toordinal(), s.begun)
            properties = encode_properties(s.properties)
            if s.ended is None:
                present.append((*row, properties))
            else:
                past.append((*row, properties, _ordinal(s.valid_to), s.ended))
        self._connection.executemany("INSERT INTO relationship VALUES (?, ?, ?, ?, ?, ?)", present)
        self._connection.executemany("INSERT INTO past_relationship VALUES (?, ?, ?, ?, ?, ?, ?, ?)", past)

    def _write_touched(self, touched: list[Touched]) -> None:
        rows = [(t.commit, t.scope, *self._ends(t.a, t.kind, t.b)) for t in touched]
        self._connection.executemany(
            "INSERT OR IGNORE INTO touched VALUES (?, ?, ?, ?)", ((r[0], *r[2:]) for r in rows)
        )
        self._connection.executemany(
            "INSERT INTO touched_scope VALUES (?, ?, ?, ?, ?)", (r for r in rows if r[0] in self._num_scopes)
        )

    def _ends(self, a: int, kind: str, b: int) -> tuple[int, int, int]:
        if not kind:
            return self._id(a), 0, 0
        return self._id(a), self._layout.relationship_numbers[kind], self._id(b)

    def _id(self, identity: int) -> int:
        number = self._layout.tables[self._identities.kind(identity)].number
        return identity << KIND_BITS | number


R = TypeVar("R", DumpHead, DumpedCommit, NodeState, RelationshipState, Touched)


def _of(kind: type[R], records: Iterable[DumpRecord]) -> list[R]:
    return [record for record in records if isinstance(record, kind)]


def _ordinal(day: date | None) -> int | None:
    return None if day is None else day.toordinal()


def _batches(things: Iterable[T], size: int) -> Iterator[list[T]]:
    iterator = iter(things)
    while batch := list(islice(iterator, size)):
        yield batch
