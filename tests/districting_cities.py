"""Problems on synthetic cities, with costs by distance."""

from __future__ import annotations

import numpy as np
from districting_towns import band

from orgraph.datasets.synthetic import make_city
from orgraph.solver.districting.problem import PointCost, Problem


def city(num_buildings: int, *, k: int, percent: int = 10, seed: int = 1, power: int = 1) -> Problem:
    """Return a city to be cut into k grids, each within ``percent`` of the mean population."""
    made = make_city(num_buildings, seed=seed)
    x, y = np.array(made.points, dtype=np.float64).reshape(-1, 2).T
    people = np.array(made.population, dtype=np.float64)
    return Problem(
        unit_ids=tuple(f"b{i}" for i in range(num_buildings)),
        edges=made.edges,
        k=k,
        weights={"population": made.population},
        bands={"population": band(percent)},
        objectives=(PointCost("distance", x.copy(), y.copy(), people, power),),
    )
