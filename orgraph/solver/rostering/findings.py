"""Everything that is malformed in the statement of a rostering problem. What is well formed but cannot be met is no finding: it is a reason."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import chain
from math import lcm

from orgraph.findings import Finding, Json, repeated
from orgraph.solver.rostering.problem import (
    Demand,
    Duty,
    Fairness,
    Measure,
    Mode,
    Preference,
    Problem,
    Stability,
    Travel,
    Wishes,
)

NUM_WEEKDAYS = 7
MOST_COST = 2**50


def findings(problem: Problem) -> tuple[Finding, ...]:
    """Return all that is wrong; empty for a problem that can be solved or proven to have no plan.

    Notes
    -----
    Linear in the statement, but for forced duties x demands.
    """
    sections = (_costs, _names, _period, _places, _people, _shifts, _demands, _duties, _bans)
    found = tuple(chain.from_iterable(section(problem) for section in sections))
    return found + tuple(chain.from_iterable(_preference(problem, p) for p in problem.preferences))


def _names(problem: Problem) -> Iterator[Finding]:
    named = (
        [person.person_id for person in problem.people],
        problem.posts,
        [place.place_id for place in problem.places],
        [shift.shift_id for shift in problem.shifts],
        problem.skills,
        [preference.name for preference in problem.preferences],
    )
    for ids in named:
        for name in repeated(ids):
            yield _finding("name_repeated", [name])


def _costs(problem: Problem) -> Iterator[Finding]:
    """Costs must stay far below what floating-point numbers hold exactly."""
    targets = [t for p in problem.preferences if isinstance(p, Fairness) for t in p.targets]
    num_cells = (len(problem.people) + 1) * (len(problem.shifts) + 1)
    largest = max((abs(t) for t in targets), default=Fraction(0)) + len(problem.shifts) + 1
    entries = [
        *(cost for p in problem.preferences if isinstance(p, Travel) for row in p.cost for cost in row),
        *(cost for p in problem.preferences if isinstance(p, Wishes) for _, _, cost in p.dislikes),
        *(demand.number for demand in problem.demands),
    ]
    most = (
        max((abs(v) for v in entries), default=0) * (num_cells + len(problem.demands))
        + num_cells * largest**2
    )
    total = lcm(1, *(t.denominator for t in targets)) * most * sum(abs(p.weight) for p in problem.preferences)
    if total > MOST_COST:
        yield _finding("costs_large", digits=len(str(int(total))))


def _period(problem: Problem) -> Iterator[Finding]:
    if problem.num_days < 1:
        yield _finding("period_days", days=problem.num_days)
    if not 0 <= problem.first_weekday < NUM_WEEKDAYS:
        yield _finding("period_weekday", weekday=problem.first_weekday)
    if problem.rest_minutes < 0:
        yield _finding("rest_value", minutes=problem.rest_minutes)
    if problem.most_per_day is not None and problem.most_per_day < 0:
        yield _finding("limit_value", ["most_per_day"], value=problem.most_per_day)
    for number, streak in enumerate(problem.streaks):
        if streak.most_days < 1:
            yield _finding("streak_days", number=number, days=streak.most_days)


def _places(problem: Problem) -> Iterator[Finding]:
    for number, (a, b) in enumerate(problem.edges):
        if not (_within(problem.posts, a) and _within(problem.posts, b)):
            yield _finding("edge_range", number=number, a=a, b=b, num_posts=len(problem.posts))
    for place in problem.places:
        if not place.posts or not all(_within(problem.posts, post) for post in place.posts):
            yield _finding("place_posts", [place.place_id], num_posts=len(problem.posts))
        elif not _is_connected(place.posts, problem.edges):
            names = [problem.posts[post] for post in sorted(place.posts)]
            yield _finding("place_apart", [place.place_id], posts=[*names])


def _people(problem: Problem) -> Iterator[Finding]:
    for person in problem.people:
        name = [person.person_id]
        if not all(_within(problem.skills, skill) for skill in person.skills):
            yield _finding("person_skill", name, num_skills=len(problem.skills))
        if not all(_within(problem.places, place) for place in person.places):
            yield _finding("person_place", name, num_places=len(problem.places))
        if person.mode is Mode.RESIDENT and len(person.places) != 1:
            yield _finding("resident_places", name, found=len(person.places))
        for day in sorted(d for d in person.leave if not 0 <= d < problem.num_days):
            yield _finding("leave_range", name, day=day, days=problem.num_days)
        limits = (person.most_shifts, person.most_per_week, person.most_per_place, person.least_shifts)
        for value in limits:
            if value is not None and value < 0:
                yield _finding("limit_value", name, value=value)
        if person.most_shifts is not None and person.least_shifts > person.most_shifts:
            yield _finding("limit_order", name, least=person.least_shifts, most=person.most_shifts)


def _shifts(problem: Problem) -> Iterator[Finding]:
    for shift in problem.shifts:
        if not 0 <= shift.day < problem.num_days:
            yield _finding("shift_day", [shift.shift_id], day=shift.day, days=problem.num_days)
        if not 0 <= shift.start_minute < shift.end_minute:
            yield _finding("shift_hours", [shift.shift_id], start=shift.start_minute, end=shift.end_minute)


def _demands(problem: Problem) -> Iterator[Finding]:
    for number, demand in enumerate(problem.demands):
        if not _is_cell(problem, demand):
            yield _finding("demand_range", number=number)
        if demand.number < 0 or demand.most_on_call < 0:
            yield _finding("demand_number", number=number, wanted=demand.number, on_call=demand.most_on_call)
        if demand.most is not None and demand.most < demand.number:
            yield _finding("demand_most", number=number, wanted=demand.number, most=demand.most)
    cells = [(d.place, d.shift, d.skill) for d in problem.demands]
    for cell in repeated(cells):
        yield _finding("demand_repeated", number=cells.index(cell))


def _duties(problem: Problem) -> Iterator[Finding]:
    for number, duty in enumerate(problem.forced):
        if not _is_duty(problem, duty):
            yield _finding("forced_range", number=number)
        elif not _is_fit(problem, duty):
            names = [problem.people[duty.person].person_id, problem.places[duty.place].place_id]
            yield _finding("forced_unfit", names, skill=problem.skills[duty.skill], number=number)
    for duty in repeated(problem.forced):
        yield _finding("forced_repeated", number=problem.forced.index(duty))


def _bans(problem: Problem) -> Iterator[Finding]:
    for number, ban in enumerate(problem.bans):
        is_known = (
            _within(problem.people, ban.person)
            and (ban.shift is None or _within(problem.shifts, ban.shift))
            and (ban.place is None or _within(problem.places, ban.place))
        )
        if not is_known:
            yield _finding("ban_range", number=number)


def _preference(problem: Problem, preference: Preference) -> Iterator[Finding]:
    name = [preference.name]
    if preference.weight < 0:
        yield _finding("weight_value", name, value=preference.weight)
    match preference:
        case Fairness():
            yield from _fairness(problem, preference)
        case Travel():
            shape = (len(problem.people), len(problem.places))
            if [len(row) for row in preference.cost] != [shape[1]] * shape[0]:
                yield _finding("travel_shape", name, people=shape[0], places=shape[1])
            if wrong := sum(cost < 0 for row in preference.cost for cost in row):
                yield _finding("travel_value", name, num_entries=wrong)
        case Wishes():
            yield from _wishes(problem, preference)
        case Stability():
            if wrong := sum(not _is_duty(problem, duty) for duty in preference.roster):
                yield _finding("roster_range", name, num_entries=wrong)
            if wrong := len(repeated(preference.roster)):
                yield _finding("roster_repeated", name, num_entries=wrong)
        case _:
            pass


def _fairness(problem: Problem, fairness: Fairness) -> Iterator[Finding]:
    name = [fairness.name]
    if not all(_within(problem.people, i) for i in fairness.people) or repeated(fairness.people):
        yield _finding("fairness_people", name, num_people=len(problem.people))
    wanted = 0 if fairness.measure is Measure.RANGE else len(fairness.people)
    if len(fairness.targets) != wanted:
        yield _finding("fairness_targets", name, found=len(fairness.targets), wanted=wanted)
    if not all(_within(problem.shifts, shift) for shift in fairness.shifts or ()):
        yield _finding("fairness_shifts", name, num_shifts=len(problem.shifts))


def _wishes(problem: Problem, wishes: Wishes) -> Iterator[Finding]:
    known = [_within(problem.people, i) and _within(problem.shifts, s) for i, s, _ in wishes.dislikes]
    if not all(known):
        yield _finding("wish_range", [wishes.name], num_entries=known.count(False))
    if wrong := sum(cost < 0 for _, _, cost in wishes.dislikes):
        yield _finding("wish_value", [wishes.name], num_entries=wrong)
    if wrong := len(repeated([(i, s) for i, s, _ in wishes.dislikes])):
        yield _finding("wish_repeated", [wishes.name], num_entries=wrong)


def _is_cell(problem: Problem, cell: Demand | Duty) -> bool:
    return (
        _within(problem.places, cell.place)
        and _within(problem.shifts, cell.shift)
        and _within(problem.skills, cell.skill)
    )


def _is_duty(problem: Problem, duty: Duty) -> bool:
    return _is_cell(problem, duty) and _within(problem.people, duty.person)


def _is_fit(problem: Problem, duty: Duty) -> bool:
    person = problem.people[duty.person]
    is_wanted = any(
        (d.shift, d.skill) == (duty.shift, duty.skill) and _serves(problem, duty.place, d)
        for d in problem.demands
        if _is_cell(problem, d)
    )
    return duty.skill in person.skills and duty.place in person.places and is_wanted


def _serves(problem: Problem, place: int, demand: Demand) -> bool:
    if demand.is_own:
        return place == demand.place
    return problem.places[demand.place].posts <= problem.places[place].posts


def _is_connected(posts: Iterable[int], edges: Iterable[tuple[int, int]]) -> bool:
    left = set(posts)
    reached = {left.pop()}
    pairs = [pair for a, b in edges for pair in ((a, b), (b, a))]
    while new := {b for a, b in pairs if a in reached and b in left}:
        reached |= new
        left -= new
    return not left


def _finding(name: str, subject: Sequence[str] = (), **numbers: Json) -> Finding:
    return Finding(f"rostering.{name}", subject=tuple(subject), numbers=numbers)


def _within(entries: Sequence[object], index: int) -> bool:
    return 0 <= index < len(entries)
