"""Solve one instance, judge the plan by the independent checker, and put the published value beside it, which is read only then."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from math import isclose
from pathlib import Path
from time import monotonic
from typing import Any

from orgraph.benchmark.collecting import AnyCase, AnyFamily
from orgraph.findings import Json
from orgraph.solver.certificate import CHECK_TOLERANCE
from orgraph.solver.solution import Limits, OnProgress, Progress, Solution

WITHOUT_PLAN: Mapping[str, Json] = {"plan": None, "centers": None, "districts": []}


@dataclass(frozen=True)
class Measured:
    """One solved instance. ``trace`` holds every better plan and bound with its second; ``published`` the block of the file, empty where there is none."""

    family: str
    case: AnyCase
    solution: Solution[Any]
    seconds: float
    seed: int
    workers: int
    is_checked: bool
    trace: tuple[Progress, ...]
    published: Mapping[str, Json]
    plan: Mapping[str, Json]

    @property
    def published_best(self) -> float | None:
        """Return the best published value, ``None`` without one."""
        best = self.published.get("best_known")
        return float(best) if isinstance(best, int | float) else None

    @property
    def distance_to_published(self) -> float | None:
        """Return by which share the objective is above (below: negative) the best published value."""
        best, found = self.published_best, self.solution.objective
        return None if best is None or found is None else (found - best) / max(abs(best), 1e-9)

    @property
    def seconds_to_best(self) -> float | None:
        """Return after how many seconds the plan was found."""
        seconds = self.solution.stats.get("seconds_to_best")
        return float(seconds) if isinstance(seconds, int | float) else None

    def to_json(self) -> dict[str, Json]:
        """Return the answer as the contract has it, with ``published`` beside."""
        solution = self.solution
        answer: dict[str, Json] = {
            "instance": self.case.name,
            "family": self.family,
            "objective_name": self.case.objective_name,
            "status": solution.status.value,
            "objective": solution.objective,
            "bound": solution.bound,
            "gap": solution.gap,
            "seconds": self.seconds,
            "seconds_to_best": self.seconds_to_best,
            "seed": self.seed,
            "workers": self.workers,
            "checked": self.is_checked,
            "synthetic": self.case.is_synthetic,
            "units": list(self.case.units),
            **self.plan,
            "terms": dict(solution.terms),
            "reasons": [reason.to_json() for reason in solution.reasons],
            "findings": [],
            "stats": dict(solution.stats),
            "published": dict(self.published) or None,
        }
        if solution.stages:
            answer["stages"] = [stage.to_json() for stage in solution.stages]
        return answer


def measure(
    family: AnyFamily, case: AnyCase, limits: Limits, seed: int, on_progress: OnProgress | None = None
) -> Measured:
    """Solve ``case`` within ``limits``; wall seconds are those of the solve call."""
    trace: list[Progress] = []

    def note(progress: Progress) -> None:
        trace.append(progress)
        if on_progress is not None:
            on_progress(progress)

    began = monotonic()
    solution = family.solve(case.problem, limits=limits, seed=seed, on_progress=note)
    seconds = monotonic() - began
    return Measured(
        family=family.name,
        case=case,
        solution=solution,
        seconds=seconds,
        seed=seed,
        workers=limits.workers,
        is_checked=_is_right(family, case, solution),
        trace=(*trace, Progress("end", seconds, solution.objective, solution.bound)),
        published={} if case.path is None else published(case.path),
        plan=WITHOUT_PLAN if solution.plan is None else family.answer(case, solution.plan),
    )


def published(path: Path) -> Mapping[str, Json]:
    """Return the block ``published`` of an instance file, empty where there is none."""
    if path.suffix != ".json":
        return {}
    block = json.loads(path.read_text(encoding="utf-8-sig")).get("published")
    return block if isinstance(block, dict) else {}


def _is_right(family: AnyFamily, case: AnyCase, solution: Solution[Any]) -> bool:
    """Return whether the checker finds nothing wrong with the plan and the same objective."""
    if solution.plan is None or solution.objective is None:
        return False
    if family.violations(case.problem, solution.plan):
        return False
    found = family.objective(case.problem, solution.plan)
    return isclose(found, solution.objective, rel_tol=CHECK_TOLERANCE, abs_tol=CHECK_TOLERANCE)
