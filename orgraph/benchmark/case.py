"""`Case` (one instance to solve) and `Family` (what the benchmark must know of a solver family)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from orgraph.findings import Finding, Json
from orgraph.solver.solution import Limits, OnProgress, Solution
from orgraph.solver.violation import Violation

ProblemT = TypeVar("ProblemT")
PlanT = TypeVar("PlanT")
_AnyProblem = TypeVar("_AnyProblem", contravariant=True)
_AnyPlan = TypeVar("_AnyPlan")

WARM_UP_S = 0.2
"""For each instance; what is compiled on the way takes its time beyond that."""


@dataclass(frozen=True)
class Case(Generic[ProblemT]):
    """An instance: its name, the name of the objective, the problem, the ids of what a plan places (JSON ``units``), and where it was read from.

    ``is_synthetic`` marks what the project generated itself. The published values are not in here: they are read after solving.
    """

    name: str
    objective_name: str
    problem: ProblemT
    units: tuple[str, ...]
    path: Path | None = None
    is_synthetic: bool = False
    notes: Mapping[str, Json] = field(default_factory=dict)


class Solve(Protocol[_AnyProblem, _AnyPlan]):
    """The public ``solve`` of a family."""

    def __call__(
        self,
        problem: _AnyProblem,
        *,
        limits: Limits | None = None,
        seed: int = 0,
        on_progress: OnProgress | None = None,
    ) -> Solution[_AnyPlan]:
        """Solve."""
        ...


@dataclass(frozen=True)
class Family(Generic[ProblemT, PlanT]):
    """A solver family as the benchmark sees it: its public functions, and how its instances are read and its plans written down.

    Parameters
    ----------
    read
        Read the instances of a file; the second argument is a configuration. Raises ``InputError`` with what is wrong and where. A ``published`` block is not
        looked at.
    generated
        Small instances made from a seed, for whoever has no published ones.
    findings, solve, violations
        The family's own.
    objective
        The (first) objective of a plan as the checker computes it.
    answer
        The family's own part of the JSON answer for a plan: ``plan`` (one entry per unit, 0-based), ``centers``, ``districts`` ...
    larger
        By name the generated instances that take minutes; each is made when it is asked for.
    """

    name: str
    read: Callable[[Path, Path | None], Sequence[Case[ProblemT]]]
    generated: Callable[[int], Sequence[Case[ProblemT]]]
    findings: Callable[[ProblemT], tuple[Finding, ...]]
    solve: Solve[ProblemT, PlanT]
    violations: Callable[[ProblemT, PlanT], Sequence[Violation]]
    objective: Callable[[ProblemT, PlanT], float]
    answer: Callable[[Case[ProblemT], PlanT], Mapping[str, Json]]
    larger: Callable[[int], Mapping[str, Callable[[], Case[ProblemT]]]] = lambda _: {}

    def warm_up(self) -> None:
        """Solve the small generated instances once, so that everything is loaded and compiled."""
        for case in self.generated(0):
            self.solve(case.problem, limits=Limits(time_s=WARM_UP_S), seed=0)
