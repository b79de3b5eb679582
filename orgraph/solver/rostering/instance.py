"""A problem made ready to be solved: every duty that may be in a plan, the people who are alike, the shifts that exclude each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from orgraph.solver.rostering.problem import (
    MINUTES_PER_DAY,
    Duty,
    Fairness,
    Mode,
    Problem,
    Stability,
    Travel,
    Wishes,
)

Group = tuple[int, ...]
"""People who are alike in everything that is stated; ascending, not empty."""


@dataclass(frozen=True)
class Instance:
    """The duties that the first person of every group may do; ``duties`` are in ascending order.

    With one person per group this is the problem itself; with larger groups it is the sum of the rules of their members, a relaxation.
    """

    problem: Problem
    groups: tuple[Group, ...]
    duties: tuple[Duty, ...]

    @cached_property
    def of_group(self) -> tuple[tuple[int, ...], ...]:
        """Return for every group the numbers of its duties."""
        numbers: dict[int, list[int]] = {group[0]: [] for group in self.groups}
        for number, duty in enumerate(self.duties):
            numbers[duty.person].append(number)
        return tuple(tuple(numbers[group[0]]) for group in self.groups)

    @cached_property
    def serving(self) -> tuple[tuple[int, ...], ...]:
        """Return for every demand the numbers of the duties that serve it."""
        offers = _demands_by_offer(self.problem)
        numbers: list[list[int]] = [[] for _ in self.problem.demands]
        for number, duty in enumerate(self.duties):
            for demand in offers[duty.shift, duty.skill, duty.place]:
                numbers[demand].append(number)
        return tuple(map(tuple, numbers))

    def is_on_call(self, number: int) -> bool:
        """Return whether a duty is that of a person on call."""
        return self.problem.people[self.duties[number].person].mode is Mode.ON_CALL


def build_instance(problem: Problem, groups: Sequence[Group] | None = None) -> Instance:
    """Return the instance of a problem without findings; every person alone unless groups are given."""
    groups = tuple(groups) if groups is not None else tuple((i,) for i in range(len(problem.people)))
    return Instance(problem, groups, tuple(sorted(_duties(problem, [group[0] for group in groups]))))


def groups_of_alike(problem: Problem) -> tuple[Group, ...]:
    """Return the people in groups that no rule and no preference tells apart. Whoever has a forced duty is alone."""
    members: dict[Hashable, list[int]] = defaultdict(list)
    for i in range(len(problem.people)):
        members[_traits(problem, i)].append(i)
    return tuple(sorted(map(tuple, members.values())))


def cliques(problem: Problem) -> tuple[frozenset[int], ...]:
    """Return the largest sets of shifts of which a person can do one only, since they overlap or leave too little rest.

    Shift and rest together are an interval; intervals that pairwise meet have a point in common, and one of them begins there.
    """
    starts = [shift.day * MINUTES_PER_DAY + shift.start_minute for shift in problem.shifts]
    ends = [shift.day * MINUTES_PER_DAY + shift.end_minute + problem.rest_minutes for shift in problem.shifts]
    found = {
        frozenset(s for s in range(len(starts)) if starts[s] <= point < ends[s]) for point in set(starts)
    }
    return largest(found)


def largest(sets: Iterable[frozenset[int]]) -> tuple[frozenset[int], ...]:
    """Return the sets that are not part of another one, in ascending order."""
    kept: list[frozenset[int]] = []
    for each in sorted(set(sets), key=lambda s: (-len(s), sorted(s))):
        if not any(each <= other for other in kept):
            kept.append(each)
    return tuple(sorted(kept, key=sorted))


def _duties(problem: Problem, people: Iterable[int]) -> Iterable[Duty]:
    offers = sorted(_demands_by_offer(problem))
    banned = {(ban.person, ban.shift, ban.place) for ban in problem.bans}
    for i in people:
        person = problem.people[i]
        for shift, skill, place in offers:
            is_fit = skill in person.skills and place in person.places
            is_there = problem.shifts[shift].day not in person.leave
            is_banned = banned and any((i, s, q) in banned for s in (None, shift) for q in (None, place))
            if is_fit and is_there and not is_banned:
                yield Duty(shift, place, skill, i)


def _demands_by_offer(problem: Problem) -> dict[tuple[int, int, int], list[int]]:
    """Return the demands that a duty (shift, skill, place) serves, where there are any."""
    around = [
        [q for q, place in enumerate(problem.places) if inner.posts <= place.posts]
        for inner in problem.places
    ]
    served: dict[tuple[int, int, int], list[int]] = defaultdict(list)
    for number, demand in enumerate(problem.demands):
        for place in [demand.place] if demand.is_own else around[demand.place]:
            served[demand.shift, demand.skill, place].append(number)
    return served


def _traits(problem: Problem, i: int) -> Hashable:
    person = problem.people[i]
    own = (
        person.skills,
        person.places,
        person.mode,
        person.leave,
        person.most_shifts,
        person.least_shifts,
        person.most_per_week,
        person.most_per_place,
    )
    bans = frozenset((ban.shift, ban.place) for ban in problem.bans if ban.person == i)
    alone = i if any(duty.person == i for duty in problem.forced) else None
    return (own, bans, alone, tuple(_tastes(problem, i)))


def _tastes(problem: Problem, i: int) -> Iterable[Hashable]:
    for preference in problem.preferences:
        match preference:
            case Fairness():
                yield _target(preference, i)
            case Travel():
                yield preference.cost[i]
            case Wishes():
                yield frozenset((shift, cost) for person, shift, cost in preference.dislikes if person == i)
            case Stability():
                yield frozenset((d.shift, d.place, d.skill) for d in preference.roster if d.person == i)
            case _:
                pass


def _target(fairness: Fairness, i: int) -> Hashable:
    if i not in fairness.people:
        return None
    return fairness.targets[fairness.people.index(i)] if fairness.targets else True
