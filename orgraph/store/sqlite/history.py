"""The states of a node over time, and the log of changes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import islice

import apsw

from orgraph.graph import NodeKey
from orgraph.store.change_log import difference, rank
from orgraph.store.port import (
    Change,
    ChangeRecord,
    DeleteNode,
    DeleteRelationship,
    PutNode,
    PutRelationship,
    Revision,
)
from orgraph.store.sqlite.binding import fetch
from orgraph.store.sqlite.layout import Layout
from orgraph.store.sqlite.relationships import decode_properties
from orgraph.store.sqlite.versions import IN_SCOPE, code_of


def history(connection: apsw.Connection, layout: Layout, key: NodeKey) -> tuple[Revision, ...]:
    """Return every state that was true on at least one day, oldest first."""
    table = layout.tables[key.kind]
    columns = ", ".join(table.value_columns)
    rows = fetch(
        connection,
        f"SELECT valid_from, valid_to, {columns} FROM {table.past} WHERE code = :code AND valid_from < valid_to"
        f" UNION ALL SELECT valid_from, NULL, {columns} FROM {table.name} WHERE code = :code ORDER BY 1",
        {"code": key.code},
    )
    return tuple(
        Revision(
            table.node(key.code, values),
            date.fromordinal(valid_from),
            None if valid_to is None else date.fromordinal(valid_to),
        )
        for valid_from, valid_to, *values in rows
    )


def changes(
    connection: apsw.Connection, layout: Layout, scope: str, since: int, limit: int
) -> tuple[ChangeRecord, ...]:
    """Return what commits did to a scope after a version, oldest first; inside a commit in an order that can be applied again."""
    records: list[ChangeRecord] = []
    commits = fetch(
        connection,
        "SELECT s.version, c.id, c.at, c.author, c.reason, c.effective FROM commit_scope s"
        " JOIN commits c ON c.id = s.commit_id WHERE s.scope = ? AND s.version > ? ORDER BY s.version LIMIT ?",
        (scope, since, limit),
    )
    for version, commit, at, by, reason, effective in commits:
        done = list(islice(_changes_of(connection, layout, commit, scope), limit - len(records)))
        day = date.fromordinal(effective)
        records += [ChangeRecord(scope, version, at, by, reason, day, c) for c in sorted(done, key=rank)]
    return tuple(records)


def _changes_of(connection: apsw.Connection, layout: Layout, commit: int, scope: str) -> Iterator[Change]:
    """Yield what one commit did to a scope, nodes first."""
    for is_node in (True, False):
        rows = connection.execute(
            f"SELECT t.a, t.kind, t.b FROM touched t WHERE t.commit_id = :commit AND t.kind {'=' if is_node else '<>'} 0"
            f" AND {IN_SCOPE}",
            {"commit": commit, "scope": scope},
        )
        for a, number, b in rows:
            if is_node:
                yield from _node_changes(connection, layout, commit, a)
            elif change := _relationship_change(connection, layout, commit, (a, number, b)):
                yield change


def _node_changes(connection: apsw.Connection, layout: Layout, commit: int, node_id: int) -> Iterator[Change]:
    """Yield what one commit did to a node: the difference between its states before and after."""
    table = layout.table_of(node_id)
    columns = ", ".join(table.value_columns)
    before = fetch(
        connection,
        f"SELECT {columns} FROM {table.past} WHERE id = ? AND ended = ? AND begun < ended",
        (node_id, commit),
    )
    after = fetch(
        connection,
        f"SELECT {columns} FROM {table.name} WHERE id = ?1 AND begun = ?2 UNION ALL"
        f" SELECT {columns} FROM {table.past} WHERE id = ?1 AND begun = ?2",
        (node_id, commit),
    )
    old = table.decode(before[0]) if before else {}
    code = code_of(connection, layout, node_id)
    if after:
        yield PutNode(table.kind.name, code, difference(old, table.decode(after[0])))
    elif before:
        yield DeleteNode(table.kind.name, code)


def _relationship_change(
    connection: apsw.Connection, layout: Layout, commit: int, thing: tuple[int, int, int]
) -> Change | None:
    same = "source = ? AND kind = ? AND target = ?"
    after = fetch(
        connection,
        f"SELECT properties FROM relationship WHERE {same} AND begun = ? UNION ALL"
        f" SELECT properties FROM past_relationship WHERE {same} AND begun = ?",
        (*thing, commit, *thing, commit),
    )
    before = fetch(
        connection,
        f"SELECT properties FROM past_relationship WHERE {same} AND ended = ? AND begun < ended",
        (*thing, commit),
    )
    a, number, b = thing
    kind = layout.relationship_by_number[number].name
    source, target = (NodeKey(layout.table_of(i).kind.name, code_of(connection, layout, i)) for i in (a, b))
    if after:
        old = decode_properties(kind, before[0][0]) if before else {}
        return PutRelationship(kind, source, target, difference(old, decode_properties(kind, after[0][0])))
    return DeleteRelationship(kind, source, target) if before else None
