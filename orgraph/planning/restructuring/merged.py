"""The organization that a merger leads to: new villages, their committees, the old villages' organizations as grid branches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from orgraph.graph import GraphBuilder, Node, NodeKey, OrgGraph, Properties, Value
from orgraph.messages import text

_COUNTS = ("population", "households", "members", "full_members", "arable_mu", "area_km2")


def after(graph: OrgGraph, part_by_unit: Mapping[str, str], name_by_part: Mapping[str, str]) -> OrgGraph:
    """Return the graph after a merger.

    Old villages stay as nodes, each ``MERGED_INTO`` its new village, which takes over their counts, their outer borders and their grids; each
    village's party organization is ``CONVERTED_TO`` a grid branch below the committee of the new village, which is below the town's. So the
    tree town committee - new village committee - grid branch - centre household stands. Everything else is as before. What is new is flagged
    synthetic where the graph is.

    Parameters
    ----------
    graph
        The organizations before; every unit of ``part_by_unit`` lies in a town.
    part_by_unit
        Code of the new village by code of the old one.
    name_by_part
        Name of the new village by its code.
    """
    merger = _Merger(graph, part_by_unit)
    for part, name in name_by_part.items():
        merger.add_new_village(part, name)
    for code in part_by_unit:
        merger.merge(code)
    merger.add_borders()
    return merger.freeze()


def committee_code(part: str) -> str:
    """Return the code of a new village's party committee."""
    return f"{part}-P"


class _Merger:
    """Builds the graph after; ``_replaced`` holds the relationships (kind, source) of the graph before that do not go over."""

    def __init__(self, graph: OrgGraph, part_by_unit: Mapping[str, str]) -> None:
        self._graph = graph
        self._part_by_unit = part_by_unit
        self._flag: Properties = {"is_synthetic": True} if graph.provenance.get("is_synthetic") else {}
        self._replaced: set[tuple[str, NodeKey]] = set()
        self._builder = GraphBuilder()
        for node in graph.nodes():
            is_old = node.kind == "Unit" and node.code in part_by_unit
            kept = {n: v for n, v in node.properties.items() if not (is_old and n in _COUNTS)}
            self._builder.add_node(node.kind, node.code, kept)

    def add_new_village(self, part: str, name: str) -> None:
        """Add a new village with the sums of its old ones, and its committee."""
        old = [self._graph.node("Unit", code) for code, its in self._part_by_unit.items() if its == part]
        (town,) = self._graph.outgoing(old[0].key, "PART_OF")
        unit = self._add("Unit", part, {"name": name, "level": "village", **_sums(old, _COUNTS)})
        self._connect("PART_OF", unit, town.key)
        party: Properties = {
            "name": text("planning.merged.committee", name=name).zh,
            "kind": "COMMITTEE",
            "sector": "rural",
            **_sums(old, ("members", "full_members")),
        }
        committee = self._add("PartyOrganization", committee_code(part), party)
        self._connect("LOCATED_IN", committee, unit)
        for organization in self._organizations(town.key):
            if organization.properties.get("kind") == "COMMITTEE":
                self._connect("SUBORDINATE_TO", committee, organization.key)

    def merge(self, code: str) -> None:
        """Merge one village: its grids and its organization go over."""
        unit, part = NodeKey("Unit", code), self._part_by_unit[code]
        self._connect("MERGED_INTO", unit, NodeKey("Unit", part))
        grids = [n.key for n in self._graph.incoming(unit, "PART_OF") if n.kind == "Grid"]
        for organization in self._organizations(unit):
            branch = self._grid_branch(organization, part)
            for grid in grids:
                self._connect("LOCATED_IN", branch, grid)
                self._replace("HAS_ORGANIZATION", grid, branch)
        for grid in grids:
            self._replace("PART_OF", grid, NodeKey("Unit", part))

    def add_borders(self) -> None:
        """Make new villages adjacent whose old villages were; the shared border is the sum of theirs."""
        metres: dict[tuple[str, str], float] = {}
        for edge in self._graph.relationships("ADJACENT"):
            a, b = (self._part_by_unit.get(end.code) for end in (edge.source, edge.target))
            length = edge.properties.get("shared_border_m")
            if a is not None and b is not None and a != b and isinstance(length, int | float):
                pair = (min(a, b), max(a, b))
                metres[pair] = metres.get(pair, 0.0) + length
        for (a, b), length in sorted(metres.items()):
            self._connect(
                "ADJACENT", NodeKey("Unit", a), NodeKey("Unit", b), {"shared_border_m": round(length, 1)}
            )

    def freeze(self) -> OrgGraph:
        """Take over every relationship that the merger does not replace, and return the graph."""
        for r in self._graph.relationships():
            if (r.kind, r.source) not in self._replaced and not self._is_inner(r.kind, r.source, r.target):
                self._builder.add_relationship(r.kind, r.source, r.target, r.properties)
        return self._builder.freeze(self._graph.provenance)

    def _is_inner(self, kind: str, source: NodeKey, target: NodeKey) -> bool:
        return kind == "ADJACENT" and source.code in self._part_by_unit and target.code in self._part_by_unit

    def _organizations(self, unit: NodeKey) -> list[Node]:
        return [n for n in self._graph.incoming(unit, "LOCATED_IN") if n.kind == "PartyOrganization"]

    def _grid_branch(self, organization: Node, part: str) -> NodeKey:
        """Turn a village's organization into a grid branch of the new village."""
        village = organization.name.removesuffix(text("planning.merged.village_branch").zh)
        kept = {
            n: v for n, v in organization.properties.items() if n in ("members", "full_members", "sector")
        }
        name = text("planning.merged.grid_branch", name=village).zh
        branch = self._add(
            "PartyOrganization", f"{organization.code}-B", {"name": name, "kind": "BRANCH", **kept}
        )
        self._connect("CONVERTED_TO", organization.key, branch)
        self._connect("SUBORDINATE_TO", branch, NodeKey("PartyOrganization", committee_code(part)))
        return branch

    def _replace(self, kind: str, source: NodeKey, target: NodeKey) -> None:
        self._connect(kind, source, target)
        self._replaced.add((kind, source))

    def _add(self, kind: str, code: str, properties: Properties) -> NodeKey:
        return self._builder.add_node(kind, code, {**properties, **self._flag})

    def _connect(
        self, kind: str, source: NodeKey, target: NodeKey, properties: Properties | None = None
    ) -> None:
        self._builder.add_relationship(kind, source, target, {**(properties or {}), **self._flag})


def _sums(nodes: Sequence[Node], fields: tuple[str, ...]) -> dict[str, Value]:
    """Return the sums of what is given; a count that no node has stays out."""
    given = {f: [v for n in nodes if isinstance(v := n.properties.get(f), int | float)] for f in fields}
    return {f: round(sum(values), 3) for f, values in given.items() if values}
