"""What a running solve call of a large problem holds: the best partition, the bound, the clock, and who is told of progress."""

from __future__ import annotations

from math import inf
from threading import Lock

import numpy as np

from orgraph.solver.districting.city.instance import CityInstance
from orgraph.solver.districting.city.moves import Partition, partition_of
from orgraph.solver.districting.random_kernel import Random
from orgraph.solver.engine import Clock
from orgraph.solver.solution import OnProgress, Progress

_SPREAD = 0x9E3779B97F4A7C15


class CityState:
    """Mutable; made once per solve call. Plan and bound may come from two threads."""

    def __init__(
        self, instance: CityInstance, clock: Clock, seed: int, on_progress: OnProgress | None
    ) -> None:
        self.instance = instance
        self.clock = clock
        self.seed = seed
        self.random: Random = np.array([(seed * _SPREAD + 1) % 2**64 or 1], dtype=np.uint64)
        self.best: Partition | None = None
        self.cost = inf
        self.bound: float | None = None
        self.seconds_to_best: float | None = None
        self.num_rounds = 0
        self._on_progress = on_progress
        self._lock = Lock()

    def offer(self, part: Partition, cost: float) -> bool:
        """Take a partition as the best one when it is in balance and cheaper; return whether it is."""
        if cost >= self.cost or not self.is_balanced(part):
            return False
        self.best, self.cost = copy_of(self.instance, part), cost
        self.seconds_to_best = self.clock.seconds
        self._tell("plan")
        return True

    def is_balanced(self, part: Partition) -> bool:
        """Return whether every district is within bounds."""
        town = self.instance.town
        return bool(((part.load >= town.low) & (part.load <= town.high)).all())

    def prove(self, bound: float) -> None:
        """Raise the bound; costs are never below 0."""
        self.bound = max(bound, 0.0, self.bound or 0.0)
        self._tell("bound")

    def _tell(self, phase: str) -> None:
        if self._on_progress is not None:
            with self._lock:
                cost = self.cost if self.best is not None else None
                self._on_progress(Progress(phase, self.clock.seconds, cost, self.bound))


def copy_of(instance: CityInstance, part: Partition) -> Partition:
    """Return a partition that shares nothing with ``part``."""
    return partition_of(instance.town, part.label.copy(), part.seat.copy())
