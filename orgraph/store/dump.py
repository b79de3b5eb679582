"""What `dump` hands out and `load` takes: everything that a store holds, past and log included, in records that know no store.

Order: one :class:`DumpHead`, every :class:`DumpedCommit` by number, every :class:`NodeState` (the states of one node oldest first), every
:class:`RelationshipState`, every :class:`Touched`, one :class:`DumpEnd`. So each record names only what came before it, and one pass with bounded
memory is enough.

An *identity* is a whole number from 1 below :data:`MAX_IDENTITY` that all states of one node share from its creation to its end; a node created
again with the same code has another one. Which numbers they are is the store's choice.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TypeAlias

from orgraph.graph import Properties

DUMP_FORMAT = 1
"""Grows when a record changes its meaning; a larger one is refused."""
MAX_IDENTITY = 2**31


@dataclass(frozen=True, slots=True)
class DumpHead:
    """The first record. ``latest_day``: the latest effective day of any commit, ``None`` without commits."""

    format: int
    num_commits: int
    latest_day: date | None


@dataclass(frozen=True, slots=True)
class DumpedCommit:
    """One commit: its number, counted from 1, who and why, and the version that it gave to every scope it changed."""

    number: int
    at: str
    by: str
    reason: str
    effective: date
    versions: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class NodeState:
    """One state of a node: present (``valid_to`` and ``ended`` are ``None``) or past.

    True from ``valid_from`` inclusive to ``valid_to`` exclusive; ``begun`` and ``ended`` are the commits that made and ended it, ``born`` is
    the first day of the node. A state that was made and ended on one day is true on none, yet the log needs it. States that begin
    and end in one commit do not exist.
    """

    identity: int
    kind: str
    code: str
    properties: Properties
    valid_from: date
    valid_to: date | None
    begun: int
    ended: int | None
    born: date


@dataclass(frozen=True, slots=True)
class RelationshipState:
    """One state of a relationship between two identities, like :class:`NodeState`; a symmetric kind has the smaller key as its source."""

    kind: str
    source: int
    target: int
    properties: Properties
    valid_from: date
    valid_to: date | None
    begun: int
    ended: int | None


@dataclass(frozen=True, slots=True)
class Touched:
    """That a commit touched a node (``a``; ``kind`` is empty and ``b`` 0) or a relationship (from ``a`` to ``b``) of a scope.

    One record for every scope in which the thing was before or is after. Nodes of which there is no state are left out, and so are their relationships.
    """

    commit: int
    scope: str
    a: int
    kind: str = ""
    b: int = 0


@dataclass(frozen=True, slots=True)
class DumpEnd:
    """The last record: how many of each kind came before it."""

    counts: Mapping[str, int] = field(default_factory=dict)


DumpRecord: TypeAlias = DumpHead | DumpedCommit | NodeState | RelationshipState | Touched | DumpEnd

COUNTED: Mapping[type[DumpRecord], str] = {
    DumpedCommit: "commits",
    NodeState: "node_states",
    RelationshipState: "relationship_states",
    Touched: "touched",
}
"""The records that are counted, by the name of their count, in their order."""


async def close_dump(records: AsyncIterator[DumpRecord]) -> None:
    """End the reading of a dump that may not have been read to its end."""
    if isinstance(records, AsyncGenerator):
        await records.aclose()
