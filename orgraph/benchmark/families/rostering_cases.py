"""Rostering problems made from a seed: one tiny, after-hours cover of six new villages, six mediation centres.

Published are 43 grid workers (40 base, 3 dedicated), 46 village cadres, 6 new villages with a mediation centre each, three professions and three ways of stationing.
Everything else is synthetic: homes, distances, hours, numbers per shift, patches, leave, wishes, limits, weights.
"""

from __future__ import annotations

from fractions import Fraction
from math import hypot
from random import Random

from orgraph.solver.rostering import (
    CallOuts,
    Demand,
    Fairness,
    Measure,
    Mode,
    Person,
    Place,
    Preference,
    Problem,
    Shift,
    Streak,
    Travel,
    Uncovered,
    Wishes,
)

NUM_VILLAGES = 6
NUM_DAYS = 31
WORKER, CADRE = 0, 1
POLICE, LAWYER, COUNSELLOR = 0, 1, 2
AROUND = ((0, 1), (1, 2), (3, 4), (4, 5), (0, 3), (1, 4), (2, 5))
"""Which of the six villages are neighbours: two rows of three."""
PAIRS = ((0, 3), (1, 4), (2, 5))
"""Villages that one worker covers after ten at night."""
SHARES = {
    (POLICE, Mode.ROTATING): 6,
    (POLICE, Mode.ON_CALL): 15,
    (LAWYER, Mode.ROTATING): 18,
    (LAWYER, Mode.ON_CALL): 13,
    (COUNSELLOR, Mode.ROTATING): 18,
    (COUNSELLOR, Mode.ON_CALL): 13,
}
"""Shifts a month that somebody without leave should do."""
Point = tuple[float, float]


def tiny() -> Problem:
    """Two posts, three nights, three people: small enough to be solved in the head."""
    return Problem(
        people=tuple(Person(f"p{i}", frozenset({0}), frozenset({0, 1, 2})) for i in range(3)),
        posts=("east", "west"),
        places=(
            Place("east", frozenset({0})),
            Place("west", frozenset({1})),
            Place("both", frozenset({0, 1})),
        ),
        edges=((0, 1),),
        shifts=tuple(Shift(f"night-{day + 1}", day, "night", 1320, 1800) for day in range(3)),
        skills=("worker",),
        demands=tuple(
            Demand(place, day, 0, 1) for day in range(3) for place in ((2,) if day == 1 else (0, 1))
        ),
        num_days=3,
        streaks=(Streak(frozenset({"night"}), 2),),
        preferences=(
            Fairness("fairness", 10, (0, 1, 2), Measure.RANGE),
            Travel("travel", 1, ((0, 4, 2), (4, 0, 2), (3, 3, 3))),
        ),
    )


def after_hours(seed: int) -> Problem:
    """Cover 6 villages on 31 nights: 18-22 h a worker and a cadre in each, 22-6 h a cadre in each and a worker for every pair."""
    random = Random(seed)
    first_weekday, homes = random.randrange(7), _homes(random)
    people = [*_workers(random), *_cadres(random)]
    near = [homes[i % 46] for i in range(43)] + homes
    shifts = [
        Shift(f"{day + 1:02d}-{kind}", day, kind, start, end)
        for day in range(NUM_DAYS)
        for kind, start, end in (("evening", 1080, 1320), ("night", 1320, 1800))
    ]
    places = _villages()
    return Problem(
        people=tuple(people),
        posts=tuple(f"village-{v + 1}" for v in range(NUM_VILLAGES)),
        edges=AROUND,
        places=places,
        shifts=tuple(shifts),
        skills=("worker", "cadre"),
        demands=tuple(_after_hours_demands()),
        num_days=NUM_DAYS,
        first_weekday=first_weekday,
        rest_minutes=660,
        streaks=(Streak(frozenset({"evening", "night"}), 2),),
        preferences=(
            Uncovered("uncovered", 10_000),
            *_fairness(people, ((WORKER, 279), (CADRE, 372)), 60),
            *_weekend_nights(people, shifts, first_weekday),
            Travel("travel", 1, tuple(tuple(_hundreds(home, places, q) for q in range(9)) for home in near)),
            Wishes("wishes", 40, tuple(_dislikes(random, people, shifts))),
        ),
    )


def mediation(seed: int) -> Problem:
    """Staff 6 centres for a month: a resident police officer and a lawyer or counsellor by day, everybody on call in the evening and at weekends."""
    random = Random(seed)
    people = _professionals(random)
    places = _centers()
    shifts = [
        Shift(f"{day + 1:02d}-{kind}", day, kind, start, end)
        for day in range(NUM_DAYS)
        for kind, start, end in (("day", 510, 1050), ("evening", 1050, 1290))
    ]
    homes = [(random.random() * 12, random.random() * 8) for _ in people]
    first_weekday = random.randrange(7)
    return Problem(
        people=tuple(people),
        posts=tuple(f"center-{v + 1}" for v in range(NUM_VILLAGES)),
        edges=AROUND,
        places=places,
        shifts=tuple(shifts),
        skills=("police", "lawyer", "counsellor"),
        demands=tuple(_mediation_demands(first_weekday)),
        num_days=NUM_DAYS,
        first_weekday=first_weekday,
        rest_minutes=660,
        streaks=(Streak(frozenset({"day", "evening"}), 6),),
        preferences=(
            Uncovered("uncovered", 10_000),
            *_shares_by_mode(people),
            CallOuts("call_outs", 15),
            Travel(
                "travel", 1, tuple(tuple(_hundreds(h, places, q) for q in range(len(places))) for h in homes)
            ),
            Wishes("wishes", 40, tuple(_dislikes(random, people, shifts))),
        ),
    )


def _homes(random: Random) -> list[Point]:
    """Return where the 46 old villages lie (km); village i belongs to new village i mod 6, a block of 4 x 4 km."""
    return [(4 * (i % 3) + 4 * random.random(), 4 * (i % 6 // 3) + 4 * random.random()) for i in range(46)]


def _villages() -> tuple[Place, ...]:
    single = [Place(f"village-{v + 1}", frozenset({v})) for v in range(NUM_VILLAGES)]
    return (*single, *(Place(f"pair-{a + 1}-{b + 1}", frozenset({a, b})) for a, b in PAIRS))


def _workers(random: Random) -> list[Person]:
    """Return the workers: base workers serve their own new village, its neighbours, and the pairs among them; dedicated workers all."""
    people = []
    for i in range(43):
        known = set(range(6)) if i >= 40 else _beside(i % 6)
        pairs = {6 + number for number, pair in enumerate(PAIRS) if known.issuperset(pair)}
        people.append(
            Person(
                f"worker-{i + 1:02d}",
                frozenset({WORKER}),
                frozenset(known | pairs),
                leave=_leave(random),
                most_shifts=12,
                most_per_week=3,
            )
        )
    return people


def _cadres(random: Random) -> list[Person]:
    """Cadres serve the new village that their old village belongs to."""
    return [
        Person(
            f"cadre-{i + 1:02d}",
            frozenset({CADRE}),
            frozenset({i % 6}),
            Mode.RESIDENT,
            _leave(random),
            most_shifts=12,
            most_per_week=3,
        )
        for i in range(46)
    ]


def _after_hours_demands() -> list[Demand]:
    demands = []
    for day in range(NUM_DAYS):
        evening, night = 2 * day, 2 * day + 1
        for village in range(NUM_VILLAGES):
            demands += [Demand(village, evening, skill, 1, 1, is_own=True) for skill in (WORKER, CADRE)]
            demands.append(Demand(village, night, CADRE, 1, 1))
        demands += [Demand(6 + pair, night, WORKER, 1, 1) for pair in range(len(PAIRS))]
    return demands


def _fairness(people: list[Person], totals: tuple[tuple[int, int], ...], weight: int) -> list[Preference]:
    """Share the shifts of every skill by the days that people are present, a cadre's within the village."""
    found: list[Preference] = []
    for skill, total in totals:
        members = tuple(i for i, person in enumerate(people) if skill in person.skills)
        present = sum(NUM_DAYS - len(people[i].leave) for i in members)
        targets = tuple(
            Fraction(round(20 * total * (NUM_DAYS - len(people[i].leave)) / present), 20) for i in members
        )
        found.append(Fairness(f"fairness_{skill}", weight, members, Measure.SQUARES, targets))
    return found


def _weekend_nights(people: list[Person], shifts: list[Shift], first_weekday: int) -> list[Preference]:
    """Share the late shifts of nights before Saturdays and Sundays evenly."""
    late = frozenset(
        s
        for s, shift in enumerate(shifts)
        if shift.kind == "night" and (shift.day + first_weekday) % 7 in (4, 5)
    )
    everybody = tuple(range(len(people)))
    return [Fairness("weekend_nights", 60, everybody, Measure.SQUARES, (Fraction(1),) * len(people), late)]


def _professionals(random: Random) -> list[Person]:
    """Return a resident officer per centre with three who rotate, lawyers and counsellors who rotate, and a few of each on call."""
    everywhere = frozenset(range(NUM_VILLAGES))
    halls = frozenset({6, 7})
    people = [
        Person(
            f"police-{c + 1}", frozenset({POLICE}), frozenset({c}), Mode.RESIDENT, _leave(random), 23, 0, 5
        )
        for c in range(NUM_VILLAGES)
    ]
    for skill, name, rotating, on_call in ((0, "police", 3, 4), (1, "lawyer", 7, 5), (2, "counsellor", 7, 5)):
        people += [
            Person(
                f"{name}-r{i + 1}", frozenset({skill}), everywhere, Mode.ROTATING, _leave(random), 22, 0, 5, 6
            )
            for i in range(rotating)
        ]
        people += [
            Person(
                f"{name}-c{i + 1}",
                frozenset({skill}),
                everywhere | halls,
                Mode.ON_CALL,
                _leave(random),
                18,
                0,
                5,
            )
            for i in range(on_call)
        ]
    return people


def _centers() -> tuple[Place, ...]:
    single = [Place(f"center-{c + 1}", frozenset({c})) for c in range(NUM_VILLAGES)]
    return (*single, Place("north", frozenset({0, 1, 2})), Place("south", frozenset({3, 4, 5})))


def _mediation_demands(first_weekday: int) -> list[Demand]:
    """By day on weekdays: police, lawyer and counsellor in every centre; in the evening and at weekends one of each on call for three centres."""
    demands = []
    for day in range(NUM_DAYS):
        is_weekend = (day + first_weekday) % 7 >= 5
        if not is_weekend:
            for center in range(NUM_VILLAGES):
                demands += [Demand(center, 2 * day, skill, 1, 1, 1, True) for skill in range(3)]
        shift = 2 * day + (not is_weekend)
        demands += [Demand(6 + half, shift, skill, 1, 1, 1) for half in range(2) for skill in range(3)]
    return demands


def _shares_by_mode(people: list[Person]) -> list[Preference]:
    """Share the shifts evenly among those of one profession and mode."""
    found: list[Preference] = []
    for skill in range(3):
        for mode in (Mode.ROTATING, Mode.ON_CALL):
            target = SHARES[skill, mode]
            members = tuple(i for i, p in enumerate(people) if skill in p.skills and p.mode is mode)
            targets = tuple(Fraction(target * (NUM_DAYS - len(people[i].leave)), NUM_DAYS) for i in members)
            found.append(Fairness(f"fairness_{skill}_{mode}", 30, members, Measure.SQUARES, targets))
    return found


def _dislikes(random: Random, people: list[Person], shifts: list[Shift]) -> list[tuple[int, int, int]]:
    """Everybody dislikes three shifts, one of them more."""
    return [
        (i, shift, 1 + (number == 0))
        for i in range(len(people))
        for number, shift in enumerate(random.sample(range(len(shifts)), 3))
    ]


def _leave(random: Random) -> frozenset[int]:
    """One stretch of one to four days."""
    first, length = random.randrange(NUM_DAYS), random.randint(1, 4)
    return frozenset(day for day in range(first, first + length) if day < NUM_DAYS)


def _beside(village: int) -> set[int]:
    return {village, *(a + b - village for a, b in AROUND if village in (a, b))}


def _hundreds(home: Point, places: tuple[Place, ...], place: int) -> int:
    """Return the way from home to the middle of a place in units of 100 m."""
    middles = [(4 * (post % 3) + 2, 4 * (post // 3) + 2) for post in sorted(places[place].posts)]
    x, y = (sum(m[axis] for m in middles) / len(middles) for axis in (0, 1))
    return round(10 * hypot(home[0] - x, home[1] - y))
