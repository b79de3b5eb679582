"""Partition the units of a graph into k connected districts within bands on their weights."""

from orgraph.solver.districting.feasibility import is_feasible
from orgraph.solver.districting.findings import findings
from orgraph.solver.districting.problem import (
    Band,
    BorderLength,
    CenterCost,
    Change,
    Difference,
    Objective,
    Plan,
    PointCost,
    Problem,
)
from orgraph.solver.districting.solve import solve

__all__ = [
    "Band",
    "BorderLength",
    "CenterCost",
    "Change",
    "Difference",
    "Objective",
    "Plan",
    "PointCost",
    "Problem",
    "findings",
    "is_feasible",
    "solve",
]
