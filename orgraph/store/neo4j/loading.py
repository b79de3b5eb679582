"""Load a dump into a database that holds nothing: states as they were, then the scopes that follow from them.

The states of one node come oldest first: each becomes the identity itself, and the one before it is set aside as a past state. So one pass is
enough, and memory holds one batch and two bits per identity.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias, TypeVar

from neo4j.exceptions import ConstraintError

from orgraph.errors import InputError, InvalidGraph, StoreError, StoreUnavailable
from orgraph.findings import Finding
from orgraph.schema import RELATIONSHIP_KINDS
from orgraph.store.dump import DumpedCommit, DumpHead, DumpRecord, NodeState, RelationshipState, Touched
from orgraph.store.dump_checks import DumpChecks
from orgraph.store.judging import Days, Report
from orgraph.store.neo4j.connections import Writer
from orgraph.store.neo4j.generated import ONCE_GENERATED
from orgraph.store.neo4j.layout import LABELS, Stored, encode_relationship, past_type
from orgraph.store.neo4j.settling import settle
from orgraph.store.neo4j.work import Work
from orgraph.store.port import Commit

_BATCH = 10_000
_CHUNK = 5_000
_MOST_TOUCHED = 50_000

Values: TypeAlias = "dict[str, Stored]"
R = TypeVar("R", DumpHead, DumpedCommit, NodeState, RelationshipState, Touched)

NUM_COMMITS = "MATCH (s:_Store {name: 'store'}) RETURN s.num_commits"
CREATE_COMMITS = "UNWIND $rows AS row CREATE (c:_Commit) SET c = row"
CREATE_VERSIONS = "UNWIND $rows AS row CREATE (v:_Version) SET v = row"
CREATE_TOUCHED = "UNWIND $rows AS row CREATE (t:_Touched) SET t = row"
SET_ASIDE = {
    label.name: (
        "UNWIND $ids AS id MATCH (i:_Identity {_id: id})"
        f" CREATE (p:{label.past})-[:_STATE_OF]->(i) SET p = properties(i) REMOVE p._id"
    )
    for label in LABELS.values()
}
"""Per kind: sets the state of identities aside as a past one."""
REPLACE = {
    (label.name, is_present): (
        "UNWIND $rows AS row MATCH (i:_Identity {_id: row._id}) SET i = row"
        + (f", i:{label.name} REMOVE i:{label.past}" if is_present else "")
    )
    for label in LABELS.values()
    for is_present in (True, False)
}
"""Per kind, for present and past states: puts the next state of identities whose last one was set aside."""
CREATE = {
    (label.name, is_present): (
        f"UNWIND $rows AS row CREATE (i:{label.name if is_present else label.past}:_Identity) SET i = row"
    )
    for label in LABELS.values()
    for is_present in (True, False)
}
CONNECT = {
    (kind, is_present): (
        "UNWIND $rows AS row MATCH (a:_Identity {_id: row[0]}) MATCH (b:_Identity {_id: row[1]})"
        f" CREATE (a)-[r:{kind if is_present else past_type(kind)}]->(b) SET r = row[2]"
    )
    for kind in RELATIONSHIP_KINDS
    for is_present in (True, False)
}
TWICE = {
    kind: (
        f"MATCH (a)-[r:{kind}]->(b) WITH a, count(r) AS num, count(DISTINCT b) AS different"
        " WHERE num > different RETURN count(a)"
    )
    for kind in RELATIONSHIP_KINDS
}
"""Per kind: how many nodes have two present relationships with one other."""
FINISH = (
    "MATCH (s:_Store {name: 'store'})"
    " SET s.num_commits = $num_commits, s.latest_day = $latest_day, s.last_id = $last_id"
)


@dataclass
class Stream:
    """The records of a dump, which can be read once; ``failure`` is what their source raised."""

    records: AsyncIterable[DumpRecord]
    where: str
    is_repeatable: bool = False
    failure: BaseException | None = None
    _is_begun: bool = False

    async def batches(self, checks: DumpChecks) -> AsyncIterator[list[DumpRecord]]:
        """Yield the records that can be stored, many at a time.

        Raises
        ------
        StoreUnavailable
            When it was begun before: the transaction failed for a passing reason, and what was read is gone.
        """
        if self._is_begun:
            raise StoreUnavailable("store_lost_while_writing", address=self.where)
        self._is_begun = True
        batch: list[DumpRecord] = []
        iterator = aiter(self.records)
        while (record := await self._next(iterator)) is not None:
            if checks.is_storable(record):
                batch.append(record)
            if len(batch) == _BATCH:
                yield batch
                batch = []
        yield batch

    async def _next(self, iterator: AsyncIterator[DumpRecord]) -> DumpRecord | None:
        try:
            return await anext(iterator, None)
        except BaseException as error:
            self.failure = error
            raise


async def load(
    writer: Writer, stream: Stream, stop_if_unwanted: Callable[[], None], token: str
) -> tuple[Commit, int | None]:
    """Load all records inside a transaction that the caller commits, or raise.

    Returns
    -------
    tuple[Commit, int | None]
        Nothing that was put, and the number of the last commit; no number when there is none. The last commit carries ``token``.
    """
    if await writer.value(NUM_COMMITS):
        raise StoreError("store_not_empty", place=stream.where)
    loading = _Loading(writer, token)
    try:
        async for batch in stream.batches(loading.checks):
            stop_if_unwanted()
            await loading.write(batch)
        await loading.finish()
    except ConstraintError:
        raise _twice() from None
    return Commit({}, 0, 0), loading.num_commits or None


def _twice() -> InputError:
    return InputError("dump_refused", findings=(Finding("moving.dump_twice"),), num_errors=1)


@dataclass
class _Loading:
    """Turns records into nodes and relationships."""

    writer: Writer
    token: str
    checks: DumpChecks = field(default_factory=DumpChecks)
    num_commits: int = 0
    latest_day: int = 0

    def __post_init__(self) -> None:
        self._come = _Bits()
        self._present = _Bits()
        self._touched: defaultdict[tuple[int, str], list[Touched]] = defaultdict(list)
        self._num_touched = 0
        self._part = 0

    async def write(self, batch: list[DumpRecord]) -> None:
        """Write records of one batch, kind by kind in their order."""
        for head in _of(DumpHead, batch):
            self.num_commits = head.num_commits
            self.latest_day = head.latest_day.toordinal() if head.latest_day else 0
        await self._write_commits(_of(DumpedCommit, batch))
        for states in _lives(_of(NodeState, batch)):
            await self._write_states(states)
        await self._write_relationships(_of(RelationshipState, batch))
        await self._note_touched(_of(Touched, batch))

    async def finish(self) -> None:
        """Judge the dump as a whole, give every node its scope, and note where counting goes on.

        Raises
        ------
        InputError
            When the dump is cut or broken.
        """
        self.checks.finish()
        await self._write_touched()
        await self._refuse_twice()
        work = Work(self.writer, 0, Report(Days(self.latest_day, self.latest_day), self.latest_day), 0)
        work.last_id = self.checks.identities.highest
        await settle(work)
        if found := work.report.findings:
            raise InvalidGraph("dump_refused", findings=found, num_errors=len(found))
        for kind, once in ONCE_GENERATED.items():
            await self.writer.run(f"{once} SET n._once_synthetic = '{kind}'")
        await self.writer.run(
            FINISH, num_commits=self.num_commits, latest_day=self.latest_day, last_id=work.last_id
        )

    async def _write_commits(self, commits: list[DumpedCommit]) -> None:
        if not commits:
            return
        rows = [
            {
                "number": c.number,
                "at": c.at,
                "by": c.by,
                "reason": c.reason,
                "effective": c.effective.toordinal(),
                "token": self.token if c.number == self.num_commits else uuid.uuid4().hex,
                "num_put": 0,
                "num_deleted": 0,
            }
            for c in commits
        ]
        versions = [
            {"scope": scope, "version": version, "commit": c.number}
            for c in commits
            for scope, version in c.versions.items()
        ]
        await self.writer.run(CREATE_COMMITS, rows=rows)
        await self.writer.run(CREATE_VERSIONS, rows=versions)

    async def _write_states(self, states: list[NodeState]) -> None:
        """Write states of different nodes."""
        new: defaultdict[tuple[str, bool], list[Values]] = defaultdict(list)
        next_: defaultdict[tuple[str, bool], list[Values]] = defaultdict(list)
        for state in states:
            if state.identity in self._present:
                raise _twice()
            kind = (state.kind, state.ended is None)
            (next_ if state.identity in self._come else new)[kind].append(_row(state))
            self._come.add(state.identity)
            if state.ended is None:
                self._present.add(state.identity)
        for kind, rows in new.items():
            await self.writer.run(CREATE[kind], rows=rows)
        for kind, rows in next_.items():
            await self.writer.run(SET_ASIDE[kind[0]], ids=[row["_id"] for row in rows])
            await self.writer.run(REPLACE[kind], rows=rows)

    async def _write_relationships(self, states: list[RelationshipState]) -> None:
        rows: defaultdict[tuple[str, bool], list[list[int | Values]]] = defaultdict(list)
        for s in states:
            values = {**encode_relationship(s.properties), **_interval(s)}
            rows[s.kind, s.ended is None].append([s.source, s.target, values])
        for kind, some in rows.items():
            await self.writer.run(CONNECT[kind], rows=some)

    async def _note_touched(self, touched: list[Touched]) -> None:
        for thing in touched:
            self._touched[thing.commit, thing.scope].append(thing)
        self._num_touched += len(touched)
        if self._num_touched >= _MOST_TOUCHED:
            await self._write_touched()

    async def _write_touched(self) -> None:
        """Write what is noted; a list that goes on in the next batch goes on in another chunk."""
        rows = []
        for (commit, scope), things in self._touched.items():
            for start in range(0, len(things), _CHUNK):
                some = things[start : start + _CHUNK]
                self._part += 1
                lists = {"a": [t.a for t in some], "kinds": [t.kind for t in some], "b": [t.b for t in some]}
                rows.append({"commit": commit, "scope": scope, "part": self._part, **lists})
        if rows:
            await self.writer.run(CREATE_TOUCHED, rows=rows)
        self._touched.clear()
        self._num_touched = 0

    async def _refuse_twice(self) -> None:
        for query in TWICE.values():
            if await self.writer.value(query):
                raise _twice()


class _Bits:
    """A set of identities: one bit each, however they are numbered."""

    _PAGE = 1 << 16

    def __init__(self) -> None:
        self._pages: dict[int, bytearray] = {}

    def add(self, number: int) -> None:
        """Put a number in."""
        page = self._pages.get(number // self._PAGE)
        if page is None:
            page = self._pages[number // self._PAGE] = bytearray(self._PAGE // 8)
        page[number % self._PAGE // 8] |= 1 << number % 8

    def __contains__(self, number: int) -> bool:
        page = self._pages.get(number // self._PAGE)
        return page is not None and bool(page[number % self._PAGE // 8] >> number % 8 & 1)


def _row(state: NodeState) -> Values:
    """Return all properties of a node in this state."""
    label = LABELS[state.kind]
    derived = label.derive(state.code, state.properties) if state.ended is None else {}
    head: Values = {"code": state.code, "_id": state.identity, "_born": state.born.toordinal(), "_scope": ""}
    return {**label.encode(state.properties), **derived, **head, **_interval(state)}


def _interval(state: NodeState | RelationshipState) -> Values:
    begin: Values = {"_valid_from": state.valid_from.toordinal(), "_begun": state.begun}
    if state.valid_to is None or state.ended is None:
        return begin
    return {**begin, "_valid_to": state.valid_to.toordinal(), "_ended": state.ended}


def _lives(states: Iterable[NodeState]) -> list[list[NodeState]]:
    """Return the states in lists that hold one of each node, so that those of one node stay in their order."""
    lists: list[list[NodeState]] = []
    num: defaultdict[int, int] = defaultdict(int)
    for state in states:
        at = num[state.identity]
        num[state.identity] += 1
        if at == len(lists):
            lists.append([])
        lists[at].append(state)
    return lists


def _of(kind: type[R], records: Sequence[DumpRecord]) -> list[R]:
    return [record for record in records if isinstance(record, kind)]
