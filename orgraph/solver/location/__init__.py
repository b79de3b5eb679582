"""Choose centres among nodes and give every node to one of them, within bounds on what a centre serves."""

from orgraph.solver.location.findings import findings
from orgraph.solver.location.problem import METRICS, Matrix, Metric, Plan, Points, Problem
from orgraph.solver.location.solve import solve

__all__ = ["METRICS", "Matrix", "Metric", "Plan", "Points", "Problem", "findings", "solve"]
