"""Give every task to one agent within capacities: generalized assignment, with preferences and a second assignment of backups."""

from orgraph.solver.assignment.feasibility import is_feasible
from orgraph.solver.assignment.findings import findings
from orgraph.solver.assignment.problem import (
    TERMS,
    Backup,
    Fairness,
    Incumbency,
    Plan,
    Problem,
    Term,
)
from orgraph.solver.assignment.solve import solve

__all__ = [
    "TERMS",
    "Backup",
    "Fairness",
    "Incumbency",
    "Plan",
    "Problem",
    "Term",
    "findings",
    "is_feasible",
    "solve",
]
