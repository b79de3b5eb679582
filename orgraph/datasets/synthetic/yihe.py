"""Write the files of the data set ``yihe``: ``python -m orgraph.datasets.synthetic.yihe FOLDER``.

Real are the names and codes of the villages before and after (``villages_2020.csv``, ``villages_2021.csv`` in that folder, only read) and the published totals. All the rest
is generated from fixed seeds; the columns ``is_synthetic`` and ``synthetic_fields`` of the files say so.
"""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from math import asin, cos, radians, sin, sqrt
from pathlib import Path
from typing import TypeAlias

from orgraph.datasets.synthetic import yihe_counts, yihe_map, yihe_people
from orgraph.datasets.synthetic.planar_map import PlanarMap, Point
from orgraph.datasets.synthetic.yihe_town import Town, neighbours_of

TOWN_CODE = "370503100"
EARTH_RADIUS_M = 6_371_008.8
CRS = '{"type":"name","properties":{"name":"urn:ogc:def:crs:OGC:1.3:CRS84"}}'
COUNTS_SEED = 17600
PARTS_SEED = 46
UNIT_SYNTHETIC = (
    "population", "households", "members", "full_members", "arable_mu", "area_km2", "lon", "lat", "geometry", "reference_part", "reference_name",
)  # fmt: skip

Row: TypeAlias = Mapping[str, str | int | float]


def generate(villages: Sequence[tuple[str, str]]) -> Town:
    """Return the town for the real (code, official name) pairs: the same on every platform."""
    names = [short_name(name) for _, name in villages]
    drawn = yihe_map.draw(names)
    counts = yihe_counts.count(yihe_map.areas_km2(drawn), seed=COUNTS_SEED)
    borders = _borders(drawn)
    around = neighbours_of(len(villages), borders)
    part = yihe_counts.parts(around, counts.population, seed=PARTS_SEED)
    return Town(
        tuple(c for c, _ in villages), tuple(n for _, n in villages), drawn, counts, borders, tuple(part)
    )


def short_name(official: str) -> str:
    """Return what is left of a village's name without its class: 东南村村委会 -> 东南."""
    return village_name(official).removesuffix("村")


def village_name(official: str) -> str:
    """Return a village's name without the name of its committee: 大牟村委会 -> 大牟村, 东南村村委会 -> 东南村."""
    return official.removesuffix("村委会").removesuffix("村") + "村"


def _borders(drawn: PlanarMap) -> dict[tuple[int, int], float]:
    """Return shared border lengths in metres, 0.1 m: neighbours hold the same segments."""
    owners: dict[frozenset[Point], list[int]] = {}
    for i, ring in enumerate(drawn.cells):
        for p, q in pairwise([*ring, ring[0]]):
            owners.setdefault(frozenset((p, q)), []).append(i)
    lengths: dict[tuple[int, int], float] = {}
    for segment, cells in owners.items():
        if len(cells) == 2:
            (x0, y0), (x1, y1) = segment
            key = (min(cells), max(cells))
            lengths[key] = lengths.get(key, 0.0) + 1000 * ((x1 - x0) ** 2 + (y1 - y0) ** 2) ** 0.5
    return {key: round(lengths[key], 1) for key in sorted(lengths)}


def write(town: Town, new_villages: Sequence[tuple[str, str]], folder: Path) -> None:
    """Write every generated file of the data set into ``folder``."""
    _write_rows(folder / "units.csv", _unit_rows(town, new_villages))
    _write_rows(folder / "edges.csv", _edge_rows(town))
    (folder / "geometry.geojson").write_text(_geojson(town), encoding="utf-8")
    for name, rows in yihe_people.tables(town).items():
        _write_rows(folder / f"{name}.csv", rows)


def _unit_rows(town: Town, new_villages: Sequence[tuple[str, str]]) -> Iterable[Row]:
    counts, areas = town.counts, yihe_map.areas_km2(town.map)
    for i, code in enumerate(town.codes):
        lon, lat = yihe_map.to_degrees(town.map.sites[i])
        part_code, part_name = new_villages[town.part[i]]
        yield {
            "code": code,
            "name": town.names[i],
            "level": "village",
            "parent_code": TOWN_CODE,
            "population": counts.population[i],
            "households": counts.households[i],
            "members": counts.members[i],
            "full_members": counts.full_members[i],
            "arable_mu": counts.arable_mu[i],
            "area_km2": areas[i],
            "lon": lon,
            "lat": lat,
            "reference_part": part_code,
            "reference_name": village_name(part_name),
            "is_synthetic": "true",
            "synthetic_fields": " ".join(UNIT_SYNTHETIC),
        }


def _edge_rows(town: Town) -> Iterable[Row]:
    points = [yihe_map.to_degrees(site) for site in town.map.sites]
    for (i, j), metres in town.border_m.items():
        yield {
            "a": town.codes[i],
            "b": town.codes[j],
            "shared_border_m": metres,
            "point_distance_m": round(_haversine_m(points[i], points[j]), 1),
            "is_synthetic": "true",
        }


def _haversine_m(p: Point, q: Point) -> float:
    lon0, lat0, lon1, lat1 = map(radians, (*p, *q))
    half = sin((lat1 - lat0) / 2) ** 2 + cos(lat0) * cos(lat1) * sin((lon1 - lon0) / 2) ** 2
    return 2 * EARTH_RADIUS_M * asin(sqrt(half))


def _geojson(town: Town) -> str:
    """One feature per line, so that a changed village is one changed line."""
    lines = []
    for code, name, ring in zip(town.codes, town.names, town.map.cells, strict=True):
        vertices = [yihe_map.to_degrees(p) for p in ring]
        feature = {
            "type": "Feature",
            "properties": {"code": code, "name": name, "is_synthetic": True},
            "geometry": {"type": "Polygon", "coordinates": [[*vertices, vertices[0]]]},
        }
        lines.append(json.dumps(feature, ensure_ascii=False, separators=(",", ":")))
    head = '{"type":"FeatureCollection","name":"yihe","is_synthetic":true,"crs":' + CRS + ',"features":[\n'
    return head + ",\n".join(lines) + "\n]}\n"


def _write_rows(path: Path, rows: Iterable[Row]) -> None:
    listed = list(rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(listed[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(listed)


def read_names(path: Path) -> list[tuple[str, str]]:
    """Return the real (code, name) pairs of a committed list."""
    with path.open(encoding="utf-8", newline="") as file:
        return [(row["code"], row["name"]) for row in csv.DictReader(file)]


def main(folder: Path) -> None:
    """Generate the data set from the real lists in ``folder`` and write it there."""
    town = generate(read_names(folder / "villages_2020.csv"))
    write(town, read_names(folder / "villages_2021.csv"), folder)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
