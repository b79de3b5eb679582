"""What a running solve call knows: the best plan, the bound, what has been told."""

from __future__ import annotations

from math import ceil, floor, gcd

from orgraph.solver.covering.problem import Joining, Plan, Problem
from orgraph.solver.engine import Clock
from orgraph.solver.solution import OnProgress, Progress


class State:
    """Plans are offered with their cost; bounds are rounded up to what the prices can make."""

    def __init__(self, problem: Problem, clock: Clock, seed: int, on_progress: OnProgress | None) -> None:
        self.problem = problem
        self.clock = clock
        self.seed = seed
        self.engines: list[str] = []
        self.plan: Plan | None = None
        self.value: int | None = None
        self.bound: int = 0
        self.is_infeasible = False
        self.seconds_to_best: float | None = None
        self.num_columns = 0
        self._on_progress = on_progress
        self._step = price_step(problem)

    @property
    def is_proven(self) -> bool:
        """Return whether no plan is cheaper than the best one."""
        return self.value is not None and self.value <= self.bound

    @property
    def most_interesting(self) -> int | None:
        """Return the greatest cost that is less than that of the best plan, ``None`` without a plan."""
        return None if self.value is None else self.value - self._step

    def offer(self, plan: Plan, value: int) -> None:
        """Take a plan when it is cheaper."""
        if self.value is None or value < self.value:
            self.plan, self.value, self.seconds_to_best = plan, value, self.clock.seconds
            self._tell("plan")

    def prove(self, bound: float) -> None:
        """Take a bound; what floating point could have added is taken off before it is rounded up."""
        safe = ceil((bound - max(1e-4, 1e-9 * abs(bound))) / self._step) * self._step
        most = safe if self.value is None else min(safe, self.value)
        if most > self.bound:
            self.bound = most
            self._tell("bound")

    def close(self) -> None:
        """Take the best plan as proven: everything cheaper is ruled out."""
        if self.value is not None:
            self.prove(self.value + self._step / 2)

    def _tell(self, phase: str) -> None:
        if self._on_progress is not None:
            objective = None if self.value is None else float(self.value)
            self._on_progress(Progress(phase, self.clock.seconds, objective, float(self.bound)))


def price_step(problem: Problem) -> int:
    """Return a number that divides every cost."""
    if isinstance(problem, Joining):
        prices = [problem.prices.joined, problem.prices.mixed, problem.prices.alone or 0]
    else:
        prices = [*(group.price for group in problem.groups if not group.is_existing), problem.uncovered or 0]
    return max(gcd(*prices), 1) if prices else 1


def cheapest_share(problem: Joining) -> int:
    """Return a bound by arithmetic: a unit costs at least its share of a full set, or staying alone."""
    shared = problem.prices.joined / problem.most_units
    each = shared if problem.prices.alone is None else min(shared, problem.prices.alone)
    return max(0, floor(len(problem.small) * each))
