"""Whether a problem has a plan at all: by counting, by a quick search, else by CP-SAT without any objective."""

from __future__ import annotations

import numpy as np

from orgraph.solver.cp_sat import solve_cp_sat
from orgraph.solver.engine import Clock, Result
from orgraph.solver.location.counting import is_contradictory
from orgraph.solver.location.heuristic import Search
from orgraph.solver.location.instance import Instance, Ints, build_instance
from orgraph.solver.location.model import Model
from orgraph.solver.location.problem import Problem
from orgraph.solver.location.start import first_clusters
from orgraph.solver.solution import Limits

MOST_PAIRS = 400_000
"""CP-SAT is asked about problems with up to so many pairs of node and centre."""
QUICK_MOVES, MOST_QUICK_MOVES = 2_000, 2_000_000


def has_plan(problem: Problem, limits: Limits, *, seed: int = 0) -> bool | None:
    """Return whether ``problem`` has a plan: True and False are proven, ``None`` is not known within the limits."""
    if is_contradictory(problem):
        return False
    instance, clock = build_instance(problem), Clock(limits)
    search = Search(instance, f"{seed}/plan")
    search.run(
        first_clusters(instance, 1.0), QUICK_MOVES * problem.num_nodes, 0.4, clock.is_over, lambda: 0.0
    )
    if search.best is not None:
        return True
    result, _ = prove_feasibility(instance, clock, seed=seed)
    return {Result.OPTIMAL: True, Result.FEASIBLE: True, Result.INFEASIBLE: False}.get(result)


def prove_feasibility(instance: Instance, clock: Clock, *, seed: int = 0) -> tuple[Result, Ints | None]:
    """Return a plan that obeys every rule, or INFEASIBLE when there is none, or UNKNOWN."""
    n, net = instance.num_nodes, instance.net
    if n * int(net.is_allowed.sum()) > MOST_PAIRS:
        return Result.UNKNOWN, None
    allowed = np.repeat(net.is_allowed[None, :], n, axis=0)
    allowed &= net.demand[:, None] + net.demand[None, :] <= net.upper[None, :]
    allowed[range(n), range(n)] = net.is_allowed
    model = Model(instance, allowed, has_cost=False)
    model.add_rules()
    outcome = solve_cp_sat(model.mip, clock, seed=seed)
    return outcome.result, None if outcome.x is None else model.center(outcome.x)
