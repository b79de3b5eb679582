"""The organization that a merger leads to: new villages, their committees, the old villages' organizations as grid branches."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from orgraph.graph import GraphBuilder, Node, NodeKey, OrgGraph, Properties, Relationship, Value
from orgraph.messages import text
from orgraph.schema import NODE_KINDS

_COUNTS = ("population", "households", "members", "full_members", "arable_mu", "area_km2")
_FIRMS = ("Enterprise", "CoBuildingUnit", "Building")
_PLACES = ("PART_OF", "LOCATED_IN")
_LINEAGE = ("MERGED_INTO", "CONVERTED_TO")


@dataclass(frozen=True, slots=True)
class NewVillage:
    """A village to be made: its code, its name, and the old village whose place becomes its own (empty: none)."""

    code: str
    name: str
    seat: str = ""


def after(
    graph: OrgGraph,
    part_by_unit: Mapping[str, str],
    villages: Sequence[NewVillage],
    *,
    plan_code: str = "",
    on: date | None = None,
) -> OrgGraph:
    """Return the graph after a merger; nothing that lies in an old village is lost.

    Old villages stay as nodes outside the tree, each ``MERGED_INTO`` its new village, which takes over their counts, their outer borders and what else
    they were tied to. Each old village becomes one grid of the new one: its only grid, or a new one; what lay in it directly lies there then (a village
    of several grids hands these over, and the rest lies in the new village itself). Its own party organization is ``CONVERTED_TO`` a grid branch below
    the committee of the new village, which is below the town's, and takes over members and posts. So the tree town committee - new village committee - grid
    branch - centre household stands. What is made of synthetic data is flagged so.

    Parameters
    ----------
    graph
        The organizations before; every unit of ``part_by_unit`` lies in a town.
    part_by_unit
        Code of the new village by code of the old one.
    villages
        Every new village.
    plan_code, on
        The plan and the day that the steps of lineage name.
    """
    merger = _Merger(graph, part_by_unit, plan_code, on)
    for village in villages:
        merger.add_new_village(village)
    for code in part_by_unit:
        merger.merge(code)
    merger.take_over()
    merger.add_borders()
    return merger.freeze()


def committee_code(part: str) -> str:
    """Return the code of a new village's party committee."""
    return f"{part}-P"


class _Merger:
    """Builds the graph after. ``_heir`` tells what takes over the relationships of a former unit or organization."""

    def __init__(
        self, graph: OrgGraph, part_by_unit: Mapping[str, str], plan_code: str, on: date | None
    ) -> None:
        self._graph = graph
        self._part_by_unit = part_by_unit
        self._heir: dict[NodeKey, NodeKey] = {
            NodeKey("Unit", code): NodeKey("Unit", part) for code, part in part_by_unit.items()
        }
        self._home: dict[NodeKey, NodeKey] = {}
        self._step: Properties = {
            **({"plan_code": plan_code} if plan_code else {}),
            **({"date": on.isoformat()} if on else {}),
        }
        self._builder = GraphBuilder()
        for node in graph.nodes():
            is_old = node.key in self._heir
            kept = {n: v for n, v in node.properties.items() if not (is_old and n in _COUNTS)}
            self._builder.add_node(node.kind, node.code, kept)

    def add_new_village(self, village: NewVillage) -> None:
        """Add a new village with the sums of its old ones, and its committee."""
        old = [self._unit(code) for code, part in self._part_by_unit.items() if part == village.code]
        flag = _flag(old)
        (town,) = self._graph.outgoing(old[0].key, "PART_OF")
        seat = self._unit(village.seat).properties if village.seat else {}
        place = {name: seat[name] for name in ("lon", "lat") if name in seat}
        level = old[0].properties.get("level", "village")
        properties = {"name": village.name, "level": level, **_sums(old, _summed(old)), **place}
        unit = self._add("Unit", village.code, properties, flag)
        self._connect("PART_OF", unit, town.key, flag)
        party: Properties = {
            "name": text("planning.merged.committee", name=village.name).zh,
            "kind": "COMMITTEE",
            "sector": "rural",
            **_sums(old, ("members", "full_members")),
        }
        committee = self._add("PartyOrganization", committee_code(village.code), party, flag)
        self._connect("LOCATED_IN", committee, unit, flag)
        for organization in self._organizations(town.key):
            if organization.properties.get("kind") == "COMMITTEE":
                self._connect("SUBORDINATE_TO", committee, organization.key, flag)

    def merge(self, code: str) -> None:
        """Merge one village: it becomes a grid, its own organizations become branches of that grid."""
        unit, new = self._unit(code), NodeKey("Unit", self._part_by_unit[code])
        flag = _flag([unit])
        self._connect("MERGED_INTO", unit.key, new, {**self._step, **flag})
        grids = [n.key for n in self._graph.incoming(unit.key, "PART_OF") if n.kind == "Grid"]
        if not grids:
            grids = [self._add_grid(unit, new, flag)]
        self._home[unit.key] = grids[0] if len(grids) == 1 else new
        for organization in self._own_organizations(unit.key):
            branch = self._grid_branch(organization, new.code)
            self._heir[organization.key] = branch
            self._connect("LOCATED_IN", branch, self._home[unit.key], flag)
            for grid in grids:
                self._connect("HAS_ORGANIZATION", grid, branch, flag)

    def take_over(self) -> None:
        """Take over every relationship of the graph before; the heirs stand in for what is former."""
        for r in self._graph.relationships():
            ends = self._ends_after(r)
            if ends is not None and ends[0] != ends[1]:
                self._builder.add_relationship(r.kind, *ends, r.properties)

    def _ends_after(self, r: Relationship) -> tuple[NodeKey, NodeKey] | None:
        """Return the ends that a relationship has after the merger, ``None`` when it ends."""
        source, target = self._heir.get(r.source, r.source), self._heir.get(r.target, r.target)
        is_as_before = (source, target) == (r.source, r.target)
        if r.kind in _LINEAGE or is_as_before:
            return r.source, r.target
        if r.kind == "ADJACENT" or (r.kind in (*_PLACES, "SUBORDINATE_TO") and r.source in self._heir):
            return None
        if r.kind in _PLACES and r.target in self._home:
            return source, (target if r.source.kind == "Grid" else self._home[r.target])
        if r.kind == "HAS_ORGANIZATION" and r.source in self._heir and r.target in self._heir:
            return None
        return source, target

    def add_borders(self) -> None:
        """Make new villages adjacent whose old villages were, to each other and to what stays; the shared border is the sum of theirs."""
        borders: dict[tuple[str, str], list[Relationship]] = {}
        for edge in self._graph.relationships("ADJACENT"):
            if {edge.source, edge.target} & self._heir.keys():
                a, b = sorted(self._heir.get(end, end).code for end in (edge.source, edge.target))
                borders.setdefault((a, b), []).append(edge)
        for (a, b), edges in sorted(borders.items()):
            if a != b:
                self._builder.add_relationship(
                    "ADJACENT", NodeKey("Unit", a), NodeKey("Unit", b), _border(edges)
                )

    def freeze(self) -> OrgGraph:
        """Return the graph."""
        return self._builder.freeze(self._graph.provenance)

    def _unit(self, code: str) -> Node:
        return self._graph.node("Unit", code)

    def _organizations(self, unit: NodeKey) -> list[Node]:
        return [n for n in self._graph.incoming(unit, "LOCATED_IN") if n.kind == "PartyOrganization"]

    def _own_organizations(self, unit: NodeKey) -> list[Node]:
        """Return the organizations of the village as such: not those of firms, nor those below another one here."""
        here = self._organizations(unit)
        keys = {n.key for n in here}
        return [
            n
            for n in here
            if not any(owner.kind in _FIRMS for owner in self._graph.incoming(n.key, "HAS_ORGANIZATION"))
            and not any(upper.key in keys for upper in self._graph.outgoing(n.key, "SUBORDINATE_TO"))
        ]

    def _add_grid(self, unit: Node, new: NodeKey, flag: Properties) -> NodeKey:
        name = text("planning.merged.grid", name=plain_name(unit.name)).zh
        counts = {n: v for n in ("population", "households") if (v := unit.properties.get(n)) is not None}
        grid = self._add("Grid", f"{unit.code}-G", {"name": name, "kind": "base", **counts}, flag)
        self._connect("PART_OF", grid, new, flag)
        return grid

    def _grid_branch(self, organization: Node, part: str) -> NodeKey:
        """Turn a village's organization into a grid branch of the new village."""
        village = organization.name.removesuffix(text("planning.merged.village_branch").zh)
        flag = _flag([organization])
        kept = {
            n: v for n, v in organization.properties.items() if n in ("members", "full_members", "sector")
        }
        name = text("planning.merged.grid_branch", name=village).zh
        branch = self._add(
            "PartyOrganization", f"{organization.code}-B", {"name": name, "kind": "BRANCH", **kept}, flag
        )
        self._connect("CONVERTED_TO", organization.key, branch, {**self._step, **flag})
        self._connect("SUBORDINATE_TO", branch, NodeKey("PartyOrganization", committee_code(part)), flag)
        return branch

    def _add(self, kind: str, code: str, properties: Properties, flag: Properties) -> NodeKey:
        while NodeKey(kind, code) in self._graph:
            code += "-1"
        return self._builder.add_node(kind, code, {**properties, **flag})

    def _connect(self, kind: str, source: NodeKey, target: NodeKey, properties: Properties) -> None:
        self._builder.add_relationship(kind, source, target, properties)


def _flag(nodes: Iterable[Node]) -> Properties:
    """Return the flag of what is made of these nodes."""
    return {"is_synthetic": True} if any(n.properties.get("is_synthetic") for n in nodes) else {}


def plain_name(name: str) -> str:
    """Return a village's name without the words for its committee."""
    for suffix in text("planning.merged.suffixes").zh.split():
        name = name.removesuffix(suffix)
    return name


def _summed(nodes: Sequence[Node]) -> tuple[str, ...]:
    """Return the counts, and every open weight that all nodes have."""
    known = NODE_KINDS["Unit"].field_by_name
    open_weights = set.intersection(*({n for n in node.properties if n not in known} for node in nodes))
    return (*_COUNTS, *sorted(open_weights))


def _sums(nodes: Sequence[Node], fields: Iterable[str]) -> dict[str, Value]:
    """Return the sums of what is given; a count that no node has stays out."""
    given = {f: [v for n in nodes if isinstance(v := n.properties.get(f), int | float)] for f in fields}
    return {f: round(sum(values), 3) for f, values in given.items() if values}


def _border(edges: Sequence[Relationship]) -> Properties:
    """Return the border between two villages that these borders of old villages make up."""
    lengths = [v for e in edges if isinstance(v := e.properties.get("shared_border_m"), int | float)]
    length: Properties = {"shared_border_m": round(sum(lengths), 1)} if lengths else {}
    barrier: Properties = {"is_barrier": True} if all(e.properties.get("is_barrier") for e in edges) else {}
    synthetic: Properties = (
        {"is_synthetic": True} if any(e.properties.get("is_synthetic") for e in edges) else {}
    )
    return {**length, **barrier, **synthetic}
