"""The independent checker: whether a roster obeys a problem, and what it costs, from the statement alone.

Nothing here is shared with the model or the heuristic: plain Python, exact whole numbers and fractions.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import combinations

from orgraph.findings import Json
from orgraph.solver.rostering.problem import (
    CallOuts,
    Demand,
    Duty,
    Fairness,
    Measure,
    Mode,
    Plan,
    Preference,
    Problem,
    Stability,
    Travel,
    Uncovered,
    Wishes,
)
from orgraph.solver.violation import Violation

Cells = Mapping[tuple[int, int], Sequence[Duty]]
"""Duties by shift and skill."""


def violations(problem: Problem, plan: Plan) -> tuple[Violation, ...]:
    """Return everything in ``plan`` that breaks ``problem``; empty for a valid plan. A plan with wrong indexes is judged for these alone.

    Notes
    -----
    O(duties x bans), O(shifts^2) per person for the rests, O(duties of the shift and skill) per demand.
    """
    if wrong := tuple(_shape(problem, plan)):
        return wrong
    rules = (_eligible, _absent, _rest, _days, _streaks, _counts, _forced, _demands)
    return tuple(violation for rule in rules for violation in rule(problem, plan))


def evaluate(problem: Problem, plan: Plan) -> Fraction:
    """Return the objective of a plan with valid indexes."""
    return sum((_value(problem, plan, p) for p in problem.preferences), Fraction(0))


def terms(problem: Problem, plan: Plan) -> dict[str, float]:
    """Return the value of every preference by its name; they sum to the objective."""
    return {p.name: float(_value(problem, plan, p)) for p in problem.preferences}


def _shape(problem: Problem, plan: Plan) -> Iterator[Violation]:
    sizes = (len(problem.shifts), len(problem.places), len(problem.skills), len(problem.people))
    for number, duty in enumerate(plan.duties):
        indexes = (duty.shift, duty.place, duty.skill, duty.person)
        if not all(0 <= i < size for i, size in zip(indexes, sizes, strict=True)):
            yield Violation("rostering.range", numbers={"number": number})
    if any(a >= b for a, b in zip(plan.duties, plan.duties[1:], strict=False)):
        yield Violation("rostering.order")


def _eligible(problem: Problem, plan: Plan) -> Iterator[Violation]:
    demands: dict[tuple[int, int], list[Demand]] = {}
    for demand in problem.demands:
        demands.setdefault((demand.shift, demand.skill), []).append(demand)
    for duty in plan.duties:
        person = problem.people[duty.person]
        if duty.skill not in person.skills:
            yield _duty(problem, "skill", duty)
        if duty.place not in person.places:
            yield _duty(problem, "place", duty)
        if not any(_serves(problem, duty, d) for d in demands.get((duty.shift, duty.skill), ())):
            yield _duty(problem, "idle", duty)


def _absent(problem: Problem, plan: Plan) -> Iterator[Violation]:
    for duty in plan.duties:
        if problem.shifts[duty.shift].day in problem.people[duty.person].leave:
            yield _duty(problem, "leave", duty)
        for ban in problem.bans:
            is_there = ban.shift in (None, duty.shift) and ban.place in (None, duty.place)
            if ban.person == duty.person and is_there:
                yield _duty(problem, "ban", duty)


def _rest(problem: Problem, plan: Plan) -> Iterator[Violation]:
    for person, duties in enumerate(_by_person(problem, plan)):
        for a, b in combinations(duties, 2):
            first, second = sorted((a, b), key=lambda duty: _start(problem, duty.shift))
            rest = _start(problem, second.shift) - _end(problem, first.shift)
            if a.shift == b.shift or rest < problem.rest_minutes:
                names = (
                    problem.people[person].person_id,
                    *(problem.shifts[d.shift].shift_id for d in (first, second)),
                )
                yield Violation("rostering.rest", names, {"rest": rest, "least": problem.rest_minutes})


def _days(problem: Problem, plan: Plan) -> Iterator[Violation]:
    if problem.most_per_day is None:
        return
    for person, duties in zip(problem.people, _by_person(problem, plan), strict=True):
        days = Counter(problem.shifts[duty.shift].day for duty in duties)
        for day, number in sorted(days.items()):
            if number > problem.most_per_day:
                numbers: dict[str, Json] = {"day": day + 1, "number": number, "most": problem.most_per_day}
                yield Violation("rostering.day", (person.person_id,), numbers)


def _streaks(problem: Problem, plan: Plan) -> Iterator[Violation]:
    for streak in problem.streaks:
        for person, duties in zip(problem.people, _by_person(problem, plan), strict=True):
            worked = {
                problem.shifts[d.shift].day for d in duties if problem.shifts[d.shift].kind in streak.kinds
            }
            for day in sorted(worked):
                if all(day + later in worked for later in range(streak.most_days + 1)):
                    numbers: dict[str, Json] = {"day": day + 1, "most": streak.most_days}
                    yield Violation("rostering.streak", (person.person_id,), numbers)


def _counts(problem: Problem, plan: Plan) -> Iterator[Violation]:
    for person, duties in zip(problem.people, _by_person(problem, plan), strict=True):
        name, total = person.person_id, len(duties)
        if person.most_shifts is not None and total > person.most_shifts:
            yield Violation("rostering.most", (name,), {"number": total, "most": person.most_shifts})
        if total < person.least_shifts:
            yield Violation("rostering.least", (name,), {"number": total, "least": person.least_shifts})
        weeks = Counter((problem.shifts[d.shift].day + problem.first_weekday) // 7 for d in duties)
        for week, number in sorted(weeks.items()):
            if person.most_per_week is not None and number > person.most_per_week:
                numbers: dict[str, Json] = {"week": week + 1, "number": number, "most": person.most_per_week}
                yield Violation("rostering.week", (name,), numbers)
        for place, number in sorted(Counter(duty.place for duty in duties).items()):
            if person.most_per_place is not None and number > person.most_per_place:
                names = (name, problem.places[place].place_id)
                yield Violation("rostering.turn", names, {"number": number, "most": person.most_per_place})


def _forced(problem: Problem, plan: Plan) -> Iterator[Violation]:
    for duty in problem.forced:
        if duty not in plan.duties:
            yield _duty(problem, "forced", duty)


def _demands(problem: Problem, plan: Plan) -> Iterator[Violation]:
    cells = _by_cell(plan)
    for demand in problem.demands:
        names = (
            problem.places[demand.place].place_id,
            problem.shifts[demand.shift].shift_id,
            problem.skills[demand.skill],
        )
        short, present = _short(problem, cells, demand), len(_servants(problem, cells, demand))
        if short and not any(isinstance(p, Uncovered) for p in problem.preferences):
            yield Violation("rostering.demand", names, {"number": demand.number, "short": short})
        if demand.most is not None and present > demand.most:
            yield Violation("rostering.crowd", names, {"number": present, "most": demand.most})


def _value(problem: Problem, plan: Plan, preference: Preference) -> Fraction:
    duties = plan.duties
    match preference:
        case Uncovered():
            cells = _by_cell(plan)
            amount = Fraction(sum(_short(problem, cells, demand) for demand in problem.demands))
        case Fairness():
            amount = _unfairness(plan, preference)
        case Travel():
            amount = Fraction(sum(preference.cost[d.person][d.place] for d in duties))
        case Wishes():
            dislike = {(person, shift): cost for person, shift, cost in preference.dislikes}
            amount = Fraction(sum(dislike.get((d.person, d.shift), 0) for d in duties))
        case Stability():
            amount = Fraction(len(set(duties) ^ set(preference.roster)))
        case CallOuts():
            amount = Fraction(sum(problem.people[d.person].mode is Mode.ON_CALL for d in duties))
    return preference.weight * amount


def _unfairness(plan: Plan, fairness: Fairness) -> Fraction:
    counted = Counter(d.person for d in plan.duties if fairness.shifts is None or d.shift in fairness.shifts)
    numbers = [counted[person] for person in fairness.people]
    if not numbers:
        return Fraction(0)
    if fairness.measure is Measure.RANGE:
        return Fraction(max(numbers) - min(numbers))
    away = [abs(n - target) for n, target in zip(numbers, fairness.targets, strict=True)]
    power = 2 if fairness.measure is Measure.SQUARES else 1
    return sum((distance**power for distance in away), Fraction(0))


def _short(problem: Problem, cells: Cells, demand: Demand) -> int:
    servants = _servants(problem, cells, demand)
    on_call = sum(problem.people[duty.person].mode is Mode.ON_CALL for duty in servants)
    counted = len(servants) - on_call + min(on_call, demand.most_on_call)
    return max(0, demand.number - counted)


def _servants(problem: Problem, cells: Cells, demand: Demand) -> list[Duty]:
    around = cells.get((demand.shift, demand.skill), ())
    return [duty for duty in around if _serves(problem, duty, demand)]


def _serves(problem: Problem, duty: Duty, demand: Demand) -> bool:
    if duty.shift != demand.shift or duty.skill != demand.skill:
        return False
    if demand.is_own:
        return duty.place == demand.place
    return problem.places[demand.place].posts <= problem.places[duty.place].posts


def _by_cell(plan: Plan) -> Cells:
    cells: dict[tuple[int, int], list[Duty]] = {}
    for duty in plan.duties:
        cells.setdefault((duty.shift, duty.skill), []).append(duty)
    return cells


def _by_person(problem: Problem, plan: Plan) -> Sequence[list[Duty]]:
    duties: list[list[Duty]] = [[] for _ in problem.people]
    for duty in plan.duties:
        duties[duty.person].append(duty)
    return duties


def _start(problem: Problem, shift: int) -> int:
    return problem.shifts[shift].day * 1440 + problem.shifts[shift].start_minute


def _end(problem: Problem, shift: int) -> int:
    return problem.shifts[shift].day * 1440 + problem.shifts[shift].end_minute


def _duty(problem: Problem, rule: str, duty: Duty) -> Violation:
    names = (
        problem.people[duty.person].person_id,
        problem.places[duty.place].place_id,
        problem.shifts[duty.shift].shift_id,
        problem.skills[duty.skill],
    )
    return Violation(f"rostering.{rule}", names)
