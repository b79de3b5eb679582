"""Snapshots of a scope, read in one transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date

import apsw

from orgraph.errors import NotFound
from orgraph.graph import GraphBuilder, NodeKey, OrgGraph
from orgraph.store.port import ALL
from orgraph.store.sqlite.binding import bound_ids, fetch, value
from orgraph.store.sqlite.lens import Lens
from orgraph.store.sqlite.reading import id_of, nodes_by_id
from orgraph.store.sqlite.relationships import decode_properties
from orgraph.store.sqlite.versions import version_of


def snapshot(connection: apsw.Connection, lens: Lens, scope: str, kinds: Sequence[str]) -> OrgGraph:
    """Return what a unit contains with the relationships inside; the whole store for the scope :data:`ALL`."""
    wanted = {lens.layout.tables[k].number for k in kinds}
    ids = _everything(connection, lens) if scope == ALL else _inside(connection, lens, scope)
    chosen = [i for i in ids if not wanted or lens.layout.table_of(i).number in wanted]
    nodes = nodes_by_id(connection, lens, chosen)
    builder = GraphBuilder()
    for node in sorted(nodes.values(), key=lambda n: n.key):
        builder.add_node(node.kind, node.code, node.properties)
    keys = {id_: node.key for id_, node in nodes.items()}
    for kind, source, target, properties in _relationships(connection, lens, keys):
        builder.add_relationship(kind, source, target, decode_properties(kind, properties))
    return builder.freeze(_provenance(connection, lens, scope))


def _provenance(connection: apsw.Connection, lens: Lens, scope: str) -> dict[str, str | int | None]:
    as_of = None if lens.day is None else date.fromordinal(lens.day).isoformat()
    version = _num_commits(connection) if scope == ALL else version_of(connection, lens.layout, scope)
    return {"scope": scope, "version": version, "as_of": as_of}


def _num_commits(connection: apsw.Connection) -> int:
    number: int = value(connection, "SELECT count(*) FROM commits")
    return number


def _inside(connection: apsw.Connection, lens: Lens, scope: str) -> list[int]:
    root = id_of(connection, lens, NodeKey("Unit", scope))
    if root is None:
        raise NotFound("not_found", kind="Unit", code=scope)
    rows = fetch(
        connection,
        f"{lens.over(relationships=True, further=lens.subtree())} SELECT id FROM inside",
        {**lens.bindings, "root": root},
    )
    return [i for (i,) in rows]


def _everything(connection: apsw.Connection, lens: Lens) -> list[int]:
    ids: list[int] = []
    for table in lens.layout.tables.values():
        rows = fetch(connection, f"{lens.over(table)} SELECT id FROM {table.name}", lens.bindings)
        ids += [i for (i,) in rows]
    return ids


def _relationships(
    connection: apsw.Connection, lens: Lens, keys: dict[int, NodeKey]
) -> Iterator[tuple[str, NodeKey, NodeKey, str | None]]:
    """Yield the relationships between the nodes, by kind and ends."""
    if not keys:
        return
    rows = fetch(
        connection,
        f"{lens.over(relationships=True)} SELECT source, kind, target, properties FROM relationship"
        " WHERE source IN (SELECT value FROM carray(:ids))",
        {**lens.bindings, "ids": bound_ids(keys)},
    )
    found: defaultdict[str, list[tuple[NodeKey, NodeKey, str | None]]] = defaultdict(list)
    for source, number, target, properties in rows:
        if target in keys:
            name = lens.layout.relationship_by_number[number].name
            found[name].append((keys[source], keys[target], properties))
    for name in sorted(found):
        for ends in sorted(found[name], key=lambda r: r[:2]):
            yield (name, *ends)
