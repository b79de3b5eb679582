"""Putting a graph into the store: judged as a whole first, then one commit, or nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from orgraph.errors import InputError
from orgraph.findings import Finding, Json, has_errors
from orgraph.graph import GraphBuilder, NodeKey, OrgGraph, validate
from orgraph.schema import RELATIONSHIP_KINDS
from orgraph.store.port import Change, PutNode, PutRelationship, Store

_BATCH = 1000


@dataclass(frozen=True, slots=True)
class Import:
    """What an import did, or would do. ``versions``: new version of every scope that changed; empty for a dry run."""

    num_new: Mapping[str, int]
    num_existing: Mapping[str, int]
    num_relationships: int
    versions: Mapping[str, int]
    findings: tuple[Finding, ...]
    is_dry_run: bool
    is_synthetic: bool

    def to_json(self) -> Json:
        """Return it as JSON."""
        return {
            "dry_run": self.is_dry_run,
            "is_synthetic": self.is_synthetic,
            "new": dict(self.num_new),
            "existing": dict(self.num_existing),
            "relationships": self.num_relationships,
            "versions": dict(self.versions),
            "findings": [finding.to_json() for finding in self.findings],
        }


async def import_graph(
    store: Store,
    graph: OrgGraph,
    *,
    findings: Sequence[Finding] = (),
    is_dry_run: bool = False,
    by: str = "",
    reason: str = "",
) -> Import:
    """Judge a graph together with what it leans on in the store, then put all of it, or nothing.

    Parameters
    ----------
    findings
        What was already found when the graph was read; an error among them stops the import too.
    is_dry_run
        Judge and count only; the store stays as it is.

    Raises
    ------
    InputError
        With every finding, when any of them is an error; nothing is written then.
    VersionConflict
        When somebody changed the same scope between the judgement and the commit.
    """
    before = await _versions(store, graph)
    found = (*findings, *validate(await _with_missing_ends(store, graph)))
    if has_errors(found):
        raise InputError("invalid_input", findings=found, num_errors=sum(f.is_error for f in found))
    existing = await _existing(store, graph)
    num_new, num_existing = _count(graph, existing)
    versions: Mapping[str, int] = {}
    if not is_dry_run:
        commit = await store.apply(changes(graph), expected=before, by=by, reason=reason)
        versions = commit.versions
    return Import(
        num_new,
        num_existing,
        sum(1 for _ in graph.relationships()),
        versions,
        found,
        is_dry_run,
        bool(graph.provenance.get("is_synthetic")),
    )


def changes(graph: OrgGraph) -> Iterator[Change]:
    """Yield what puts a graph into a store: nodes, then containment (it decides scopes), then the other relationships."""
    for node in graph.nodes():
        yield PutNode(node.kind, node.code, node.properties)
    for is_containment in (True, False):
        for r in graph.relationships():
            kind = RELATIONSHIP_KINDS.get(r.kind)
            if (kind is not None and kind.is_containment) is is_containment:
                yield PutRelationship(r.kind, r.source, r.target, r.properties)


async def _with_missing_ends(store: Store, graph: OrgGraph) -> OrgGraph:
    """Return the graph with those ends of its relationships added that it lacks and the store holds."""
    missing = sorted(key for key in graph.networkx if graph.networkx.nodes[key].get("node") is None)
    if not missing:
        return graph
    builder = GraphBuilder()
    for node in graph.nodes():
        builder.add_node(node.kind, node.code, node.properties)
    for start in range(0, len(missing), _BATCH):
        for node in await store.get_many(missing[start : start + _BATCH]):
            if node is not None:
                builder.add_node(node.kind, node.code, node.properties)
    for r in graph.relationships():
        builder.add_relationship(r.kind, r.source, r.target, r.properties)
    return builder.freeze(graph.provenance)


async def _existing(store: Store, graph: OrgGraph) -> frozenset[NodeKey]:
    keys = [node.key for node in graph.nodes()]
    found: set[NodeKey] = set()
    for start in range(0, len(keys), _BATCH):
        batch = keys[start : start + _BATCH]
        nodes = await store.get_many(batch)
        found.update(key for key, node in zip(batch, nodes, strict=True) if node is not None)
    return frozenset(found)


def _count(graph: OrgGraph, existing: frozenset[NodeKey]) -> tuple[dict[str, int], dict[str, int]]:
    num_new: dict[str, int] = {}
    num_existing: dict[str, int] = {}
    for node in graph.nodes():
        counts = num_existing if node.key in existing else num_new
        counts[node.kind] = counts.get(node.kind, 0) + 1
    return num_new, num_existing


async def _versions(store: Store, graph: OrgGraph) -> dict[str, int]:
    """Return the versions of the scopes that hold the topmost units of the graph, or the units these hang below."""
    versions: dict[str, int] = {}
    for key in _tops(graph):
        chain = (await store.get(*key), *await store.ancestors(key)) if await store.get(*key) else ()
        units = [node for node in chain if node is not None and node.kind == "Unit"]
        county = next((u for u in units if u.properties.get("level") == "county"), None)
        scope = county or (units[-1] if units else None)
        if scope is not None:
            versions[scope.code] = await store.version(scope.code)
    return versions


def _tops(graph: OrgGraph) -> Iterator[NodeKey]:
    """Yield the units that the graph puts into no unit of its own; also those it only names."""
    for key in graph.networkx:
        if key.kind == "Unit" and not graph.outgoing(key, "PART_OF"):
            yield key
