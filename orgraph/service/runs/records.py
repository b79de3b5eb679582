"""Runs as they are kept: one node of kind Run, tied to its scenario and to the plan that it found."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import cast

from orgraph.errors import VersionConflict
from orgraph.findings import Finding, Json
from orgraph.graph import Node, NodeKey
from orgraph.messages import Text, text
from orgraph.service.required import required
from orgraph.service.scenarios.amending import OUTSIDE
from orgraph.service.scenarios.records import table, written
from orgraph.service.scenarios.solving import Asking
from orgraph.store.port import Change, Direction, PutNode, Store

LEAST_MEMORY_MIB = 512
"""Loading the solver alone takes most of this."""
MOST_SECONDS = 7 * 24 * 3600
MOST_TRIES = 10


class RunStatus(StrEnum):
    """What has become of a run."""

    QUEUED = "QUEUED"
    RUNNING = "RUNNING"
    DONE = "DONE"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"

    @property
    def is_ended(self) -> bool:
        """Whether nothing comes after it."""
        return self in (RunStatus.DONE, RunStatus.FAILED, RunStatus.CANCELLED)


@dataclass(frozen=True, slots=True)
class RunLimits:
    """What a run may use. ``time_s``: seconds of solving; ``workers``: threads; ``memory_mib``: address space of its process, where the system can hold it."""

    time_s: float = 60.0
    workers: int = 1
    memory_mib: int = 4096

    def findings(self) -> tuple[Finding, ...]:
        """Return everything that is wrong with them."""
        return tuple(self._wrong())

    def _wrong(self) -> Iterator[Finding]:
        if not 0 < self.time_s <= MOST_SECONDS:
            yield Finding("run.time_limit", numbers={"found": self.time_s, "most": MOST_SECONDS})
        if self.workers < 1:
            yield Finding("run.workers", numbers={"found": self.workers})
        if self.memory_mib < LEAST_MEMORY_MIB:
            yield Finding("run.memory", numbers={"found": self.memory_mib, "least": LEAST_MEMORY_MIB})


@dataclass(frozen=True)
class RunRecord:
    """One execution of a scenario's problem.

    ``asking``: what was asked of it. ``attempt`` counts from 1. ``owner``: the process that looks after it. ``answer``: of an ended run, see the properties
    below. ``request``: idempotency key and digest of the request.
    """

    code: str
    asking: Asking
    limits: RunLimits
    seed: int
    queued_at: str
    queued_by: str = ""
    status: RunStatus = RunStatus.QUEUED
    attempt: int = 1
    owner: str = ""
    heartbeat_at: str = ""
    started_at: str = ""
    ended_at: str = ""
    seconds: float | None = None
    objective: float | None = None
    bound: float | None = None
    gap: float | None = None
    digest: str = ""
    error_code: str = ""
    answer: Mapping[str, Json] = field(default_factory=dict)
    request: Mapping[str, Json] = field(default_factory=dict)

    @property
    def key(self) -> NodeKey:
        """Return the key of its node."""
        return NodeKey("Run", self.code)

    @property
    def scenario_code(self) -> str:
        """Return the code of its scenario."""
        return self.asking.scenario_code

    @property
    def plan_code(self) -> str:
        """Return the code of the plan that it found, empty without one."""
        return str(self.answer.get("plan_code") or "")

    @property
    def solution_status(self) -> str:
        """Return the status of the solution (OPTIMAL, INFEASIBLE ...), empty before the end."""
        return str(self.answer.get("status") or "")

    @property
    def is_current(self) -> bool:
        """Whether its plan became the plan of the scenario when it was done."""
        return self.answer.get("set_aside") == ""

    @property
    def remark(self) -> Text | None:
        """Return why its plan did not become the plan of the scenario; ``None`` when it did, or when there is no answer."""
        reason = self.answer.get("set_aside")
        return text(f"run.set_aside.{reason}") if reason else None

    @property
    def prices(self) -> tuple[Mapping[str, Json], ...]:
        """Return what hand edits cost, objective by objective (:meth:`~orgraph.service.scenarios.editing.Price.to_json`)."""
        return tuple(cast(list[Mapping[str, Json]], self.answer.get("prices") or []))

    @property
    def error(self) -> Text | None:
        """Return why it failed."""
        if not self.error_code:
            return None
        return text(f"errors.{self.error_code}", **cast(dict[str, Json], self.answer.get("error") or {}))

    @classmethod
    def of(cls, node: Node) -> RunRecord:
        """Return the run that a node holds."""
        stored = node.properties
        problem = table(stored, "problem")
        words = {name: str(stored.get(name) or "") for name in _WORDS}
        amounts = {name: _amount(stored.get(name)) for name in _AMOUNTS}
        return cls(
            code=node.code,
            asking=Asking.of(problem),
            limits=RunLimits(
                _amount(stored.get("time_limit_s")) or 0.0,
                _count(stored.get("workers")),
                _count(stored.get("memory_limit_mib")),
            ),
            seed=_count(stored.get("seed")),
            status=RunStatus(str(stored["status"])),
            attempt=_count(stored.get("attempt")),
            digest=str(stored.get("problem_digest") or ""),
            answer=table(stored, "answer"),
            request=cast(Mapping[str, Json], problem.get("request") or {}),
            queued_at=words["queued_at"],
            queued_by=words["queued_by"],
            started_at=words["started_at"],
            ended_at=words["ended_at"],
            owner=words["owner"],
            heartbeat_at=words["heartbeat_at"],
            error_code=words["error_code"],
            seconds=amounts["seconds"],
            objective=amounts["objective"],
            bound=amounts["bound"],
            gap=amounts["gap"],
        )

    def put(self) -> PutNode:
        """Return the change that writes it."""
        return PutNode(
            "Run",
            self.code,
            {
                "status": self.status.value,
                "family": "districting",
                "problem_digest": self.digest or None,
                "seed": self.seed,
                "workers": self.limits.workers,
                "time_limit_s": self.limits.time_s,
                "memory_limit_mib": self.limits.memory_mib,
                "attempt": self.attempt,
                "unit_code": self.asking.unit_code,
                "problem": written({**self.asking.to_json(), "request": dict(self.request)}),
                "answer": written(self.answer) if self.answer else None,
                **{name: getattr(self, name) or None for name in _WORDS},
                **{name: getattr(self, name) for name in _AMOUNTS},
            },
        )


_WORDS = ("queued_at", "queued_by", "started_at", "ended_at", "owner", "heartbeat_at", "error_code")
_AMOUNTS = ("seconds", "objective", "bound", "gap")


def run_code(key: str) -> str:
    """Return a code for a new run: the same for the same idempotency key."""
    return f"R-{hashlib.sha256(key.encode()).hexdigest()[:12] if key else uuid.uuid4().hex[:12]}"


async def read_run(store: Store, code: str) -> RunRecord:
    """Return a run.

    Raises
    ------
    NotFound
        When there is none with this code.
    """
    return RunRecord.of(await required(store, "Run", code))


async def put_unended(
    store: Store, code: str, changes: Sequence[Change], *, by: str, reason: str = ""
) -> RunRecord | None:
    """Apply changes that belong to a run, unless it has ended: then nothing is done, and it is returned as it ended.

    Raises
    ------
    NotFound
        When there is no such run.
    VersionConflict
        When others were quicker again and again.
    """
    for attempt in range(1, MOST_TRIES + 1):
        version = await store.version(OUTSIDE)
        stored = await read_run(store, code)
        if stored.status.is_ended:
            return stored
        try:
            await store.apply(changes, expected={OUTSIDE: version}, by=by, reason=reason)
        except VersionConflict:
            if attempt == MOST_TRIES:
                raise
        else:
            return None
    raise AssertionError("the last attempt returns or raises")


async def runs_of(store: Store, scenario_code: str) -> tuple[RunRecord, ...]:
    """Return the runs of a scenario, newest first."""
    (found,) = await store.neighbours(
        [NodeKey("Scenario", scenario_code)], "HAS_RUN", direction=Direction.OUT
    )
    runs = (RunRecord.of(neighbour.node) for neighbour in found)
    return tuple(sorted(runs, key=lambda run: (run.queued_at, run.code), reverse=True))


def _amount(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _count(value: object) -> int:
    return value if isinstance(value, int) else 0
