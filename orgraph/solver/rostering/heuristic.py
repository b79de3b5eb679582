"""A first roster in a moment: demand by demand in the order of time, always the person who adds least cost. No proof, and no repair."""

from __future__ import annotations

from collections import Counter

from orgraph.solver.rostering.instance import Instance, cliques
from orgraph.solver.rostering.problem import (
    CallOuts,
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


def draw(instance: Instance) -> Plan:
    """Return a roster that keeps rests, days, streaks and upper limits; demands and least numbers may be missed.

    Notes
    -----
    O(demands x duties per demand x (shifts that exclude each other + preferences)).
    """
    roster = _Roster(instance)
    for duty in instance.problem.forced:
        roster.add(duty)
    problem = instance.problem
    order = sorted(
        range(len(problem.demands)),
        key=lambda d: (
            problem.shifts[problem.demands[d].shift].day,
            problem.demands[d].shift,
            -len(problem.places[problem.demands[d].place].posts),
            len(instance.serving[d]),
            d,
        ),
    )
    for demand in order:
        _meet(instance, roster, demand)
    return Plan(tuple(sorted(roster.duties)))


def _meet(instance: Instance, roster: _Roster, demand: int) -> None:
    candidates = [instance.duties[d] for d in instance.serving[demand]]
    while roster.is_short(demand):
        free = [d for d in candidates if roster.helps(d, demand) and roster.may_add(d)]
        if not free:
            return
        roster.add(min(free, key=lambda d: (roster.price(d), d)))


class _Roster:
    """Duties so far, with the counts that the rules look at."""

    def __init__(self, instance: Instance) -> None:
        self.problem: Problem = instance.problem
        self.duties: set[Duty] = set()
        self._served: dict[Duty, list[int]] = {}
        for demand, numbers in enumerate(instance.serving):
            for number in numbers:
                self._served.setdefault(instance.duties[number], []).append(demand)
        exclusive = cliques(self.problem)
        self._excluded = [
            frozenset().union(*(c for c in exclusive if s in c)) for s in range(len(self.problem.shifts))
        ]
        self._shifts: list[set[int]] = [set() for _ in self.problem.people]
        self._weeks: Counter[tuple[int, int]] = Counter()
        self._places: Counter[tuple[int, int]] = Counter()
        self._present: Counter[tuple[int, bool]] = Counter()
        self._dislikes = {
            id(p): {(i, s): cost for i, s, cost in p.dislikes}
            for p in self.problem.preferences
            if isinstance(p, Wishes)
        }
        self._kept = {
            id(p): frozenset(p.roster) for p in self.problem.preferences if isinstance(p, Stability)
        }
        self._targets = {
            id(p): dict(zip(p.people, map(float, p.targets or (0,) * len(p.people)), strict=True))
            for p in self.problem.preferences
            if isinstance(p, Fairness)
        }

    def add(self, duty: Duty) -> None:
        """Put a duty into the roster, once."""
        if duty in self.duties:
            return
        self.duties.add(duty)
        self._shifts[duty.person].add(duty.shift)
        self._weeks[duty.person, self._week(duty)] += 1
        self._places[duty.person, duty.place] += 1
        for demand in self._served.get(duty, ()):
            self._present[demand, self._is_on_call(duty)] += 1

    def is_short(self, number: int) -> bool:
        """Return whether a demand lacks people."""
        return self._missing(number) > 0

    def helps(self, duty: Duty, number: int) -> bool:
        """Return whether the duty would lessen what a demand lacks."""
        demand = self.problem.demands[number]
        return not self._is_on_call(duty) or self._present[number, True] < demand.most_on_call

    def may_add(self, duty: Duty) -> bool:
        """Return whether rests, limits and the most people allowed leave room for the duty."""
        person, shifts = self.problem.people[duty.person], self._shifts[duty.person]
        limits = (
            (person.most_shifts, len(shifts)),
            (person.most_per_week, self._weeks[duty.person, self._week(duty)]),
            (person.most_per_place, self._places[duty.person, duty.place]),
            (self.problem.most_per_day, sum(self._day(s) == self._day(duty.shift) for s in shifts)),
            *(
                (self.problem.demands[d].most, self._present[d, True] + self._present[d, False])
                for d in self._served.get(duty, ())
            ),
        )
        has_room = all(most is None or number < most for most, number in limits)
        return has_room and shifts.isdisjoint(self._excluded[duty.shift]) and self._fits_streaks(duty)

    def price(self, duty: Duty) -> float:
        """Return what the duty adds to the preferences, as far as it can be told one by one."""
        return sum(p.weight * self._added(p, duty) for p in self.problem.preferences)

    def _added(self, preference: Preference, duty: Duty) -> float:
        match preference:
            case Fairness():
                return self._unfairness(preference, duty)
            case Travel():
                return preference.cost[duty.person][duty.place]
            case Wishes():
                return self._dislikes[id(preference)].get((duty.person, duty.shift), 0)
            case Stability():
                return -1 if duty in self._kept[id(preference)] else 1
            case CallOuts():
                return self._is_on_call(duty)
            case Uncovered():
                return 0

    def _unfairness(self, fairness: Fairness, duty: Duty) -> float:
        targets = self._targets[id(fairness)]
        if duty.person not in targets or (fairness.shifts is not None and duty.shift not in fairness.shifts):
            return 0
        shifts = self._shifts[duty.person]
        number = len(shifts if fairness.shifts is None else shifts & fairness.shifts)
        if fairness.measure is Measure.RANGE:
            return number
        power = 2 if fairness.measure is Measure.SQUARES else 1
        away = number - targets[duty.person]
        return float(abs(away + 1) ** power - abs(away) ** power)

    def _fits_streaks(self, duty: Duty) -> bool:
        kind, day = self.problem.shifts[duty.shift].kind, self._day(duty.shift)
        for streak in self.problem.streaks:
            if kind not in streak.kinds:
                continue
            worked = {
                self._day(s) for s in self._shifts[duty.person] if self.problem.shifts[s].kind in streak.kinds
            } | {day}
            for first in range(day - streak.most_days, day + 1):
                if worked.issuperset(range(first, first + streak.most_days + 1)):
                    return False
        return True

    def _missing(self, number: int) -> int:
        demand = self.problem.demands[number]
        on_call = min(self._present[number, True], demand.most_on_call)
        return demand.number - self._present[number, False] - on_call

    def _is_on_call(self, duty: Duty) -> bool:
        return self.problem.people[duty.person].mode is Mode.ON_CALL

    def _day(self, shift: int) -> int:
        return self.problem.shifts[shift].day

    def _week(self, duty: Duty) -> int:
        return self.problem.week(self._day(duty.shift))
