"""Adjacency: which territories touch, as an undirected networkx graph of their codes, and the pieces in which a map falls apart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import networkx as nx

from orgraph.graph.orgraph import Node, NodeKey, OrgGraph, Relationship


def adjacency(
    graph: OrgGraph, level: str | None = None, *, kind: str = "Unit", with_barriers: bool = False
) -> nx.Graph[str]:
    """Return the adjacency of the territories of one kind.

    Nodes are codes, in the order of the graph, with the attribute ``node``. Edges carry ``shared_border_m`` and ``point_distance_m`` (metres, ``None``
    where unknown) and ``is_barrier``.

    Parameters
    ----------
    level
        Units of this level only; ``None``: every node of the kind.
    with_barriers
        Keep the edges that are barred (a river without a bridge); they are left out otherwise.

    Notes
    -----
    O(n + m). An edge to a node that the graph lacks, or that is of another level, is left out.
    """
    nodes = (n for n in graph.nodes(kind) if level is None or n.properties.get("level") == level)
    found: nx.Graph[str] = nx.Graph()
    found.add_nodes_from((node.code, {"node": node}) for node in nodes)
    for edge in _edges(graph, kind):
        a, b = edge.source.code, edge.target.code
        if a in found and b in found and (with_barriers or not edge.properties.get("is_barrier")):
            found.add_edge(
                a,
                b,
                shared_border_m=edge.properties.get("shared_border_m"),
                point_distance_m=edge.properties.get("point_distance_m"),
                is_barrier=bool(edge.properties.get("is_barrier")),
            )
    return found


def pieces(adjacent: nx.Graph[str]) -> tuple[tuple[str, ...], ...]:
    """Return the connected pieces of a map, the one with most territories first, ties by code; inside, by code. O(n log n + m)."""
    found = [tuple(sorted(piece)) for piece in nx.connected_components(adjacent)]
    return tuple(sorted(found, key=lambda piece: (-len(piece), piece)))


def map_pieces(
    graph: OrgGraph, inside: Mapping[NodeKey, NodeKey], *, kind: str
) -> Iterator[tuple[tuple[str, ...], ...]]:
    """Yield the pieces of every map that is in several: the territories of one kind and level that lie in one container.

    ``inside`` gives the container of every node that has one. Where no two territories of a map are adjacent nothing is known, and
    nothing is said.
    """
    whole = adjacency(graph, kind=kind)
    if not whole.number_of_edges():
        return
    for codes in _maps(graph.nodes(kind), inside):
        part = whole.subgraph(codes)
        if part.number_of_edges() and len(found := pieces(part)) > 1:
            yield found


def _edges(graph: OrgGraph, kind: str) -> Iterator[Relationship]:
    return (r for r in graph.relationships("ADJACENT") if r.source.kind == kind == r.target.kind)


def _maps(nodes: Iterable[Node], inside: Mapping[NodeKey, NodeKey]) -> Iterable[list[str]]:
    groups: dict[tuple[NodeKey | None, object], list[str]] = {}
    for node in nodes:
        groups.setdefault((inside.get(node.key), node.properties.get("level")), []).append(node.code)
    return groups.values()
