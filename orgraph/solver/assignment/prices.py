"""Prices of the linear relaxation: what a task is worth, and a unit of an agent's capacity. GLOP finds them; nothing is proven with them here."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import ortools.linear_solver.pywraplp as pywraplp

from orgraph.solver.assignment.core import Core
from orgraph.solver.assignment.problem import Costs
from orgraph.solver.engine import Clock, calling_when_set


@dataclass(frozen=True, slots=True)
class Prices:
    """``task``: shape (tasks,); ``room``: shape (agents,), per unit of capacity, entries >= 0."""

    task: Costs
    room: Costs

    def reduced(self, core: Core) -> Costs:
        """Return what every pair costs beyond the prices, shape (agents, tasks); about 0 for pairs of a good plan."""
        reduced: Costs = core.cost + self.room[:, None] * core.load - self.task[None, :]
        return reduced


def linear_prices(core: Core, clock: Clock) -> Prices:
    """Return the duals of the linear relaxation; rough ones when GLOP does not end in time."""
    solver = pywraplp.Solver.CreateSolver("GLOP")
    solver.SetTimeLimit(max(1, round(1000 * clock.left_s)))
    m, n = core.cost.shape
    tasks = [solver.Constraint(1.0, 1.0) for _ in range(n)]
    rooms = [solver.Constraint(-solver.infinity(), float(c)) for c in core.capacity]
    objective = solver.Objective()
    for a, t in zip(*(index.tolist() for index in np.nonzero(core.allowed)), strict=True):
        column = solver.NumVar(0.0, solver.infinity(), "")
        objective.SetCoefficient(column, float(core.cost[a, t]))
        tasks[t].SetCoefficient(column, 1.0)
        rooms[a].SetCoefficient(column, float(core.load[a, t]))
    with calling_when_set(clock.limits.stop, solver.InterruptSolve):
        status = solver.Solve()
    if status != pywraplp.Solver.OPTIMAL:
        return Prices(np.sort(core.cost, axis=0)[:2].min(axis=0), np.zeros(m))
    room = np.maximum(0.0, -np.array([row.dual_value() for row in rooms]))
    return Prices(np.array([row.dual_value() for row in tasks]), room)
