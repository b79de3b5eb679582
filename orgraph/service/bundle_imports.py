"""Taking back what `export` wrote: judged, counted, and put in one commit, as a stream."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from orgraph.errors import InputError
from orgraph.exchange.bundle_reading import BundleReader
from orgraph.findings import Finding
from orgraph.graph import Node, NodeKey, Relationship, node_findings, relationship_findings
from orgraph.service.imports import Import
from orgraph.store.port import Change, PutNode, PutRelationship, Store

_BATCH = 1000
_MAX_FINDINGS = 2000


async def import_bundle(
    store: Store, path: Path, *, is_dry_run: bool = False, by: str = "", reason: str = ""
) -> Import:
    """Read the bundle twice: once to judge and count it, once to put it, all in one commit, or nothing.

    Raises
    ------
    InputError
        When the bundle is not whole, was changed, or breaks the schema; nothing is written then.
    """
    reader = BundleReader(path)
    num_new, num_existing = await _judged(store, reader)
    versions: Mapping[str, int] = {}
    if not is_dry_run:
        commit = await store.apply(_changes(reader), by=by, reason=reason)
        versions = commit.versions
    bundled = reader.bundled
    num_relationships = sum(bundled.num_relationships.values())
    return Import(num_new, num_existing, num_relationships, versions, (), is_dry_run, bundled.is_synthetic)


async def _judged(store: Store, reader: BundleReader) -> tuple[dict[str, int], dict[str, int]]:
    """Return how many nodes of each kind are new and how many exist, when nothing speaks against any row."""
    num_new: dict[str, int] = {}
    num_existing: dict[str, int] = {}
    findings: list[Finding] = []
    waiting: list[NodeKey] = []

    async def count() -> None:
        for key, node in zip(waiting, await store.get_many(waiting), strict=True):
            counts = num_new if node is None else num_existing
            counts[key.kind] = counts.get(key.kind, 0) + 1
        waiting.clear()

    for thing in reader.things():
        if len(findings) < _MAX_FINDINGS:
            findings += _findings(thing, reader)
        if isinstance(thing, Node):
            waiting.append(thing.key)
            if len(waiting) == _BATCH:
                await count()
    await count()
    if findings:
        raise InputError("invalid_input", findings=findings, num_errors=len(findings))
    return num_new, num_existing


def _findings(thing: Node | Relationship, reader: BundleReader) -> tuple[Finding, ...]:
    if isinstance(thing, Node):
        return node_findings(thing.kind, thing.code, thing.properties, place=reader.place)
    return relationship_findings(thing.kind, thing.source, thing.target, thing.properties, place=reader.place)


def _changes(reader: BundleReader) -> Iterator[Change]:
    for thing in reader.things():
        if isinstance(thing, Node):
            yield PutNode(thing.kind, thing.code, thing.properties)
        else:
            yield PutRelationship(thing.kind, thing.source, thing.target, thing.properties)
