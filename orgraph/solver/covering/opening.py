"""Open groups: greedily first, then the cheapest choice as an integer program."""

from __future__ import annotations

from collections.abc import Collection

from orgraph.solver.covering.engines import run
from orgraph.solver.covering.heuristic import greedy_groups
from orgraph.solver.covering.model import OpeningModel
from orgraph.solver.covering.problem import Opened, Opening
from orgraph.solver.covering.service import missing, serve
from orgraph.solver.covering.state import State
from orgraph.solver.engine import Result
from orgraph.solver.highs import Highs


def open_groups(problem: Opening, state: State) -> None:
    """Find and prove the cheapest groups."""
    if problem.uncovered is None and missing(problem, serve(problem, range(len(problem.groups)))):
        state.is_infeasible = True
        return
    offer(problem, state, greedy_groups(problem))
    offer(problem, state, [])
    if state.is_proven or state.clock.is_over():
        return
    model = OpeningModel(problem)
    state.num_columns = model.mip.num_columns
    with Highs() as highs:
        outcome = run(state, model.mip, highs, state.clock, is_bounding=True)
    if outcome.x is not None:
        offer(problem, state, model.chosen(outcome.x))
    if outcome.result in (Result.INFEASIBLE, Result.OPTIMAL):
        state.close()


def offer(problem: Opening, state: State, groups: Collection[int]) -> None:
    """Offer to open these groups, when they meet the needs or what is missing has a price."""
    served_by = serve(problem, groups)
    number = missing(problem, served_by)
    if number and problem.uncovered is None:
        return
    cost = sum(problem.groups[g].price for g in groups) + number * (problem.uncovered or 0)
    state.offer(Opened(tuple(sorted(groups)), served_by), cost)
