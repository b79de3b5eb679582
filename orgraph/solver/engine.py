"""What an engine is: it takes a :class:`~orgraph.solver.mip.Mip` and returns an :class:`Outcome`; it stops when it is told to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import Enum
from math import inf
from threading import Event, Thread
from time import monotonic

from orgraph.solver.solution import Limits

OnBound = Callable[[float], None]
POLL_S = 0.02


class Result(Enum):
    """How an engine ended."""

    OPTIMAL = "optimal"
    FEASIBLE = "feasible"
    INFEASIBLE = "infeasible"
    """No point at all, or none below the cutoff that was given."""
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Outcome:
    """Result, the best point, and a lower bound of the cost that is valid whatever the result (``None``: nothing proven)."""

    result: Result
    x: tuple[float, ...] | None = None
    bound: float | None = None


class Clock:
    """The time and the stop signal of one solve call."""

    def __init__(self, limits: Limits) -> None:
        self.start = monotonic()
        self.limits = limits

    @property
    def seconds(self) -> float:
        """Return wall seconds since the call began."""
        return monotonic() - self.start

    @property
    def left_s(self) -> float:
        """Return wall seconds that are left, at least 0."""
        return max(0.0, self.limits.time_s - self.seconds)

    @property
    def is_stopped(self) -> bool:
        """Return whether the caller has interrupted."""
        return self.limits.stop.is_set()

    @property
    def limits_left(self) -> Limits:
        """Return the limits of a call that takes the rest of the time."""
        return replace(self.limits, time_s=self.left_s)

    def lap(self, seconds: float) -> Clock:
        """Return a clock that starts now and ends after so many seconds, or with this one."""
        return Clock(replace(self.limits, time_s=min(seconds, self.left_s)))

    def is_over(self) -> bool:
        """Return whether the call must end."""
        return self.is_stopped or self.left_s <= 0


@contextmanager
def calling_when_set(stop: Event, action: Callable[[], object], *, after_s: float = inf) -> Iterator[None]:
    """Call ``action`` once when ``stop`` is set, or after so many seconds, while the block runs."""
    done = Event()
    end = monotonic() + after_s

    def watch() -> None:
        while not done.is_set():
            if stop.wait(POLL_S) or monotonic() > end:
                action()
                return

    watcher = Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()
