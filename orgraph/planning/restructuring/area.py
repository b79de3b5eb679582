"""`Area`: the units of a graph that a restructuring partitions, and which of them are neighbours. It reads the graph and judges nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import networkx as nx

from orgraph.graph import Node, NodeKey, OrgGraph, Value, is_former
from orgraph.schema import RELATIONSHIP_KINDS

UNIT = "Unit"
ADJACENT = "ADJACENT"
PLANNING_LEVELS = ("village", "community")

Pair = tuple[int, int]


@dataclass(frozen=True)
class Area:
    """Units by code; neighbours as index pairs (i, j), i < j, each with its length of border in metres or ``None``.

    ``barriers`` are neighbours that no district may join directly: they stand apart from ``edges``, and their border counts in nothing.
    """

    units: tuple[Node, ...]
    edges: Mapping[Pair, float | None]
    barriers: Mapping[Pair, float | None]
    provenance: Mapping[str, Value]

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """Return the codes in order."""
        return tuple(unit.code for unit in self.units)

    @cached_property
    def index(self) -> Mapping[str, int]:
        """Return the position of every code."""
        return {code: i for i, code in enumerate(self.codes)}

    @cached_property
    def name(self) -> Mapping[str, str]:
        """Return the name of every code."""
        return {unit.code: unit.name for unit in self.units}

    @cached_property
    def points(self) -> tuple[tuple[float, float] | None, ...]:
        """Return longitude and latitude of every unit, ``None`` where one of them is missing or impossible."""
        return tuple(_point(unit) for unit in self.units)

    @cached_property
    def is_synthetic(self) -> bool:
        """Whether anything in it is generated."""
        return bool(self.provenance.get("is_synthetic")) or any(unit.is_synthetic for unit in self.units)

    def codes_at(self, units: Iterable[int]) -> tuple[str, ...]:
        """Return the codes of some units."""
        return tuple(self.codes[i] for i in units)

    def column(self, name: str) -> tuple[int | float | None, ...]:
        """Return the numeric values of one property, ``None`` where it is missing or no number."""
        return tuple(_number(unit.properties.get(name)) for unit in self.units)

    @cached_property
    def full_columns(self) -> tuple[str, ...]:
        """Return the names of all properties that are numbers in every unit, coordinates left out, in the order of the first unit."""
        names = (n for n in (self.units[0].properties if self.units else ()) if n not in ("lon", "lat"))
        return tuple(n for n in names if None not in self.column(n))

    def parts(self, column: str) -> tuple[str | None, ...]:
        """Return each unit's part of a partition that a property holds, ``None`` where it is empty."""
        values = (unit.properties.get(column) for unit in self.units)
        return tuple(None if v is None or v == "" else str(v) for v in values)

    def pieces(self, edges: Iterable[Pair], left_out: frozenset[int]) -> list[list[int]]:
        """Return the connected pieces of the map without some units, largest first; inside, by index. O(n + m)."""
        graph: nx.Graph[int] = nx.Graph()
        graph.add_nodes_from(i for i in range(len(self.units)) if i not in left_out)
        graph.add_edges_from((i, j) for i, j in edges if not {i, j} & left_out)
        return sorted((sorted(p) for p in nx.connected_components(graph)), key=lambda p: (-len(p), p))


def area_of(graph: OrgGraph) -> Area:
    """Return the planning units: villages and communities, or the lowest units where none of them is in the graph; former ones are left out."""
    nodes = sorted((n for n in graph.nodes(UNIT) if not is_former(graph, n.key)), key=lambda node: node.code)
    units = tuple(n for n in nodes if n.properties.get("level") in PLANNING_LEVELS)
    units = units or _lowest(graph, nodes)
    index = {unit.code: i for i, unit in enumerate(units)}
    edges: dict[Pair, float | None] = {}
    barriers: dict[Pair, float | None] = {}
    for pair, metres, is_barrier in _neighbours(graph, index):
        (barriers if is_barrier else edges)[pair] = metres
    return Area(units, dict(sorted(edges.items())), barriers, graph.provenance)


def _lowest(graph: OrgGraph, nodes: Iterable[Node]) -> tuple[Node, ...]:
    containers: set[NodeKey] = set()
    for kind in (k.name for k in RELATIONSHIP_KINDS.values() if k.is_containment):
        containers |= {r.target for r in graph.relationships(kind) if r.source.kind == UNIT}
    return tuple(node for node in nodes if node.key not in containers)


def _neighbours(graph: OrgGraph, index: Mapping[str, int]) -> Iterator[tuple[Pair, float | None, bool]]:
    for relationship in graph.relationships(ADJACENT):
        i, j = index.get(relationship.source.code), index.get(relationship.target.code)
        if i is not None and j is not None and i != j:
            metres = _number(relationship.properties.get("shared_border_m"))
            yield (min(i, j), max(i, j)), metres, bool(relationship.properties.get("is_barrier"))


def _number(value: Value) -> int | float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if value == value and abs(value) != float("inf") else None


def _point(unit: Node) -> tuple[float, float] | None:
    lon, lat = _number(unit.properties.get("lon")), _number(unit.properties.get("lat"))
    if lon is None or lat is None or abs(lon) > 180 or abs(lat) > 90:
        return None
    return float(lon), float(lat)
