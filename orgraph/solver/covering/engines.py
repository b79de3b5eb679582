"""Run an integer program for a state: CP-SAT when it is small, HiGHS above, always for something cheaper than the best plan."""

from __future__ import annotations

from math import isfinite

from orgraph.solver.covering.state import State
from orgraph.solver.cp_sat import solve_cp_sat
from orgraph.solver.engine import Clock, OnBound, Outcome
from orgraph.solver.highs import GRACE_S, Highs
from orgraph.solver.mip import Mip

SMALL_COLUMNS = 300
"""Up to so many columns CP-SAT is done before HiGHS has started."""


def run(state: State, mip: Mip, highs: Highs, clock: Clock, *, is_bounding: bool) -> Outcome:
    """Minimize; with ``is_bounding`` every bound on the way is one of the problem."""
    most = state.most_interesting
    cutoff = None if most is None else most + 0.5

    def on_bound(bound: float) -> None:
        if is_bounding:
            state.prove(bound)

    if mip.num_columns <= SMALL_COLUMNS:
        state.engines.append("CP-SAT")
        return _told(solve_cp_sat(mip, clock, seed=state.seed, cutoff=cutoff, on_bound=on_bound), on_bound)
    state.engines.append("HiGHS")
    # HiGHS may overrun its time by the grace that it is given before it is ended.
    lap = clock.lap(max(clock.left_s - GRACE_S, clock.left_s / 2))
    return _told(highs.solve(mip, lap, seed=state.seed, cutoff=cutoff, on_bound=on_bound), on_bound)


def _told(outcome: Outcome, on_bound: OnBound) -> Outcome:
    """Tell of the last bound, too."""
    if outcome.bound is not None and isfinite(outcome.bound):
        on_bound(outcome.bound)
    return outcome
