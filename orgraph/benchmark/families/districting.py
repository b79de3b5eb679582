"""Districting as the benchmark sees it: published instances, maps with a configuration, and synthetic maps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from orgraph.benchmark.case import Case, Family
from orgraph.benchmark.families.districting_instances import read_instance
from orgraph.benchmark.families.districting_maps import read_map, synthetic_maps
from orgraph.findings import Json
from orgraph.solver.districting import Plan, Problem, solve
from orgraph.solver.districting.check import evaluate, totals, violations
from orgraph.solver.districting.problem import CenterCost
from orgraph.solver.solution import Limits, OnProgress, Solution
from orgraph.solver.violation import Violation

WARM_UP_S = 60.0


class Districting:
    """The family of :mod:`orgraph.solver.districting`."""

    name = "districting"

    def read(self, path: Path, config: Path | None) -> Sequence[Case[Problem]]:
        """Read a published instance (JSON) or a map (CSV with its edges beside)."""
        if path.suffix.lower() == ".json":
            return (read_instance(path),)
        return (read_map(path, config),)

    def generated(self, seed: int) -> Sequence[Case[Problem]]:
        """Return small synthetic maps."""
        return tuple(synthetic_maps(seed))

    def warm_up(self) -> None:
        """Solve synthetic maps once that need every kernel: the smallest ones, and two districts of a map too large for a pool."""
        cases = self.generated(0)
        for case in (*cases[:3], cases[6]):
            solve(case.problem, limits=Limits(time_s=WARM_UP_S))

    def solve(
        self, problem: Problem, *, limits: Limits, seed: int, on_progress: OnProgress | None = None
    ) -> Solution[Plan]:
        """Call the family's solver."""
        return solve(problem, limits=limits, seed=seed, on_progress=on_progress)

    def violations(self, problem: Problem, plan: Plan) -> Sequence[Violation]:
        """Judge a plan by the independent checker."""
        return violations(problem, plan)

    def objective(self, problem: Problem, plan: Plan) -> float:
        """Return the first objective of a plan."""
        return evaluate(problem, plan)[0]

    def answer(self, case: Case[Problem], solution: Solution[Plan]) -> Mapping[str, Json]:
        """Return who goes where, the seats as unit indexes (``None`` where no objective has costs to a seat), and the districts."""
        if solution.plan is None:
            return {"plan": None, "centers": None, "districts": []}
        has_seats = any(isinstance(o, CenterCost) for o in case.problem.objectives)
        return {
            "plan": list(solution.plan.district),
            "centers": list(solution.plan.seats) if has_seats else None,
            "districts": [_district(case.problem, solution.plan, d) for d in range(case.problem.k)],
        }


def _district(problem: Problem, plan: Plan, number: int) -> Json:
    own = {name: amounts[number] for name, amounts in totals(problem, plan).items()}
    shown: dict[str, Json] = {name: _shown(problem, name, amount) for name, amount in own.items()}
    deviation: dict[str, Json] = {
        name: amount * problem.k / total - 1
        for name, amount in own.items()
        if (total := problem.total(name)) > 0
    }
    return {
        "seat": problem.unit_ids[plan.seats[number]],
        "members": [problem.unit_ids[i] for i, d in enumerate(plan.district) if d == number],
        "totals": shown,
        "deviation": deviation,
    }


def _shown(problem: Problem, name: str, amount: int) -> int | float:
    scale = problem.scale.get(name, 1)
    return amount if scale == 1 else amount / scale


FAMILY: Family[Problem, Plan] = Districting()
