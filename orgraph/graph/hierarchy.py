"""The containment tree: what lies in what. A node has at most one container; where a graph has several, the first by key counts.

All functions read relationships, never levels, so they work on any part of the graph. None of them runs into a circle for ever.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from orgraph.graph.orgraph import Node, NodeKey, OrgGraph
from orgraph.schema import RELATIONSHIP_KINDS

CONTAINMENT = tuple(name for name, kind in RELATIONSHIP_KINDS.items() if kind.is_containment)
"""Names of the relationship kinds that make the tree."""


def container_of(graph: OrgGraph, key: NodeKey) -> NodeKey | None:
    """Return the key of what holds a node, or ``None``. O(degree)."""
    edges = graph.networkx.out_edges(key, keys=True)
    return min((target for _, target, kind in edges if kind in CONTAINMENT), default=None)


def containers(graph: OrgGraph) -> Mapping[NodeKey, NodeKey]:
    """Return the container of every node that has one. O(n + m)."""
    found: dict[NodeKey, NodeKey] = {}
    for source, target, kind in graph.networkx.edges(keys=True):
        if kind in CONTAINMENT and (source not in found or target < found[source]):
            found[source] = target
    return found


def contents(graph: OrgGraph) -> Mapping[NodeKey, tuple[NodeKey, ...]]:
    """Return what every container holds directly, by key. O(n log n + m)."""
    held: defaultdict[NodeKey, list[NodeKey]] = defaultdict(list)
    for child, container in containers(graph).items():
        held[container].append(child)
    return {container: tuple(sorted(children)) for container, children in held.items()}


def roots(graph: OrgGraph) -> tuple[Node, ...]:
    """Return the nodes without a container, by key."""
    inside = containers(graph)
    return tuple(sorted((n for n in graph.nodes() if n.key not in inside), key=lambda n: n.key))


def ancestors(graph: OrgGraph, key: NodeKey) -> tuple[Node, ...]:
    """Return the containers of a node, nearest first. O(depth x degree)."""
    return tuple(node for step in _way_up(graph, key) if (node := _node(graph, step)) is not None)


def descendants(
    graph: OrgGraph, key: NodeKey, *, kind: str | None = None, max_depth: int | None = None
) -> tuple[Node, ...]:
    """Return what a node contains, by depth, then kind and code; without the node itself.

    Parameters
    ----------
    kind
        Return nodes of this kind only; others are still walked through.
    max_depth
        1 = what it holds directly. ``None`` = all.
    """
    found: list[Node] = []
    seen, level, depth = {key}, [key], 0
    while level and (max_depth is None or depth < max_depth):
        level = sorted({child for held in level for child in _held(graph, held)} - seen)
        seen.update(level)
        depth += 1
        nodes = (_node(graph, child) for child in level)
        found.extend(n for n in nodes if n is not None and kind in (None, n.kind))
    return tuple(found)


def level_of(graph: OrgGraph, key: NodeKey) -> str | None:
    """Return the level of a unit, or of the nearest unit with a level that contains the node; ``None`` where there is none."""
    for node in (_node(graph, key), *ancestors(graph, key)):
        if node is not None and node.kind == "Unit" and (level := node.properties.get("level")):
            return str(level)
    return None


def scope_of(graph: OrgGraph, key: NodeKey) -> str:
    """Return the scope of a node: the nearest unit of level county on its way up, itself included, else the topmost unit.

    ``""`` for a node outside every unit. The version of that scope counts the changes of the node.
    """
    own = _node(graph, key)
    units = [n for n in (own, *ancestors(graph, key)) if n is not None and n.kind == "Unit"]
    county = next((u.code for u in units if u.properties.get("level") == "county"), None)
    return county if county is not None else units[-1].code if units else ""


def unit_at_level(graph: OrgGraph, key: NodeKey, level: str) -> Node | None:
    """Return the unit of a level that a node lies in, itself included; ``None`` where there is none."""
    candidates = (_node(graph, key), *ancestors(graph, key))
    return next(
        (n for n in candidates if n is not None and n.kind == "Unit" and n.properties.get("level") == level),
        None,
    )


def _way_up(graph: OrgGraph, key: NodeKey) -> Iterator[NodeKey]:
    seen = {key}
    step = container_of(graph, key) if key in graph else None
    while step is not None and step not in seen:
        seen.add(step)
        yield step
        step = container_of(graph, step)


def _held(graph: OrgGraph, key: NodeKey) -> Iterator[NodeKey]:
    if key not in graph:
        return
    for source, _, kind in graph.networkx.in_edges(key, keys=True):
        if kind in CONTAINMENT and container_of(graph, source) == key:
            yield source


def _node(graph: OrgGraph, key: NodeKey) -> Node | None:
    if key not in graph:
        return None
    node: Node | None = graph.networkx.nodes[key].get("node")
    return node
