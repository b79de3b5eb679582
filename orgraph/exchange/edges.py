"""Adjacency given as a table, and what can be said about any adjacency: islands, and a map in several pieces."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import networkx as nx

from orgraph.exchange.assembly import EDGE_KINDS, Assembly
from orgraph.exchange.rows import Record, Sheet
from orgraph.exchange.tables import ADJACENT, EDGES
from orgraph.findings import Json
from orgraph.graph import NodeKey, Value

_FLAGS = frozenset({"is_synthetic"})


def add_edges(assembly: Assembly, sheets: Iterable[Sheet]) -> None:
    """Add every edge of the edge tables; a pair given twice with the same values is a warning, with others an error."""
    for sheet in sheets:
        if sheet.header.table.name == EDGES:
            for record in sheet.records:
                _add_edge(assembly, record)


def _add_edge(assembly: Assembly, record: Record) -> None:
    values = dict(record.values)
    a, b = values.pop("a", None), values.pop("b", None)
    if not isinstance(a, str) or not isinstance(b, str):
        return
    numbers: dict[str, Json] = {"a": a, "b": b}
    if a == b:
        assembly.add("edge_loop", record.place, (a,), numbers)
        return
    ends = _ends(assembly, a, b)
    if ends is None:
        kind = EDGE_KINDS[0]
        missing = [c for c in (a, b) if not any(NodeKey(k, c) in assembly.nodes for k in EDGE_KINDS)]
        if not assembly.is_partial:
            codes: dict[str, Json] = {"missing": [*(missing or (a, b))]}
            assembly.add("edge_end_unknown", record.place, missing or (a, b), {**numbers, **codes})
            return
        ends = (NodeKey(kind, a), NodeKey(kind, b))
    _keep_edge(assembly, record, ends, values)


def _ends(assembly: Assembly, a: str, b: str) -> tuple[NodeKey, NodeKey] | None:
    for kind in EDGE_KINDS:
        if (first := NodeKey(kind, a)) in assembly.nodes and (second := NodeKey(kind, b)) in assembly.nodes:
            return first, second
    return None


def _keep_edge(
    assembly: Assembly, record: Record, ends: tuple[NodeKey, NodeKey], values: Mapping[str, Value]
) -> None:
    source, target = sorted(ends)
    identity = (ADJACENT, source, target)
    if identity in assembly.relationships:
        first = assembly.relationship_places[identity]
        is_same = _measured(assembly.relationships[identity]) == _measured(values)
        numbers: dict[str, Json] = {
            "a": source.code,
            "b": target.code,
            "first_file": first.file,
            "first_row": first.row,
        }
        code = "edge_repeated" if is_same else "edge_contradicts"
        assembly.add(code, record.place, (source.code, target.code), numbers, warn=is_same)
        return
    assembly.relationships[identity] = dict(values)
    assembly.relationship_places[identity] = record.place


def _measured(values: Mapping[str, Value]) -> Mapping[str, Value]:
    return {name: value for name, value in values.items() if name not in _FLAGS and value is not False}


def judge_connection(assembly: Assembly) -> None:
    """Name units without any edge, and the pieces of a map that falls apart. Only units that hold no other units are on the map."""
    edges = [
        (s, t)
        for (kind, s, t), v in assembly.relationships.items()
        if kind == ADJACENT and not v.get("is_barrier")
    ]
    drawn: nx.Graph[NodeKey] = nx.Graph(e for e in edges if e[0].kind == "Unit")
    if not drawn:
        return
    containers = {t for (kind, _, t) in assembly.relationships if kind == "PART_OF"}
    drawn.add_nodes_from(k for k in assembly.nodes if k.kind == "Unit" and (k not in containers))
    pieces = sorted(
        (sorted(k.code for k in c) for c in nx.connected_components(drawn)), key=lambda c: (-len(c), c)
    )
    islands = [piece[0] for piece in pieces if len(piece) == 1]
    if islands:
        assembly.add("islands", None, islands, {"num_units": len(islands), "named": [*islands]}, warn=True)
    if len(pieces) > 1:
        subject = [code for piece in pieces[1:] for code in piece]
        listed: list[Json] = [list(piece) for piece in pieces]
        assembly.add(
            "map_in_pieces",
            None,
            subject,
            {"num_pieces": len(pieces), "pieces": listed},
            warn=True,
        )
