"""`SqliteStore`: the port on one SQLite file. Every method hands a job to a thread; the event loop never waits for a disk."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

import apsw

from orgraph.errors import StoreError, StoreUnavailable
from orgraph.findings import Finding, Severity
from orgraph.graph import Node, NodeKey, OrgGraph
from orgraph.store import queries
from orgraph.store.dump import DumpRecord
from orgraph.store.intake import Request
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
from orgraph.store.settled import Unwanted, settled
from orgraph.store.sqlite import (
    dumping,
    history,
    loading,
    paging,
    reading,
    rollup,
    schema,
    search,
    snapshot,
    transaction,
    versions,
)
from orgraph.store.sqlite.connections import Readers, Writer
from orgraph.store.sqlite.diagnosis import file_findings
from orgraph.store.sqlite.fetching import fetched
from orgraph.store.sqlite.file_place import check_place
from orgraph.store.sqlite.layout import Layout
from orgraph.store.sqlite.lens import Lens
from orgraph.store.sqlite.lock import WriterLock

T = TypeVar("T")

CHECKPOINT_PAGES = 1000


class SqliteStore:
    """A store in one file. The lock that lets one process write is taken by the first write and kept until the store is closed.

    Parameters
    ----------
    path
        The file; made by ``ensure_schema`` when it is missing.
    read_only
        Refuse every write.
    checkpoint_pages
        After how many pages a commit moves the log into the file.
    """

    def __init__(
        self, path: Path, *, read_only: bool = False, checkpoint_pages: int = CHECKPOINT_PAGES
    ) -> None:
        self.path = path
        self._read_only = read_only
        self._lock = WriterLock(path)
        self._readers = Readers(path)
        self._writer = Writer(path, checkpoint_pages)
        self._layout: Layout | None = None
        self._is_closed = False

    async def probe(self) -> None:
        """Judge the place, and the file when there is one.

        Raises
        ------
        StoreError
            When no store can be here.
        """
        await asyncio.to_thread(check_place, self.path, self._read_only)
        if self.path.exists():
            await self._read_raw(lambda c: schema.is_current(c, self.path))

    async def ensure_schema(self) -> None:
        """See :meth:`orgraph.store.port.Store.ensure_schema`."""
        if self.path.exists() and await self._read_raw(lambda c: schema.is_current(c, self.path)):
            return
        await self._write(lambda c: schema.set_up(c, self.path))

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
        request = Request(changes, expected or {}, effective or queries.today(), by, reason)
        unwanted = self._unwanted()

        def job(connection: apsw.Connection) -> Commit:
            unwanted.raise_if_set()
            layout = self._layout_of(connection)
            return transaction.apply(connection, layout, request, unwanted.raise_if_set)

        return await self._write(job, on_cancel=unwanted.set)

    async def get(self, kind: str, code: str, *, as_of: date | None = None) -> Node | None:
        """See :meth:`orgraph.store.port.Store.get`."""
        return (await self.get_many((NodeKey(kind, code),), as_of=as_of))[0]

    async def get_many(
        self, keys: Sequence[NodeKey], *, as_of: date | None = None
    ) -> tuple[Node | None, ...]:
        """See :meth:`orgraph.store.port.Store.get_many`."""
        queries.require(queries.kind_findings(*dict.fromkeys(key[0] for key in keys)))
        return await self._read(as_of, lambda c, lens: reading.get_many(c, lens, keys))

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
        return await self._read(as_of, lambda c, lens: paging.page(c, lens, request))

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
        return await self._read(as_of, lambda c, lens: paging.count(c, lens, request))

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
        return await self._read(
            as_of, lambda c, lens: reading.neighbours(c, lens, keys, relationship, direction)
        )

    async def ancestors(self, key: NodeKey, *, as_of: date | None = None) -> tuple[Node, ...]:
        """See :meth:`orgraph.store.port.Store.ancestors`."""
        queries.require(queries.kind_findings(key.kind))
        return await self._read(as_of, lambda c, lens: reading.ancestors(c, lens, key))

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
        return await self._read(as_of, lambda c, lens: reading.descendants(c, lens, key, kind, max_depth))

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
        return await self._read(as_of, lambda c, lens: rollup.rollup(c, lens, request))

    async def search(
        self, text: str, *, kinds: Sequence[str] = (), within: str | None = None, limit: int = 20
    ) -> tuple[Node, ...]:
        """See :meth:`orgraph.store.port.Store.search`."""
        queries.require(queries.search_findings(text, kinds, limit))
        return await self._read(None, lambda c, lens: search.search(c, lens, text, kinds, within, limit))

    async def snapshot(self, scope: str, *, kinds: Sequence[str] = (), as_of: date | None = None) -> OrgGraph:
        """See :meth:`orgraph.store.port.Store.snapshot`."""
        queries.require(queries.kind_findings(*kinds))
        return await self._read(as_of, lambda c, lens: snapshot.snapshot(c, lens, scope, kinds))

    async def history(self, key: NodeKey) -> tuple[Revision, ...]:
        """See :meth:`orgraph.store.port.Store.history`."""
        queries.require(queries.kind_findings(key.kind))
        return await self._read(None, lambda c, lens: history.history(c, lens.layout, key))

    async def version(self, scope: str) -> int:
        """See :meth:`orgraph.store.port.Store.version`."""
        return await self._read(None, lambda c, lens: versions.version_of(c, lens.layout, scope))

    async def changes(self, scope: str, since: int = 0, *, limit: int = 1000) -> tuple[ChangeRecord, ...]:
        """See :meth:`orgraph.store.port.Store.changes`."""
        return await self._read(None, lambda c, lens: history.changes(c, lens.layout, scope, since, limit))

    def dump(self) -> AsyncIterator[DumpRecord]:
        """See :meth:`orgraph.store.port.Store.dump`."""
        if self._is_closed:
            raise StoreError("store_closed")
        return dumping.dump(self.path, self._layout_of)

    async def load(self, records: AsyncIterable[DumpRecord]) -> None:
        """See :meth:`orgraph.store.port.Store.load`."""
        unwanted = self._unwanted()
        given = fetched(records, asyncio.get_running_loop(), unwanted)

        def job(connection: apsw.Connection) -> None:
            unwanted.raise_if_set()
            loading.load(connection, self._layout_of(connection), self.path, given, unwanted)

        await self._write(job, on_cancel=unwanted.set)

    async def diagnose(self) -> tuple[Finding, ...]:
        """See :meth:`orgraph.store.port.Store.diagnose`."""
        found = await self._read_raw(lambda c: tuple(file_findings(self.path, c)))
        holder = await asyncio.to_thread(self._lock.holder)
        if holder is not None:
            writing = Finding("store.writing", Severity.WARNING, (str(self.path),), numbers={"pid": holder})
            found = (*found, writing)
        return found

    async def close(self) -> None:
        """See :meth:`orgraph.store.port.Store.close`."""
        if not self._is_closed:
            self._is_closed = True
            await asyncio.to_thread(self._close)

    def _close(self) -> None:
        self._writer.close()
        self._readers.close()
        self._lock.release()

    async def __aenter__(self) -> Self:
        """Return the store."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close."""
        await self.close()

    def _layout_of(self, connection: apsw.Connection) -> Layout:
        if self._layout is None:
            self._layout = schema.require_current(connection, self.path)
        return self._layout

    async def _read(self, as_of: date | None, job: Callable[[apsw.Connection, Lens], T]) -> T:
        return await self._read_raw(lambda c: job(c, Lens.of(self._layout_of(c), as_of)))

    async def _read_raw(self, job: Callable[[apsw.Connection], T]) -> T:
        return await asyncio.wrap_future(self._readers.submit(job))

    async def _write(
        self, job: Callable[[apsw.Connection], T], on_cancel: Callable[[], None] = lambda: None
    ) -> T:
        if self._read_only:
            raise StoreError("store_opened_read_only", path=str(self.path))
        return await settled(asyncio.wrap_future(self._writer.submit(job, self._lock.acquire)), on_cancel)

    def _unwanted(self) -> Unwanted:
        return Unwanted(lambda: StoreUnavailable("store_interrupted", path=str(self.path)))
