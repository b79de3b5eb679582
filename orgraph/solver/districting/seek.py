"""Find plans: first one at all, or the proof that there is none; then better ones."""

from __future__ import annotations

from collections.abc import Callable

from orgraph.solver.districting.check import violations
from orgraph.solver.districting.feasibility import prove_feasibility
from orgraph.solver.districting.heuristic import search
from orgraph.solver.districting.problem import Plan
from orgraph.solver.districting.state import State
from orgraph.solver.engine import Clock, Result

NUM_STARTS = 4
REHEATS = (0.3, 0.1, 0.2)
"""First temperatures of runs from the best plan so far, after the fresh starts; twice over for maps of more than a hundred nodes."""
LARGE = 100
FIRST_PROOF_S = 0.5
SHARE_FOR_PLAN = 0.6
"""Of the time, the share that the search for a first plan may take; improving it may take half of that."""


def find_plan(state: State, hint: Plan | None) -> None:
    """Take the hint, or search for a plan; where the search finds none, ask CP-SAT for one or for the proof that there is none, in turns."""
    if hint is not None:
        take_hint(state, hint)
    until = _until(state, SHARE_FOR_PLAN)
    proof_s = FIRST_PROOF_S
    start = 0
    while state.best is None and not state.is_infeasible and not until():
        _run(state, start, until)
        start += 1
        if state.best is None:
            _ask(state, proof_s)
            proof_s *= 2


def take_hint(state: State, hint: Plan) -> None:
    """Take a plan to start from, unless it breaks a rule."""
    if not violations(state.instance.problem, hint):
        labels = state.instance.labels(hint)
        if labels is not None:
            state.offer(labels, "plan")


def improve_plan(state: State) -> None:
    """Search from further fresh starts, then again and again from the best plan."""
    until = _until(state, SHARE_FOR_PLAN / 2)
    for start in range(1, NUM_STARTS):
        if until() or state.is_proven(0):
            return
        _run(state, start, until)
    for number, hot in enumerate(REHEATS * (2 if state.instance.num_nodes > LARGE else 1)):
        if until() or state.is_proven(0) or state.best is None:
            return
        seed = f"{state.seed}/{NUM_STARTS + number}"
        for found in search(state.instance, seed=seed, is_over=until, start=state.best.labels, hot=hot):
            state.take(found)


def _run(state: State, start: int, until: Callable[[], bool]) -> None:
    state.engines.append("annealing")
    for found in search(state.instance, seed=f"{state.seed}/{start}", is_over=until):
        state.take(found)


def _ask(state: State, seconds: float) -> None:
    """Let CP-SAT look for a plan or for the proof that there is none."""
    state.engines.append("CP-SAT")
    result, labels = prove_feasibility(state.instance, state.clock.lap(seconds), seed=state.seed)
    state.is_infeasible = result is Result.INFEASIBLE
    if labels is not None:
        state.offer(labels, "plan")


def _until(state: State, share: float) -> Callable[[], bool]:
    clock: Clock = state.clock
    end_s = clock.limits.time_s * share
    return lambda: clock.is_stopped or clock.seconds > end_s
