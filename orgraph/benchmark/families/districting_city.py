"""Synthetic counties and cities as cases of the benchmark: too large to be generated unasked, so each is asked for by name."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from orgraph.benchmark.case import Case
from orgraph.datasets.synthetic import make_city
from orgraph.solver.districting import Band, PointCost, Problem


@dataclass(frozen=True, slots=True)
class Size:
    """How large a map is, into how many districts it is cut, within how many percent of the mean, and how far apart and how large its units are."""

    num_units: int
    k: int
    percent: int
    spacing_km: float
    people: tuple[int, int]


SIZES = {
    "county_500_60": Size(500, 60, 15, 2.0, (100, 900)),
    "city_10000_300": Size(10_000, 300, 10, 0.1, (10, 90)),
    "city_100000_400": Size(100_000, 400, 10, 0.1, (10, 90)),
}
"""By name of the case."""


def city_case(name: str, *, seed: int = 1) -> Case[Problem]:
    """Return a case of :data:`SIZES`: population in balance, person-km to the seats as objective."""
    size = SIZES[name]
    made = make_city(size.num_units, seed=seed, spacing_km=size.spacing_km, people=size.people)
    points = np.array(made.points, dtype=np.float64)
    people = np.array(made.population, dtype=np.float64)
    units = tuple(f"{name}-{i:06d}" for i in range(size.num_units))
    share = Fraction(size.percent, 100)
    problem = Problem(
        unit_ids=units,
        edges=made.edges,
        k=size.k,
        weights={"population": made.population},
        bands={"population": Band(-share, share)},
        objectives=(PointCost("distance", points[:, 0].copy(), points[:, 1].copy(), people),),
    )
    return Case(name, "distance", problem, units, is_synthetic=True, notes={"seed": seed, "km": "planar"})
