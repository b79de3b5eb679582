"""What a running solve call holds: the best plan, the bound, the clock, and who is told of progress."""

from __future__ import annotations

from math import inf

import numpy as np

from orgraph.solver.engine import Clock
from orgraph.solver.location.bound import rounded
from orgraph.solver.location.clusters import total_cost
from orgraph.solver.location.instance import Instance, Ints, Mask
from orgraph.solver.location.start import clusters_of
from orgraph.solver.solution import OnProgress, Progress, is_gap_closed


class State:
    """Mutable; made once per solve call. ``best`` is the centre of every node in the best plan."""

    def __init__(self, instance: Instance, clock: Clock, seed: int, on_progress: OnProgress | None) -> None:
        self.instance = instance
        self.clock = clock
        self.seed = seed
        self.best: Ints | None = None
        self.cost = inf
        self.bound: float | None = None
        self.allowed: Mask | None = None
        """Which node may be served by which centre in a plan that is better than the best one; ``None``: nothing ruled out."""
        self.seconds_to_best: float | None = None
        self.is_infeasible = False
        self.engines: list[str] = []
        self.num_steps = 0
        self.num_columns = 0
        self._on_progress = on_progress
        self._told: tuple[float | None, float | None] | None = None

    def take(self, center: Ints | None, phase: str = "plan") -> None:
        """Take a plan within all bounds as the best one if it is better."""
        if center is None:
            return
        cost = cost_of_plan(self.instance, center)
        if cost < self.cost:
            self.best, self.cost = center.copy(), cost
            self.seconds_to_best = self.clock.seconds
            self.tell(phase)

    def prove(self, bound: float, phase: str = "bound") -> None:
        """Raise the bound; it is never above the best plan."""
        if not np.isfinite(bound):
            return
        known = -inf if self.bound is None else self.bound
        self.bound = min(self.cost, max(known, rounded(self.instance, bound)))
        self.tell(phase)

    def rule_out(self, allowed: Mask) -> None:
        """Keep only the pairs of node and centre that are allowed as well."""
        self.allowed = allowed if self.allowed is None else self.allowed & allowed

    @property
    def is_proven(self) -> bool:
        """Return whether bound and plan meet."""
        return self.best is not None and is_gap_closed(self.cost, self.bound)

    def is_over(self) -> bool:
        """Return whether the call must end."""
        return self.clock.is_over()

    def tell(self, phase: str) -> None:
        """Tell whoever listens, when something is new."""
        now = (None if self.best is None else self.cost, self.bound)
        if self._on_progress is not None and now != self._told:
            self._told = now
            self._on_progress(Progress(phase, self.clock.seconds, *now))


def cost_of_plan(instance: Instance, center: Ints) -> float:
    """Return distances and opening costs."""
    return total_cost(instance.net, clusters_of(instance, center))
