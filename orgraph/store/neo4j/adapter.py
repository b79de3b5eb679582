"""`Neo4jStore`: the port on one database of a Neo4j server or cluster."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import date
from types import TracebackType
from typing import Self, TypeVar

from neo4j import WRITE_ACCESS, AsyncManagedTransaction

from orgraph.errors import StoreError, StoreUnavailable
from orgraph.findings import Finding
from orgraph.graph import Node, NodeKey, OrgGraph
from orgraph.store import queries
from orgraph.store.dump import DumpRecord
from orgraph.store.neo4j import (
    diagnosis,
    dumping,
    history,
    loading,
    paging,
    reading,
    rollup,
    schema,
    scopes,
    search,
    snapshot,
)
from orgraph.store.neo4j.address import Address, Credentials
from orgraph.store.neo4j.committing import carry_through, commit
from orgraph.store.neo4j.connections import CONNECT_S, Connections, Reader, Writer
from orgraph.store.neo4j.lease import GIVE_BACK, LEASE_S, Lease
from orgraph.store.neo4j.transaction import Request
from orgraph.store.port import (
    Change,
    ChangeRecord,
    Commit,
    Condition,
    Cursor,
    Direction,
    Neighbour,
    Order,
    Page,
    Revision,
    RollupRow,
)
from orgraph.store.replay import Replayable
from orgraph.store.settled import Unwanted, settled

T = TypeVar("T")

RETRY_S = 15.0
"""For how long a call that failed for a passing reason is tried again."""


class Neo4jStore:
    """A store on a server. The lease that lets one store object write is taken by the first write and given back by closing.

    Parameters
    ----------
    address, credentials
        Where the database is, and as whom to come.
    read_only
        Refuse every write.
    timeout_s, write_timeout_s
        How long one read, and one write, may take on the server.
    retry_s
        For how long a call that failed for a passing reason is tried again.
    lease_s
        For how long others wait for a writer that vanished.
    connect_s
        How long to wait for a connection, and, beyond the other limits, for a server that says nothing any more.
    """

    def __init__(
        self,
        address: Address,
        credentials: Credentials,
        *,
        read_only: bool = False,
        timeout_s: float = 60.0,
        write_timeout_s: float = 3600.0,
        retry_s: float = RETRY_S,
        lease_s: float = LEASE_S,
        connect_s: float = CONNECT_S,
    ) -> None:
        self._where = str(address)
        self._read_only = read_only
        self._connections = Connections(
            address,
            credentials,
            timeout_s=timeout_s,
            write_timeout_s=write_timeout_s,
            retry_s=retry_s,
            connect_s=connect_s,
        )
        self._lease = Lease(self._where, lease_s)
        self._writing = asyncio.Lock()
        self._is_closed = False

    async def probe(self) -> None:
        """Connect, and judge what the database holds.

        Raises
        ------
        StoreUnavailable, StoreError
            When nobody answers, access is refused, or a newer program made the store.
        """
        await self._connections.verify()
        schema.is_current(await schema.read_state(self._connections), self._where)

    async def ensure_schema(self) -> None:
        """See :meth:`orgraph.store.port.Store.ensure_schema`."""
        if schema.is_current(await schema.read_state(self._connections), self._where):
            return
        self._refuse_if_read_only()
        async with self._writing:
            await schema.set_up(self._connections)

    async def apply(
        self,
        changes: Iterable[Change],
        *,
        expected: Mapping[str, int] | None = None,
        effective: date | None = None,
        by: str = "",
        reason: str = "",
    ) -> Commit:
        """See :meth:`orgraph.store.port.Store.apply`."""
        self._refuse_if_read_only()
        request = Request(
            Replayable(changes, self._where), expected or {}, effective or queries.today(), by, reason
        )
        unwanted = Unwanted(lambda: StoreUnavailable("store_interrupted", path=self._where))
        return await settled(asyncio.create_task(self._apply(request, unwanted)), unwanted.set)

    async def _apply(self, request: Request, unwanted: Unwanted) -> Commit:
        async with self._writing:
            await self._prepare(unwanted)
            return await commit(self._connections, self._lease, request, unwanted.raise_if_set)

    def dump(self) -> AsyncIterator[DumpRecord]:
        """See :meth:`orgraph.store.port.Store.dump`."""
        if self._is_closed:
            raise StoreError("store_closed")
        return dumping.dump(self._read)

    async def load(self, records: AsyncIterable[DumpRecord]) -> None:
        """See :meth:`orgraph.store.port.Store.load`."""
        self._refuse_if_read_only()
        stream = loading.Stream(records, self._where)
        unwanted = Unwanted(lambda: StoreUnavailable("store_interrupted", path=self._where))
        await settled(asyncio.create_task(self._load(stream, unwanted)), unwanted.set)

    async def _load(self, stream: loading.Stream, unwanted: Unwanted) -> None:
        async with self._writing:
            await self._prepare(unwanted)
            await carry_through(
                self._connections,
                self._lease,
                lambda writer, token: loading.load(writer, stream, unwanted.raise_if_set, token),
                stream,
                unwanted.raise_if_set,
            )

    async def _prepare(self, unwanted: Unwanted) -> None:
        """Look before the first write whether there is anything to write to, and nobody else who does."""
        unwanted.raise_if_set()
        if not self._lease.is_held:
            schema.require_current(await schema.read_state(self._connections), self._where)
            await self._connections.look_with(self._lease.refuse_if_taken)

    async def get(self, kind: str, code: str, *, as_of: date | None = None) -> Node | None:
        """See :meth:`orgraph.store.port.Store.get`."""
        return (await self.get_many((NodeKey(kind, code),), as_of=as_of))[0]

    async def get_many(
        self, keys: Sequence[NodeKey], *, as_of: date | None = None
    ) -> tuple[Node | None, ...]:
        """See :meth:`orgraph.store.port.Store.get_many`."""
        queries.require(queries.kind_findings(*dict.fromkeys(key[0] for key in keys)))
        return await self._read(lambda r: reading.get_many(r, _day(as_of), keys))

    async def page(
        self,
        kind: str,
        *,
        where: Sequence[Condition] = (),
        within: str | None = None,
        order: Sequence[Order] = (),
        after: Cursor | None = None,
        before: Cursor | None = None,
        limit: int = 50,
        as_of: date | None = None,
    ) -> Page:
        """See :meth:`orgraph.store.port.Store.page`."""
        queries.require(queries.page_findings(kind, where, order, (after, before), limit))
        request = paging.Request(kind, where, within, order, after, before, limit)
        return await self._read(lambda r: paging.page(r, _day(as_of), request))

    async def count(
        self,
        kind: str,
        *,
        where: Sequence[Condition] = (),
        within: str | None = None,
        as_of: date | None = None,
    ) -> int:
        """See :meth:`orgraph.store.port.Store.count`."""
        queries.require(queries.page_findings(kind, where, (), (), 1))
        request = paging.Request(kind, where, within)
        return await self._read(lambda r: paging.count(r, _day(as_of), request))

    async def neighbours(
        self,
        keys: Sequence[NodeKey],
        relationship: str,
        *,
        direction: Direction = Direction.OUT,
        as_of: date | None = None,
    ) -> tuple[tuple[Neighbour, ...], ...]:
        """See :meth:`orgraph.store.port.Store.neighbours`."""
        kinds = dict.fromkeys(key[0] for key in keys)
        queries.require((*queries.kind_findings(*kinds), *queries.relationship_kind_findings(relationship)))
        return await self._read(lambda r: reading.neighbours(r, _day(as_of), keys, relationship, direction))

    async def ancestors(self, key: NodeKey, *, as_of: date | None = None) -> tuple[Node, ...]:
        """See :meth:`orgraph.store.port.Store.ancestors`."""
        queries.require(queries.kind_findings(key.kind))
        return await self._read(lambda r: reading.ancestors(r, _day(as_of), key))

    async def descendants(
        self,
        key: NodeKey,
        *,
        kind: str | None = None,
        max_depth: int | None = None,
        as_of: date | None = None,
    ) -> tuple[Node, ...]:
        """See :meth:`orgraph.store.port.Store.descendants`."""
        queries.require(queries.kind_findings(key.kind, *([kind] if kind else [])))
        return await self._read(lambda r: reading.descendants(r, _day(as_of), key, kind, max_depth))

    async def rollup(
        self,
        scope: str,
        level: str | None = None,
        *,
        kinds: Sequence[str] = (),
        sums: Sequence[tuple[str, str]] = (),
        measures: Sequence[str] = (),
        as_of: date | None = None,
    ) -> tuple[RollupRow, ...]:
        """See :meth:`orgraph.store.port.Store.rollup`."""
        queries.require(queries.rollup_findings(level, kinds, sums, measures))
        request = rollup.Request(scope, level, kinds, sums, measures)
        return await self._read(lambda r: rollup.rollup(r, _day(as_of), request))

    async def search(
        self, text: str, *, kinds: Sequence[str] = (), within: str | None = None, limit: int = 20
    ) -> tuple[Node, ...]:
        """See :meth:`orgraph.store.port.Store.search`."""
        queries.require(queries.search_findings(text, kinds, limit))
        return await self._read(lambda r: search.search(r, text, kinds, within, limit))

    async def snapshot(self, scope: str, *, kinds: Sequence[str] = (), as_of: date | None = None) -> OrgGraph:
        """See :meth:`orgraph.store.port.Store.snapshot`."""
        queries.require(queries.kind_findings(*kinds))
        return await self._read(lambda r: snapshot.snapshot(r, _day(as_of), scope, kinds))

    async def history(self, key: NodeKey) -> tuple[Revision, ...]:
        """See :meth:`orgraph.store.port.Store.history`."""
        queries.require(queries.kind_findings(key.kind))
        return await self._read(lambda r: history.history(r, key))

    async def version(self, scope: str) -> int:
        """See :meth:`orgraph.store.port.Store.version`."""
        return await self._read(lambda r: scopes.version_of(r, scope))

    async def changes(self, scope: str, since: int = 0, *, limit: int = 1000) -> tuple[ChangeRecord, ...]:
        """See :meth:`orgraph.store.port.Store.changes`."""
        return await self._read(lambda r: history.changes(r, scope, since, limit))

    async def diagnose(self) -> tuple[Finding, ...]:
        """See :meth:`orgraph.store.port.Store.diagnose`."""
        return await self._connections.read(lambda r: diagnosis.findings(r, self._where), lambda _: None)

    async def close(self) -> None:
        """See :meth:`orgraph.store.port.Store.close`."""
        if self._is_closed:
            return
        self._is_closed = True
        async with self._writing:
            if self._lease.is_held:
                await self._give_back()
            await self._connections.close()

    async def _give_back(self) -> None:
        """Let others write at once; where the server is gone, the lease ends by itself."""

        async def work(transaction: AsyncManagedTransaction) -> None:
            await Writer(transaction).run(GIVE_BACK, owner=self._lease.owner)

        try:
            await self._connections.transact(WRITE_ACCESS, work, retry=False)
        except StoreError:
            return

    async def __aenter__(self) -> Self:
        """Return the store."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close."""
        await self.close()

    def _refuse_if_read_only(self) -> None:
        if self._read_only:
            raise StoreError("store_opened_read_only", path=self._where)

    async def _read(self, job: Callable[[Reader], Awaitable[T]]) -> T:
        return await self._connections.read(job, lambda state: schema.require_current(state, self._where))


def _day(as_of: date | None) -> int | None:
    return None if as_of is None else as_of.toordinal()
