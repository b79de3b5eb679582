"""Solve a large problem: a first plan, a bound that needs no matrix, then a long search; the checker judges the outcome."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np

from orgraph.findings import Json
from orgraph.solver.certificate import stats_of, status_with_plan, status_without_plan
from orgraph.solver.districting.approval import approve
from orgraph.solver.districting.check import violations
from orgraph.solver.districting.city.bound import bounds
from orgraph.solver.districting.city.instance import city_instance
from orgraph.solver.districting.city.moves import partition_of, reseat
from orgraph.solver.districting.city.search import Search
from orgraph.solver.districting.city.start import first_partition
from orgraph.solver.districting.city.state import CityState
from orgraph.solver.districting.explain import is_contradictory, reasons
from orgraph.solver.districting.problem import Plan, PointCost, Problem
from orgraph.solver.engine import Clock
from orgraph.solver.solution import OnProgress, Solution, Stage, Status, is_gap_closed

PLAN_SHARE = 0.9
"""Of the time: then the search has cooled down, so that the checker and the last seats fit in."""
BOUND_SHARE = 0.5
"""Of the time: what the bound may take when the search has to wait for it."""
WHOLE_SHARE = 0.75
"""Of the time that is left for the search: what the annealing of the whole map may take."""


def solve_city(
    problem: Problem, clock: Clock, seed: int, hint: Plan | None, on_progress: OnProgress | None
) -> Solution[Plan]:
    """Return the best plan found, with a proven bound. ``problem`` is large and has no findings.

    With one worker the bound comes before the long search; with more it has a thread of its own.
    """
    if is_contradictory(problem):
        return _infeasible(problem, clock, seed)
    objective = problem.objectives[0]
    assert isinstance(objective, PointCost)
    state = CityState(city_instance(problem, objective), clock, seed, on_progress)
    search = _started(state, hint)
    if clock.limits.workers < 2:
        _prove(state, BOUND_SHARE)
        _search(state, search)
    else:
        with ThreadPoolExecutor(1) as beside:
            proof = beside.submit(_prove, state, PLAN_SHARE)
            _search(state, search)
            proof.result()
    return _conclude(problem, state)


def _started(state: CityState, hint: Plan | None) -> Search | None:
    """Return a search with a first plan, if there is time for one."""
    _take(state, hint)
    start = first_partition(state.instance, state.clock.is_over)
    if start is None:
        return None
    search = Search(state, start)
    search.find()
    return search


def _take(state: CityState, hint: Plan | None) -> None:
    instance = state.instance
    if hint is None or violations(instance.problem, hint):
        return
    label = instance.labels(hint)
    place = {int(u): i for i, u in enumerate(instance.unit)}
    part = partition_of(instance.town, label, np.array([place[s] for s in hint.seats], dtype=np.int64))
    state.offer(part, reseat(instance.town, part, True))


def _search(state: CityState, search: Search | None) -> None:
    if search is not None:
        begin, end = state.clock.seconds, PLAN_SHARE * state.clock.limits.time_s
        search.improve(begin + WHOLE_SHARE * (end - begin))
        search.polish(end)


def _prove(state: CityState, share: float) -> None:
    end = share * state.clock.limits.time_s
    for bound in bounds(state.instance, lambda: state.clock.is_over() or state.clock.seconds > end):
        state.prove(bound)


def _conclude(problem: Problem, state: CityState) -> Solution[Plan]:
    if state.best is None:
        return Solution(status_without_plan(state.clock), bound=state.bound, stats=_stats(problem, state))
    plan, name, cost = (
        state.instance.plan(state.best.label, state.best.seat),
        problem.objectives[0].name,
        state.cost,
    )
    approve(problem, plan, (cost,))
    bound = None if state.bound is None else min(state.bound, cost)
    return Solution(
        status=status_with_plan(state.clock, is_proven=is_gap_closed(cost, bound)),
        plan=plan,
        objective=cost,
        bound=bound,
        stages=(Stage(name, cost, bound),),
        terms={name: cost},
        stats=_stats(problem, state),
    )


def _infeasible(problem: Problem, clock: Clock, seed: int) -> Solution[Plan]:
    found = reasons(problem, lambda relaxed: None, limits=clock.limits)
    return Solution(Status.INFEASIBLE, reasons=found, stats=stats_of(problem, clock, seed, (), None))


def _stats(problem: Problem, state: CityState) -> dict[str, Json]:
    engines = ["annealing", "Lagrangian"] if state.bound is not None else ["annealing"]
    return {
        **stats_of(problem, state.clock, state.seed, engines, state.seconds_to_best),
        "rounds": state.num_rounds,
        "columns": 0,
        "rows": 0,
    }
