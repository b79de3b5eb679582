"""What a running solve call knows: the best plan, the bounds, what has been told."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil

import numpy as np

from orgraph.solver.engine import Clock
from orgraph.solver.matching.heuristic import count_blocking
from orgraph.solver.matching.instance import Flags, Instance
from orgraph.solver.matching.problem import Blend, Fairness, Plan, Stability
from orgraph.solver.solution import OnProgress, Progress


class State:
    """Plans are offered as flags over the candidate pairs and must obey quotas, amounts and locks."""

    def __init__(self, instance: Instance, clock: Clock, seed: int, on_progress: OnProgress | None) -> None:
        self.instance = instance
        self.clock = clock
        self.seed = seed
        self.engines: list[str] = []
        self.made: Flags | None = None
        self.value: tuple[int, int] = (0, 0)
        self.bound: int | None = None
        self.stage_bounds: dict[str, float] = {}
        self.is_infeasible = False
        self.seconds_to_best: float | None = None
        self._on_progress = on_progress

    @property
    def is_proven(self) -> bool:
        """Return whether nothing better than the best plan is possible."""
        return self.made is not None and self.bound is not None and self.value[0] <= self.bound

    def offer(self, made: Flags) -> None:
        """Take a plan when it is better: by the objective, then by weight."""
        value = self.value_of(made)
        if value is None or (self.made is not None and value >= self.value):
            return
        self.take(made)

    def take(self, made: Flags) -> None:
        """Make a plan the best one; a later stage of a lexicographic solve decides between plans that are equal in the first."""
        value = self.value_of(made)
        assert value is not None
        self.made, self.value, self.seconds_to_best = made.copy(), value, self.clock.seconds
        self._tell("plan")

    def prove(self, bound: int | float) -> None:
        """Take a bound of the objective, rounded up since all figures are integers; less than what floating point could lose on the way is taken off first."""
        whole = bound if isinstance(bound, int) else ceil(bound - max(1e-4, 1e-9 * abs(bound)))
        if self.bound is None or whole > self.bound:
            self.bound = whole if self.made is None else min(whole, self.value[0])
            self._tell("bound")

    def value_of(self, made: Flags) -> tuple[int, int] | None:
        """Return the objective of a plan and its weight with the sign turned, ``None`` for a plan with too many blocking pairs."""
        weight = int(self.instance.weight[made].sum())
        match self.instance.problem.objective:
            case Stability():
                return count_blocking(self.instance, made), -weight
            case Blend(price=price, most_blocking=most):
                number = count_blocking(self.instance, made)
                return None if most is not None and number > most else (price * number - weight, -weight)
            case Fairness():
                return -int(made.sum()), -weight
            case _:
                return -weight, -weight

    def plan(self) -> Plan | None:
        """Return the best plan."""
        return None if self.made is None else Plan(tuple(np.flatnonzero(self.made).tolist()))

    def stages(self, values: Mapping[str, float]) -> list[tuple[str, float, float | None]]:
        """Return name, value and bound of every stage."""
        return [(name, value, self.stage_bounds.get(name)) for name, value in values.items()]

    def _tell(self, phase: str) -> None:
        if self._on_progress is not None:
            objective = None if self.made is None else float(self.value[0])
            bound = None if self.bound is None else float(self.bound)
            self._on_progress(Progress(phase, self.clock.seconds, objective, bound))
