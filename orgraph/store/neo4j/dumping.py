"""Read everything out of one database, past and log included, in the records of :mod:`orgraph.store.dump`.

All shows the store as it was after the last commit of when the dump began, though every piece is read in a transaction of its own and commits
go on: nothing that a commit made is ever taken away, and every state tells which commit made and which ended it. What a later commit
made is left out, and what it ended is told as present. A piece holds identities that follow each other, with all their states, and is itself read
from one state of the store; so no state is missed because it moves from present to past meanwhile.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Protocol, TypeVar, cast

from orgraph.schema import RELATIONSHIP_KINDS
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
from orgraph.store.neo4j.connections import Cell, Reader, Row
from orgraph.store.neo4j.layout import LABELS, Stored, decode_relationship, past_type
from orgraph.store.neo4j.scopes import kind_of

_NODES = 5_000
_SOURCES = 2_000
_COMMITS = 1_000
_CHUNKS = 1
"""Of the log: one chunk holds thousands of things."""

T = TypeVar("T")

HEAD = (
    "MATCH (s:_Store {name: 'store'}) OPTIONAL MATCH (c:_Commit)"
    " RETURN s.num_commits, s.last_id, max(c.effective)"
)
COMMITS = (
    "MATCH (c:_Commit) WHERE c.number > $low AND c.number <= $high OPTIONAL MATCH (v:_Version {commit: c.number})"
    " WITH c, v ORDER BY v.scope, v.version"
    " WITH c, [x IN collect(v) | [x.scope, x.version]] AS versions ORDER BY c.number"
    " RETURN c.number, c.at, c.by, c.reason, c.effective, versions"
)
NODES = (
    "MATCH (i:_Identity) WHERE i._id > $low AND i._id <= $high AND i.code IS NOT NULL"
    " CALL (i) { RETURN i AS s UNION ALL MATCH (s)-[:_STATE_OF]->(i) RETURN s }"
    " WITH i, s WHERE s._begun <= $num_commits RETURN i._id, labels(i), properties(s)"
)
_EVER = "|".join(name for kind in RELATIONSHIP_KINDS for name in (kind, past_type(kind)))
RELATIONSHIPS = (
    "MATCH (a:_Identity) WHERE a._id > $low AND a._id <= $high"
    f" MATCH (a)-[r:{_EVER}]->(b) WHERE r._begun <= $num_commits RETURN a._id, type(r), b._id, properties(r)"
)
TOUCHED = (
    "MATCH (t:_Touched) WHERE t.commit > $low AND t.commit <= $high"
    " RETURN t.commit, t.scope, t.a, t.kinds, t.b ORDER BY t.commit, t.scope, t.part"
)
NUM_CHUNKS = "MATCH (t:_Touched) WHERE t.commit > $low AND t.commit <= $high RETURN t.commit, count(t) ORDER BY t.commit"


class Read(Protocol):
    """Runs a job on one state of the store."""

    def __call__(self, job: Callable[[Reader], Awaitable[T]], /) -> Awaitable[T]:
        """Return what the job returns."""
        ...


async def dump(read: Read) -> AsyncIterator[DumpRecord]:
    """Yield every record; memory holds one piece, and one bit per identity."""
    counts = dict.fromkeys(COUNTED.values(), 0)
    async for record in _all(read):
        if name := COUNTED.get(type(record)):
            counts[name] += 1
        yield record
    yield DumpEnd(counts)


async def _all(read: Read) -> AsyncIterator[DumpRecord]:
    ((num_commits, last_id, latest),) = await read(lambda r: r.rows(HEAD))
    dumping = _Dumping(read, cast(int, num_commits), cast(int, last_id))
    yield DumpHead(DUMP_FORMAT, dumping.num_commits, _day(latest))
    async for row in dumping.pieces(COMMITS, dumping.num_commits, _COMMITS):
        yield _commit(row)
    async for state in dumping.node_states():
        yield state
    async for row in dumping.pieces(RELATIONSHIPS, dumping.last_id, _SOURCES):
        yield dumping.relationship_state(row)
    async for touched in dumping.touched():
        yield touched


@dataclass
class _Dumping:
    """One dump: the commit that it shows, and which identities it has told."""

    read: Read
    num_commits: int
    last_id: int

    def __post_init__(self) -> None:
        self._told = bytearray(self.last_id // 8 + 1)

    async def pieces(self, query: str, last: int, size: int) -> AsyncIterator[Row]:
        """Yield the rows of a query over numbers up to ``last``, piece by piece."""
        for low in range(0, last, size):
            for row in await self._piece(query, low, min(low + size, last)):
                yield row

    async def _piece(self, query: str, low: int, high: int) -> list[Row]:
        return await self.read(lambda r: r.rows(query, low=low, high=high, num_commits=self.num_commits))

    async def node_states(self) -> AsyncIterator[NodeState]:
        """Yield the states of nodes by identity, oldest first."""
        for low in range(0, self.last_id, _NODES):
            rows = await self._piece(NODES, low, min(low + _NODES, self.last_id))
            for state in sorted(map(self._node_state, rows), key=lambda s: (s.identity, s.begun)):
                self._told[state.identity // 8] |= 1 << state.identity % 8
                yield state

    def _node_state(self, row: Row) -> NodeState:
        identity, labels, cell = row
        label = LABELS[kind_of(labels)]
        stored = cast("dict[str, Stored]", cell)
        valid_to, ended = self._end(stored)
        return NodeState(
            cast(int, identity),
            label.name,
            str(stored["code"]),
            label.decode(stored),
            _ordinal(stored["_valid_from"]),
            valid_to,
            cast(int, stored["_begun"]),
            ended,
            _ordinal(stored["_born"]),
        )

    def relationship_state(self, row: Row) -> RelationshipState:
        """Return the state that a row of :data:`RELATIONSHIPS` holds."""
        source, type_, target, cell = row
        kind = _KIND_BY_TYPE[str(type_)]
        stored = cast("dict[str, Stored]", cell)
        valid_to, ended = self._end(stored)
        return RelationshipState(
            kind,
            cast(int, source),
            cast(int, target),
            decode_relationship(kind, stored),
            _ordinal(stored["_valid_from"]),
            valid_to,
            cast(int, stored["_begun"]),
            ended,
        )

    def _end(self, stored: dict[str, Stored]) -> tuple[date | None, int | None]:
        """Return when and by which commit a state ended, unless a later one than is shown."""
        ended = cast("int | None", stored.get("_ended"))
        if ended is None or ended > self.num_commits:
            return None, None
        return _ordinal(stored["_valid_to"]), ended

    async def touched(self) -> AsyncIterator[Touched]:
        """Yield what each commit touched, a few commits or a large one at a time; nodes without a state are left out."""
        for low in range(0, self.num_commits, _COMMITS):
            high = min(low + _COMMITS, self.num_commits)
            sizes = await self._piece(NUM_CHUNKS, low, high)
            for first, last in _spans([cast("list[int]", row) for row in sizes]):
                for row in await self._piece(TOUCHED, first, last):
                    for touched in _things(row):
                        if self._has(touched.a) and (not touched.kind or self._has(touched.b)):
                            yield touched

    def _has(self, identity: int) -> bool:
        return identity <= self.last_id and bool(self._told[identity // 8] >> identity % 8 & 1)


_KIND_BY_TYPE = {name: kind for kind in RELATIONSHIP_KINDS for name in (kind, past_type(kind))}
_MOST_CHUNKS = 50


def _spans(sizes: list[list[int]]) -> Iterator[tuple[int, int]]:
    """Yield ranges of commits, lower end exclusive, with few chunks each."""
    first, num = sizes[0][0] - 1 if sizes else 0, 0
    for at, (number, chunks) in enumerate(sizes):
        num += chunks
        if num >= _MOST_CHUNKS or at == len(sizes) - 1:
            yield first, number
            first, num = number, 0


def _commit(row: Row) -> DumpedCommit:
    number, at, by, reason, effective, versions = row
    pairs = cast("list[tuple[str, int]]", versions)
    day = _ordinal(cast(int, effective))
    return DumpedCommit(cast(int, number), str(at), str(by), str(reason), day, dict(pairs))


def _things(row: Row) -> Iterator[Touched]:
    commit, scope, sources, kinds, targets = row
    things = zip(
        cast("list[int]", sources), cast("list[str]", kinds), cast("list[int]", targets), strict=True
    )
    for a, kind, b in things:
        yield Touched(cast(int, commit), str(scope), a, kind, b)


def _ordinal(value: Stored) -> date:
    return date.fromordinal(cast(int, value))


def _day(value: Cell) -> date | None:
    return None if value is None else date.fromordinal(cast(int, value))
