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


class Family(Protocol[ProblemT, PlanT]):
    """A solver family as the benchmark sees it."""

    name: str

    def read(self, path: Path, config: Path | None) -> Sequence[Case[ProblemT]]:
        """Read the instances of a file. Raises ``InputError`` with what is wrong and where; a ``published`` block is not looked at."""
        ...

    def generated(self, seed: int) -> Sequence[Case[ProblemT]]:
        """Return small instances made from a seed, for whoever has no published ones."""
        ...

    def larger(self, seed: int) -> Mapping[str, Callable[[], Case[ProblemT]]]:
        """Return by name the generated instances that take minutes; each is made when it is asked for."""
        ...

    def findings(self, problem: ProblemT) -> tuple[Finding, ...]:
        """Return everything that is wrong with a problem."""
        ...

    def warm_up(self) -> None:
        """Load, and compile where needed, everything that the first solve call would otherwise have to."""
        ...

    def solve(
        self, problem: ProblemT, *, limits: Limits, seed: int, on_progress: OnProgress | None = None
    ) -> Solution[PlanT]:
        """Call the family's public ``solve``."""
        ...

    def violations(self, problem: ProblemT, plan: PlanT) -> Sequence[Violation]:
        """Judge a plan by the family's independent checker."""
        ...

    def objective(self, problem: ProblemT, plan: PlanT) -> float:
        """Return the (first) objective of a plan as the checker computes it."""
        ...

    def answer(self, case: Case[ProblemT], solution: Solution[PlanT]) -> Mapping[str, Json]:
        """Return the family's own part of the JSON answer: ``plan`` (one entry per unit, 0-based), ``centers``, ``districts`` ..."""
        ...
