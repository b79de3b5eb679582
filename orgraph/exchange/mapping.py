"""Lay polygons onto units: their geometry, their point where none is given, and adjacency where no edges are given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import shapely

from orgraph.exchange.adjacency import MIN_BORDER_M, Border, borders, overlaps_m2, project
from orgraph.exchange.assembly import Assembly
from orgraph.exchange.geojson import Area, Areas
from orgraph.exchange.tables import ADJACENT
from orgraph.exchange.values import Problem, parse
from orgraph.findings import Json, Place
from orgraph.graph import NodeKey, Value
from orgraph.schema import NODE_KINDS, ValueType

MIN_FAULT_M2 = 1_000.0
"""Smaller overlaps and gaps are the noise of drawing."""


def add_areas(assembly: Assembly, files: Sequence[Areas]) -> list[Area]:
    """Give units their polygons; return the areas of known units. Without any unit from a table, the areas are the units."""
    has_units = any(key.kind == "Unit" for key in assembly.nodes)
    areas: list[Area] = []
    for file in files:
        unknown: list[str] = []
        for area in file.areas:
            key = NodeKey("Unit", area.code)
            if not has_units:
                _add_unit(assembly, key, area, Place(file.name, area.number))
            if key not in assembly.nodes:
                unknown.append(area.code)
            elif "geometry" in assembly.nodes[key]:
                assembly.add(
                    "geometry_in_two_files", Place(file.name, area.number), (area.code,), {"code": area.code}
                )
            else:
                assembly.nodes[key]["geometry"] = area.document
                areas.append(area)
        if unknown:
            assembly.add("geometry_unknown_unit", Place(file.name), unknown, _listed(unknown), warn=True)
    _name_missing(assembly, files)
    return areas


def _add_unit(assembly: Assembly, key: NodeKey, area: Area, place: Place) -> None:
    """Make a unit of an area: those of its properties that the schema knows are read like the cells of a table."""
    assembly.nodes[key] = {"name": area.code}
    assembly.places[key] = place
    for column in NODE_KINDS["Unit"].properties:
        written = area.properties.get(column.name)
        if isinstance(written, str | int | float) and column.type is not ValueType.GEOMETRY:
            value = parse(column, str(written))
            if isinstance(value, Problem):
                numbers: dict[str, Json] = {**value.numbers, "column": column.name}
                assembly.add(value.code, replace(place, column=column.name), (area.code,), numbers)
            elif value is not None:
                assembly.nodes[key][column.name] = value


def _name_missing(assembly: Assembly, files: Sequence[Areas]) -> None:
    """Warn of units without an area; units that hold other units need none."""
    containers = {target for (kind, _, target) in assembly.relationships if kind == "PART_OF"}
    missing = [
        k.code
        for k, v in assembly.nodes.items()
        if k.kind == "Unit" and k not in containers and "geometry" not in v
    ]
    if files and missing:
        assembly.add("geometry_missing", Place(files[0].name), missing, _listed(missing), warn=True)


def add_points(assembly: Assembly, areas: Sequence[Area]) -> int:
    """Give units without a point the centre of their area (or a point inside, where the centre lies outside); return how many."""
    filled = 0
    for area in areas:
        values = assembly.nodes[NodeKey("Unit", area.code)]
        if values.get("lon") is None or values.get("lat") is None:
            center = area.shape.centroid
            point = center if area.shape.contains(center) else area.shape.representative_point()
            values["lon"], values["lat"] = round(point.x, 6), round(point.y, 6)
            filled += 1
    if filled:
        assembly.add("points_from_areas", None, (), {"num_units": filled}, warn=True)
    return filled


def derive_edges(assembly: Assembly, areas: Sequence[Area], tolerance_m: float) -> int:
    """Make units adjacent whose areas share a border line; return how many edges."""
    found = borders(project([area.shape for area in areas]), tolerance_m=tolerance_m)
    for border in found:
        ends = sorted(NodeKey("Unit", areas[i].code) for i in (border.a, border.b))
        values: dict[str, Value] = {"shared_border_m": border.length_m}
        if all(assembly.nodes[key].get("is_synthetic") is True for key in ends):
            values["is_synthetic"] = True
        assembly.relationships[ADJACENT, ends[0], ends[1]] = values
    _say_derived(assembly, areas, found, tolerance_m)
    return len(found)


def _say_derived(
    assembly: Assembly, areas: Sequence[Area], found: Sequence[Border], tolerance_m: float
) -> None:
    near = [b for b in found if not b.is_exact]
    numbers: dict[str, Json] = {
        "num_edges": len(found),
        "num_near": len(near),
        "tolerance_m": tolerance_m,
        "min_border_m": MIN_BORDER_M,
        "near": [[areas[b.a].code, areas[b.b].code] for b in near],
    }
    assembly.add("edges_derived", None, (), numbers, warn=True)


def judge_faults(assembly: Assembly, areas: Sequence[Area]) -> None:
    """Warn of areas that overlap and of gaps that the areas enclose."""
    local = project([area.shape for area in areas])
    overlaps = {pair: m2 for pair, m2 in overlaps_m2(local).items() if m2 >= MIN_FAULT_M2}
    if overlaps:
        pairs = [f"{areas[a].code}–{areas[b].code}" for a, b in overlaps]
        codes = sorted({areas[i].code for pair in overlaps for i in pair})
        numbers = {**_listed(pairs), "hectares": round(sum(overlaps.values()) / 1e4, 1)}
        assembly.add("areas_overlap", None, codes, numbers, warn=True)
    gaps = [m2 for m2 in _gaps_m2(local.shapes) if m2 >= MIN_FAULT_M2]
    if gaps:
        about: dict[str, Json] = {"num_gaps": len(gaps), "hectares": round(sum(gaps) / 1e4, 1)}
        assembly.add("areas_leave_gaps", None, (), about, warn=True)


def _gaps_m2(projected: Sequence[shapely.Geometry]) -> list[float]:
    """Return the areas of holes in the union that are no hole of a single area."""
    whole = shapely.union_all(projected)
    rings = [ring for part in shapely.get_parts(whole) for ring in part.interiors]
    return [float(shapely.Polygon(ring).area) for ring in rings]


def _listed(codes: Sequence[str]) -> dict[str, Json]:
    return {"num_units": len(codes), "named": [*codes]}
