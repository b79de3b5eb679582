"""The map of ``yihe``: 46 synthetic village areas around the real place of the town, in WGS-84 degrees.

The names and codes are real, every position is generated: no open source has the coordinates or borders of these villages.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from random import Random

from orgraph.datasets.synthetic.planar_map import PlanarMap, Point, area, make_map

SEED = 20200851
ORIGIN = (118.4, 37.9)
"""Longitude and latitude of the kilometre origin: about 11 km west of the county seat, whose real point is known."""
KM_PER_DEGREE_LAT = 111.195
KM_PER_DEGREE_LON = 87.742
"""At latitude 37.9: 111.195 x cos 37.9 degrees, written out so that no library rounds it."""
OUTLINE: tuple[Point, ...] = (
    (-7.6, -4.9), (-4.1, -6.6), (-0.8, -6.1), (2.3, -7.0), (5.6, -5.4), (7.5, -2.6), (8.3, 0.9),
    (7.2, 3.6), (5.9, 6.2), (2.6, 7.1), (-0.9, 6.6), (-3.6, 7.3), (-6.5, 5.2), (-8.1, 2.2), (-8.5, -1.6),
)  # fmt: skip
TOGETHER = (
    ("前夹", "中夹", "后夹"), ("五一", "五二"), ("宝三一", "宝三二"), ("南太平", "北太平"), ("河一", "河二"),
    ("东南", "东北", "西北", "西南"), ("西韩", "东韩"), ("六顷", "六顷五"), ("三顷三", "四顷坝"),
)  # fmt: skip
"""Villages whose names say that they are neighbours; the map puts them near each other so that it reads well."""
COMPASS = (("南太平", "北太平", 0, -1), ("西韩", "东韩", -1, 0), ("东南", "东北", 0, -1), ("西南", "西北", 0, -1),
           ("西南", "东南", -1, 0), ("西北", "东北", -1, 0))  # fmt: skip
"""(first, second, x, y): the first lies on the side (x, y) of the second."""


def draw(names: Sequence[str]) -> PlanarMap:
    """Return the map in kilometres, cell i belonging to ``names[i]``."""
    drawn = make_map(OUTLINE, len(names), seed=SEED, relaxations=4, roughness=0.2)
    order = _place(names, drawn.sites)
    return PlanarMap(tuple(drawn.sites[c] for c in order), tuple(drawn.cells[c] for c in order))


def to_degrees(point: Point) -> Point:
    """Return longitude and latitude, 6 decimals (about 0.1 m)."""
    lon = ORIGIN[0] + point[0] / KM_PER_DEGREE_LON
    lat = ORIGIN[1] + point[1] / KM_PER_DEGREE_LAT
    return round(lon, 6), round(lat, 6)


def areas_km2(drawn: PlanarMap) -> list[float]:
    """Return the area of every cell in km2, 3 decimals."""
    return [round(area(ring), 3) for ring in drawn.cells]


def _place(names: Sequence[str], sites: Sequence[Point]) -> list[int]:
    """Choose a cell for every name: neighbours in name or in code near each other, by swapping pairs while that helps."""
    pulls = _pulls(names)
    cells = list(range(len(names)))
    Random(SEED).shuffle(cells)
    improved = True
    while improved:
        improved = False
        for i in range(len(names)):
            for j in range(i):
                improved |= _swap_if_better(cells, i, j, sites, pulls)
    return cells


def _pulls(names: Sequence[str]) -> list[list[tuple[int, float, float, float]]]:
    """Return per name what it is pulled to: (other, strength, wished x offset, wished y offset)."""
    index = {name: i for i, name in enumerate(names)}
    pulls: list[list[tuple[int, float, float, float]]] = [[] for _ in names]

    def pull(i: int, j: int, strength: float, x: float = 0.0, y: float = 0.0) -> None:
        pulls[i].append((j, strength, x, y))
        pulls[j].append((i, strength, -x, -y))

    for i in range(len(names) - 1):
        pull(i, i + 1, 1.0)
    for group in TOGETHER:
        for first, second in pairwise(group):
            pull(index[first], index[second], 6.0)
    for first, second, x, y in COMPASS:
        pull(index[first], index[second], 12.0, 2.0 * x, 2.0 * y)
    return pulls


def _swap_if_better(
    cells: list[int],
    i: int,
    j: int,
    sites: Sequence[Point],
    pulls: Sequence[Sequence[tuple[int, float, float, float]]],
) -> bool:
    def strain() -> float:
        total = 0.0
        for k in (i, j):
            x, y = sites[cells[k]]
            for other, strength, wish_x, wish_y in pulls[k]:
                dx, dy = x - sites[cells[other]][0] - wish_x, y - sites[cells[other]][1] - wish_y
                total += strength * (dx * dx + dy * dy)
        return total

    before = strain()
    cells[i], cells[j] = cells[j], cells[i]
    if strain() < before - 1e-6:
        return True
    cells[i], cells[j] = cells[j], cells[i]
    return False
