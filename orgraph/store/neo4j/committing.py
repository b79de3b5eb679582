"""Carry one set of changes through to its commit: lease, announcement, and the answer that got lost on the way.

When the connection breaks while the server commits, nobody knows how it ended. Every commit carries a token; under the lock that
an unfinished commit would still hold, the token tells whether it was made.
"""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Awaitable, Callable
from typing import Protocol, TypeAlias

from neo4j import WRITE_ACCESS, AsyncManagedTransaction

from orgraph.errors import StoreError, StoreUnavailable
from orgraph.store.neo4j.connections import Connections, Writer
from orgraph.store.neo4j.lease import Lease
from orgraph.store.neo4j.transaction import Request, apply
from orgraph.store.port import Commit

_TRIES = 3

# A writer whose transaction the server has ended may still come here, after others: theirs are the higher numbers.
ANNOUNCE = (
    "MATCH (a:_Announcement {name: 'store'}) SET a.guard = 0 WITH a WHERE a.number <= $number"
    " SET a.number = $number, a.is_committing = true"
)
TAKE_BACK = (
    "MATCH (a:_Announcement {name: 'store'}) SET a.guard = 0 WITH a WHERE a.number = $number"
    " REMOVE a.is_committing"
)
SETTLE = (
    "MATCH (s:_Store {name: 'store'}) SET s.guard = 0 WITH s"
    " MATCH (a:_Announcement {name: 'store'}) SET a.number = s.num_commits REMOVE a.is_committing WITH s"
    " OPTIONAL MATCH (c:_Commit {token: $token}) OPTIONAL MATCH (v:_Version {commit: c.number})"
    " RETURN c.num_put, c.num_deleted, collect([v.scope, v.version])"
)


class Source(Protocol):
    """Where a job reads from what it writes."""

    @property
    def is_repeatable(self) -> bool:
        """Whether it can be read again from the beginning."""
        ...

    @property
    def failure(self) -> BaseException | None:
        """What went wrong with reading it, which is not the store's failure whatever its type."""
        ...


Job: TypeAlias = Callable[[Writer, str], Awaitable[tuple[Commit, int | None]]]
"""Writes inside a transaction that holds the lease. Given the token that its last commit must carry, it returns what it did, and
the number of that commit, ``None`` when it wrote nothing."""


async def commit(
    connections: Connections, lease: Lease, request: Request, stop_if_unwanted: Callable[[], None]
) -> Commit:
    """Apply all changes, or none, and say what was done; raises like :func:`carry_through`."""
    return await carry_through(
        connections,
        lease,
        lambda writer, token: apply(writer, request, stop_if_unwanted, token),
        request.changes,
        stop_if_unwanted,
    )


async def carry_through(
    connections: Connections,
    lease: Lease,
    job: Job,
    source: Source,
    stop_if_unwanted: Callable[[], None],
) -> Commit:
    """Do a job and commit it, or nothing, and say what was done.

    Raises
    ------
    StoreUnavailable
        When the server went away and did not come back in time; with ``store_commit_unknown`` it may have committed before that.
    """
    for attempt in range(1, _TRIES + 1):
        work = _Work(connections, lease, job, stop_if_unwanted)
        try:
            done = await connections.transact(
                WRITE_ACCESS, work, timeout_s=connections.write_timeout_s, is_idempotent=False
            )
        except StoreUnavailable:
            recorded = await work.settle()
            if source.failure is not None:
                raise source.failure from None
            if recorded is not None:
                lease.is_held = True
                return recorded
            if not work.is_announced or attempt == _TRIES or not source.is_repeatable:
                raise
        except BaseException:
            await work.settle()
            raise
        else:
            await work.take_back()
            lease.is_held = True
            return done
    raise AssertionError("the last attempt returns or raises")


class _Work:
    """Managed work: the whole transaction of one set of changes. It may be run again from the beginning."""

    def __init__(
        self, connections: Connections, lease: Lease, job: Job, stop_if_unwanted: Callable[[], None]
    ) -> None:
        self._token = uuid.uuid4().hex
        self._announced: int | None = None
        self._connections = connections
        self._lease = lease
        self._job = job
        self._stop_if_unwanted = stop_if_unwanted

    @property
    def is_announced(self) -> bool:
        """Whether it came as far as to commit."""
        return self._announced is not None

    async def __call__(self, transaction: AsyncManagedTransaction) -> Commit:
        writer = Writer(transaction)
        await self._lease.take(writer)
        done, number = await self._job(writer, self._token)
        self._stop_if_unwanted()
        if number is not None:
            self._announced = number
            await self._write(ANNOUNCE)
        return done

    async def take_back(self) -> None:
        """Take back the announcement of what was committed; where that fails, readers find out by the lock."""
        if self.is_announced:
            with contextlib.suppress(StoreError):
                await self._write(TAKE_BACK, retry=False)

    async def settle(self) -> Commit | None:
        """Take back an announcement of which nobody knows what came, and return what was committed, ``None`` when nothing was.

        Raises
        ------
        StoreUnavailable
            When it cannot be found out.
        """
        if not self.is_announced:
            return None
        try:
            return await self._connections.transact(WRITE_ACCESS, self._recorded)
        except StoreError:
            where = str(self._connections.address)
            raise StoreUnavailable("store_commit_unknown", address=where) from None

    async def _recorded(self, transaction: AsyncManagedTransaction) -> Commit | None:
        ((num_put, num_deleted, versions),) = await Writer(transaction).rows(SETTLE, token=self._token)
        if num_put is None:
            return None
        assert isinstance(versions, list)
        raised = {
            str(pair[0]): int(str(pair[1]))
            for pair in versions
            if isinstance(pair, list) and pair[0] is not None
        }
        return Commit(raised, int(str(num_put)), int(str(num_deleted)))

    async def _write(self, query: str, *, retry: bool = True) -> None:
        async def work(transaction: AsyncManagedTransaction) -> None:
            await Writer(transaction).run(query, number=self._announced)

        await self._connections.transact(WRITE_ACCESS, work, retry=retry)
