"""The port for scripts and notebooks: every method waits for its result, on an event loop in a thread of its own.

Each method of the port is named once here and takes its signature from there.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable, Iterator
from types import TracebackType
from typing import Concatenate, Generic, ParamSpec, Self, TypeVar, cast

from orgraph.store.dump import DumpRecord, close_dump
from orgraph.store.opening import open_store
from orgraph.store.port import Store

P = ParamSpec("P")
R = TypeVar("R")

_BATCH = 1000


class _Waiting(Generic[P, R]):
    """A method of the port that waits."""

    def __init__(self, method: Callable[Concatenate[Store, P], Awaitable[R]]) -> None:
        self._name = method.__name__
        self.__doc__ = method.__doc__

    def __get__(self, store: SyncStore | None, owner: type[SyncStore]) -> Callable[P, R]:
        if store is None:
            return cast(Callable[P, R], self)

        def call(*args: P.args, **kwargs: P.kwargs) -> R:
            method = getattr(store.port, self._name)
            return cast(R, store.wait_for(method(*args, **kwargs)))

        call.__doc__ = self.__doc__
        return call


class SyncStore:
    """A store whose methods wait. Made by :func:`open_store_sync`; close it, or use ``with``."""

    def __init__(self, url: str | None, *, read_only: bool) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="orgraph-store", daemon=True)
        self._thread.start()
        try:
            self.port: Store = self.wait_for(_opened(url, read_only))
        except BaseException:
            self._stop()
            raise

    ensure_schema = _Waiting(Store.ensure_schema)
    apply = _Waiting(Store.apply)
    get = _Waiting(Store.get)
    get_many = _Waiting(Store.get_many)
    page = _Waiting(Store.page)
    count = _Waiting(Store.count)
    neighbours = _Waiting(Store.neighbours)
    ancestors = _Waiting(Store.ancestors)
    descendants = _Waiting(Store.descendants)
    rollup = _Waiting(Store.rollup)
    search = _Waiting(Store.search)
    snapshot = _Waiting(Store.snapshot)
    history = _Waiting(Store.history)
    version = _Waiting(Store.version)
    changes = _Waiting(Store.changes)
    diagnose = _Waiting(Store.diagnose)

    def dump(self) -> Iterator[DumpRecord]:
        """See :meth:`orgraph.store.port.Store.dump`; closing the iterator ends the reading."""
        records = self.port.dump()
        try:
            while batch := self.wait_for(_some_of(records)):
                yield from batch
        finally:
            self.wait_for(close_dump(records))

    def load(self, records: Iterable[DumpRecord]) -> None:
        """See :meth:`orgraph.store.port.Store.load`; the records are drawn on the store's own thread."""
        self.wait_for(self.port.load(_handed_over(records)))

    dump.__doc__, load.__doc__ = Store.dump.__doc__, Store.load.__doc__

    def close(self) -> None:
        """Close the store and its thread; closing twice is allowed."""
        if not self._loop.is_closed():
            self.wait_for(self.port.close())
            self._stop()

    def __enter__(self) -> Self:
        """Return the store."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close."""
        self.close()

    def wait_for(self, work: Coroutine[object, object, R]) -> R:
        """Run work on the store's loop and wait; an interrupt of the waiting thread cancels it and waits for how it ends."""
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return future.result()
        except KeyboardInterrupt:
            future.cancel()
            raise

    def _stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


async def _some_of(records: AsyncIterator[DumpRecord]) -> list[DumpRecord]:
    batch: list[DumpRecord] = []
    async for record in records:
        batch.append(record)
        if len(batch) == _BATCH:
            break
    return batch


async def _handed_over(records: Iterable[DumpRecord]) -> AsyncIterator[DumpRecord]:
    for record in records:
        yield record


async def _opened(url: str | None, read_only: bool) -> Store:
    return await open_store(url, read_only=read_only)


def open_store_sync(url: str | None = None, *, read_only: bool = False) -> SyncStore:
    """Open a store whose methods wait; see :func:`orgraph.store.open_store`."""
    return SyncStore(url, read_only=read_only)
