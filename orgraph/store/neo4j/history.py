"""The states of a node over time, and the log of changes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import date
from typing import TypeAlias, cast

from orgraph.graph import NodeKey, Value
from orgraph.schema import RELATIONSHIP_KINDS
from orgraph.store.change_log import difference, rank
from orgraph.store.neo4j.connections import Cell, Reader, Row
from orgraph.store.neo4j.layout import CONTAINMENT, LABELS, Stored, decode_relationship, past_type
from orgraph.store.neo4j.scopes import kind_of
from orgraph.store.port import (
    Change,
    ChangeRecord,
    DeleteNode,
    DeleteRelationship,
    PutNode,
    PutRelationship,
    Revision,
)

Thing: TypeAlias = tuple[int, str, int]
"""What a commit touched: a node (its identity, an empty text, 0), or a relationship (source, kind, target)."""

_BATCH = 1000


def states_query(kind: str) -> str:
    """Return the query for the states of ``$code`` that were true on at least one day."""
    label = LABELS[kind]
    return (
        f"MATCH (s:{label.past} {{code: $code}}) WHERE s._valid_from < s._valid_to"
        " RETURN s._valid_from AS first, s._valid_to AS end, properties(s) AS state"
        f" UNION ALL MATCH (s:{label.name} {{code: $code}})"
        " RETURN s._valid_from AS first, null AS end, properties(s) AS state"
    )


async def history(reader: Reader, key: NodeKey) -> tuple[Revision, ...]:
    """Return every state that was true on at least one day, oldest first."""
    rows = await reader.rows(states_query(key.kind), code=key.code)
    return tuple(
        Revision(
            LABELS[key.kind].node(cast("dict[str, Stored]", state)),
            date.fromordinal(cast(int, first)),
            None if end is None else date.fromordinal(cast(int, end)),
        )
        for first, end, state in sorted(rows, key=lambda row: cast(int, row[0]))
    )


COMMITS = (
    "MATCH (v:_Version) WHERE v.scope = $scope AND v.version > $since"
    " WITH v.version AS version, v.commit AS number ORDER BY version LIMIT $limit"
    " MATCH (c:_Commit {number: number}) RETURN version, number, c.at, c.by, c.reason, c.effective ORDER BY version"
)
_THINGS = (
    "MATCH (t:_Touched {commit: $commit, scope: $scope}) WITH t.a AS a, t.kinds AS kinds, t.b AS b"
    " UNWIND range(0, size(a) - 1) AS i"
)
TOUCHED_NODES = (
    f"{_THINGS} WITH i, a, kinds WHERE kinds[i] = '' RETURN a[i] AS id ORDER BY id SKIP $skip LIMIT $limit"
)
TOUCHED_RELATIONSHIPS = (
    f"{_THINGS} WITH i, a, kinds, b WHERE kinds[i] <> '' WITH a[i] AS source, kinds[i] AS kind, b[i] AS target"
    " RETURN source, kind, target ORDER BY source, $order[kind], target SKIP $skip LIMIT $limit"
)
NODE_STATES = (
    "UNWIND $ids AS id MATCH (i:_Identity {_id: id})"
    " CALL (i) { RETURN i AS s UNION ALL MATCH (s)-[:_STATE_OF]->(i) RETURN s }"
    " WITH id, i, s WHERE s._begun = $commit OR s._ended = $commit"
    " RETURN id, labels(i), i.code, s._begun = $commit, properties(s)"
)

_NUMBERS = {name: n for n, name in enumerate(RELATIONSHIP_KINDS, start=1)}
_ORDER = {name: -n if name in CONTAINMENT else n for name, n in _NUMBERS.items()}
"""Relationships of one node are told with those of containment first, then as the schema declares them."""


def relationship_states_query(kind: str) -> str:
    """Return the query for the states of relationships of one kind that ``$commit`` made or ended."""
    return (
        "UNWIND $ends AS ends MATCH (a:_Identity {_id: ends[0]}) MATCH (b:_Identity {_id: ends[1]})"
        f" MATCH (a)-[r:{kind}|{past_type(kind)}]->(b) WHERE r._begun = $commit OR r._ended = $commit"
        " RETURN ends[0], ends[1], labels(a), a.code, labels(b), b.code, r._begun = $commit, properties(r)"
    )


async def changes(reader: Reader, scope: str, since: int, limit: int) -> tuple[ChangeRecord, ...]:
    """Return what commits did to a scope after a version, oldest first; inside a commit in an order that can be applied again."""
    records: list[ChangeRecord] = []
    rows = await reader.rows(COMMITS, scope=scope, since=since, limit=limit)
    for version, commit, at, by, reason, effective in rows:
        if len(records) >= limit:
            break
        done = await _first_changes(reader, cast(int, commit), scope, limit - len(records))
        day = date.fromordinal(cast(int, effective))
        records += [
            ChangeRecord(scope, cast(int, version), str(at), str(by), str(reason), day, c)
            for c in sorted(done, key=rank)
        ]
    return tuple(records)


async def _first_changes(reader: Reader, commit: int, scope: str, limit: int) -> list[Change]:
    """Return up to ``limit`` changes of one commit to a scope, nodes first."""
    done: list[Change] = []
    for query, told in ((TOUCHED_NODES, _node_changes), (TOUCHED_RELATIONSHIPS, _relationship_changes)):
        async for rows in _batches(reader, query, commit, scope):
            done += await told(reader, commit, rows)
            if len(done) >= limit:
                return done[:limit]
    return done


async def _batches(reader: Reader, query: str, commit: int, scope: str) -> AsyncIterator[list[Row]]:
    """Yield what a commit touched, a batch at a time."""
    skip = 0
    while True:
        rows = await reader.rows(query, commit=commit, scope=scope, skip=skip, limit=_BATCH, order=_ORDER)
        yield rows
        if len(rows) < _BATCH:
            return
        skip += _BATCH


async def _node_changes(reader: Reader, commit: int, touched: Sequence[Row]) -> list[Change]:
    """Return what one commit did to nodes: the difference between their states before and after."""
    ids = [cast(int, row[0]) for row in touched]
    states: defaultdict[int, _States] = defaultdict(_States)
    for id_, labels, code, is_new, stored in await reader.rows(NODE_STATES, ids=ids, commit=commit):
        kind = kind_of(labels)
        found = states[cast(int, id_)]
        found.keys = (NodeKey(kind, str(code)),)
        found.add(bool(is_new), LABELS[kind].decode(cast("dict[str, Stored]", stored)))
    return [_node_change(states[i]) for i in ids if i in states]


class _States:
    """The states before and after a commit of one thing."""

    def __init__(self) -> None:
        self.keys: tuple[NodeKey, ...] = ()
        self.before: dict[str, Value] | None = None
        self.after: dict[str, Value] | None = None

    def add(self, is_new: bool, properties: dict[str, Value]) -> None:
        """Take the state that the commit made, or the one that it ended."""
        if is_new:
            self.after = properties
        else:
            self.before = properties

    @property
    def difference(self) -> Mapping[str, Value]:
        """What the commit put."""
        return difference(self.before or {}, self.after or {})


def _node_change(states: _States) -> Change:
    (key,) = states.keys
    return DeleteNode(*key) if states.after is None else PutNode(*key, states.difference)


async def _relationship_changes(reader: Reader, commit: int, touched: Sequence[Row]) -> list[Change]:
    """Return what one commit did to relationships."""
    things = [cast(Thing, tuple(row)) for row in touched]
    by_kind: defaultdict[str, list[list[int]]] = defaultdict(list)
    for start, kind, end in things:
        by_kind[kind].append([start, end])
    states: defaultdict[Thing, _States] = defaultdict(_States)
    for kind, ends in by_kind.items():
        for row in await reader.rows(relationship_states_query(kind), ends=ends, commit=commit):
            source, target, source_labels, source_code, target_labels, target_code, is_new, stored = row
            found = states[cast(int, source), kind, cast(int, target)]
            found.keys = (_key(source_labels, source_code), _key(target_labels, target_code))
            found.add(bool(is_new), decode_relationship(kind, cast("dict[str, Stored]", stored)))
    return [_relationship_change(t[1], states[t]) for t in things if t in states]


def _key(labels: Cell, code: Cell) -> NodeKey:
    return NodeKey(kind_of(labels), str(code))


def _relationship_change(kind: str, states: _States) -> Change:
    source, target = states.keys
    if states.after is None:
        return DeleteRelationship(kind, source, target)
    return PutRelationship(kind, source, target, states.difference)
