"""Snapshots of a scope: one statement finds what lies inside, then one per kind and batch reads nodes and relationships."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import TypeAlias, cast

from orgraph.errors import NotFound
from orgraph.graph import GraphBuilder, Node, NodeKey, OrgGraph
from orgraph.schema import NODE_KINDS, RELATIONSHIP_KINDS
from orgraph.store.neo4j.connections import Cell, Reader
from orgraph.store.neo4j.layout import LABELS, Stored, decode_relationship
from orgraph.store.neo4j.lens import Lens, identity_query
from orgraph.store.neo4j.scopes import kind_of, version_of
from orgraph.store.port import ALL

Ends: TypeAlias = tuple[int, int, Cell]
"""Source, target, and the stored properties where there are any."""

_BATCH = 10_000


async def snapshot(reader: Reader, day: int | None, scope: str, kinds: Sequence[str]) -> OrgGraph:
    """Return what a unit contains with the relationships inside; the whole store for the scope :data:`ALL`.

    Raises
    ------
    NotFound
        When there is no such unit (on the day).
    """
    lens, wanted = Lens(day), tuple(kinds) or tuple(NODE_KINDS)
    whole = scope == ALL
    nodes = await (_all_nodes(reader, lens, wanted) if whole else _nodes_inside(reader, lens, scope, wanted))
    builder = GraphBuilder()
    for node in sorted(nodes.values(), key=lambda n: n.key):
        builder.add_node(node.kind, node.code, node.properties)
    keys = {identity: node.key for identity, node in nodes.items()}
    for kind in sorted(RELATIONSHIP_KINDS):
        found = await _relationships(reader, lens, kind, None if whole else keys)
        for source, target, properties in _by_ends(found, keys):
            stored = cast("dict[str, Stored]", properties or {})
            builder.add_relationship(kind, source, target, decode_relationship(kind, stored))
    return builder.freeze(await _provenance(reader, day, scope))


async def _provenance(reader: Reader, day: int | None, scope: str) -> dict[str, str | int | None]:
    as_of = None if day is None else date.fromordinal(day).isoformat()
    version = await (_num_commits(reader) if scope == ALL else version_of(reader, scope))
    return {"scope": scope, "version": version, "as_of": as_of}


NUM_COMMITS = "MATCH (s:_Store {name: 'store'}) RETURN s.num_commits"


async def _num_commits(reader: Reader) -> int:
    return cast(int, await reader.value(NUM_COMMITS) or 0)


def inside_query(lens: Lens) -> str:
    """Return the query for the identities of all that ``$root`` contains, itself included, by their labels."""
    inside = lens.downward("root", "n")
    return f"MATCH (root:_Identity {{_id: $root}}) MATCH {inside} RETURN labels(n), collect(n._id)"


def _values(kind: str) -> tuple[str, ...]:
    """Return the properties that hold the state of a node of a kind."""
    return (
        *(f.name for f in NODE_KINDS[kind].properties),
        *(("_weights",) if NODE_KINDS[kind].has_open_weights else ()),
    )


def nodes_query(lens: Lens, kind: str) -> str:
    """Return the query for the states of the identities ``$ids``, all of one kind."""
    values = ", ".join(f"s.{name}" for name in ("code", *_values(kind)))
    return (
        f"UNWIND $ids AS id MATCH (n:_Identity {{_id: id}}) {lens.state(kind, 'n', 's')} RETURN id, {values}"
    )


def kind_query(lens: Lens, kind: str) -> str:
    """Return the query for every node of one kind."""
    label = LABELS[kind]
    values = ", ".join(f"s.{name} AS {name}" for name in ("code", *_values(kind)))
    present = f"MATCH (s:{label.name}){lens.held('s')} RETURN s._id AS id, {values}"
    if lens.day is None:
        return present
    return (
        f"{present} UNION ALL MATCH (s:{label.past}){lens.held('s')} OPTIONAL MATCH (s)-[:_STATE_OF]->(i)"
        f" RETURN coalesce(i._id, s._id) AS id, {values}"
    )


async def _nodes_inside(reader: Reader, lens: Lens, scope: str, kinds: Iterable[str]) -> dict[int, Node]:
    """Return what a unit contains, itself included, by identity."""
    roots = await reader.rows(identity_query(lens, "Unit"), code=scope, **lens.bindings)
    if not roots:
        raise NotFound("not_found", kind="Unit", code=scope)
    rows = await reader.rows(inside_query(lens), root=roots[0][0], **lens.bindings)
    by_kind: defaultdict[str, list[Cell]] = defaultdict(list)
    for labels, ids in rows:
        by_kind[kind_of(labels)] += cast("list[Cell]", ids)
    nodes: dict[int, Node] = {}
    for kind in set(kinds) & by_kind.keys():
        for batch in _batches(by_kind[kind]):
            rows = await reader.rows(nodes_query(lens, kind), ids=batch, **lens.bindings)
            nodes |= _read_nodes(kind, rows)
    return nodes


def _batches(ids: Sequence[Cell]) -> Iterator[Sequence[Cell]]:
    for start in range(0, len(ids), _BATCH):
        yield ids[start : start + _BATCH]


async def _all_nodes(reader: Reader, lens: Lens, kinds: Iterable[str]) -> dict[int, Node]:
    """Return every node of these kinds by identity."""
    nodes: dict[int, Node] = {}
    for kind in kinds:
        nodes |= _read_nodes(kind, await reader.rows(kind_query(lens, kind), **lens.bindings))
    return nodes


def _read_nodes(kind: str, rows: Iterable[Sequence[Cell]]) -> dict[int, Node]:
    label, names = LABELS[kind], _values(kind)
    return {
        cast(int, identity): Node(
            kind,
            str(code),
            label.decode({n: cast(Stored, v) for n, v in zip(names, values, strict=True) if v is not None}),
        )
        for identity, code, *values in rows
    }


def relationships_query(lens: Lens, kind: str, *, is_whole: bool) -> str:
    """Return the query for relationships of one kind, those that leave ``$ids`` or all, in lists of [source, target, properties]."""
    way = f"-[r:{lens.types(kind)}{lens.held('r')}]->(b)"
    start = f"MATCH (a){way}" if is_whole else f"UNWIND $ids AS id MATCH (a:_Identity {{_id: id}}){way}"
    properties = "properties(r)" if RELATIONSHIP_KINDS[kind].fields else "null"
    return f"{start} RETURN a._id, b._id, {properties}"


async def _relationships(
    reader: Reader, lens: Lens, kind: str, keys: dict[int, NodeKey] | None
) -> list[Ends]:
    """Return the relationships of one kind that leave these nodes, or all."""
    query = relationships_query(lens, kind, is_whole=keys is None)
    if keys is None:
        return cast("list[Ends]", await reader.rows(query, **lens.bindings))
    sources = {source for source, _ in RELATIONSHIP_KINDS[kind].ends}
    if RELATIONSHIP_KINDS[kind].is_symmetric:
        sources |= {target for _, target in RELATIONSHIP_KINDS[kind].ends}
    found: list[Ends] = []
    for ids in _batches([i for i, key in keys.items() if key.kind in sources]):
        found += cast("list[Ends]", await reader.rows(query, ids=ids, **lens.bindings))
    return found


def _by_ends(found: Iterable[Ends], keys: dict[int, NodeKey]) -> list[tuple[NodeKey, NodeKey, Cell]]:
    """Return the relationships between these nodes by their ends."""
    inside = [(keys[a], keys[b], properties) for a, b, properties in found if a in keys and b in keys]
    return sorted(inside, key=lambda r: r[:2])
