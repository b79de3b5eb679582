"""Set up and migrate the constraints and indexes of one database; refuse what a newer program made.

The node ``_Store`` holds the version of the layout and a digest of what the schema declares. Constraints and indexes are made by
statements that do nothing when the object is there, so setting up may be repeated, or done by two at once.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from neo4j import WRITE_ACCESS, AsyncManagedTransaction

from orgraph.errors import StoreError
from orgraph.store.neo4j.connections import Connections, Row, Writer
from orgraph.store.neo4j.generated import ONCE_GENERATED, is_generated
from orgraph.store.neo4j.layout import (
    INSIDE,
    LABELS,
    LAYOUT_VERSION,
    MAX_DEPTH,
    Label,
    Stored,
    digest,
    statements,
)

_BATCH = 5_000

STATE = "MATCH (s:_Store {name: 'store'}) RETURN s.layout, s.digest"
_AWAIT = "CALL db.awaitIndexes(600)"
_FILL_PARTS = (
    f"MATCH (s:Unit) WHERE s._scope = s.code MATCH p = (s)<-[:{INSIDE}*1..{MAX_DEPTH}]-(n)"
    " WHERE n._scope = s.code AND n._part IS NULL"
    " WITH n, coalesce(head([x IN tail(nodes(p)) WHERE x:Unit | x.code]), '') AS part"
    " CALL (n, part) { SET n._part = part } IN TRANSACTIONS OF 10000 ROWS",
    f"MATCH (n:{'|'.join(LABELS)}) WHERE n._part IS NULL CALL (n) {{ SET n._part = '' }} IN TRANSACTIONS OF 10000 ROWS",
)
"""Give every node its part where an earlier program gave none."""
_FILL_SYNTHETIC = tuple(
    f"{generated} CALL (n) {{ SET n.{mark} = '{kind}' }} IN TRANSACTIONS OF 10000 ROWS"
    for kind, label in LABELS.items()
    for generated, mark in (
        (f"MATCH (n:{kind}) WHERE {is_generated('n')}", "_synthetic"),
        (ONCE_GENERATED[kind], "_once_synthetic"),
    )
)
"""Mark what was generated where an earlier program did not."""
_MARK = (
    "MERGE (s:_Store {name: 'store'}) ON CREATE SET s.num_commits = 0, s.latest_day = 0, s.last_id = 0"
    " MERGE (a:_Announcement {name: 'store'}) ON CREATE SET a.number = s.num_commits"
    " SET s.layout = $layout, s.digest = $digest"
)


def is_current(state: Row | None, where: str) -> bool:
    """Return whether a database with this (layout, digest) holds all that the schema declares.

    Raises
    ------
    StoreError
        When a newer program made it.
    """
    if state is None:
        return False
    layout, found = state
    if isinstance(layout, int) and layout > LAYOUT_VERSION:
        raise StoreError("store_database_newer", address=where, found=layout, known=LAYOUT_VERSION)
    return found == digest()


def require_current(state: Row | None, where: str) -> None:
    """Refuse a database that is not set up, or lacks what this program's schema declares.

    Raises
    ------
    StoreError
        Then.
    """
    if not is_current(state, where):
        raise StoreError("store_database_not_set_up", address=where)


async def read_state(connections: Connections) -> Row | None:
    """Return layout and digest of the database, ``None`` when it was never set up."""
    rows = await connections.look(STATE)
    return rows[0] if rows else None


async def set_up(connections: Connections) -> None:
    """Make what is missing; nothing happens when all is there."""
    state = await read_state(connections)
    if is_current(state, str(connections.address)):
        return
    for statement in statements():
        await connections.execute(statement)
    await connections.execute(_AWAIT)
    if state is not None:
        for label in LABELS.values():
            await _fill_derived(connections, label)
        for statement in (*_FILL_PARTS, *_FILL_SYNTHETIC):
            await connections.execute(statement)

    async def mark(transaction: AsyncManagedTransaction) -> None:
        await Writer(transaction).run(_MARK, layout=LAYOUT_VERSION, digest=digest())

    await connections.transact(WRITE_ACCESS, mark)


async def _fill_derived(connections: Connections, label: Label) -> None:
    """Compute sort keys and search texts anew: a field may have become sortable or searchable, or readings changed."""
    if not (label.keyed or label.searchable):
        return
    last: str | None = ""
    while last is not None:
        refill: Callable[[AsyncManagedTransaction], Awaitable[str | None]] = _Refill(label, last)
        last = await connections.transact(WRITE_ACCESS, refill)


class _Refill:
    """Managed work: derive the next few thousand nodes of one kind after a code; returns their last code, ``None`` at the end."""

    def __init__(self, label: Label, after: str) -> None:
        self._label = label
        self._after = after

    async def __call__(self, transaction: AsyncManagedTransaction) -> str | None:
        label, writer = self._label, Writer(transaction)
        found = await writer.rows(
            f"MATCH (n:{label.name}) WHERE n.code > $after RETURN n.code, properties(n) ORDER BY n.code LIMIT {_BATCH}",
            after=self._after,
        )
        rows: list[list[Stored | dict[str, Stored]]] = []
        for code, stored in found:
            assert isinstance(code, str)
            assert isinstance(stored, dict)
            rows.append([code, {**_derived_names(label), **label.derive(code, label.decode(stored))}])  # type: ignore[arg-type]
        await writer.run(
            f"UNWIND $rows AS row MATCH (n:{label.name} {{code: row[0]}}) SET n += row[1]", rows=rows
        )
        return str(found[-1][0]) if len(found) == _BATCH else None


def _derived_names(label: Label) -> dict[str, Stored]:
    """Return every derived property as missing, so that what is no longer derived goes."""
    keys = [f"_key_{f.name}" for f in label.fields]
    return dict.fromkeys([*keys, "_folded", "_grams", "_sort", "_synthetic"])
