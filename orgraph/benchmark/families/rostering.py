"""The rostering family as the benchmark sees it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from orgraph.benchmark.case import Case, Family
from orgraph.benchmark.families.rostering_cases import after_hours, mediation, tiny
from orgraph.benchmark.families.rostering_file import problem_in
from orgraph.benchmark.reading import read_entry
from orgraph.findings import Json
from orgraph.solver.rostering import Demand, Duty, Plan, Problem, findings, solve
from orgraph.solver.rostering.check import evaluate, violations

OBJECTIVE_NAME = "preferences"


def read(path: Path, config: Path | None) -> Sequence[Case[Problem]]:
    """Read one problem from a JSON file. Raises ``InputError`` with all that is wrong."""
    top = read_entry(path)
    problem = problem_in(top)
    top.refuse()
    return [_case(path.stem, problem, path)]


def generated(seed: int) -> Sequence[Case[Problem]]:
    """Return a tiny problem, after-hours cover of six villages, and six mediation centres; all synthetic."""
    made = {"tiny": tiny(), "after_hours": after_hours(seed), "mediation": mediation(seed)}
    return [_case(name, problem) for name, problem in made.items()]


def answer(case: Case[Problem], plan: Plan) -> Mapping[str, Json]:
    """Return ``plan`` (for every demand the people who serve it), ``duties``, and ``shifts_by_person``."""
    problem, duties = case.problem, plan.duties
    counts: dict[str, Json] = {
        person.person_id: sum(duty.person == i for duty in duties) for i, person in enumerate(problem.people)
    }
    return {
        "plan": [
            [problem.people[duty.person].person_id for duty in duties if _serves(problem, duty, demand)]
            for demand in problem.demands
        ],
        "duties": [_duty(problem, duty) for duty in duties],
        "shifts_by_person": counts,
    }


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


FAMILY: Family[Problem, Plan] = Family(
    name="rostering",
    read=read,
    generated=generated,
    findings=findings,
    solve=solve,
    violations=violations,
    objective=lambda problem, plan: float(evaluate(problem, plan)),
    answer=answer,
)
