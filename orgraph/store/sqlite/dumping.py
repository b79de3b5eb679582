"""Read everything out of one file, past and log included, in the records of :mod:`orgraph.store.dump`.

An identity is the sequence number in the upper bits of a node's identifier.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import date
from itertools import islice
from pathlib import Path

import apsw

from orgraph.store.dump import (
    COUNTED,
    DUMP_FORMAT,
    DumpedCommit,
    DumpEnd,
    DumpHead,
    DumpRecord,
    NodeState,
    RelationshipState,
    Touched,
)
from orgraph.store.sqlite.binding import fetch, value
from orgraph.store.sqlite.connections import open_reader
from orgraph.store.sqlite.failures import told_plainly
from orgraph.store.sqlite.layout import KIND_BITS, Layout, Table
from orgraph.store.sqlite.relationships import decode_properties

_BATCH = 2_000


async def dump(path: Path, layout_of: Callable[[apsw.Connection], Layout]) -> AsyncIterator[DumpRecord]:
    """Yield every record. The file is read in a thread, batch by batch, in one read transaction of a connection of its own."""
    reading = _Reading(path, layout_of)
    try:
        while batch := await asyncio.to_thread(reading.next_batch):
            for record in batch:
                yield record
    finally:
        await asyncio.shield(asyncio.to_thread(reading.close))


class _Reading:
    """One read transaction, and how far it was read."""

    def __init__(self, path: Path, layout_of: Callable[[apsw.Connection], Layout]) -> None:
        self._path = path
        self._layout_of = layout_of
        self._connection: apsw.Connection | None = None
        self._records: Iterator[DumpRecord] = iter(())

    def next_batch(self) -> list[DumpRecord]:
        """Return the next records, none at the end."""
        with told_plainly(self._path):
            if self._connection is None:
                self._connection = open_reader(self._path)
                self._connection.execute("BEGIN")
                self._records = records(self._connection, self._layout_of(self._connection))
            return list(islice(self._records, _BATCH))

    def close(self) -> None:
        """End the transaction."""
        if self._connection is not None:
            self._connection.close(force=True)


def records(connection: apsw.Connection, layout: Layout) -> Iterator[DumpRecord]:
    """Yield every record from the transaction that the connection is in."""
    counts = dict.fromkeys(COUNTED.values(), 0)
    for record in _all(connection, layout):
        if name := COUNTED.get(type(record)):
            counts[name] += 1
        yield record
    yield DumpEnd(counts)


def _all(connection: apsw.Connection, layout: Layout) -> Iterator[DumpRecord]:
    num_commits, latest = fetch(connection, "SELECT count(*), max(effective) FROM commits")[0]
    yield DumpHead(DUMP_FORMAT, num_commits, _day(latest))
    yield from _commits(connection)
    for table in layout.tables.values():
        yield from _node_states(connection, table)
    yield from _relationship_states(connection, layout)
    yield from _touched(connection, layout)


def _commits(connection: apsw.Connection) -> Iterator[DumpedCommit]:
    for number, at, by, reason, effective in connection.execute("SELECT * FROM commits ORDER BY id"):
        versions = fetch(
            connection, "SELECT scope, version FROM commit_scope WHERE commit_id = ? ORDER BY 1, 2", (number,)
        )
        yield DumpedCommit(number, at, by, reason, date.fromordinal(effective), dict(versions))


def _node_states(connection: apsw.Connection, table: Table) -> Iterator[NodeState]:
    """Yield past states in the order in which they ended, then present ones: so those of one node come oldest first."""
    values = ", ".join(table.value_columns)
    head = "id, code, valid_from, begun, born"
    rows = connection.execute(
        f"SELECT * FROM (SELECT {head}, valid_to, ended, {values} FROM {table.past} ORDER BY rowid)"
        f" UNION ALL SELECT {head}, NULL, NULL, {values} FROM {table.name}"
    )
    for node_id, code, valid_from, begun, born, valid_to, ended, *stored in rows:
        yield NodeState(
            node_id >> KIND_BITS,
            table.kind.name,
            code,
            table.decode(stored),
            date.fromordinal(valid_from),
            _day(valid_to),
            begun,
            ended,
            date.fromordinal(born),
        )


def _relationship_states(connection: apsw.Connection, layout: Layout) -> Iterator[RelationshipState]:
    head = "SELECT source, kind, target, properties, valid_from, begun"
    rows = connection.execute(
        f"SELECT * FROM ({head}, valid_to, ended FROM past_relationship ORDER BY rowid)"
        f" UNION ALL {head}, NULL, NULL FROM relationship"
    )
    for source, number, target, properties, valid_from, begun, valid_to, ended in rows:
        kind = layout.relationship_by_number[number].name
        yield RelationshipState(
            kind,
            source >> KIND_BITS,
            target >> KIND_BITS,
            decode_properties(kind, properties),
            date.fromordinal(valid_from),
            _day(valid_to),
            begun,
            ended,
        )


def _touched(connection: apsw.Connection, layout: Layout) -> Iterator[Touched]:
    """Yield what each commit touched, under its one scope, or under each of its scopes."""
    names = {0: "", **{n: kind.name for n, kind in layout.relationship_by_number.items()}}
    present = "EXISTS (SELECT 1 FROM place p WHERE p.id = t.{0})"
    columns = f"t.a, t.kind, t.b, {present.format('a')}, {present.format('b')}"
    rows = connection.execute(
        f"SELECT t.commit_id, s.scope, {columns} FROM commit_scope s JOIN touched t ON t.commit_id = s.commit_id"
        " WHERE NOT EXISTS (SELECT 1 FROM touched_scope x WHERE x.commit_id = s.commit_id)"
        f" UNION ALL SELECT t.commit_id, t.scope, {columns} FROM touched_scope t"
    )
    for commit, scope, a, number, b, has_a, has_b in rows:
        if (has_a or _was(connection, layout, a)) and (not b or has_b or _was(connection, layout, b)):
            yield Touched(commit, scope, a >> KIND_BITS, names[number], b >> KIND_BITS)


def _was(connection: apsw.Connection, layout: Layout, node_id: int) -> bool:
    """Return whether there is a past state of an identifier; what was made and ended by one commit has none."""
    past = layout.table_of(node_id).past
    return bool(value(connection, f"SELECT EXISTS (SELECT 1 FROM {past} WHERE id = ?)", (node_id,)))


def _day(ordinal: int | None) -> date | None:
    return None if ordinal is None else date.fromordinal(ordinal)
