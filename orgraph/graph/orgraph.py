"""`OrgGraph`: a read-only snapshot of a part of the organization graph, held in networkx.

It is what files, data sets and stores hand out, and what validation, comparison and planning take. Everything that changes
something makes a new one through :class:`GraphBuilder`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple, TypeAlias

import networkx as nx

from orgraph.errors import NotFound

Value: TypeAlias = bool | int | float | str | tuple[str, ...] | None
Properties: TypeAlias = Mapping[str, Value]


def is_synthetic(properties: Properties) -> bool:
    """Return whether what has these properties was generated, as a whole or in some values."""
    return bool(properties.get("is_synthetic") or properties.get("synthetic_fields"))


class NodeKey(NamedTuple):
    """Identity of a node: the name of its kind, and its code. Names are no keys."""

    kind: str
    code: str


@dataclass(frozen=True, slots=True)
class Node:
    """One node. ``properties`` never holds the code, nor anything that a relationship says."""

    kind: str
    code: str
    properties: Properties = field(default_factory=dict)

    @property
    def key(self) -> NodeKey:
        """Return the node's identity."""
        return NodeKey(self.kind, self.code)

    @property
    def name(self) -> str:
        """Return the name, or the code where there is none."""
        return str(self.properties.get("name") or self.code)

    @property
    def is_synthetic(self) -> bool:
        """Return whether it was generated, or any of its values."""
        return is_synthetic(self.properties)


@dataclass(frozen=True, slots=True)
class Relationship:
    """One relationship. For a symmetric kind the source has the smaller key."""

    kind: str
    source: NodeKey
    target: NodeKey
    properties: Properties = field(default_factory=dict)


class OrgGraph:
    """A read-only snapshot: nodes by key, at most one relationship of a kind between two nodes, and provenance.

    ``provenance`` tells where the data come from: ``is_synthetic`` (also a property of single nodes), ``attribution``, ``as_of``, ``version`` ...
    """

    def __init__(
        self, graph: nx.MultiDiGraph[NodeKey], provenance: Mapping[str, Value] | None = None
    ) -> None:
        self._graph: nx.MultiDiGraph[NodeKey] = nx.freeze(graph)
        self.provenance: Mapping[str, Value] = MappingProxyType(dict(provenance or {}))

    @property
    def networkx(self) -> nx.MultiDiGraph[NodeKey]:
        """The frozen networkx graph: nodes are :class:`NodeKey` with attribute ``node``, edges keyed by kind with attribute ``relationship``."""
        return self._graph

    def __len__(self) -> int:
        return int(self._graph.number_of_nodes())

    def __contains__(self, key: object) -> bool:
        return key in self._graph

    def node(self, kind: str, code: str) -> Node:
        """Return one node.

        Raises
        ------
        NotFound
            When the graph does not hold it.
        """
        key = NodeKey(kind, code)
        node: Node | None = self._graph.nodes[key].get("node") if key in self._graph else None
        if node is None:
            raise NotFound("not_found", kind=kind, code=code)
        return node

    def nodes(self, kind: str | None = None) -> Iterator[Node]:
        """Yield the nodes of one kind, or all, in the order in which they were added."""
        for key, data in self._graph.nodes(data=True):
            node: Node | None = data.get("node")
            if node is not None and (kind is None or key.kind == kind):
                yield node

    def relationships(self, kind: str | None = None) -> Iterator[Relationship]:
        """Yield the relationships of one kind, or all."""
        relationship: Relationship
        for _, _, name, relationship in self._graph.edges(keys=True, data="relationship"):
            if kind is None or name == kind:
                yield relationship

    def outgoing(self, key: NodeKey, kind: str) -> tuple[Node, ...]:
        """Return the nodes that relationships of one kind lead to, by code."""
        return self._ends((t for _, t, k in self._graph.out_edges(key, keys=True) if k == kind))

    def incoming(self, key: NodeKey, kind: str) -> tuple[Node, ...]:
        """Return the nodes that relationships of one kind come from, by code."""
        return self._ends((s for s, _, k in self._graph.in_edges(key, keys=True) if k == kind))

    def _ends(self, keys: Iterable[NodeKey]) -> tuple[Node, ...]:
        return tuple(n for key in sorted(keys) if (n := self._graph.nodes[key].get("node")) is not None)


class GraphBuilder:
    """Collects nodes and relationships, then freezes them: the only way to make an :class:`OrgGraph`.

    It does not judge: :func:`orgraph.graph.validate` does. A node added twice keeps the later properties. A relationship
    whose end is missing is kept, so that validation can report it; the missing end stands in ``OrgGraph.networkx`` without the attribute ``node``.
    """

    def __init__(self) -> None:
        self._graph: nx.MultiDiGraph[NodeKey] = nx.MultiDiGraph()

    @classmethod
    def of(cls, graph: OrgGraph) -> GraphBuilder:
        """Return a builder that holds all of a graph already. O(n + m)."""
        builder = cls()
        for node in graph.nodes():
            builder.add_node(node.kind, node.code, node.properties)
        for r in graph.relationships():
            builder.add_relationship(r.kind, r.source, r.target, r.properties)
        return builder

    def add_node(self, kind: str, code: str, properties: Properties | None = None) -> NodeKey:
        """Add or replace one node and return its key."""
        node = Node(kind, code, MappingProxyType(dict(properties or {})))
        self._graph.add_node(node.key, node=node)
        return node.key

    def add_relationship(
        self, kind: str, source: NodeKey, target: NodeKey, properties: Properties | None = None
    ) -> None:
        """Add or replace the relationship of one kind between two nodes."""
        relationship = Relationship(kind, source, target, MappingProxyType(dict(properties or {})))
        self._graph.add_edge(source, target, key=kind, relationship=relationship)

    def freeze(self, provenance: Mapping[str, Value] | None = None) -> OrgGraph:
        """Return the snapshot; the builder must not be used afterwards."""
        return OrgGraph(self._graph, provenance)
