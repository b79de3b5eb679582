"""Connections and their threads: one writer, a few readers. The event loop only ever waits for them.

WAL lets readers work on their own snapshot beside the writer. Every job of a reader is one read transaction.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import apsw

from orgraph.errors import StoreError, StoreUnavailable
from orgraph.store.sqlite.failures import sqlite_told_plainly, told_plainly

T = TypeVar("T")

BUSY_MS = 10_000
NUM_READERS = 3
_WRITER_CACHE_KIB = 128 * 1024
_READER_CACHE_KIB = 32 * 1024


def open_writer(path: Path, checkpoint_pages: int) -> apsw.Connection:
    """Open the connection that writes, and create the file when it is missing."""
    connection = apsw.Connection(
        str(path), flags=apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE, statementcachesize=300
    )
    connection.set_busy_timeout(BUSY_MS)
    connection.pragma("journal_mode", "wal")
    connection.pragma("synchronous", "FULL")
    connection.pragma("foreign_keys", True)
    connection.pragma("mmap_size", 0)
    connection.pragma("cache_size", -_WRITER_CACHE_KIB)
    connection.wal_autocheckpoint(checkpoint_pages)
    return connection


def open_reader(path: Path) -> apsw.Connection:
    """Open a connection that can only read."""
    try:
        connection = _open_for_reading(str(path), 0)
    except (apsw.CantOpenError, apsw.ReadOnlyError):
        if Path(f"{path}-wal").exists():
            raise
        # a complete file in a folder where the shared memory of WAL cannot be made: nobody writes there
        connection = _open_for_reading(f"{path.absolute().as_uri()}?immutable=1", apsw.SQLITE_OPEN_URI)
    connection.set_busy_timeout(BUSY_MS)
    connection.pragma("query_only", True)
    connection.pragma("mmap_size", 0)
    connection.pragma("cache_size", -_READER_CACHE_KIB)
    return connection


def _open_for_reading(name: str, flags: int) -> apsw.Connection:
    connection = apsw.Connection(name, flags=apsw.SQLITE_OPEN_READONLY | flags, statementcachesize=300)
    try:
        connection.execute("SELECT count(*) FROM sqlite_schema").fetchall()
    except apsw.Error:
        connection.close()
        raise
    return connection


class Readers:
    """A pool of threads that read. ``submit`` runs a job inside one read transaction of one of a few connections."""

    def __init__(self, path: Path, size: int = NUM_READERS) -> None:
        self._path = path
        self._threads = ThreadPoolExecutor(size, thread_name_prefix="orgraph-read")
        self._idle: list[apsw.Connection] = []
        self._guard = threading.Lock()

    def submit(self, job: Callable[[apsw.Connection], T]) -> Future[T]:
        """Run ``job`` in a thread; its failures are errors of the port."""
        return _submitted(self._threads, lambda: self._run(job))

    def _run(self, job: Callable[[apsw.Connection], T]) -> T:
        with told_plainly(self._path):
            connection = self._take()
            try:
                with connection:
                    result = job(connection)
            finally:
                with self._guard:
                    self._idle.append(connection)
        return result

    def _take(self) -> apsw.Connection:
        with self._guard:
            if self._idle:
                return self._idle.pop()
        if not self._path.exists():
            raise StoreUnavailable("store_missing", path=str(self._path))
        return open_reader(self._path)

    def close(self) -> None:
        """Wait for what runs, then close every connection."""
        self._threads.shutdown(wait=True)
        while self._idle:
            self._idle.pop().close()


class Writer:
    """The one thread that writes, with its connection, opened by the first job."""

    def __init__(self, path: Path, checkpoint_pages: int) -> None:
        self._path = path
        self._checkpoint_pages = checkpoint_pages
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="orgraph-write")
        self._connection: apsw.Connection | None = None

    def submit(self, job: Callable[[apsw.Connection], T], prepare: Callable[[], None]) -> Future[T]:
        """Run ``prepare``, which may refuse, and then ``job`` with the connection."""
        return _submitted(self._thread, lambda: self._run(job, prepare))

    def _run(self, job: Callable[[apsw.Connection], T], prepare: Callable[[], None]) -> T:
        with told_plainly(self._path):
            prepare()
            if self._connection is None:
                self._connection = open_writer(self._path, self._checkpoint_pages)
            connection = self._connection
        # what the job reads from elsewhere may fail too, and says so itself
        with sqlite_told_plainly(self._path):
            return job(connection)

    def close(self) -> None:
        """Wait for what runs, then close the connection."""
        self._thread.shutdown(wait=True)
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _submitted(threads: ThreadPoolExecutor, job: Callable[[], T]) -> Future[T]:
    try:
        return threads.submit(job)
    except RuntimeError as error:
        raise StoreError("store_closed") from error
