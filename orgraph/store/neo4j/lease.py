"""One store object writes to a database at a time: a lease in the node ``_Store``, by the clock of the server.

It is taken by the first write, renewed by every write and given back by closing. A writer that vanished is waited for until its
lease ends; one that lost its lease is told so by the next write, because every write begins by looking at the lease under the lock.
"""

from __future__ import annotations

import os
import socket
import uuid
from dataclasses import dataclass, field

from orgraph.errors import StoreLocked
from orgraph.store.neo4j.connections import Reader, Row, Writer

LEASE_S = 60.0

HOLDER = (
    "MATCH (s:_Store {name: 'store'})"
    " RETURN s.owner, s.owner_host, s.owner_pid, coalesce((s.owned_until - timestamp()) / 1000, 0)"
)
TAKE = (
    "MATCH (s:_Store {name: 'store'}) SET s.guard = 0 WITH s"
    " WHERE s.owner IS NULL OR s.owner = $owner OR s.owned_until < timestamp()"
    " SET s.owner = $owner, s.owner_host = $host, s.owner_pid = $pid, s.owned_until = timestamp() + $lease_ms"
    " RETURN s.num_commits"
)
GIVE_BACK = (
    "MATCH (s:_Store {name: 'store'}) WHERE s.owner = $owner"
    " REMOVE s.owner, s.owner_host, s.owner_pid, s.owned_until"
)


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a live lease."""

    owner: str
    host: str
    pid: int
    seconds_left: int

    @classmethod
    def of(cls, row: Row | None) -> Holder | None:
        """Return the holder that a row of :data:`HOLDER` names, ``None`` when the lease is free."""
        if row is None or row[0] is None or int(str(row[3])) <= 0:
            return None
        owner, host, pid, seconds = row
        return cls(str(owner), str(host), int(str(pid)), int(str(seconds)))


@dataclass(slots=True)
class Lease:
    """The lease of one store object."""

    where: str
    lease_s: float = LEASE_S
    owner: str = field(default_factory=lambda: uuid.uuid4().hex)
    is_held: bool = False

    async def refuse_if_taken(self, reader: Reader) -> None:
        """Look without waiting: another's transaction may hold the lock for a minute.

        Raises
        ------
        StoreLocked
            When another store object holds a live lease.
        """
        rows = await reader.rows(HOLDER)
        holder = Holder.of(rows[0] if rows else None)
        if holder is not None and holder.owner != self.owner:
            raise self._locked(holder)

    async def take(self, writer: Writer) -> None:
        """Take or renew the lease; the lock of the node is held from here to the end of the transaction.

        Raises
        ------
        StoreLocked
            When another store object took it.
        """
        lease_ms = round(1000 * self.lease_s)
        taken = await writer.rows(
            TAKE, owner=self.owner, host=socket.gethostname(), pid=os.getpid(), lease_ms=lease_ms
        )
        if not taken:
            self.is_held = False
            await self.refuse_if_taken(writer)
            raise StoreLocked("store_lease_lost", address=self.where)

    def _locked(self, holder: Holder) -> StoreLocked:
        return StoreLocked(
            "store_leased",
            address=self.where,
            host=holder.host,
            pid=holder.pid,
            seconds=holder.seconds_left,
        )
