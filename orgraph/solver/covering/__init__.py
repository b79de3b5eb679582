"""Covering: join small units into connected sets that are large enough; open the fewest groups that close the gaps in coverage."""

from orgraph.solver.covering.findings import findings
from orgraph.solver.covering.problem import Group, Joined, Joining, Opened, Opening, Plan, Prices, Problem
from orgraph.solver.covering.solve import solve

__all__ = [
    "Group",
    "Joined",
    "Joining",
    "Opened",
    "Opening",
    "Plan",
    "Prices",
    "Problem",
    "findings",
    "solve",
]
