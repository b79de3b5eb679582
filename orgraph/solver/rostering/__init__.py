"""Put people on duty in shifts at posts or patches of posts, fairly over the period."""

from orgraph.solver.rostering.feasibility import is_feasible
from orgraph.solver.rostering.findings import findings
from orgraph.solver.rostering.problem import (
    Ban,
    CallOuts,
    Demand,
    Duty,
    Fairness,
    Measure,
    Mode,
    Person,
    Place,
    Plan,
    Preference,
    Problem,
    Shift,
    Stability,
    Streak,
    Travel,
    Uncovered,
    Wishes,
)
from orgraph.solver.rostering.solve import solve

__all__ = [
    "Ban",
    "CallOuts",
    "Demand",
    "Duty",
    "Fairness",
    "Measure",
    "Mode",
    "Person",
    "Place",
    "Plan",
    "Preference",
    "Problem",
    "Shift",
    "Stability",
    "Streak",
    "Travel",
    "Uncovered",
    "Wishes",
    "findings",
    "is_feasible",
    "solve",
]
