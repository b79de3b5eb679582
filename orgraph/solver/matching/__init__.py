"""Pair agents of two sides, many to many, within quotas: by weight, stable, in between, or worst-off first."""

from orgraph.solver.matching.check import blocking_pairs
from orgraph.solver.matching.findings import findings
from orgraph.solver.matching.frontier import Frontier, Point, frontier
from orgraph.solver.matching.preferences import ranks_of_lists, ranks_of_scores
from orgraph.solver.matching.problem import (
    Blend,
    End,
    Fairness,
    Measure,
    Objective,
    Pairs,
    Plan,
    Problem,
    Side,
    Stability,
    Weight,
)
from orgraph.solver.matching.solve import solve

__all__ = [
    "Blend",
    "End",
    "Fairness",
    "Frontier",
    "Measure",
    "Objective",
    "Pairs",
    "Plan",
    "Point",
    "Problem",
    "Side",
    "Stability",
    "Weight",
    "blocking_pairs",
    "findings",
    "frontier",
    "ranks_of_lists",
    "ranks_of_scores",
    "solve",
]
