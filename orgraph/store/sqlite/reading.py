"""Read single nodes and their surroundings: get, neighbours, ancestors, descendants."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

import apsw

from orgraph.graph import Node, NodeKey, Relationship
from orgraph.schema import RELATIONSHIP_KINDS
from orgraph.store.port import Direction, Neighbour
from orgraph.store.sqlite.binding import bound_codes, bound_ids, fetch, value
from orgraph.store.sqlite.layout import Table
from orgraph.store.sqlite.lens import Lens
from orgraph.store.sqlite.relationships import decode_properties


def id_of(connection: apsw.Connection, lens: Lens, key: NodeKey) -> int | None:
    """Return the identifier of a node, ``None`` when it does not exist."""
    table = lens.layout.tables[key.kind]
    found: int | None = value(
        connection,
        f"{lens.over(table)} SELECT id FROM {table.name} WHERE code = :code",
        {**lens.bindings, "code": key.code},
    )
    return found


def ids_by_key(connection: apsw.Connection, lens: Lens, keys: Iterable[NodeKey]) -> dict[NodeKey, int]:
    """Return the identifiers of those nodes that exist."""
    found: dict[NodeKey, int] = {}
    for kind, codes in _by_kind(keys).items():
        table = lens.layout.tables[kind]
        rows = fetch(
            connection,
            f"{lens.over(table)} SELECT code, id FROM {table.name} WHERE code IN (SELECT value FROM carray(:codes))",
            {**lens.bindings, "codes": bound_codes(codes)},
        )
        found.update((NodeKey(kind, code), id_) for code, id_ in rows)
    return found


def _by_kind(keys: Iterable[NodeKey]) -> dict[str, list[str]]:
    codes: defaultdict[str, list[str]] = defaultdict(list)
    for kind, code in dict.fromkeys(keys):
        codes[kind].append(code)
    return codes


def get_many(connection: apsw.Connection, lens: Lens, keys: Sequence[NodeKey]) -> tuple[Node | None, ...]:
    """Return nodes in the order of the keys."""
    found: dict[tuple[str, str], Node] = {}
    for kind, codes in _by_kind(keys).items():
        table = lens.layout.tables[kind]
        rows = fetch(
            connection,
            f"{lens.over(table)} SELECT code, {', '.join(table.value_columns)} FROM {table.name}"
            " WHERE code IN (SELECT value FROM carray(:codes))",
            {**lens.bindings, "codes": bound_codes(codes)},
        )
        found.update(((kind, code), table.node(code, values)) for code, *values in rows)
    return tuple(found.get((kind, code)) for kind, code in keys)


def nodes_by_id(connection: apsw.Connection, lens: Lens, ids: Iterable[int]) -> dict[int, Node]:
    """Return nodes by identifier."""
    by_table: defaultdict[int, list[int]] = defaultdict(list)
    for node_id in set(ids):
        by_table[lens.layout.table_of(node_id).number].append(node_id)
    found: dict[int, Node] = {}
    for number, wanted in by_table.items():
        found.update(_nodes_of_table(connection, lens, lens.layout.table_by_number[number], wanted))
    return found


def _nodes_of_table(
    connection: apsw.Connection, lens: Lens, table: Table, ids: list[int]
) -> Iterable[tuple[int, Node]]:
    rows = fetch(
        connection,
        f"{lens.over(table)} SELECT id, code, {', '.join(table.value_columns)} FROM {table.name}"
        " WHERE id IN (SELECT value FROM carray(:ids))",
        {**lens.bindings, "ids": bound_ids(ids)},
    )
    return ((id_, table.node(code, values)) for id_, code, *values in rows)


def neighbours(
    connection: apsw.Connection, lens: Lens, keys: Sequence[NodeKey], kind: str, direction: Direction
) -> tuple[tuple[Neighbour, ...], ...]:
    """Return the neighbours of each key along one kind of relationship; a symmetric kind is read both ways."""
    ids = ids_by_key(connection, lens, keys)
    is_both = direction is Direction.BOTH or RELATIONSHIP_KINDS[kind].is_symmetric
    rows = []
    if is_both or direction is Direction.OUT:
        rows += _relationships(connection, lens, ids.values(), kind, "source")
    if is_both or direction is Direction.IN:
        rows += _relationships(connection, lens, ids.values(), kind, "target")
    nodes = nodes_by_id(connection, lens, (i for _, source, target, _ in rows for i in (source, target)))
    found: defaultdict[int, list[Neighbour]] = defaultdict(list)
    for at, source, target, properties in rows:
        if source in nodes and target in nodes:
            relationship = Relationship(
                kind, nodes[source].key, nodes[target].key, decode_properties(kind, properties)
            )
            found[at].append(Neighbour(relationship, nodes[target if at == source else source]))
    for listed in found.values():
        listed.sort(key=lambda n: (n.node.key, n.relationship.source))
    return tuple(tuple(found[ids[key]]) if key in ids else () for key in keys)


def _relationships(
    connection: apsw.Connection, lens: Lens, ids: Iterable[int], kind: str, end: str
) -> list[tuple[int, int, int, str | None]]:
    """Return (the identifier asked for, source, target, properties)."""
    wanted = tuple(set(ids))
    if not wanted:
        return []
    return fetch(
        connection,
        f"{lens.over(relationships=True)} SELECT {end}, source, target, properties FROM relationship"
        f" WHERE {end} IN (SELECT value FROM carray(:ids)) AND kind = :kind",
        {**lens.bindings, "ids": bound_ids(wanted), "kind": lens.layout.relationship_numbers[kind]},
    )


def ancestors(connection: apsw.Connection, lens: Lens, key: NodeKey) -> tuple[Node, ...]:
    """Return the containers of a node, nearest first."""
    start = id_of(connection, lens, key)
    if start is None:
        return ()
    up = (
        "up (id, depth) AS (SELECT :start, 0 UNION SELECT r.target, up.depth + 1 FROM up"
        " JOIN relationship r ON r.source = up.id AND r.kind < 0)"
    )
    rows = fetch(
        connection,
        f"{lens.over(relationships=True, further=up)} SELECT id FROM up WHERE depth > 0 ORDER BY depth",
        {**lens.bindings, "start": start},
    )
    nodes = nodes_by_id(connection, lens, (i for (i,) in rows))
    return tuple(nodes[i] for (i,) in rows)


def descendants(
    connection: apsw.Connection, lens: Lens, key: NodeKey, kind: str | None, max_depth: int | None
) -> tuple[Node, ...]:
    """Return what a node contains, by depth, then kind and code."""
    root = id_of(connection, lens, key)
    if root is None:
        return ()
    rows = fetch(
        connection,
        f"{lens.over(relationships=True, further=lens.subtree())} SELECT id, depth FROM inside"
        " WHERE depth > 0 AND (:deepest IS NULL OR depth <= :deepest) AND (:kind IS NULL OR kind = :kind)",
        {
            **lens.bindings,
            "root": root,
            "deepest": max_depth,
            "kind": lens.layout.tables[kind].number if kind else None,
        },
    )
    nodes = nodes_by_id(connection, lens, (i for i, _ in rows))
    return tuple(nodes[i] for i, _ in sorted(rows, key=lambda row: (row[1], nodes[row[0]].key)))
