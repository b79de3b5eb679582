"""What every family does at the two ends of a solve call: refuse a malformed statement, and say how a result came about."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from importlib.metadata import version
from math import isclose
from typing import Protocol, TypeVar

from orgraph.errors import InvalidProblem, PlanRejected
from orgraph.findings import Finding, Json, Reason, has_errors
from orgraph.solver.digest import digest
from orgraph.solver.engine import Clock
from orgraph.solver.solution import Limits, Status
from orgraph.solver.violation import Violation

ProblemT = TypeVar("ProblemT")
Decide = Callable[[ProblemT, Limits], bool | None]
"""Whether a problem has a plan: True, False (both proven), or None (not known within the limits)."""


class Explain(Protocol[ProblemT]):
    """The search of a family for reasons."""

    def __call__(
        self, problem: ProblemT, prove: Callable[[ProblemT], bool | None], /, *, limits: Limits
    ) -> tuple[Reason, ...]:
        """Return an irreducible set of reasons."""
        ...


CHECK_TOLERANCE = 1e-9
"""Relative and absolute: a solver sums floating-point costs in another order than the checker."""
FLOATING = frozenset({"HiGHS", "GLOP", "SCIP", "Lagrangian"})
"""Engines whose proofs are of floating-point arithmetic."""


def refuse_malformed(found: tuple[Finding, ...]) -> None:
    """Raise ``InvalidProblem`` with all findings when one of them is an error."""
    if has_errors(found):
        raise InvalidProblem("invalid_problem", findings=found, num_errors=len(found))


def refuse_wrong(broken: Iterable[Violation] = (), figures: Iterable[str] = ()) -> None:
    """Raise ``PlanRejected`` with the rules that a plan breaks by the independent checker, and the figures that it finds different, if there are any."""
    if wrong := [*(violation.text.en for violation in broken), *figures]:
        raise PlanRejected("plan_rejected", violations="; ".join(wrong))


def differing(
    names: Iterable[str],
    said: Iterable[float | None],
    found: Iterable[float],
    tolerance: float = CHECK_TOLERANCE,
) -> Iterator[str]:
    """Yield the figures of a plan that are not what the independent checker finds."""
    for name, one, other in zip(names, said, found, strict=True):
        if one is None or not isclose(one, other, rel_tol=tolerance, abs_tol=tolerance):
            yield f"{name}: {one} != {other}"


def reasons_in_time(
    problem: ProblemT, reasons: Explain[ProblemT], is_feasible: Decide[ProblemT], clock: Clock
) -> tuple[Reason, ...]:
    """Return the reasons why there is no plan within the time that is left, of which one proof may take half."""

    def prove(relaxed: ProblemT) -> bool | None:
        return is_feasible(relaxed, clock.lap(clock.left_s / 2).limits)

    return reasons(problem, prove, limits=clock.limits_left)


def status_with_plan(clock: Clock, *, is_proven: bool) -> Status:
    """Return how a call ended that has a plan: a proof counts even when the caller interrupted after it."""
    if is_proven:
        return Status.OPTIMAL
    return Status.INTERRUPTED if clock.is_stopped else Status.FEASIBLE


def status_without_plan(clock: Clock) -> Status:
    """Return how a call ended that has neither a plan nor a proof that there is none."""
    return Status.INTERRUPTED if clock.is_stopped else Status.UNKNOWN


def stats_of(
    problem: object, clock: Clock, seed: int, engines: Iterable[str], seconds_to_best: float | None
) -> dict[str, Json]:
    """Return the figures that every solution carries: time, seed, workers, engines in the order of their first use, kind of proof, digest of the problem."""
    used = list(dict.fromkeys(engines)) or ["arithmetic"]
    return {
        "seconds": clock.seconds,
        "seconds_to_best": seconds_to_best,
        "seed": seed,
        "workers": clock.limits.workers,
        "engine": f"{' + '.join(used)} (ortools {version('ortools')})",
        "proof": "floating point" if FLOATING.intersection(used) else "exact",
        "problem": digest(problem),
    }
