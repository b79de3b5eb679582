"""The port: everything the rest of the program may ask of a store. Adapters lie beside it; nobody outside sees SQL or Cypher.

Words. *Containment*: the tree of the relationship kinds with ``is_containment`` (:mod:`orgraph.schema`); a node's *scope* is the nearest
unit of level ``county`` on its way up, itself included, else the topmost unit; nodes outside every unit belong to the scope ``""``. A *version* is
one number per scope, raised by one by every commit that changes something in it. *Effective date*: the day from which a change is true;
``as_of`` asks what was true on a day (``valid_from <= day < valid_to``), ``None`` for the latest state.
"""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from types import TracebackType
from typing import Protocol, Self, TypeAlias

from orgraph.findings import Finding
from orgraph.graph import Node, NodeKey, OrgGraph, Properties, Relationship, Value
from orgraph.store.dump import DumpRecord

ALL = ""
"""The scope that ``snapshot`` takes for the whole store."""

READABLE = frozenset({"store.readable", "store.database_readable"})
"""The findings of ``diagnose`` that tell that the store is complete."""
WRITING = frozenset({"store.writing", "store.database_writing"})
"""The findings of ``diagnose`` that tell who writes."""


@dataclass(frozen=True, slots=True)
class PutNode:
    """Create a node or change it: the given properties replace those of the same name, ``None`` removes one, the rest stays."""

    kind: str
    code: str
    properties: Properties = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DeleteNode:
    """End a node and its relationships. With ``subtree``, all that it contains too; without, being a container of something is refused."""

    kind: str
    code: str
    subtree: bool = False


@dataclass(frozen=True, slots=True)
class PutRelationship:
    """Create a relationship, or change its properties like :class:`PutNode`. A many-to-one kind moves the source to its new target."""

    kind: str
    source: NodeKey
    target: NodeKey
    properties: Properties = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DeleteRelationship:
    """End a relationship."""

    kind: str
    source: NodeKey
    target: NodeKey


Change: TypeAlias = PutNode | DeleteNode | PutRelationship | DeleteRelationship


@dataclass(frozen=True, slots=True)
class Commit:
    """What ``apply`` did: the new version of every scope that it changed, and how many things were put and ended."""

    versions: Mapping[str, int]
    num_put: int
    num_deleted: int


@dataclass(frozen=True, slots=True)
class ChangeRecord:
    """One entry of the change log: what one commit did to one node or relationship."""

    scope: str
    version: int
    at: str
    """UTC time of the commit, ISO 8601."""
    by: str
    reason: str
    effective: date
    change: Change


class Operator(StrEnum):
    """How a condition compares. Comparisons with a missing value are false; ask for that with ``IS_MISSING``."""

    EQ = "eq"
    NE = "ne"
    IN = "in"
    LT = "lt"
    LE = "le"
    GT = "gt"
    GE = "ge"
    IS_MISSING = "is_missing"
    """Value: true or false."""
    HAS = "has"
    """``field`` is a relationship kind prefixed by its direction: ``out:HAS_ORGANIZATION``, ``in:SERVES``, and, where
    only one kind counts at the other end, followed by it: ``in:LOCATED_IN:PartyOrganization``; value: true or false."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition on a field of the kind asked for: ``code``, or a field with ``is_filterable``."""

    field: str
    operator: Operator
    value: Value


@dataclass(frozen=True, slots=True)
class Order:
    """Sort by a field with ``is_sortable`` (texts by pinyin key); missing values come last, either way; ties by code, always upward."""

    field: str
    is_descending: bool = False


Cursor: TypeAlias = tuple[str | int | float | None, ...]
"""The sort values of a row, its code last. Values, not positions: rows may come and go around it."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page in the order asked for (also when read backward). Cursors stand beside the nodes, index by index."""

    nodes: tuple[Node, ...]
    cursors: tuple[Cursor, ...]
    has_next: bool
    has_previous: bool


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A relationship, and the node at its other end."""

    relationship: Relationship
    node: Node


@dataclass(frozen=True, slots=True)
class RollupRow:
    """Sums over everything that one unit contains, itself included.

    ``counts``: nodes per kind. ``sums``: per ``"Kind.field"``; missing values count as nothing. ``coverage``: per measure (covered, total).
    ``is_synthetic``: any node of the kinds that these figures are about was generated, as a whole or in some values, however deep it lies.
    """

    unit: Node
    counts: Mapping[str, int]
    sums: Mapping[str, float]
    coverage: Mapping[str, tuple[int, int]]
    is_synthetic: bool


@dataclass(frozen=True, slots=True)
class Revision:
    """One state of a node and the days on which it was true: ``valid_from`` inclusive, ``valid_to`` exclusive, ``None`` = until today."""

    node: Node
    valid_from: date
    valid_to: date | None


class Direction(StrEnum):
    """Which way a relationship is followed."""

    OUT = "out"
    IN = "in"
    BOTH = "both"


class Store(Protocol):
    """The port. Every method is one round trip; every error is an :class:`~orgraph.errors.OrgraphError`."""

    async def ensure_schema(self) -> None:
        """Create or migrate tables, indexes and constraints; nothing happens when they are there.

        Raises
        ------
        StoreError
            When the store was made by a newer program; it is left as it is.
        """
        ...

    async def apply(
        self,
        changes: Iterable[Change],
        *,
        expected: Mapping[str, int] | None = None,
        effective: date | None = None,
        by: str = "",
        reason: str = "",
    ) -> Commit:
        """Apply all changes in one transaction, or none.

        Parameters
        ----------
        changes
            In order. Read once and in pieces: a generator of a million changes needs bounded memory.
        expected
            Version that each scope must have; ``{}`` or ``None`` checks nothing. A scope that does not exist has version 0.
        effective
            The day from which they are true; today by default. Earlier than the last change of the same thing is refused.

        Raises
        ------
        InvalidGraph
            With every finding: unknown kind or field, wrong type or range, missing required field, missing end, ends or cardinality
            that the schema forbids, a cycle, a container that is not empty, a date before the last change.
        VersionConflict
            ``details``: scope, expected, actual, changes (the keys of what changed since, at most 20).
        StoreLocked
            When another process writes.

        Notes
        -----
        The changes are read in another thread. Changes equal to what is there change nothing: they raise no version and are not counted.
        When the waiting task is cancelled, the call first waits until the transaction has ended: before the commit began it is rolled back,
        otherwise it is committed. A note on the ``CancelledError`` says which, and so does :meth:`version`.
        """
        ...

    async def get(self, kind: str, code: str, *, as_of: date | None = None) -> Node | None:
        """Return a node, or ``None``. Like every read, an :class:`InputError` with all findings when what is asked cannot be."""
        ...

    async def get_many(
        self, keys: Sequence[NodeKey], *, as_of: date | None = None
    ) -> tuple[Node | None, ...]:
        """Return nodes in the order of the keys, ``None`` where there is none."""
        ...

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
        """Return up to ``limit`` nodes after (or the last ones before) a cursor. ``within``: contained in this unit, or the unit itself.

        Texts and codes are compared with values by code point, whatever they are sorted by. Without an order: by code.

        Raises
        ------
        NotFound
            When there is no such unit (on the day).
        """
        ...

    async def count(
        self,
        kind: str,
        *,
        where: Sequence[Condition] = (),
        within: str | None = None,
        as_of: date | None = None,
    ) -> int:
        """Return how many nodes ``page`` would walk over."""
        ...

    async def neighbours(
        self,
        keys: Sequence[NodeKey],
        relationship: str,
        *,
        direction: Direction = Direction.OUT,
        as_of: date | None = None,
    ) -> tuple[tuple[Neighbour, ...], ...]:
        """Return the neighbours of each key, in the order of the keys; inside, by key of the other end."""
        ...

    async def ancestors(self, key: NodeKey, *, as_of: date | None = None) -> tuple[Node, ...]:
        """Return the containers of a node, nearest first."""
        ...

    async def descendants(
        self,
        key: NodeKey,
        *,
        kind: str | None = None,
        max_depth: int | None = None,
        as_of: date | None = None,
    ) -> tuple[Node, ...]:
        """Return what a node contains, by depth, then kind and code; without the node itself."""
        ...

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
        """Sum up everything below a unit, computed in the store.

        One row per unit of ``level`` inside ``scope`` by code, or one for the scope itself when ``level`` is ``None``. ``measures`` are names of
        :data:`orgraph.schema.COVERAGE_MEASURES`. Without ``kinds``, every kind is counted.

        Raises
        ------
        NotFound
            When there is no such unit (on the day).
        """
        ...

    async def search(
        self, text: str, *, kinds: Sequence[str] = (), within: str | None = None, limit: int = 20
    ) -> tuple[Node, ...]:
        """Find nodes whose searchable fields hold ``text`` (two characters or more), or whose pinyin initials do; also by code prefix.

        Order: whole match, then prefix, then the rest; inside, by pinyin key, code and kind. Letter case, width and compatibility forms make no
        difference. A shorter text is a finding, since nearly everything would match it.
        """
        ...

    async def snapshot(self, scope: str, *, kinds: Sequence[str] = (), as_of: date | None = None) -> OrgGraph:
        """Return everything that a unit contains, itself included, with all relationships inside; ``kinds`` narrows the nodes.

        A relationship with one end outside is left out. :data:`ALL` is the whole store. ``provenance`` holds ``scope``, ``as_of`` and ``version``:
        of the unit's scope, or the number of commits for the whole store. All is read from one state of the store.
        """
        ...

    async def history(self, key: NodeKey) -> tuple[Revision, ...]:
        """Return every state of a node, oldest first."""
        ...

    async def version(self, scope: str) -> int:
        """Return the version of the scope that a unit belongs to, 0 when nothing was ever in it. It never goes down."""
        ...

    async def changes(self, scope: str, since: int = 0, *, limit: int = 1000) -> tuple[ChangeRecord, ...]:
        """Return the change log of a scope after a version, oldest first; one record per thing and commit.

        Inside a commit: ended relationships, ended nodes, nodes, relationships, so that it can be applied again in this order.
        """
        ...

    def dump(self) -> AsyncIterator[DumpRecord]:
        """Yield everything that the store holds, past and log included, in the order of :mod:`orgraph.store.dump`.

        All is read from one state of the store, and commits go on beside it. Memory is bounded. An iterator that is not read to its end
        is ended with :func:`orgraph.store.dump.close_dump`.
        """
        ...

    async def load(self, records: AsyncIterable[DumpRecord]) -> None:
        """Load what a store of any kind dumped, in one transaction; every answer is then the same as there.

        The store has to be set up and to hold nothing, not even a past. An error that ``records`` raises comes out unchanged, and nothing is left behind.

        Raises
        ------
        StoreError
            When there was ever a commit to this store.
        InputError
            When the dump is cut, out of order, of a newer format, or names what this program's schema does not know.
        StoreLocked
            When another process writes.
        """
        ...

    async def diagnose(self) -> tuple[Finding, ...]:
        """Check the store itself: readable, complete, integrity, who writes. What is well is told as warnings."""
        ...

    async def close(self) -> None:
        """Close; closing twice is allowed."""
        ...

    async def __aenter__(self) -> Self:
        """Open is done by ``open_store``; entering only scopes the closing."""
        ...

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close."""
        ...
