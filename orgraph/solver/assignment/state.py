"""What a running solve call holds: the best plan, a bound for every stage, the clock, and who is told of progress."""

from __future__ import annotations

from orgraph.solver.assignment.measure import values_of
from orgraph.solver.assignment.problem import Plan, Problem
from orgraph.solver.engine import Clock
from orgraph.solver.lexicographic import is_better
from orgraph.solver.solution import OnProgress, Progress, is_gap_closed


class State:
    """Mutable; made once per solve call."""

    def __init__(self, problem: Problem, clock: Clock, seed: int, on_progress: OnProgress | None) -> None:
        self.problem = problem
        self.clock = clock
        self.seed = seed
        self.best: Plan | None = None
        self.values: tuple[float, ...] = ()
        self.bounds = [0.0] * len(problem.objectives)
        """No cost is negative, so 0 is a bound from the start."""
        self.seconds_to_best: float | None = None
        self.is_infeasible = False
        self.engines: list[str] = []
        self.num_rounds = 0
        self._on_progress = on_progress
        self._told: tuple[float | None, float | None] | None = None

    def offer(self, plan: Plan, phase: str) -> bool:
        """Take a plan that obeys every rule as the best one if it is better, stage by stage; return whether it is."""
        values = values_of(self.problem, plan)
        if self.best is not None and not is_better(values, self.values):
            return False
        self.best, self.values = plan, values
        self.seconds_to_best = self.clock.seconds
        self.tell(phase)
        return True

    def prove(self, stage: int, bound: float | None, phase: str) -> None:
        """Raise the bound of a stage; a bound is never above the best plan."""
        if bound is None:
            return
        best = max(bound, self.bounds[stage])
        self.bounds[stage] = best if self.best is None else min(best, self.values[stage])
        self.tell(phase)

    def is_proven(self, stage: int) -> bool:
        """Return whether bound and plan of a stage meet."""
        return self.best is not None and is_gap_closed(self.values[stage], self.bounds[stage])

    def tell(self, phase: str) -> None:
        """Tell whoever listens, when something is new."""
        now = (self.values[0] if self.best else None, self.bounds[0])
        if self._on_progress is not None and now != self._told:
            self._told = now
            self._on_progress(Progress(phase, self.clock.seconds, *now))
