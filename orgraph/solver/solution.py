"""What every solver family returns, and what every solve call takes: status, certificate, limits, progress."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from threading import Event
from typing import Generic, TypeVar

from orgraph.findings import Json, Reason

PlanT = TypeVar("PlanT")

PROOF_GAP = 1e-6
"""A gap up to this counts as proven (floating-point proofs; the solvers run with zero gap tolerance)."""


class Status(StrEnum):
    """Outcome of a solve call."""

    OPTIMAL = "OPTIMAL"
    """A plan whose gap is at most :data:`PROOF_GAP`; with stages, in every stage."""
    FEASIBLE = "FEASIBLE"
    """A plan and a valid bound."""
    INFEASIBLE = "INFEASIBLE"
    """Proven that no plan exists; ``reasons`` say why."""
    UNKNOWN = "UNKNOWN"
    """Neither a plan nor a proof within the limits."""
    INTERRUPTED = "INTERRUPTED"
    """Stopped by the caller; keeps what there was."""


def gap(objective: float | None, bound: float | None) -> float | None:
    """Return |objective - bound| / max(|objective|, 1e-9) as a fraction, 0 when they are equal, ``None`` when one is missing."""
    if objective is None or bound is None:
        return None
    return 0.0 if objective == bound else abs(objective - bound) / max(abs(objective), 1e-9)


def is_gap_closed(objective: float | None, bound: float | None) -> bool:
    """Return whether a bound proves an objective: both are known, and their gap is at most :data:`PROOF_GAP`."""
    share = gap(objective, bound)
    return share is not None and share <= PROOF_GAP


@dataclass(frozen=True, slots=True)
class Stage:
    """One objective of a lexicographic solve: its value in the plan and a bound proven for it, given the stages before."""

    name: str
    objective: float
    bound: float | None

    @property
    def gap(self) -> float | None:
        """Return the gap of this stage."""
        return gap(self.objective, self.bound)

    def to_json(self) -> dict[str, Json]:
        """Return ``{name, objective, bound, gap}``."""
        return {"name": self.name, "objective": self.objective, "bound": self.bound, "gap": self.gap}


@dataclass(frozen=True, slots=True)
class Limits:
    """What a solve call may use. ``time_s``: wall seconds; ``workers``: threads; ``stop``: set it from anywhere to interrupt."""

    time_s: float = 60.0
    workers: int = 1
    stop: Event = field(default_factory=Event)


@dataclass(frozen=True, slots=True)
class Progress:
    """A moment of a running solve. ``phase`` is a short name of the method's step (``plan``, ``bound``, ``proof``, ``reasons``)."""

    phase: str
    seconds: float
    objective: float | None
    bound: float | None


OnProgress = Callable[[Progress], None]


@dataclass(frozen=True)
class Solution(Generic[PlanT]):
    """Status, plan and certificate.

    ``objective`` and ``bound`` are those of the problem as stated (of the first stage, for lexicographic solves; ``stages`` has all). ``terms`` splits
    the objective and sums to it. ``reasons`` is filled for INFEASIBLE only. ``stats``: wall ``seconds``, ``seconds_to_best``, ``seed``,
    ``workers``, ``engine`` with version, ``proof`` (``floating point`` or ``exact``), ``problem`` (digest).

    Raises
    ------
    ValueError
        For a combination that cannot be: a plan without objective, OPTIMAL without proof, reasons without INFEASIBLE, a bound above the objective.
    """

    status: Status
    plan: PlanT | None = None
    objective: float | None = None
    bound: float | None = None
    stages: tuple[Stage, ...] = ()
    terms: Mapping[str, float] = field(default_factory=dict)
    reasons: tuple[Reason, ...] = ()
    stats: Mapping[str, Json] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if (self.plan is None) != (self.objective is None):
            raise ValueError("a plan and its objective come together")
        if self.status in (Status.OPTIMAL, Status.FEASIBLE) and self.plan is None:
            raise ValueError(f"{self.status} needs a plan")
        if self.status in (Status.INFEASIBLE, Status.UNKNOWN) and self.plan is not None:
            raise ValueError(f"{self.status} has no plan")
        if self.status is Status.OPTIMAL and not self._is_proven():
            raise ValueError("OPTIMAL needs a gap of zero in every stage")
        if self.reasons and self.status is not Status.INFEASIBLE:
            raise ValueError("only INFEASIBLE has reasons")
        if self.objective is not None and self.bound is not None and self._exceeds():
            raise ValueError(f"bound {self.bound} above objective {self.objective}")

    @property
    def gap(self) -> float | None:
        """Return the gap between objective and bound, ``None`` when one is missing."""
        return gap(self.objective, self.bound)

    def _is_proven(self) -> bool:
        if self.stages:
            return all(is_gap_closed(stage.objective, stage.bound) for stage in self.stages)
        return is_gap_closed(self.objective, self.bound)

    def _exceeds(self) -> bool:
        assert self.objective is not None and self.bound is not None
        return self.bound > self.objective + PROOF_GAP * max(1.0, abs(self.objective))
