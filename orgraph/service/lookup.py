"""`Lookup`: reading the directory through one store, for callers that must not know stores (the web)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from orgraph.errors import StoreError
from orgraph.graph import GraphBuilder, Node, NodeKey, Relationship
from orgraph.graph.lineage import LINEAGE, Step, became, came_from
from orgraph.service.directory import Coverage, coverage
from orgraph.service.scenarios.basis import scope_code
from orgraph.store.port import (
    ChangeRecord,
    Condition,
    Cursor,
    Direction,
    Order,
    Page,
    Revision,
    Store,
)

MAX_PAGE = 1000
"""Most nodes that one page may hold."""
_MOST_LINKS = 1000
"""Most steps of a lineage that are followed."""


@dataclass(frozen=True)
class Lineage:
    """What became of a thing, oldest first, and what it came from, latest first; the nodes that the steps name."""

    became: tuple[Step, ...]
    came_from: tuple[Step, ...]
    nodes: dict[NodeKey, Node]


class Lookup:
    """Reads from one store. Every method is one use case; none of them writes."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def nodes(self, keys: Sequence[NodeKey], *, as_of: date | None = None) -> tuple[Node | None, ...]:
        """Return nodes in the order of the keys, ``None`` where there is none."""
        return await self._store.get_many(keys, as_of=as_of)

    async def page(
        self,
        kind: str,
        *,
        where: Sequence[Condition] = (),
        within: str | None = None,
        order: Sequence[Order] = (),
        after: Cursor | None = None,
        before: Cursor | None = None,
        limit: int,
        as_of: date | None = None,
    ) -> Page:
        """Return a page of nodes of one kind; see :meth:`orgraph.store.port.Store.page`."""
        return await self._store.page(
            kind,
            where=where,
            within=within,
            order=order,
            after=after,
            before=before,
            limit=limit,
            as_of=as_of,
        )

    async def count(
        self,
        kind: str,
        *,
        where: Sequence[Condition] = (),
        within: str | None = None,
        as_of: date | None = None,
    ) -> int:
        """Return how many nodes :meth:`page` walks over."""
        return await self._store.count(kind, where=where, within=within, as_of=as_of)

    async def coverage(self, code: str, level: str | None = None, *, as_of: date | None = None) -> Coverage:
        """Return the coverage of a unit and of the units below it, without gaps by name; see :func:`orgraph.service.directory.coverage`."""
        return await coverage(self._store, code, level, max_named=0, as_of=as_of)

    async def lineage(self, key: NodeKey) -> Lineage:
        """Return what became of a unit or organization, and what it came from.

        One store call per generation and direction, and kind of relationship that such a thing has.
        """
        nodes: dict[NodeKey, Node] = {}
        ties: list[Relationship] = []
        relationship = LINEAGE[0] if key.kind == "Unit" else LINEAGE[1]
        for direction in (Direction.OUT, Direction.IN):
            ties += await self._generations(key, relationship, direction, nodes)
        builder = GraphBuilder()
        for tie in ties:
            builder.add_relationship(tie.kind, tie.source, tie.target, tie.properties)
        graph = builder.freeze()
        return Lineage(became(graph, key), came_from(graph, key), nodes)

    async def _generations(
        self, key: NodeKey, relationship: str, direction: Direction, nodes: dict[NodeKey, Node]
    ) -> list[Relationship]:
        found: list[Relationship] = []
        seen, at = {key}, [key]
        while at and len(found) < _MOST_LINKS:
            rows = await self._store.neighbours(at, relationship, direction=direction)
            neighbours = [n for row in rows for n in row]
            found += (n.relationship for n in neighbours)
            nodes.update((n.node.key, n.node) for n in neighbours)
            at = list(dict.fromkeys(n.node.key for n in neighbours if n.node.key not in seen))
            seen.update(at)
        return found

    async def search(
        self, text: str, *, kinds: Sequence[str], within: str | None = None, limit: int = 20
    ) -> tuple[Node, ...]:
        """Return nodes whose searchable fields hold a text; see :meth:`orgraph.store.port.Store.search`."""
        return await self._store.search(text, kinds=kinds, within=within, limit=limit)

    async def history(self, key: NodeKey) -> tuple[Revision, ...]:
        """Return every state of a node, oldest first."""
        return await self._store.history(key)

    async def changes(self, unit_code: str, since: int = 0, *, limit: int) -> tuple[ChangeRecord, ...]:
        """Return the change log of the county of a unit after a version, oldest first.

        Raises
        ------
        NotFound
            When there is no such unit.
        """
        scope = await scope_code(self._store, unit_code)
        return await self._store.changes(scope, since, limit=limit)

    async def is_ready(self) -> bool:
        """Return whether the store answers: one small read, since readiness is asked every few seconds."""
        try:
            await self._store.get("Unit", "")
        except StoreError:
            return False
        return True
