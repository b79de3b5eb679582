"""Set up and migrate the tables of one file; refuse what a newer program, or another program, made.

``user_version`` is the version of the layout as such and grows only when existing tables change their meaning. New kinds, fields and
indexes of :mod:`orgraph.schema` are added to an existing file whenever it is set up again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

import apsw

from orgraph.errors import StoreError
from orgraph.schema import NODE_KINDS, RELATIONSHIP_KINDS
from orgraph.store.sqlite.binding import fetch, value
from orgraph.store.sqlite.layout import FIXED_TABLES, KIND_MASK, Layout, Table, layout_from, statements
from orgraph.store.sqlite.search_index import put_texts
from orgraph.store.sqlite.tree import synthetic

APPLICATION_ID = 0x6F726772
"""The letters orgr: tells our files from other SQLite files."""
LAYOUT_VERSION = 1


def is_current(connection: apsw.Connection, path: Path) -> bool:
    """Return whether every table, column and index is there.

    Raises
    ------
    StoreError
        When the file belongs to a newer program or to another one.
    """
    if _is_blank(connection):
        return False
    application, version = connection.pragma("application_id"), connection.pragma("user_version")
    if application != APPLICATION_ID:
        raise StoreError("store_foreign", path=str(path))
    if version > LAYOUT_VERSION:
        raise StoreError("store_newer", path=str(path), found=version, known=LAYOUT_VERSION)
    found = value(connection, "SELECT value FROM meta WHERE name = 'digest'")
    return str(found) == _digest(read_layout(connection))


def require_current(connection: apsw.Connection, path: Path) -> Layout:
    """Return the layout of a file that is set up.

    Raises
    ------
    StoreError
        When it is not, or lacks what this program's schema declares.
    """
    if not is_current(connection, path):
        raise StoreError("store_not_set_up", path=str(path))
    layout = read_layout(connection)
    assert layout is not None
    return layout


def set_up(connection: apsw.Connection, path: Path) -> None:
    """Make what is missing, in one transaction; nothing happens when all is there."""
    if is_current(connection, path):
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        _make(connection)
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def read_layout(connection: apsw.Connection) -> Layout | None:
    """Return the layout that the numbers in the file give, ``None`` when kinds are missing."""
    numbers = {
        (str(role), str(name)): int(number)
        for role, name, number in fetch(connection, "SELECT role, name, number FROM kind")
    }
    wanted = {("node", n) for n in NODE_KINDS} | {("relationship", n) for n in RELATIONSHIP_KINDS}
    return layout_from(numbers) if wanted <= numbers.keys() else None


def _is_blank(connection: apsw.Connection) -> bool:
    return not value(connection, "SELECT count(*) FROM sqlite_schema")


def _make(connection: apsw.Connection) -> None:
    connection.pragma("application_id", APPLICATION_ID)
    _add_columns(connection, "place", ("synthetic INTEGER",))
    for statement in FIXED_TABLES:
        connection.execute(statement)
    _number_kinds(connection)
    layout = read_layout(connection)
    assert layout is not None
    for table in layout.tables.values():
        for name in (table.name, table.past):
            _add_columns(connection, name, table.columns)
    for statement in statements(layout):
        connection.execute(statement)
    _fill_derived(connection, layout)
    connection.execute("INSERT OR REPLACE INTO meta VALUES ('digest', ?)", (_digest(layout),))
    connection.pragma("user_version", LAYOUT_VERSION)


def _number_kinds(connection: apsw.Connection) -> None:
    """Give a number to every kind that has none; numbers in use stay. Containment counts down from -1."""
    for name in NODE_KINDS:
        _number(connection, "node", name, step=1)
    for name, kind in RELATIONSHIP_KINDS.items():
        _number(connection, "relationship", name, step=-1 if kind.is_containment else 1)
    highest = value(connection, "SELECT max(number) FROM kind WHERE role = 'node'")
    assert highest <= KIND_MASK


def _number(connection: apsw.Connection, role: str, name: str, step: int) -> None:
    connection.execute(
        "INSERT INTO kind SELECT :role, :name,"
        " :step * (1 + coalesce((SELECT max(number * :step) FROM kind WHERE role = :role AND number * :step > 0), 0))"
        " WHERE NOT EXISTS (SELECT 1 FROM kind WHERE role = :role AND name = :name)",
        {"role": role, "name": name, "step": step},
    )


def _add_columns(connection: apsw.Connection, table: str, columns: Iterable[str]) -> None:
    """Add the columns, some with their type, that came since the table was made."""
    known = {row[1] for row in fetch(connection, f"PRAGMA table_info({table})")}
    for column in columns:
        if known and column.partition(" ")[0] not in known:
            connection.execute(f"ALTER TABLE {table} ADD COLUMN {column}")


def _fill_derived(connection: apsw.Connection, layout: Layout) -> None:
    """Compute sort keys, search texts and flags anew: a field may have become sortable or searchable, or readings changed."""
    connection.execute(f"UPDATE place SET synthetic = {synthetic(layout, 'place.id')}")
    connection.execute("DELETE FROM search_text")
    connection.execute("DELETE FROM search_gram")
    for table in layout.tables.values():
        for name in (table.name, table.past):
            _fill_keys(connection, table, name)
        if table.searchable:
            rows = fetch(connection, f"SELECT id, code, {', '.join(table.value_columns)} FROM {table.name}")
            put_texts(
                connection,
                table,
                ((id_, code, table.decode(values)) for id_, code, *values in rows),
            )


def _fill_keys(connection: apsw.Connection, table: Table, name: str) -> None:
    if not table.keyed:
        return
    keys = [f"k_{f.name}" for f in table.keyed]
    rows = fetch(connection, f"SELECT rowid, {', '.join(table.value_columns)} FROM {name}")
    update = f"UPDATE {name} SET {', '.join(f'{k} = ?' for k in keys)} WHERE rowid = ?"
    connection.executemany(
        update, ((*table.encode(table.decode(values))[-len(keys) :], rowid) for rowid, *values in rows)
    )


def _digest(layout: Layout | None) -> str | None:
    """Return a digest of all that the schema declares for this file."""
    if layout is None:
        return None
    parts = [*statements(layout), *(f"{k.name} {k.has_open_weights}" for k in NODE_KINDS.values())]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
