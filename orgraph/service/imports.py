"""Putting a graph into the store: judged as a whole first, then one commit, or nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from orgraph.errors import InputError
from orgraph.exchange import OutsideReference
from orgraph.findings import Finding, Json, has_errors
from orgraph.graph import GraphBuilder, Node, NodeKey, OrgGraph, validate
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
    outside: Sequence[OutsideReference] = (),
    is_dry_run: bool = False,
    effective: date | None = None,
    by: str = "",
    reason: str = "",
) -> Import:
    """Judge a graph together with what it leans on in the store, then put all of it, or nothing.

    Parameters
    ----------
    findings
        What was already found when the graph was read; an error among them stops the import too.
    outside
        References of the files to nodes that the store has to hold.
    is_dry_run
        Judge and count only; the store stays as it is.
    effective
        The day from which it is true; today by default.

    Raises
    ------
    InputError
        With every finding, when any of them is an error; nothing is written then.
    VersionConflict
        When somebody changed the same scope between the judgement and the commit.
    """
    before = await _versions(store, graph)
    unresolved = await _outside_findings(store, outside)
    found = merged((*findings, *unresolved), await _graph_findings(store, graph, outside))
    if has_errors(found):
        raise InputError("invalid_input", findings=found, num_errors=sum(f.is_error for f in found))
    existing = await _stored(store, [node.key for node in graph.nodes()])
    num_new, num_existing = _count(graph, existing)
    versions: Mapping[str, int] = {}
    if not is_dry_run:
        commit = await store.apply(changes(graph), expected=before, effective=effective, by=by, reason=reason)
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


def merged(first: Iterable[Finding], second: Iterable[Finding]) -> tuple[Finding, ...]:
    """Put findings of two rooms together; a warning that the first has told under the same name is not told twice."""
    told = list(first)
    names = {finding.code.partition(".")[2] for finding in told}
    return (*told, *(f for f in second if f.is_error or f.code.partition(".")[2] not in names))


def changes(graph: OrgGraph) -> Iterator[Change]:
    """Yield what puts a graph into a store: nodes, then containment (it decides scopes), then the other relationships."""
    for node in graph.nodes():
        yield PutNode(node.kind, node.code, node.properties)
    for is_containment in (True, False):
        for r in graph.relationships():
            kind = RELATIONSHIP_KINDS.get(r.kind)
            if (kind is not None and kind.is_containment) is is_containment:
                yield PutRelationship(r.kind, r.source, r.target, r.properties)


async def _outside_findings(store: Store, outside: Sequence[OutsideReference]) -> list[Finding]:
    """Name every reference of the files whose other end the store does not hold either, at its place.

    Where a reference may mean several kinds, the other end has to be in the files: only there its kind is known.
    """
    stored = await _stored(store, [key for reference in outside for key in reference.target])
    return [
        Finding(
            "service.end_unknown" if len(reference.target) == 1 else "service.end_of_unknown_kind",
            subject=(reference.target[0].code,),
            place=reference.place,
            numbers={"kinds": [kind for kind, _ in reference.target], "code": reference.target[0].code},
        )
        for reference in outside
        if len(reference.target) > 1 or reference.target[0] not in stored
    ]


async def _graph_findings(
    store: Store, graph: OrgGraph, outside: Sequence[OutsideReference]
) -> list[Finding]:
    """Judge the graph with those ends of its relationships added that it lacks and the store holds.

    Of the added nodes nothing is reported, for their own surroundings are not in this graph; nor is what the files' findings tell at its place.
    """
    missing = [key for key in graph.networkx if graph.networkx.nodes[key].get("node") is None]
    added = await _stored(store, missing)
    told = {key.code for reference in outside for key in reference.target}
    hidden = {"graph.container_missing": {key.code for key in missing}, "graph.end_missing": told}
    builder = GraphBuilder.of(graph)
    for node in added.values():
        builder.add_node(node.kind, node.code, node.properties)
    found = validate(builder.freeze(graph.provenance))
    return [f for f in found if not hidden.get(f.code, set()) & set(f.subject[:1])]


async def _stored(store: Store, keys: Sequence[NodeKey]) -> dict[NodeKey, Node]:
    """Return those of the keys that the store holds."""
    wanted = sorted(set(keys))
    found: dict[NodeKey, Node] = {}
    for start in range(0, len(wanted), _BATCH):
        for node in await store.get_many(wanted[start : start + _BATCH]):
            if node is not None:
                found[node.key] = node
    return found


def _count(graph: OrgGraph, existing: Collection[NodeKey]) -> tuple[dict[str, int], dict[str, int]]:
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
