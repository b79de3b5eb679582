"""What watchers of a run see: its latest state, told to any number of them; who is slow misses what lay between."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

from orgraph.findings import Json
from orgraph.service.runs.records import RunRecord, RunStatus
from orgraph.solver.solution import gap


@dataclass(frozen=True, slots=True)
class RunState:
    """A run at one moment. ``seconds``: how long its process has been at work; ``phase``: what the solver does, see ``Progress``."""

    code: str
    scenario_code: str
    status: RunStatus
    attempt: int
    phase: str = ""
    seconds: float = 0.0
    objective: float | None = None
    bound: float | None = None
    plan_code: str = ""
    error_code: str = ""

    @property
    def is_terminal(self) -> bool:
        """Whether nothing comes after it."""
        return self.status.is_ended

    @property
    def gap(self) -> float | None:
        """Return the gap between objective and bound."""
        return gap(self.objective, self.bound)

    @property
    def order(self) -> tuple[int, int, float]:
        """Return what never goes down while a run goes on."""
        return (2 if self.is_terminal else 1, self.attempt, self._stage)

    @property
    def _stage(self) -> float:
        return -1.0 if self.status is RunStatus.QUEUED else self.seconds

    @classmethod
    def of(cls, run: RunRecord) -> RunState:
        """Return the state that a record tells."""
        return cls(
            run.code,
            run.scenario_code,
            run.status,
            run.attempt,
            seconds=run.seconds or 0.0,
            objective=run.objective,
            bound=run.bound,
            plan_code=run.plan_code,
            error_code=run.error_code,
        )

    def to_json(self) -> dict[str, Json]:
        """Return it as JSON."""
        return {
            "run": self.code,
            "scenario": self.scenario_code,
            "status": self.status.value,
            "attempt": self.attempt,
            "phase": self.phase,
            "seconds": self.seconds,
            "objective": self.objective,
            "bound": self.bound,
            "gap": self.gap,
            "plan": self.plan_code or None,
            "error": self.error_code or None,
        }


class Channel:
    """Holds the latest state and wakes whoever waits for a newer one. After a terminal state nothing more is told."""

    def __init__(self, state: RunState) -> None:
        self.state = state
        self._changed = asyncio.Event()
        self._is_closed = False

    def close(self) -> None:
        """Let go of all watchers, whatever the state is."""
        self._is_closed = True
        self._changed.set()

    def tell(self, state: RunState) -> None:
        """Make a state the latest one, unless it is older than what is known."""
        if self.state.is_terminal or state.order < self.state.order or state == self.state:
            return
        self.state = state
        self._changed.set()
        self._changed = asyncio.Event()

    async def states(self) -> AsyncIterator[RunState]:
        """Yield the present state, then later ones, until the terminal one, or until the channel is closed."""
        while True:
            state, changed = self.state, self._changed
            yield state
            if state.is_terminal:
                return
            # something may have been told while the watcher was busy with the last state
            if self.state is state:
                await changed.wait()
            if self.state is state and self._is_closed:
                return
