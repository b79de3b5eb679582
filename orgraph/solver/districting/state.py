"""What a running solve call holds: the best plan, a bound for every objective, the clock, and who is told of progress."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from math import ceil, inf, isfinite

from orgraph.solver.districting.heuristic import Found, Search
from orgraph.solver.districting.instance import Instance
from orgraph.solver.districting.layout import Mask
from orgraph.solver.districting.measure import values
from orgraph.solver.districting.pairs import Multipliers
from orgraph.solver.districting.pool import Pool
from orgraph.solver.districting.problem import BorderLength, Change, Objective
from orgraph.solver.districting.separators import Cut
from orgraph.solver.districting.spreading import Spreading
from orgraph.solver.engine import Clock
from orgraph.solver.lexicographic import is_better, with_tolerance
from orgraph.solver.solution import OnProgress, Progress, is_gap_closed

WHOLE = 1e-4
"""A bound of an objective of whole numbers is rounded up where it passes one by more than this, for the rounding of engines."""


class State:
    """Mutable; made once per solve call."""

    def __init__(self, instance: Instance, clock: Clock, seed: int, on_progress: OnProgress | None) -> None:
        self.instance = instance
        self.clock = clock
        self.seed = seed
        self.best: Found | None = None
        self.bounds: list[float | None] = [None] * len(instance.problem.objectives)
        self.seconds_to_best: float | None = None
        self.is_infeasible = False
        self.allowed: dict[int, Mask] = {}
        """By number of an objective with costs to a seat: the pairs (node, seat) that plans up to its known value may use."""
        self.prices: dict[int, Multipliers] = {}
        """By number of such an objective: multipliers that proved a good bound, for all seats."""
        self.spreading: dict[int, Spreading] = {}
        self.cuts: list[Cut] = []
        self.pool: Pool | None = None
        self.most_sets_tried = 0
        self.num_starts = 0
        self.num_rounds = 0
        self.num_columns = 0
        self.num_rows = 0
        self.engines: list[str] = []
        self.is_whole = [_is_whole(objective) for objective in instance.problem.objectives]
        self._on_progress = on_progress
        self._told: tuple[float | None, float | None] | None = None

    @cached_property
    def search(self) -> Search:
        """Return what runs of annealing share."""
        return Search(self.instance)

    def offer(self, labels: Sequence[int], phase: str = "proof") -> None:
        """Take a partition that obeys every rule as the best one if it is better."""
        self.take(Found(tuple(labels), values(self.instance, labels)), phase)

    def take(self, found: Found, phase: str = "plan") -> None:
        """Take a plan as the best one if it is better, objective by objective."""
        if self.best is None or is_better(found.values, self.best.values):
            self.best = found
            self.seconds_to_best = self.clock.seconds
            self.tell(phase)

    def prove(self, stage: int, bound: float | None, phase: str = "proof") -> None:
        """Raise the bound of an objective; a bound is never above the best plan."""
        if bound is None or bound == -inf:
            return
        if self.is_whole[stage] and isfinite(bound):
            bound = float(ceil(bound - WHOLE))
        known = self.bounds[stage]
        best = bound if known is None else max(bound, known)
        self.bounds[stage] = best if self.best is None else min(best, self.best.values[stage])
        self.tell(phase)

    def is_proven(self, stage: int) -> bool:
        """Return whether bound and plan of an objective meet."""
        return self.best is not None and is_gap_closed(self.best.values[stage], self.bounds[stage])

    def cutoff(self, stage: int) -> float:
        """Return the most that an objective may cost in a plan that is better, or as good where values are no whole numbers."""
        most = self.most(stage)
        return most - 1 + WHOLE if self.is_whole[stage] else most

    def most(self, stage: int) -> float:
        """Return the most that an objective may cost to be of interest: its value in the best plan, and a tolerance."""
        return inf if self.best is None else with_tolerance(self.best.values[stage])

    def tell(self, phase: str) -> None:
        """Tell whoever listens, when something is new."""
        now = (self.best.values[0] if self.best else None, self.bounds[0])
        if self._on_progress is not None and now != self._told:
            self._told = now
            self._on_progress(Progress(phase, self.clock.seconds, *now))


def _is_whole(objective: Objective) -> bool:
    match objective:
        case BorderLength():
            return all(length == round(length) for length in objective.length)
        case Change():
            return True
        case _:
            return False
