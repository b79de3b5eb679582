"""From rules that allow no plan together to :class:`~orgraph.findings.Reason` objects with the ids and numbers that people need."""

from __future__ import annotations

from collections.abc import Mapping

from orgraph.findings import Json, Reason
from orgraph.solver.rostering.contradictions import Contradiction
from orgraph.solver.rostering.problem import Demand, Mode, Problem
from orgraph.solver.rostering.rules import KINDS, Rule

MINUTES_PER_HOUR = 60


def tell(
    problem: Problem, core: Mapping[Rule, bool], found: Contradiction | None = None
) -> tuple[Reason, ...]:
    """Return one reason per rule of ``core``, demands first, each with whether it is proven that the others allow a plan.

    Demands say with what numbers they contradict each other when ``found`` is a shortage.
    """
    order = sorted(core, key=lambda rule: (-KINDS.index(rule.kind), rule.index, rule.day))
    return tuple(_reason(problem, rule, core[rule], found) for rule in order)


def _reason(problem: Problem, rule: Rule, is_proven: bool, found: Contradiction | None) -> Reason:
    subject, numbers = _subject(problem, rule), _numbers(problem, rule)
    name = f"rostering.{rule.kind}"
    if rule.kind == "demand" and found is not None and found.needed:
        together: dict[str, Json] = {"needed": found.needed, "room": found.room}
        return Reason(name, subject, {**numbers, **together}, is_proven, "sum")
    variant = "on_call" if "on_call" in numbers else ""
    return Reason(name, subject, numbers, is_proven, variant)


def _subject(problem: Problem, rule: Rule) -> tuple[str, ...]:
    match rule.kind:
        case "demand" | "crowd":
            demand = problem.demands[rule.index]
            place, shift = problem.places[demand.place], problem.shifts[demand.shift]
            return (place.place_id, shift.shift_id, problem.skills[demand.skill])
        case "forced":
            duty = problem.forced[rule.index]
            place, shift = problem.places[duty.place], problem.shifts[duty.shift]
            name = problem.people[duty.person].person_id
            return (name, place.place_id, shift.shift_id, problem.skills[duty.skill])
        case "ban":
            return _banned(problem, rule.index)
        case "streak":
            return tuple(sorted(problem.streaks[rule.index].kinds))
        case "rest" | "day":
            return ()
        case _:
            return (problem.people[rule.index].person_id,)


def _banned(problem: Problem, number: int) -> tuple[str, ...]:
    ban = problem.bans[number]
    shift = () if ban.shift is None else (problem.shifts[ban.shift].shift_id,)
    place = () if ban.place is None else (problem.places[ban.place].place_id,)
    return (problem.people[ban.person].person_id, *shift, *place)


def _numbers(problem: Problem, rule: Rule) -> dict[str, Json]:
    match rule.kind:
        case "demand":
            return _people(problem, problem.demands[rule.index])
        case "crowd":
            return {"most": problem.demands[rule.index].most}
        case "forced" | "ban":
            return {"number": rule.index + 1}
        case "streak":
            return {"most": problem.streaks[rule.index].most_days}
        case "rest":
            return {"hours": problem.rest_minutes / MINUTES_PER_HOUR}
        case "day":
            return {"most": problem.most_per_day}
        case "leave":
            return {"day": rule.day + 1}
        case _:
            return {"limit": _limit(problem, rule)}


def _limit(problem: Problem, rule: Rule) -> int | None:
    person = problem.people[rule.index]
    limits = {
        "most": person.most_shifts,
        "week": person.most_per_week,
        "turn": person.most_per_place,
        "least": person.least_shifts,
    }
    return limits[rule.kind]


def _people(problem: Problem, demand: Demand) -> dict[str, Json]:
    """Return how many are needed, how many have the skill and may serve the place, and how many of these are not on leave or on call."""
    posts = problem.places[demand.place].posts
    sites = {
        q
        for q, place in enumerate(problem.places)
        if (q == demand.place if demand.is_own else posts <= place.posts)
    }
    fit = [p for p in problem.people if demand.skill in p.skills and not sites.isdisjoint(p.places)]
    present = [p for p in fit if problem.shifts[demand.shift].day not in p.leave]
    numbers: dict[str, Json] = {"number": demand.number, "fit": len(fit), "present": len(present)}
    on_call = sum(p.mode is Mode.ON_CALL for p in present)
    if on_call and demand.most_on_call < demand.number:
        numbers |= {"on_call": on_call, "most_on_call": demand.most_on_call}
    return numbers
