"""The rostering family as the benchmark sees it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from orgraph.benchmark.case import Case
from orgraph.benchmark.families.rostering_cases import after_hours, mediation, tiny
from orgraph.benchmark.families.rostering_file import parse
from orgraph.errors import InputError
from orgraph.findings import Finding, Json, Place
from orgraph.solver.rostering import Demand, Duty, Plan, Problem, findings, solve
from orgraph.solver.rostering.check import evaluate, violations
from orgraph.solver.solution import Limits, OnProgress, Solution
from orgraph.solver.violation import Violation

OBJECTIVE_NAME = "preferences"


class RosteringFamily:
    """Rosters: people, shifts, posts and patches of posts. A unit of the answer is a demand, ``place shift skill``."""

    name = "rostering"

    def read(self, path: Path, config: Path | None) -> Sequence[Case[Problem]]:
        """Read one problem from a JSON file. Raises ``InputError`` with all that is wrong."""
        try:
            content = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            raise _refused([Finding("rostering.file_unreadable", place=Place(path.name))]) from None
        problem, found = parse(content, path.name)
        if problem is None or (found := findings(problem)):
            raise _refused(found)
        return [_case(path.stem, problem, path)]

    def generated(self, seed: int) -> Sequence[Case[Problem]]:
        """Return a tiny problem, after-hours cover of six villages, and six mediation centres; all synthetic."""
        made = {"tiny": tiny(), "after_hours": after_hours(seed), "mediation": mediation(seed)}
        return [_case(name, problem) for name, problem in made.items()]

    def warm_up(self) -> None:
        """Load what the first call would have to."""
        solve(tiny())

    def solve(
        self, problem: Problem, *, limits: Limits, seed: int, on_progress: OnProgress | None = None
    ) -> Solution[Plan]:
        """Call the family's public ``solve``."""
        return solve(problem, limits=limits, seed=seed, on_progress=on_progress)

    def violations(self, problem: Problem, plan: Plan) -> Sequence[Violation]:
        """Judge a plan by the independent checker."""
        return violations(problem, plan)

    def objective(self, problem: Problem, plan: Plan) -> float:
        """Return the sum of the preferences as the checker computes it."""
        return float(evaluate(problem, plan))

    def answer(self, case: Case[Problem], solution: Solution[Plan]) -> Mapping[str, Json]:
        """Return ``plan`` (for every demand the people who serve it), ``duties``, and ``shifts_by_person``."""
        if solution.plan is None:
            return {"plan": None}
        problem, duties = case.problem, solution.plan.duties
        counts: dict[str, Json] = {
            person.person_id: sum(duty.person == i for duty in duties)
            for i, person in enumerate(problem.people)
        }
        return {
            "plan": [
                [problem.people[duty.person].person_id for duty in duties if _serves(problem, duty, demand)]
                for demand in problem.demands
            ],
            "duties": [_duty(problem, duty) for duty in duties],
            "shifts_by_person": counts,
        }


FAMILY = RosteringFamily()


def _case(name: str, problem: Problem, path: Path | None = None) -> Case[Problem]:
    units = tuple(
        f"{problem.places[d.place].place_id} {problem.shifts[d.shift].shift_id} {problem.skills[d.skill]}"
        for d in problem.demands
    )
    notes: dict[str, Json] = {
        "people": len(problem.people),
        "shifts": len(problem.shifts),
        "needed": sum(demand.number for demand in problem.demands),
    }
    return Case(name, OBJECTIVE_NAME, problem, units, path, path is None, notes)


def _serves(problem: Problem, duty: Duty, demand: Demand) -> bool:
    if (duty.shift, duty.skill) != (demand.shift, demand.skill):
        return False
    around = problem.places[duty.place].posts
    return duty.place == demand.place or (not demand.is_own and problem.places[demand.place].posts <= around)


def _duty(problem: Problem, duty: Duty) -> dict[str, Json]:
    return {
        "person": problem.people[duty.person].person_id,
        "place": problem.places[duty.place].place_id,
        "shift": problem.shifts[duty.shift].shift_id,
        "skill": problem.skills[duty.skill],
    }


def _refused(found: Sequence[Finding]) -> InputError:
    return InputError("invalid_input", findings=found, num_errors=len(found))
