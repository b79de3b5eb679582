"""Export: the present of a unit, or of the whole store, as one bundle of tables, read page by page."""

from __future__ import annotations

import hashlib
from array import array
from bisect import bisect_left
from collections.abc import AsyncIterator, Sequence
from typing import BinaryIO

from orgraph import __version__
from orgraph.errors import StoreUnavailable
from orgraph.exchange.bundle import Bundled, BundleWriter
from orgraph.graph import Node, NodeKey, Relationship, Value
from orgraph.schema import NODE_KINDS, RELATIONSHIP_KINDS, Field, NodeKind, ValueType
from orgraph.service.required import required
from orgraph.store.dump import DumpHead, close_dump
from orgraph.store.port import ALL, Cursor, Direction, Neighbour, Store

_PAGE = 2_000
_SOURCES = {
    kind: tuple(r.name for r in RELATIONSHIP_KINDS.values() if kind in {source for source, _ in r.ends})
    for kind in NODE_KINDS
}
"""The relationship kinds that may leave a node of a kind."""


async def export(store: Store, file: BinaryIO, scope: str = ALL) -> Bundled:
    """Write what a unit contains now, itself included, with the relationships inside; :data:`ALL` is the whole store.

    Raises
    ------
    NotFound
        When there is no such unit.
    StoreUnavailable
        When something was committed to it meanwhile: the tables would not fit together.
    OSError
        When the file cannot be written.
    """
    if scope != ALL:
        await required(store, "Unit", scope)
    before = await _version(store, scope)
    inside = None if scope == ALL else await _Inside.of(store, scope)
    with BundleWriter(file) as writer:
        for kind in NODE_KINDS.values():
            await _export_kind(store, writer, kind, scope, inside)
        await _export_relationships(store, writer, scope, inside)
        if await _version(store, scope) != before:
            raise StoreUnavailable("export_overtaken")
        return writer.finish(scope, before, program=__version__)


async def _version(store: Store, scope: str) -> int:
    """Return the version of a unit's scope, or the number of commits for the whole store."""
    if scope != ALL:
        return await store.version(scope)
    records = store.dump()
    try:
        head = await anext(records)
        assert isinstance(head, DumpHead)
        return head.num_commits
    finally:
        await close_dump(records)


async def _pages(store: Store, kind: str, scope: str) -> AsyncIterator[tuple[Node, ...]]:
    after: Cursor | None = None
    while True:
        page = await store.page(kind, within=scope or None, after=after, limit=_PAGE)
        if page.nodes:
            yield page.nodes
        if not page.has_next:
            return
        after = page.cursors[-1]


class _Inside:
    """Which nodes lie inside the unit: 64 bits of each key, sorted."""

    def __init__(self, hashes: array[int]) -> None:
        self._hashes = hashes

    @classmethod
    async def of(cls, store: Store, scope: str) -> _Inside:
        """Read the keys of everything that the unit contains."""
        hashes = array("Q")
        for kind in NODE_KINDS:
            async for nodes in _pages(store, kind, scope):
                hashes.extend(_hash(node.key) for node in nodes)
        return cls(array("Q", sorted(hashes)))

    def __contains__(self, key: NodeKey) -> bool:
        wanted = _hash(key)
        at = bisect_left(self._hashes, wanted)
        return at < len(self._hashes) and self._hashes[at] == wanted


def _hash(key: NodeKey) -> int:
    return int.from_bytes(hashlib.blake2b("\0".join(key).encode(), digest_size=8).digest())


async def _export_kind(
    store: Store, writer: BundleWriter, kind: NodeKind, scope: str, inside: _Inside | None
) -> None:
    if not await store.count(kind.name, within=scope or None):
        return
    weights = await _weights(store, kind, scope)
    with writer.node_table(kind, weights) as table:
        async for nodes in _pages(store, kind.name, scope):
            references = await _references(store, kind, nodes, inside)
            table.write(zip(nodes, references, strict=True))


async def _weights(store: Store, kind: NodeKind, scope: str) -> list[str]:
    """Return the names of the further numbers that nodes of the kind carry, which takes a reading of its own."""
    names: set[str] = set()
    if kind.has_open_weights:
        async for nodes in _pages(store, kind.name, scope):
            names.update(name for node in nodes for name in node.properties)
    return sorted(names - kind.field_by_name.keys())


async def _references(
    store: Store, kind: NodeKind, nodes: Sequence[Node], inside: _Inside | None
) -> list[dict[str, Value]]:
    """Return what the reference columns show of each node: the codes at the other ends."""
    shown: list[dict[str, Value]] = [{} for _ in nodes]
    for field in kind.references:
        direction = Direction.IN if field.is_incoming else Direction.OUT
        found = await store.neighbours([n.key for n in nodes], field.reference, direction=direction)
        for values, neighbours in zip(shown, found, strict=True):
            if codes := _codes(field, neighbours, inside):
                values[field.name] = codes if field.type is ValueType.CODES else codes[0]
    return shown


def _codes(field: Field, neighbours: Sequence[Neighbour], inside: _Inside | None) -> tuple[str, ...]:
    return tuple(
        n.node.code
        for n in neighbours
        if field.reference_kind in ("", n.node.kind) and (inside is None or n.node.key in inside)
    )


async def _export_relationships(
    store: Store, writer: BundleWriter, scope: str, inside: _Inside | None
) -> None:
    with writer.relationship_table() as table:
        for kind, relationships in _SOURCES.items():
            async for nodes in _pages(store, kind, scope):
                keys = [node.key for node in nodes]
                for name in relationships:
                    table.write(await _leaving(store, keys, name, inside))


async def _leaving(
    store: Store, keys: Sequence[NodeKey], name: str, inside: _Inside | None
) -> list[Relationship]:
    """Return the relationships of one kind that are stored as leaving the keys; those of a symmetric kind are found from both ends."""
    found = await store.neighbours(keys, name, direction=Direction.OUT)
    return [
        n.relationship
        for key, neighbours in zip(keys, found, strict=True)
        for n in neighbours
        if n.relationship.source == key and (inside is None or n.node.key in inside)
    ]
