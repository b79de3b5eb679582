"""The organization that a merger leads to: new villages, their committees, the old villages' organizations as grid branches."""

from __future__ import annotations

from collections.abc import Mapping

from orgraph.graph import GraphBuilder, Node, NodeKey, OrgGraph, Value

_COUNTS = ("population", "households", "members", "full_members", "arable_mu", "area_km2")
_SYNTHETIC: Mapping[str, Value] = {"is_synthetic": True}


def after(graph: OrgGraph, part_by_unit: Mapping[str, str], name_by_part: Mapping[str, str]) -> OrgGraph:
    """Return the graph after a merger.

    Old villages stay as nodes, each ``MERGED_INTO`` its new village, which takes over their counts, their outer borders and their grids; each village's party organization is ``CONVERTED_TO`` a grid branch
    below the committee of the new village, which is below the town's. So the tree town committee - new village committee - grid branch - centre
    household stands. Everything else is as before. What is new is flagged synthetic: which village goes where is a plan, not a record.

    Parameters
    ----------
    graph
        The organizations before; every unit of ``part_by_unit`` has one organization.
    part_by_unit
        Code of the new village by code of the old one.
    name_by_part
        Name of the new village by its code.
    """
    builder = GraphBuilder()
    for node in graph.nodes():
        is_old = node.kind == "Unit" and node.code in part_by_unit
        kept = {n: v for n, v in node.properties.items() if not (is_old and n in _COUNTS)}
        builder.add_node(node.kind, node.code, kept)
    towns = {code: graph.outgoing(NodeKey("Unit", code), "PART_OF")[0] for code in part_by_unit}
    for part, name in name_by_part.items():
        old = [code for code, its_part in part_by_unit.items() if its_part == part]
        _add_new_village(
            builder, graph, part, name, [graph.node("Unit", code) for code in old], towns[old[0]]
        )
    replaced: set[tuple[str, NodeKey]] = set()
    for code, part in part_by_unit.items():
        replaced |= _merge(builder, graph, NodeKey("Unit", code), part)
    _add_borders(builder, graph, part_by_unit)
    for r in graph.relationships():
        is_inside = r.kind == "ADJACENT" and r.source.code in part_by_unit and r.target.code in part_by_unit
        if (r.kind, r.source) not in replaced and not is_inside:
            builder.add_relationship(r.kind, r.source, r.target, r.properties)
    return builder.freeze({**graph.provenance, "is_synthetic": True})


def committee_code(part: str) -> str:
    """Return the code of a new village's party committee."""
    return f"{part}-P"


def _add_new_village(
    builder: GraphBuilder, graph: OrgGraph, part: str, name: str, old: list[Node], town: Node
) -> None:
    village = {"name": name, "level": "village", **_sums(old, _COUNTS)}
    unit = builder.add_node("Unit", part, {**village, **_SYNTHETIC})
    builder.add_relationship("PART_OF", unit, town.key)
    party = {
        "name": f"{name}党委",
        "kind": "COMMITTEE",
        "sector": "rural",
        **_sums(old, ("members", "full_members")),
    }
    committee = builder.add_node("PartyOrganization", committee_code(part), {**party, **_SYNTHETIC})
    builder.add_relationship("LOCATED_IN", committee, unit, _SYNTHETIC)
    for organization in graph.incoming(town.key, "LOCATED_IN"):
        if organization.kind == "PartyOrganization" and organization.properties.get("kind") == "COMMITTEE":
            builder.add_relationship("SUBORDINATE_TO", committee, organization.key, _SYNTHETIC)


def _merge(builder: GraphBuilder, graph: OrgGraph, unit: NodeKey, part: str) -> set[tuple[str, NodeKey]]:
    """Merge one village; return the relationships (kind, source) that the merger replaces."""
    builder.add_relationship("MERGED_INTO", unit, NodeKey("Unit", part), _SYNTHETIC)
    replaced: set[tuple[str, NodeKey]] = set()
    grids = [n for n in graph.incoming(unit, "PART_OF") if n.kind == "Grid"]
    for organization in graph.incoming(unit, "LOCATED_IN"):
        if organization.kind == "PartyOrganization":
            branch = _grid_branch(builder, organization, part)
            for grid in grids:
                builder.add_relationship("LOCATED_IN", branch, grid.key, _SYNTHETIC)
                builder.add_relationship("HAS_ORGANIZATION", grid.key, branch, _SYNTHETIC)
            replaced |= {("HAS_ORGANIZATION", grid.key) for grid in grids}
    for grid in grids:
        builder.add_relationship("PART_OF", grid.key, NodeKey("Unit", part), _SYNTHETIC)
        replaced.add(("PART_OF", grid.key))
    return replaced


def _grid_branch(builder: GraphBuilder, organization: Node, part: str) -> NodeKey:
    """Turn a village's organization into a grid branch of the new village."""
    name = organization.name.replace("村党支部", "网格党支部")
    kept = {n: v for n, v in organization.properties.items() if n in ("members", "full_members", "sector")}
    branch = builder.add_node(
        "PartyOrganization", f"{organization.code}-B", {"name": name, "kind": "BRANCH", **kept, **_SYNTHETIC}
    )
    builder.add_relationship("CONVERTED_TO", organization.key, branch, _SYNTHETIC)
    committee = NodeKey("PartyOrganization", committee_code(part))
    builder.add_relationship("SUBORDINATE_TO", branch, committee, _SYNTHETIC)
    return branch


def _add_borders(builder: GraphBuilder, graph: OrgGraph, part_by_unit: Mapping[str, str]) -> None:
    """Make new villages adjacent whose old villages were; the shared border is the sum of theirs."""
    metres: dict[tuple[str, str], float] = {}
    for edge in graph.relationships("ADJACENT"):
        a, b = part_by_unit.get(edge.source.code), part_by_unit.get(edge.target.code)
        length = edge.properties.get("shared_border_m")
        if a is not None and b is not None and a != b and isinstance(length, int | float):
            pair = (min(a, b), max(a, b))
            metres[pair] = metres.get(pair, 0.0) + length
    for (a, b), length in sorted(metres.items()):
        properties: dict[str, Value] = {"shared_border_m": round(length, 1), **_SYNTHETIC}
        builder.add_relationship("ADJACENT", NodeKey("Unit", a), NodeKey("Unit", b), properties)


def _sums(nodes: list[Node], fields: tuple[str, ...]) -> dict[str, Value]:
    """Return the sums of what is given; a count that no node has stays out."""
    given = {f: [v for n in nodes if isinstance(v := n.properties.get(f), int | float)] for f in fields}
    return {f: round(sum(values), 3) for f, values in given.items() if values}
