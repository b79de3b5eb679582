"""Sessions and transactions: managed reads that see one state, managed writes that hold the lease, both bounded in time.

Neo4j isolates transactions as *read committed*, and what one commit changes becomes visible piece by piece. A sequence lock gives
reads one state: a writer announces its commit in a transaction of its own right before it commits, and takes the announcement back
when the commit is done; a reader looks at the announcement and the number of commits before and after its work, and works again
unless nothing was announced and both times the number was the same. Numbers only grow, so what an earlier read saw last, at rest, is
as good as a look before the work: beside no writer, a read looks once. Now and then the server itself notices that a commit removed
what a read was looking at, and ends it; such a read is one more that did not see one state.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Generic, Self, TypeAlias, TypeVar, cast

from neo4j import (
    READ_ACCESS,
    WRITE_ACCESS,
    AsyncDriver,
    AsyncGraphDatabase,
    AsyncManagedTransaction,
    AsyncSession,
    unit_of_work,
)
from neo4j.exceptions import DriverError, IncompleteCommit, Neo4jError, ServiceUnavailable

from orgraph.errors import OrgraphError, StoreError, StoreUnavailable
from orgraph.store.neo4j.address import Address, Credentials
from orgraph.store.neo4j.failures import Overtaken, translated

T = TypeVar("T")

Cell: TypeAlias = "int | float | str | bool | list[Cell] | dict[str, Cell] | None"
"""What a column of a row can hold; nodes and relationships are returned as ``properties(n)``."""

Row: TypeAlias = list[Cell]

_TRIES = 8
_FIRST_WAIT_S = 0.005
_FIRST_RETRY_S = 0.1
_SETUP_S = 660.0
CONNECT_S = 5.0

SEQUENCE = (
    "MATCH (s:_Store {name: 'store'}) MATCH (a:_Announcement {name: 'store'})"
    " RETURN coalesce(a.is_committing, false) OR a.number <> s.num_commits, s.num_commits, s.layout, s.digest"
)
# A constant takes the lock before anything is read; `SET s.x = s.x` would read first, wait, and write back what was.
LOCK = (
    "MATCH (s:_Store {name: 'store'}) SET s.guard = 0 WITH s"
    " MATCH (a:_Announcement {name: 'store'}) WHERE a.is_committing OR a.number <> s.num_commits"
    " SET a.number = s.num_commits REMOVE a.is_committing"
)

# The driver tells errors to a logger; without a handler Python would print them beside our own message.
_NOWHERE = logging.NullHandler()


def gather(*columns: str) -> str:
    """Return the clause that returns all rows in one record: the driver takes longer for a record than for what is in it."""
    return f"RETURN collect([{', '.join(columns)}])"


class Reader:
    """One transaction to read in."""

    def __init__(self, transaction: AsyncManagedTransaction) -> None:
        self._transaction = transaction

    async def rows(self, query: str, **parameters: object) -> list[Row]:
        """Run one static query and return its rows."""
        result = await self._transaction.run(query, parameters)
        return await result.values()

    async def gathered(self, query: str, **parameters: object) -> list[Row]:
        """Run one static query that ends with :func:`gather`, and return what it gathered."""
        return cast("list[Row]", await self.value(query, **parameters))

    async def value(self, query: str, **parameters: object) -> Cell:
        """Return the first value of the first row, ``None`` when there is no row."""
        rows = await self.rows(query, **parameters)
        return rows[0][0] if rows else None


class Writer(Reader):
    """One transaction to write in."""

    async def run(self, query: str, **parameters: object) -> None:
        """Run one static statement for its effect."""
        result = await self._transaction.run(query, parameters)
        await result.consume()


@dataclass(frozen=True)
class _Outcome(Generic[T]):
    """What came of one run of a job; ``at_rest`` is what the store said before and after it, nothing where that was not the same."""

    at_rest: list[Row]
    value: T | None
    refusal: OrgraphError | None = None

    def result(self) -> T:
        """Return the result of the job, or raise what it raised."""
        if self.refusal is not None:
            raise self.refusal
        return cast("T", self.value)


@dataclass(frozen=True)
class _Look(Generic[T]):
    """Managed work: run a job between two looks at the store; ``seen`` is what stands for the first."""

    job: Callable[[Reader], Awaitable[T]]
    check: Callable[[Row | None], None]
    seen: list[Row]

    async def __call__(self, transaction: AsyncManagedTransaction) -> _Outcome[T]:
        reader = Reader(transaction)
        before = self.seen or await self._look(reader)
        value, refusal = None, None
        try:
            value = await self.job(reader)
        except OrgraphError as error:
            refusal = error  # only counts if the job saw one state
        after = await self._look(reader)
        is_one_state = before == after and not any(is_announced for is_announced, *_ in before)
        return _Outcome(after if is_one_state else [], value, refusal)

    async def _look(self, reader: Reader) -> list[Row]:
        rows = await reader.rows(SEQUENCE)
        self.check(rows[0][2:] if rows else None)
        return rows


class Connections:
    """The driver of one store, for one database.

    Parameters
    ----------
    address, credentials
        Where, and as whom.
    timeout_s
        How long one transaction that reads may take; told to the server, which then stops it.
    write_timeout_s
        The same for one that writes.
    retry_s
        For how long a transaction that failed for a passing reason is tried again.
    connect_s
        How long to wait for a connection, and, beyond the limits of the server, for one that says nothing any more.
    """

    def __init__(
        self,
        address: Address,
        credentials: Credentials,
        *,
        timeout_s: float,
        write_timeout_s: float,
        retry_s: float,
        connect_s: float = CONNECT_S,
    ) -> None:
        self.address = address
        self.timeout_s = timeout_s
        self.write_timeout_s = write_timeout_s
        self._retry_s = retry_s
        self._connect_s = connect_s
        self._credentials = credentials
        self._driver: AsyncDriver | None = None
        self._is_closed = False
        self._bookmarks = AsyncGraphDatabase.bookmark_manager()
        self._at_rest: list[Row] = []
        """What the last read saw at its end, if nothing was written beside it."""

    async def verify(self) -> None:
        """Connect once.

        Raises
        ------
        StoreUnavailable, StoreError
            When nobody answers, or the credentials or the database are refused.
        """
        # not managed, hence not tried again: who opens a store wants to know at once that nobody is there
        async with self._told_plainly(late="store_unreachable"), asyncio.timeout(2 * self._connect_s):
            await self._run_once("RETURN 1")

    async def read(self, job: Callable[[Reader], Awaitable[T]], check: Callable[[Row | None], None]) -> T:
        """Run ``job`` on one state of the store. It may run several times.

        ``check`` is given layout and digest of the database (``None`` when it was never set up) and may refuse.
        """
        for attempt in range(_TRIES):
            # taken before the transaction begins, whose bookmarks then are at least as late
            look = _Look(job, check, self._at_rest)
            try:
                outcome = await self.transact(READ_ACCESS, look)
            except Overtaken:
                outcome = _Outcome[T]([], None)
            except StoreError as error:
                if not self._at_rest or isinstance(error, StoreUnavailable):
                    raise
                self._at_rest = []  # somebody may have rebuilt the store meanwhile: look first
                continue
            self._at_rest = outcome.at_rest
            if outcome.at_rest:
                return outcome.result()
            if not look.seen:
                await asyncio.sleep(_FIRST_WAIT_S * 2**attempt * (0.5 + random.random()))
        return await self._read_locked(job)

    async def _read_locked(self, job: Callable[[Reader], Awaitable[T]]) -> T:
        """Run ``job`` while no writer can commit: the last resort beside a writer that never rests, or one that died announcing."""

        async def work(transaction: AsyncManagedTransaction) -> T:
            await Writer(transaction).run(LOCK)
            return await job(Reader(transaction))

        return await self.transact(WRITE_ACCESS, work)

    async def look(self, query: str) -> list[Row]:
        """Run one query that needs no more than its own state of the store."""
        return await self.look_with(lambda reader: reader.rows(query))

    async def look_with(self, job: Callable[[Reader], Awaitable[T]]) -> T:
        """Run ``job`` without regard to what is committed meanwhile."""
        return await self.transact(READ_ACCESS, lambda transaction: job(Reader(transaction)))

    async def transact(
        self,
        access: str,
        work: Callable[[AsyncManagedTransaction], Awaitable[T]],
        *,
        timeout_s: float | None = None,
        retry: bool = True,
        is_idempotent: bool = True,
    ) -> T:
        """Run managed work, again and again while it fails for a passing reason and there is time.

        ``timeout_s`` is for one try; without ``retry`` the whole may take no longer than connecting and one look. Work that is not
        ``is_idempotent`` is not run again when the answer to its commit got lost.
        """
        limit_s = timeout_s or self.timeout_s
        limited = unit_of_work(timeout=limit_s)(work)
        total_s = limit_s + self._retry_s + self._connect_s if retry else self._connect_s
        async with self._told_plainly(), self._session(access) as session:
            execute = session.execute_read if access == READ_ACCESS else session.execute_write
            async with asyncio.timeout(total_s):
                return await _run(lambda: execute(limited), is_idempotent)

    async def execute(self, query: str) -> None:
        """Run one statement once, in a transaction of its own that the server opens: what changes indexes needs that."""
        async with self._told_plainly(), asyncio.timeout(_SETUP_S):
            await self._run_once(query)

    async def _run_once(self, query: str) -> None:
        async with self._session(WRITE_ACCESS) as session:
            result = await session.run(query)
            await result.consume()

    async def close(self) -> None:
        """Close every connection."""
        self._is_closed = True
        if self._driver is not None:
            await self._driver.close()
            self._driver = None

    def _session(self, access: str) -> AsyncSession:
        return self._open().session(
            database=self.address.database, default_access_mode=access, bookmark_manager=self._bookmarks
        )

    def _open(self) -> AsyncDriver:
        if self._is_closed:
            raise StoreError("store_closed")
        if self._driver is None:
            logging.getLogger("neo4j").addHandler(_NOWHERE)
            given = self._credentials
            self._driver = AsyncGraphDatabase.driver(
                self.address.server,
                auth=(given.user, given.password.reveal() if given.password else "") if given.user else None,
                max_transaction_retry_time=self._retry_s,
                initial_retry_delay=_FIRST_RETRY_S,
                connection_timeout=self._connect_s,
                connection_acquisition_timeout=3 * self._connect_s,
                notifications_min_severity="OFF",
                telemetry_disabled=True,
                user_agent="orgraph",
            )
        return self._driver

    def _told_plainly(self, late: str = "store_timed_out") -> _ToldPlainly:
        return _ToldPlainly(self.address, late)


async def _run(execute: Callable[[], Awaitable[T]], is_idempotent: bool) -> T:
    """Run a managed transaction; the driver itself never does so again when the answer to a commit got lost, not even after reads."""
    for _ in range(_TRIES if is_idempotent else 1):
        try:
            return await execute()
        except IncompleteCommit:
            if not is_idempotent:
                raise
    raise ServiceUnavailable


class _ToldPlainly:
    """Turns every failure of the driver, the server and the network inside the block into an error of the port.

    ``late`` is the key of the one for a limit of time that passed.
    """

    def __init__(self, address: Address, late: str) -> None:
        self._address = address
        self._late = late

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, TimeoutError):
            raise StoreUnavailable(self._late, address=str(self._address)) from None
        if isinstance(error, Neo4jError | DriverError | OSError):
            # not as the cause: what the server says may quote a query or a value, and tracebacks are printed
            raise translated(error, self._address) from None
