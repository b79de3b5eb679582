"""Contradictions that arithmetic sees: forced duties that clash, and more duties needed than the people who could do them have room for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, combinations

from ortools.graph.python.max_flow import SimpleMaxFlow

from orgraph.solver.rostering.instance import cliques
from orgraph.solver.rostering.problem import MINUTES_PER_DAY, Duty, Mode, Problem
from orgraph.solver.rostering.rules import Rule, Rules, keeping

Room = Callable[[int], tuple[int, tuple[Rule, ...]] | None]
"""How many duties of a set of shifts a person has room for, and the rules that say so; ``None`` where nothing says so."""


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Rules that allow no plan together; where they are a shortage, the duties needed and those that people have room for."""

    rules: Rules
    needed: int = 0
    room: int = 0


def find_contradiction(problem: Problem, kept: Rules) -> Contradiction | None:
    """Return a contradiction among the rules of ``kept``, ``None`` when arithmetic sees none.

    Notes
    -----
    For every set of shifts that share a limit (that exclude each other, of a day, of a week, of the period), the most duties that people have room for are a
    maximum flow from people to demands; where it is too small, the cut names the demands and the people concerned (Hall 1935). One duty that serves several
    demands is counted for none of them, so that the flow stays an upper bound.
    """
    view = _View(problem, kept)
    found = chain(_forced(view), _few(view), _crowded(view))
    return next(found, None)


class _View:
    """The kept rules of a problem, by what they concern. Indexes are those of the problem as stated."""

    def __init__(self, problem: Problem, kept: Rules) -> None:
        self.problem = problem
        self.kept = kept
        self.reduced = keeping(problem, kept)
        is_all = not problem.is_covered
        self.demands = [] if is_all else sorted(r.index for r in kept if r.kind == "demand")
        self.forced = sorted(r.index for r in kept if r.kind == "forced")
        self._bans: dict[int, list[int]] = defaultdict(list)
        for rule in kept:
            if rule.kind == "ban":
                self._bans[problem.bans[rule.index].person].append(rule.index)

    @cached_property
    def places(self) -> dict[int, list[int]]:
        """Return for every kept demand the places from which it can be served."""
        sites = list(enumerate(self.problem.places))
        found = {}
        for d in self.demands:
            demand = self.problem.demands[d]
            posts = self.problem.places[demand.place].posts
            found[d] = [q for q, s in sites if (q == demand.place if demand.is_own else posts <= s.posts)]
        return found

    def away(self, person: int, shift: int, place: int) -> list[Rule]:
        """Return the rules that each keep a person from a place in a shift."""
        day = self.problem.shifts[shift].day
        leave = [Rule("leave", person, day)] if Rule("leave", person, day) in self.kept else []
        bans = (self.problem.bans[b] for b in self._bans[person])
        indexes = (
            b
            for b, ban in zip(self._bans[person], bans, strict=True)
            if ban.shift in (None, shift) and ban.place in (None, place)
        )
        return leave + [Rule("ban", b) for b in indexes]

    def fit(self, d: int) -> Iterator[tuple[int, int]]:
        """Yield (person, place) of everybody who could serve a demand but for absences."""
        demand = self.problem.demands[d]
        for i, person in enumerate(self.problem.people):
            if demand.skill in person.skills:
                yield from ((i, q) for q in self.places[d] if q in person.places)

    def absences(self, d: int) -> set[Rule]:
        """Return the rules that keep somebody from serving a demand, one for each place."""
        shift = self.problem.demands[d].shift
        return {rule for i, q in self.fit(d) for rule in self.away(i, shift, q)[:1]}

    def free(self, d: int) -> set[int]:
        """Return the people who can serve a demand."""
        shift = self.problem.demands[d].shift
        return {i for i, q in self.fit(d) if not self.away(i, shift, q)}


def _forced(view: _View) -> Iterator[Contradiction]:
    duties = [(Rule("forced", i), view.problem.forced[i]) for i in view.forced]
    for rule, duty in duties:
        for absence in view.away(duty.person, duty.shift, duty.place)[:1]:
            yield Contradiction(frozenset({rule, absence}))
    for (rule, duty), (other, later) in combinations(duties, 2):
        if duty.person == later.person and (why := _clash(view, duty, later)) is not None:
            yield Contradiction(frozenset({rule, other, *why}))


def _clash(view: _View, duty: Duty, other: Duty) -> tuple[Rule, ...] | None:
    """Return the rules by which one person cannot do both, empty when the shifts overlap, ``None`` when nothing is known against it."""
    first, second = sorted((duty, other), key=lambda d: _span(view.problem, d.shift))
    rest = _span(view.problem, second.shift)[0] - _span(view.problem, first.shift)[1]
    if rest < 0 or duty.shift == other.shift:
        return ()
    if rest < view.reduced.rest_minutes:
        return (Rule("rest"),)
    days = {view.problem.shifts[d.shift].day for d in (duty, other)}
    return (Rule("day"),) if len(days) == 1 and view.reduced.most_per_day == 1 else None


def _few(view: _View) -> Iterator[Contradiction]:
    """Look for a demand for more people than can be there."""
    for d in view.demands:
        demand, free = view.problem.demands[d], view.free(d)
        on_call = sum(view.problem.people[i].mode is Mode.ON_CALL for i in free)
        if len(free) - on_call + min(on_call, demand.most_on_call) < demand.number:
            yield Contradiction(frozenset({Rule("demand", d), *view.absences(d)}))


def _crowded(view: _View) -> Iterator[Contradiction]:
    """Look for sets of shifts in which people have too little room."""
    by_shift: dict[int, list[int]] = defaultdict(list)
    for d in view.demands:
        by_shift[view.problem.demands[d].shift].append(d)
    for shifts, room in _windows(view):
        demands = [d for s in shifts for d in by_shift.get(s, ())]
        found = _shortage(view, _single(view, demands), room) if demands else None
        if found is not None:
            yield found


def _windows(view: _View) -> Iterator[tuple[Iterable[int], Room]]:
    """Yield every set of shifts that share a limit, smaller ones first."""
    people, shifts = view.reduced.people, range(len(view.problem.shifts))
    for clique in cliques(view.reduced):
        overlap = _exclude(view.problem, clique)
        yield sorted(clique), _same(1, () if overlap else (Rule("rest"),))
    days: dict[int, list[int]] = defaultdict(list)
    weeks: dict[int, list[int]] = defaultdict(list)
    for s in shifts:
        days[view.problem.shifts[s].day].append(s)
        weeks[view.problem.week(view.problem.shifts[s].day)].append(s)
    if view.reduced.most_per_day is not None:
        yield from ((day, _same(view.reduced.most_per_day, (Rule("day"),))) for day in days.values())
    yield from ((week, _own("week", [p.most_per_week for p in people])) for week in weeks.values())
    yield shifts, _own("most", [p.most_shifts for p in people])


def _same(most: int, why: tuple[Rule, ...]) -> Room:
    return lambda _: (most, why)


def _own(kind: str, limits: list[int | None]) -> Room:
    def room(person: int) -> tuple[int, tuple[Rule, ...]] | None:
        most = limits[person]
        return None if most is None else (most, (Rule(kind, person),))

    return room


def _single(view: _View, demands: list[int]) -> list[int]:
    """Leave out demands that share a duty with one before, so that every duty serves one demand at most."""
    taken: set[tuple[int, int, int]] = set()
    single = []
    for d in sorted(demands, key=lambda d: (len(view.places[d]), d)):
        demand = view.problem.demands[d]
        offers = {(demand.shift, demand.skill, q) for _, q in view.fit(d)}
        if taken.isdisjoint(offers):
            single.append(d)
            taken |= offers
    return single


def _shortage(view: _View, demands: list[int], room: Room) -> Contradiction | None:
    """Return a set of demands that needs more duties than people have room for, with the rules that say so."""
    flow = SimpleMaxFlow()
    source, sink = 0, 1
    wanted = sum(view.problem.demands[d].number for d in demands)
    free = {d: view.free(d) for d in demands}
    shifts = {(i, view.problem.demands[d].shift) for d in demands for i in free[d]}
    nodes: dict[object, int] = {key: 2 + n for n, key in enumerate([*demands, *sorted(shifts)])}
    people = {i: len(nodes) + 2 + n for n, i in enumerate(sorted({i for i, _ in shifts}))}
    for i, node in people.items():
        limit = room(i)
        flow.add_arc_with_capacity(source, node, wanted if limit is None else limit[0])
    for i, s in sorted(shifts):
        flow.add_arc_with_capacity(people[i], nodes[i, s], 1)
    for d in demands:
        for i in sorted(free[d]):
            flow.add_arc_with_capacity(nodes[i, view.problem.demands[d].shift], nodes[d], 1)
        flow.add_arc_with_capacity(nodes[d], sink, view.problem.demands[d].number)
    flow.solve(source, sink)
    if flow.optimal_flow() >= wanted:
        return None
    reached = set(flow.get_source_side_min_cut())
    short = [d for d in demands if nodes[d] not in reached]
    needed = sum(view.problem.demands[d].number for d in short)
    full = {i for i, node in people.items() if node not in reached}
    return Contradiction(_named(view, short, full, room), needed, needed - (wanted - flow.optimal_flow()))


def _named(view: _View, short: list[int], full: set[int], room: Room) -> Rules:
    limits: Mapping[int, tuple[int, tuple[Rule, ...]] | None] = {i: room(i) for i in full}
    why = {rule for limit in limits.values() if limit is not None for rule in limit[1]}
    absences = {rule for d in short for rule in view.absences(d)}
    return frozenset({*(Rule("demand", d) for d in short), *why, *absences})


def _exclude(problem: Problem, shifts: Iterable[int]) -> bool:
    """Return whether all of the shifts overlap."""
    spans = [_span(problem, s) for s in shifts]
    return max(start for start, _ in spans) < min(end for _, end in spans)


def _span(problem: Problem, shift: int) -> tuple[int, int]:
    midnight = problem.shifts[shift].day * MINUTES_PER_DAY
    return midnight + problem.shifts[shift].start_minute, midnight + problem.shifts[shift].end_minute
