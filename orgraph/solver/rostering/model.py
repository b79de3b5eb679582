"""The rostering model: one column per duty, then one method per rule and one per preference.

``x[d]`` is how many people of the duty's group do it: 0 or 1 where everybody is a group of one. Costs are whole numbers: the preferences times ``scale``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from math import gcd, inf, lcm

from orgraph.solver.mip import Mip, Terms
from orgraph.solver.rostering.instance import Instance, cliques, largest
from orgraph.solver.rostering.problem import (
    CallOuts,
    Fairness,
    Measure,
    Plan,
    Preference,
    Problem,
    Stability,
    Travel,
    Uncovered,
    Wishes,
)


class Model:
    """Columns and rows of an instance; ``mip`` is what an engine solves. A point's objective is ``constant + cost / scale``."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.problem = instance.problem
        self.mip = Mip()
        self.scale = scale_of(self.problem)
        self.constant = Fraction(0)
        self.size = [len(group) for group in instance.groups]
        self.x = self._columns()
        self.short: dict[int, int] = {}
        self._cliques = cliques(self.problem)

    def add_rules(self) -> None:
        """Add every rule of the problem."""
        self.rest_between_shifts()
        self.limit_days()
        self.limit_streaks()
        self.limit_totals()
        self.limit_weeks()
        self.take_turns()
        self.meet_demands()
        self.avoid_crowds()
        self.do_forced_duties()

    def add_preferences(self) -> None:
        """Make the sum of the preferences the cost."""
        for preference in self.problem.preferences:
            self._add(preference)

    def rest_between_shifts(self) -> None:
        """Nobody does two shifts that overlap or leave too little rest."""
        for group, by_shift in enumerate(self._by_shift()):
            for clique in largest(c.intersection(by_shift) for c in self._cliques):
                columns = [c for shift in sorted(clique) for c in by_shift[shift]]
                if len(columns) > 1:
                    self._at_most(columns, self.size[group])

    def limit_days(self) -> None:
        """Nobody begins more shifts on a day than allowed."""
        most = self.problem.most_per_day
        if most is None:
            return
        for group, by_shift in enumerate(self._by_shift()):
            for shifts in self._by_day(by_shift).values():
                if len(shifts) > most and not (most and self._are_exclusive(shifts)):
                    self._at_most([c for s in shifts for c in by_shift[s]], most * self.size[group])

    def limit_streaks(self) -> None:
        """Nobody begins shifts of these kinds on more days running than allowed."""
        for streak in self.problem.streaks:
            for group, by_shift in enumerate(self._by_shift()):
                kinds = {s: c for s, c in by_shift.items() if self.problem.shifts[s].kind in streak.kinds}
                days = {day: self._is_on(group, shifts, kinds) for day, shifts in self._by_day(kinds).items()}
                for day in range(self.problem.num_days - streak.most_days):
                    window = range(day, day + streak.most_days + 1)
                    if all(d in days for d in window):
                        columns = [c for d in window for c in days[d]]
                        self._at_most(columns, streak.most_days * self.size[group])

    def limit_totals(self) -> None:
        """Everybody does between the least and the most shifts of the period."""
        for group, columns in enumerate(self.instance.of_group):
            person = self.problem.people[self.instance.groups[group][0]]
            most = inf if person.most_shifts is None else float(person.most_shifts * self.size[group])
            least = float(person.least_shifts * self.size[group])
            if least > 0 or most < len(columns) * self.size[group]:
                self.mip.row(_ones(self._named(columns)), at_least=least or -inf, at_most=most)

    def limit_weeks(self) -> None:
        """Nobody does more shifts in a week than allowed."""
        self._limit(
            lambda person: self.problem.people[person].most_per_week,
            lambda duty: self.problem.week(self.problem.shifts[self.instance.duties[duty].shift].day),
        )

    def take_turns(self) -> None:
        """Nobody does more shifts at one place than allowed."""
        self._limit(
            lambda person: self.problem.people[person].most_per_place,
            lambda duty: self.instance.duties[duty].place,
        )

    def meet_demands(self) -> None:
        """Enough people serve every demand, of them at most so many on call; or what is missing is counted."""
        for number, (demand, duties) in enumerate(
            zip(self.problem.demands, self.instance.serving, strict=True)
        ):
            if not demand.number:
                continue
            missing: Terms = []
            if not self.problem.is_covered:
                self.short[number] = self._integer(demand.number)
                missing = [(self.short[number], 1.0)]
            self.mip.row([*_ones(self._named(duties)), *missing], at_least=demand.number)
            on_site = [d for d in duties if not self.instance.is_on_call(d)]
            if len(on_site) < len(duties) and demand.most_on_call < demand.number:
                least = demand.number - demand.most_on_call
                self.mip.row([*_ones(self._named(on_site)), *missing], at_least=least)

    def avoid_crowds(self) -> None:
        """No more people serve a demand than allowed."""
        for demand, duties in zip(self.problem.demands, self.instance.serving, strict=True):
            if demand.most is not None and duties:
                self._at_most(self._named(duties), demand.most)

    def do_forced_duties(self) -> None:
        """Every forced duty is done."""
        column = dict(zip(self.instance.duties, self.x, strict=True))
        for duty in self.problem.forced:
            named = [column[duty]] if duty in column else []
            self.mip.row(_ones(named), at_least=1)

    def count_missing(self, preference: Uncovered) -> None:
        """Every person that a demand lacks costs."""
        for column in self.short.values():
            self._cost(column, preference.weight)

    def share_fairly(self, fairness: Fairness) -> None:
        """Uneven numbers of shifts cost."""
        if fairness.measure is Measure.RANGE:
            self._narrow(fairness)
            return
        targets = dict(zip(fairness.people, fairness.targets, strict=True))
        for group, members in enumerate(self.instance.groups):
            if members[0] in targets:
                self._step(fairness, group, targets[members[0]])

    def stay_near(self, travel: Travel) -> None:
        """Every duty costs its way."""
        for column, duty in zip(self.x, self.instance.duties, strict=True):
            self._cost(column, travel.weight * travel.cost[duty.person][duty.place])

    def heed_wishes(self, wishes: Wishes) -> None:
        """Let a disliked shift cost."""
        dislike = {(person, shift): cost for person, shift, cost in wishes.dislikes}
        for column, duty in zip(self.x, self.instance.duties, strict=True):
            self._cost(column, wishes.weight * dislike.get((duty.person, duty.shift), 0))

    def keep_roster(self, stability: Stability) -> None:
        """Let a new duty cost, and one that is dropped."""
        roster = set(stability.roster)
        self.constant += stability.weight * len(roster)
        for column, duty in zip(self.x, self.instance.duties, strict=True):
            self._cost(column, -stability.weight if duty in roster else stability.weight)

    def spare_people_on_call(self, call_outs: CallOuts) -> None:
        """Every duty of a person on call costs."""
        for number, column in enumerate(self.x):
            self._cost(column, call_outs.weight * self.instance.is_on_call(number))

    def plan(self, point: Sequence[float]) -> Plan:
        """Return the roster of an integral point; every group has one person."""
        return Plan(
            tuple(d for d, c in zip(self.instance.duties, self.x, strict=True) if round(point[c]) >= 1)
        )

    def start_from(self, plan: Plan) -> None:
        """Hint the engine at a plan."""
        done = set(plan.duties)
        self.mip.hint.update({c: float(d in done) for d, c in zip(self.instance.duties, self.x, strict=True)})

    def objective(self, cost: float) -> Fraction:
        """Return the least objective that a plan can have when its cost is at least ``cost``, which is a floating-point number a little off.

        All costs are multiples of one number, so a bound between two multiples is lifted to the upper one.
        """
        step = self.step
        lowered = Fraction(cost) - Fraction(1, 1000) - abs(Fraction(cost)) / 10**9
        return self.constant + Fraction(step * -(-lowered // step), self.scale)

    def cost_below(self, objective: Fraction) -> float:
        """Return a cost between that of a plan with this objective and the next smaller one."""
        return float((objective - self.constant) * self.scale) - self.step / 2

    @property
    def step(self) -> int:
        """Return the number of which all costs are multiples."""
        return gcd(*(round(c) for c in self.mip.cost)) or 1

    def _add(self, preference: Preference) -> None:
        match preference:
            case Uncovered():
                self.count_missing(preference)
            case Fairness():
                self.share_fairly(preference)
            case Travel():
                self.stay_near(preference)
            case Wishes():
                self.heed_wishes(preference)
            case Stability():
                self.keep_roster(preference)
            case CallOuts():
                self.spare_people_on_call(preference)

    def _columns(self) -> list[int]:
        size = {group[0]: len(group) for group in self.instance.groups}
        return [self._integer(size[duty.person]) for duty in self.instance.duties]

    def _integer(self, most: int) -> int:
        column = self.mip.binary()
        self.mip.upper[column] = float(most)
        return column

    def _narrow(self, fairness: Fairness) -> None:
        """Add the range: the most lies above every number, the least below."""
        counted = [g for g, members in enumerate(self.instance.groups) if members[0] in fairness.people]
        columns = [self._counted(g, fairness) for g in counted]
        if not counted:
            return
        highest = max(self._reach(g, c) for g, c in zip(counted, columns, strict=True))
        most, least = self._integer(highest), self._integer(highest)
        self._cost(most, fairness.weight)
        self._cost(least, -fairness.weight)
        for group, own in zip(counted, columns, strict=True):
            size = float(self.size[group])
            self.mip.row([*_ones(self._named(own)), (most, -size)], at_most=0)
            self.mip.row([*_ones(self._named(own)), (least, -size)], at_least=0)

    def _step(self, fairness: Fairness, group: int, target: Fraction) -> None:
        """Add a convex cost of a number: one column for every further shift, at what that shift adds."""
        power = 2 if fairness.measure is Measure.SQUARES else 1
        cost = [abs(n - target) ** power for n in range(self._most_counted(group, fairness) + 1)]
        self.constant += fairness.weight * self.size[group] * cost[0]
        steps = []
        for n in range(1, len(cost)):
            step = self._integer(self.size[group])
            self._cost(step, fairness.weight * (cost[n] - cost[n - 1]))
            steps.append((step, -1.0))
        own = self._counted(group, fairness)
        if own:
            self.mip.row([*_ones(self._named(own)), *steps], at_least=0, at_most=0)

    def _most_counted(self, group: int, fairness: Fairness) -> int:
        return self._reach(group, self._counted(group, fairness))

    def _reach(self, group: int, duties: Sequence[int]) -> int:
        """Return how many of these duties a person can do at most, at a glance."""
        shifts = {self.instance.duties[d].shift for d in duties}
        person = self.problem.people[self.instance.groups[group][0]]
        days = {self.problem.shifts[s].day for s in shifts}
        per_day = len(shifts) if self.problem.most_per_day is None else self.problem.most_per_day
        most = len(shifts) if person.most_shifts is None else person.most_shifts
        return min(len(shifts), len(days) * per_day, most)

    def _counted(self, group: int, fairness: Fairness) -> list[int]:
        duties = self.instance.of_group[group]
        if fairness.shifts is None:
            return list(duties)
        return [d for d in duties if self.instance.duties[d].shift in fairness.shifts]

    def _limit(self, most_of: Callable[[int], int | None], key: Callable[[int], int]) -> None:
        for group, duties in enumerate(self.instance.of_group):
            most = most_of(self.instance.groups[group][0])
            if most is None:
                continue
            together: dict[int, list[int]] = defaultdict(list)
            for duty in duties:
                together[key(duty)].append(duty)
            for own in together.values():
                if len(own) > most:
                    self._at_most(self._named(own), most * self.size[group])

    def _is_on(self, group: int, shifts: list[int], by_shift: dict[int, list[int]]) -> list[int]:
        """Return columns whose sum is the number of people of a group that begin one of the shifts of a day."""
        columns = [c for s in shifts for c in by_shift[s]]
        if self.problem.most_per_day == 1 or self._are_exclusive(shifts):
            return columns
        is_on = self._integer(self.size[group])
        for shift in shifts:
            self.mip.row([*_ones(by_shift[shift]), (is_on, -1.0)], at_most=0)
        return [is_on]

    def _are_exclusive(self, shifts: Iterable[int]) -> bool:
        return any(clique.issuperset(shifts) for clique in self._cliques)

    def _by_shift(self) -> Iterable[dict[int, list[int]]]:
        """Return for every group its columns by shift."""
        for duties in self.instance.of_group:
            by_shift: dict[int, list[int]] = defaultdict(list)
            for duty in duties:
                by_shift[self.instance.duties[duty].shift].append(self.x[duty])
            yield dict(by_shift)

    def _by_day(self, shifts: Iterable[int]) -> dict[int, list[int]]:
        days: dict[int, list[int]] = defaultdict(list)
        for shift in sorted(shifts):
            days[self.problem.shifts[shift].day].append(shift)
        return days

    def _named(self, duties: Iterable[int]) -> list[int]:
        return [self.x[duty] for duty in duties]

    def _at_most(self, columns: Iterable[int], most: int) -> None:
        self.mip.row(_ones(columns), at_most=float(most))

    def _cost(self, column: int, amount: Fraction | int) -> None:
        self.mip.cost[column] += float(amount * self.scale)


def scale_of(problem: Problem) -> int:
    """Return the number that makes every cost whole: that of the denominators of all targets."""
    fair = [p for p in problem.preferences if isinstance(p, Fairness)]
    return lcm(1, *(t.denominator for p in fair for t in p.targets))


def build_model(instance: Instance) -> Model:
    """Return the whole model of an instance."""
    model = Model(instance)
    model.add_rules()
    model.add_preferences()
    return model


def _ones(columns: Iterable[int]) -> Terms:
    return [(column, 1.0) for column in columns]
