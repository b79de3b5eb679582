"""The graph of a unit with what its villages and organizations are tied to outside of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from orgraph.graph import GraphBuilder, NodeKey, OrgGraph
from orgraph.schema import RELATIONSHIP_KINDS
from orgraph.store.port import Direction, Store


async def with_surroundings(store: Store, graph: OrgGraph, units: Collection[str]) -> OrgGraph:
    """Return a graph with every relationship that leads out of it from some units and from what lies directly in them.

    A snapshot leaves out relationships with one end outside; a merger has to take them over too. One store call per kind of
    relationship that such a thing can have.
    """
    keys = [NodeKey("Unit", code) for code in units]
    keys += _organizations(graph, keys)
    builder = GraphBuilder.of(graph)
    kinds = {key.kind for key in keys}
    for relationship in _tied(kinds):
        for found in await store.neighbours(keys, relationship, direction=Direction.BOTH):
            for neighbour in found:
                if neighbour.node.key not in graph:
                    builder.add_node(neighbour.node.kind, neighbour.node.code, neighbour.node.properties)
                r = neighbour.relationship
                builder.add_relationship(r.kind, r.source, r.target, r.properties)
    return builder.freeze(graph.provenance)


def _organizations(graph: OrgGraph, units: Iterable[NodeKey]) -> list[NodeKey]:
    return [
        node.key
        for unit in units
        for node in graph.incoming(unit, "LOCATED_IN")
        if node.kind == "PartyOrganization"
    ]


def _tied(kinds: Collection[str]) -> list[str]:
    """Return the relationship kinds that nodes of these kinds can have."""
    return [
        name
        for name, kind in RELATIONSHIP_KINDS.items()
        if any(source in kinds or target in kinds for source, target in kind.ends)
    ]
