"""Read single nodes and their surroundings: get, neighbours, ancestors, descendants."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from orgraph.graph import Node, NodeKey, Relationship
from orgraph.schema import RELATIONSHIP_KINDS
from orgraph.store.neo4j.connections import Reader, Row, gather
from orgraph.store.neo4j.layout import MAX_DEPTH, decode_relationship
from orgraph.store.neo4j.lens import Lens
from orgraph.store.neo4j.states import as_stored, by_code, kind_of, node_of, of_identity
from orgraph.store.port import Direction, Neighbour


def get_query(lens: Lens, kind: str) -> str:
    """Return the query for nodes of one kind by ``$codes``."""
    return f"UNWIND $codes AS code {by_code(lens, kind, 'code')} RETURN code, properties(s)"


async def get_many(reader: Reader, day: int | None, keys: Sequence[NodeKey]) -> tuple[Node | None, ...]:
    """Return nodes in the order of the keys."""
    lens = Lens(day)
    found: dict[tuple[str, str], Node] = {}
    for kind, codes in _by_kind(keys).items():
        rows = await reader.rows(get_query(lens, kind), codes=codes, **lens.bindings)
        found.update(((kind, str(code)), node_of(kind, stored)) for code, stored in rows)
    return tuple(found.get((kind, code)) for kind, code in keys)


def _by_kind(keys: Iterable[NodeKey]) -> Mapping[str, list[str]]:
    """Return the codes by kind, without those that no node can have."""
    codes: defaultdict[str, list[str]] = defaultdict(list)
    for kind, code in dict.fromkeys(keys):
        if code.isprintable():
            codes[kind].append(code)
    return codes


def neighbours_query(lens: Lens, kind: str, relationship: str, direction: Direction) -> str:
    """Return the query for the neighbours of nodes of one kind by ``$codes``."""
    of_type = f"[r:{lens.types(relationship)}]"
    arms = []
    if direction is not Direction.IN:
        arms.append(f"MATCH (i)-{of_type}->(j){lens.held('r')} RETURN true AS is_out, r, j")
    if direction is not Direction.OUT:
        arms.append(f"MATCH (i)<-{of_type}-(j){lens.held('r')} RETURN false AS is_out, r, j")
    return (
        f"UNWIND $codes AS code {by_code(lens, kind, 'code')} CALL (i) {{ {' UNION ALL '.join(arms)} }}"
        f" {of_identity(lens, 'j', 't')} "
        + gather("code", "is_out", "properties(r)", "labels(t)", "properties(t)")
    )


async def neighbours(
    reader: Reader, day: int | None, keys: Sequence[NodeKey], kind: str, direction: Direction
) -> tuple[tuple[Neighbour, ...], ...]:
    """Return the neighbours of each key along one kind of relationship; a symmetric kind is read both ways."""
    if RELATIONSHIP_KINDS[kind].is_symmetric:
        direction = Direction.BOTH
    lens = Lens(day)
    found: defaultdict[tuple[str, str], list[Neighbour]] = defaultdict(list)
    for own, codes in _by_kind(keys).items():
        query = neighbours_query(lens, own, kind, direction)
        for code, *row in await reader.gathered(query, codes=codes, **lens.bindings):
            key = NodeKey(own, str(code))
            found[key].append(_neighbour(kind, key, row))
    for listed in found.values():
        listed.sort(key=lambda n: (n.node.key, n.relationship.source))
    return tuple(tuple(found.get((own, code), ())) for own, code in keys)


def _neighbour(kind: str, at: NodeKey, row: Row) -> Neighbour:
    is_out, own, labels, stored = row
    node = node_of(kind_of(labels), stored)
    source, target = (at, node.key) if is_out else (node.key, at)
    return Neighbour(Relationship(kind, source, target, decode_relationship(kind, as_stored(own))), node)


def _climb(lens: Lens, start: str, end: str, deepest: int = MAX_DEPTH) -> str:
    """Return the pattern from a node up to its containers, with the relationships in ``up``."""
    held = "" if lens.day is None else f" WHERE all(r IN up WHERE {lens.held('r', '')})"
    return f"MATCH ({start})-[up:{lens.inside}*1..{deepest}]->({end}){held}"


def ancestors_query(lens: Lens, kind: str) -> str:
    """Return the query for the containers of the node ``$code``."""
    return (
        f"WITH $code AS code {by_code(lens, kind, 'code')} {_climb(lens, 'i', 'a')} {of_identity(lens, 'a', 't')}"
        f" WITH t, size(up) AS depth ORDER BY depth {gather('labels(t)', 'properties(t)')}"
    )


async def ancestors(reader: Reader, day: int | None, key: NodeKey) -> tuple[Node, ...]:
    """Return the containers of a node, nearest first."""
    if not key.code.isprintable():
        return ()
    lens = Lens(day)
    rows = await reader.gathered(ancestors_query(lens, key.kind), code=key.code, **lens.bindings)
    return tuple(node_of(kind_of(labels), stored) for labels, stored in rows)


def descendants_query(lens: Lens, kind: str, wanted: str | None, deepest: int) -> str:
    """Return the query for what the node ``$code`` contains, down to a depth, of one kind or all."""
    below = f"d:{lens.labels((wanted,))}" if wanted else "d"
    return (
        f"WITH $code AS code {by_code(lens, kind, 'code')} {_climb(lens, below, 'i', deepest)}"
        f" {of_identity(lens, 'd', 't')} RETURN size(up), labels(t), properties(t)"
    )


async def descendants(
    reader: Reader, day: int | None, key: NodeKey, kind: str | None, max_depth: int | None
) -> tuple[Node, ...]:
    """Return what a node contains, by depth, then kind and code."""
    deepest = MAX_DEPTH if max_depth is None else min(max_depth, MAX_DEPTH)
    if deepest < 1 or not key.code.isprintable():
        return ()
    lens = Lens(day)
    query = descendants_query(lens, key.kind, kind, deepest)
    rows = await reader.rows(query, code=key.code, **lens.bindings)
    found = [(int(str(depth)), node_of(kind_of(labels), stored)) for depth, labels, stored in rows]
    found.sort(key=lambda each: (each[0], each[1].key))
    return tuple(node for _, node in found)
