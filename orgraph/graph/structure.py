"""What single nodes and relationships cannot tell: missing ends, cardinality, containers, circles, levels, maps in pieces."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

import networkx as nx

from orgraph.findings import Finding, Json, Severity
from orgraph.graph.adjacency import map_pieces
from orgraph.graph.conformity import containment_findings
from orgraph.graph.hierarchy import CONTAINMENT, containers
from orgraph.graph.lineage import is_former
from orgraph.graph.orgraph import Node, NodeKey, OrgGraph
from orgraph.graph.personal_data import shown_code
from orgraph.schema import NODE_KINDS, RELATIONSHIP_KINDS, Cardinality

_Pair = tuple[NodeKey, NodeKey]

_SINGLE_TARGET = (Cardinality.MANY_TO_ONE, Cardinality.ONE_TO_ONE)
_SINGLE_SOURCE = (Cardinality.ONE_TO_MANY, Cardinality.ONE_TO_ONE)

_PEELINGS = 8
"""As deep as a tree of containment or of organizations usually is."""

_MUST_LIE_SOMEWHERE = frozenset(
    kind.name
    for kind in NODE_KINDS.values()
    if any(f.is_required and f.reference in CONTAINMENT for f in kind.references)
)
"""Kinds with a required column that names their container."""


def structure_findings(graph: OrgGraph) -> Iterator[Finding]:
    """Yield everything wrong with how the nodes of a graph hang together. O(n log n + m)."""
    pairs = _pairs_by_kind(graph)
    inside = containers(graph)
    yield from _missing_ends(graph, pairs)
    for kind, of_kind in pairs.items():
        yield from _cardinality(kind, of_kind)
    yield from _reversed_twice(pairs)
    yield from _several_containers(pairs)
    yield from _missing_containers(graph, inside)
    yield from _cycles(pairs)
    yield from _levels(graph, inside)
    for kind in ("Unit", "Grid"):
        yield from (_in_pieces(kind, found) for found in map_pieces(graph, inside, kind=kind))


def _pairs_by_kind(graph: OrgGraph) -> Mapping[str, list[_Pair]]:
    pairs: defaultdict[str, list[_Pair]] = defaultdict(list)
    for source, target, kind in graph.networkx.edges(keys=True):
        pairs[kind].append((source, target))
    return {kind: pairs[kind] for kind in sorted(pairs) if kind in RELATIONSHIP_KINDS}


def _missing_ends(graph: OrgGraph, pairs: Mapping[str, list[_Pair]]) -> Iterator[Finding]:
    missing = {key for key, node in graph.networkx.nodes(data="node") if node is None}
    if not missing:
        return
    for kind, of_kind in pairs.items():
        for source, target in of_kind:
            for end in (source, target):
                if end in missing:
                    numbers: dict[str, Json] = {
                        "relationship": kind,
                        "source": shown_code(source.code),
                        "target": shown_code(target.code),
                        "missing_kind": end.kind,
                        "missing": shown_code(end.code),
                    }
                    yield Finding("graph.end_missing", subject=_codes([end]), numbers=numbers)


def _cardinality(kind: str, pairs: list[_Pair]) -> Iterator[Finding]:
    cardinality = RELATIONSHIP_KINDS[kind].cardinality
    if cardinality in _SINGLE_TARGET:
        yield from _more_than_one("graph.too_many_targets", kind, pairs)
    if cardinality in _SINGLE_SOURCE:
        yield from _more_than_one("graph.too_many_sources", kind, [(b, a) for a, b in pairs])


def _more_than_one(code: str, relationship: str, pairs: list[_Pair]) -> Iterator[Finding]:
    for key, others in _crowded(pairs):
        yield Finding(
            code,
            subject=_codes([key, *others]),
            numbers=_about(key, others) | {"relationship": relationship},
        )


def _several_containers(pairs: Mapping[str, list[_Pair]]) -> Iterator[Finding]:
    """Yield nodes that lie in several places by different kinds of containment; the same kind twice is a matter of cardinality."""
    firsts = [pair for kind in CONTAINMENT for pair in dict(pairs.get(kind, ())).items()]
    for key, others in _crowded(firsts):
        yield Finding("graph.several_containers", subject=_codes([key, *others]), numbers=_about(key, others))


def _crowded(pairs: Iterable[_Pair]) -> Iterator[tuple[NodeKey, list[NodeKey]]]:
    first: dict[NodeKey, NodeKey] = {}
    further: defaultdict[NodeKey, list[NodeKey]] = defaultdict(list)
    for key, other in pairs:
        if first.setdefault(key, other) is not other:
            further[key].append(other)
    for key in sorted(further):
        yield key, sorted([first[key], *further[key]])


def _about(key: NodeKey, others: list[NodeKey]) -> dict[str, Json]:
    codes: list[Json] = [*_codes(others)]
    return {"kind": key.kind, "code": shown_code(key.code), "num_found": len(others), "others": codes}


def _codes(keys: Iterable[NodeKey]) -> tuple[str, ...]:
    return tuple(shown_code(key.code) for key in keys)


def _reversed_twice(pairs: Mapping[str, list[_Pair]]) -> Iterator[Finding]:
    """Yield symmetric relationships that stand in the graph both ways."""
    for kind, of_kind in pairs.items():
        if RELATIONSHIP_KINDS[kind].is_symmetric:
            known = set(of_kind)
            for a, b in sorted(pair for pair in known if pair[0] < pair[1] and pair[::-1] in known):
                subject = _codes([a, b])
                numbers: dict[str, Json] = {"relationship": kind, "source": subject[0], "target": subject[1]}
                yield Finding("graph.stored_twice", subject=subject, numbers=numbers)


def _missing_containers(graph: OrgGraph, inside: Mapping[NodeKey, NodeKey]) -> Iterator[Finding]:
    for node in graph.nodes():
        if node.kind in _MUST_LIE_SOMEWHERE and node.key not in inside and not is_former(graph, node.key):
            code = shown_code(node.code)
            numbers: dict[str, Json] = {"kind": node.kind, "code": code}
            yield Finding("graph.container_missing", subject=(code,), numbers=numbers)


def _cycles(pairs: Mapping[str, list[_Pair]]) -> Iterator[Finding]:
    for kind, of_kind in pairs.items():
        if not RELATIONSHIP_KINDS[kind].is_acyclic:
            continue
        for circle in _circles(of_kind):
            numbers: dict[str, Json] = {"relationship": kind}
            yield Finding("graph.cycle", subject=_codes(circle), numbers=numbers)


def _circles(pairs: list[_Pair]) -> Iterator[list[NodeKey]]:
    """Yield the sets of nodes that reach each other, by key. First what nothing leads to is peeled off: nearly everything, soon."""
    left = [(a, b) for a, b in pairs if a != b]
    for _ in range(_PEELINGS):
        reached = {b for _, b in left}
        left = [(a, b) for a, b in left if a in reached]
    graph: nx.DiGraph[NodeKey] = nx.DiGraph(left)
    yield from sorted(sorted(part) for part in nx.strongly_connected_components(graph) if len(part) > 1)


def _levels(graph: OrgGraph, inside: Mapping[NodeKey, NodeKey]) -> Iterator[Finding]:
    for child, container in inside.items():
        if child.kind == container.kind == "Unit":
            nodes = [graph.networkx.nodes[key].get("node") for key in (child, container)]
            if isinstance(nodes[0], Node) and isinstance(nodes[1], Node):
                yield from containment_findings(nodes[0], nodes[1])


def _in_pieces(kind: str, found: tuple[tuple[str, ...], ...]) -> Finding:
    others = tuple(shown_code(code) for piece in found[1:] for code in piece)
    listed: list[Json] = [[shown_code(code) for code in piece] for piece in found]
    numbers: dict[str, Json] = {"kind": kind, "num_pieces": len(found), "pieces": listed}
    return Finding("graph.map_in_pieces", Severity.WARNING, subject=others, numbers=numbers)
