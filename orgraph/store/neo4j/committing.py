"""Carry one set of changes through to its commit: lease, announcement, and the answer that got lost on the way.

When the connection breaks while the server commits, nobody knows how it ended. Every commit carries a token; under the lock that
an unfinished commit would still hold, the token tells whether it was made.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable

from neo4j import WRITE_ACCESS, AsyncManagedTransaction

from orgraph.errors import StoreUnavailable
from orgraph.store.neo4j.connections import Connections, Writer
from orgraph.store.neo4j.lease import Lease
from orgraph.store.neo4j.transaction import Request, apply
from orgraph.store.port import Commit

_TRIES = 3

ANNOUNCE = "MATCH (a:_Announcement {name: 'store'}) SET a.number = $number"
SETTLE = (
    "MATCH (s:_Store {name: 'store'}) SET s.num_commits = s.num_commits WITH s"
    " MATCH (a:_Announcement {name: 'store'}) SET a.number = s.num_commits WITH s"
    " OPTIONAL MATCH (c:_Commit {token: $token}) OPTIONAL MATCH (v:_Version {commit: c.number})"
    " RETURN c.num_put, c.num_deleted, collect([v.scope, v.version])"
)


async def commit(
    connections: Connections, lease: Lease, request: Request, stop_if_unwanted: Callable[[], None]
) -> Commit:
    """Apply all changes, or none, and say what was done.

    Raises
    ------
    StoreUnavailable
        When the server went away and did not come back in time.
    """
    for attempt in range(1, _TRIES + 1):
        work = _Work(connections, lease, request, stop_if_unwanted)
        try:
            done = await connections.transact(WRITE_ACCESS, work, timeout_s=connections.write_timeout_s)
        except StoreUnavailable:
            if not work.is_announced:
                raise
            recorded = await _recorded(connections, work.token)
            if recorded is None and (attempt == _TRIES or not request.changes.is_repeatable):
                raise
            if recorded is None:
                continue
            done = recorded
        except BaseException:
            if work.is_announced:
                await _recorded(connections, work.token)
            raise
        lease.is_held = True
        return done
    raise AssertionError("the last attempt returns or raises")


class _Work:
    """Managed work: the whole transaction of one set of changes. It may be run again from the beginning."""

    def __init__(
        self, connections: Connections, lease: Lease, request: Request, stop_if_unwanted: Callable[[], None]
    ) -> None:
        self.token = uuid.uuid4().hex
        self.is_announced = False
        self._connections = connections
        self._lease = lease
        self._request = request
        self._stop_if_unwanted = stop_if_unwanted

    async def __call__(self, transaction: AsyncManagedTransaction) -> Commit:
        writer = Writer(transaction)
        await self._lease.take(writer)
        done, number = await apply(writer, self._request, self._stop_if_unwanted, self.token)
        self._stop_if_unwanted()
        if number is not None:
            self.is_announced = True
            await self._announce(number)
        return done

    async def _announce(self, number: int) -> None:
        async def work(transaction: AsyncManagedTransaction) -> None:
            await Writer(transaction).run(ANNOUNCE, number=number)

        await self._connections.transact(WRITE_ACCESS, work)


async def _recorded(connections: Connections, token: str) -> Commit | None:
    """Return what was committed under a token, ``None`` when nothing was; and take back an announcement that came to nothing."""

    async def work(transaction: AsyncManagedTransaction) -> Commit | None:
        ((num_put, num_deleted, versions),) = await Writer(transaction).rows(SETTLE, token=token)
        if num_put is None:
            return None
        assert isinstance(versions, list)
        raised = {
            str(pair[0]): int(str(pair[1]))
            for pair in versions
            if isinstance(pair, list) and pair[0] is not None
        }
        return Commit(raised, int(str(num_put)), int(str(num_deleted)))

    return await connections.transact(WRITE_ACCESS, work)
