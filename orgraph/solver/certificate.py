"""What every family does at the two ends of a solve call: refuse a malformed statement, and say how a result came about."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import version

from orgraph.errors import InvalidProblem
from orgraph.findings import Finding, Json, has_errors
from orgraph.solver.digest import digest
from orgraph.solver.engine import Clock

FLOATING = frozenset({"HiGHS", "GLOP", "SCIP", "Lagrangian"})
"""Engines whose proofs are of floating-point arithmetic."""


def refuse_malformed(found: tuple[Finding, ...]) -> None:
    """Raise ``InvalidProblem`` with all findings when one of them is an error."""
    if has_errors(found):
        raise InvalidProblem("invalid_problem", findings=found, num_errors=len(found))


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
