"""Small named maps for tests that can be solved in the head, and one readable builder."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from orgraph.solver.districting.problem import Band, CenterCost, Objective, Problem


def band(percent: int) -> Band:
    """Return a band of so many percent to both sides."""
    return Band(Fraction(-percent, 100), Fraction(percent, 100))


def road(*population: int, k: int, objectives: tuple[Objective, ...] | None = None) -> Problem:
    """Return villages a, b, c, ... along a road, one kilometre apart, each with its people; the cost is steps to the seat times people."""
    n = len(population)
    steps = (
        np.abs(np.subtract.outer(np.arange(n), np.arange(n)))
        * np.array(population, dtype=np.float64)[:, None]
    )
    return Problem(
        unit_ids=tuple("abcdefghijklmnop"[:n]),
        edges=tuple((i, i + 1) for i in range(n - 1)),
        k=k,
        weights={"population": population},
        objectives=objectives or (CenterCost("distance", steps),),
    )
