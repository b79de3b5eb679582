"""What turns one graph into another: nodes and relationships to put, and those to end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from orgraph.graph.orgraph import Node, NodeKey, OrgGraph, Properties, Relationship

Ends: TypeAlias = tuple[str, NodeKey, NodeKey]
"""Kind, source, target."""


@dataclass(frozen=True)
class Difference:
    """The steps from one graph to another, each by key.

    What is put carries only the properties that differ; ``None`` removes one. Nodes that end take their relationships with them, which
    are listed as well.
    """

    nodes: tuple[Node, ...]
    relationships: tuple[Relationship, ...]
    nodes_gone: tuple[NodeKey, ...]
    relationships_gone: tuple[Ends, ...]

    def __bool__(self) -> bool:
        return bool(self.nodes or self.relationships or self.nodes_gone or self.relationships_gone)


def difference(before: OrgGraph, after: OrgGraph) -> Difference:
    """Return what turns ``before`` into ``after``; ``difference(after, before)`` turns it back. O(n log n) in nodes and relationships."""
    old, new = {n.key: n for n in before.nodes()}, {n.key: n for n in after.nodes()}
    had, has = _by_ends(before), _by_ends(after)
    return Difference(
        nodes=tuple(
            Node(*key, _changed(old[key].properties if key in old else None, new[key].properties))
            for key in sorted(new)
            if key not in old or old[key].properties != new[key].properties
        ),
        relationships=tuple(
            Relationship(*ends, _changed(had.get(ends), has[ends]))
            for ends in sorted(has)
            if ends not in had or had[ends] != has[ends]
        ),
        nodes_gone=tuple(sorted(old.keys() - new.keys())),
        relationships_gone=tuple(sorted(had.keys() - has.keys())),
    )


def _by_ends(graph: OrgGraph) -> Mapping[Ends, Properties]:
    return {(r.kind, r.source, r.target): r.properties for r in graph.relationships()}


def _changed(old: Properties | None, new: Properties) -> Properties:
    if old is None:
        return new
    put = {name: value for name, value in new.items() if name not in old or old[name] != value}
    return {**put, **{name: None for name in old if name not in new}}
