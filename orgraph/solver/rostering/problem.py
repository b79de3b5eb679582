"""The rostering problem: who is on duty where, in which shift, with which skill.

All that is asked stands here as data, so that the model, the heuristic, the search for reasons and the checker read the same statement.
People, posts, places, shifts and skills are indexes; their ids are only names (pseudonyms for people). Costs are whole numbers, targets exact fractions.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

MINUTES_PER_DAY = 1440
DAYS_PER_WEEK = 7


class Mode(StrEnum):
    """How a person is stationed."""

    RESIDENT = "resident"
    """At one place only."""
    ROTATING = "rotating"
    """At all the person's places in turn; ``most_per_place`` keeps it turning."""
    ON_CALL = "on_call"
    """Backs up: counts only where, and as far as, a demand lets it."""


@dataclass(frozen=True, slots=True)
class Person:
    """A person. ``places`` are all that the person may serve (the home patch and its neighbours, say).

    ``leave`` are days: no shift that begins on one of them. ``most_*`` of ``None`` means no limit; a week is Monday to Sunday.
    """

    person_id: str
    skills: frozenset[int]
    places: frozenset[int]
    mode: Mode = Mode.ROTATING
    leave: frozenset[int] = frozenset()
    most_shifts: int | None = None
    least_shifts: int = 0
    most_per_week: int | None = None
    most_per_place: int | None = None


@dataclass(frozen=True, slots=True)
class Shift:
    """A shift that begins on ``day`` (0-based); minutes count from that day's midnight, and the end (exclusive) may lie beyond 1440."""

    shift_id: str
    day: int
    kind: str
    start_minute: int
    end_minute: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where one person may be on duty: a post, or a patch of neighbouring posts (connected by the edges of the problem)."""

    place_id: str
    posts: frozenset[int]


@dataclass(frozen=True, slots=True)
class Demand:
    """So many people with a skill at a place in a shift.

    A duty serves every demand of its shift and skill whose posts all lie in the duty's place: who is on duty in a patch serves each post of it.

    Parameters
    ----------
    number
        How many are needed.
    most
        How many may be there at most; ``None`` for no limit.
    most_on_call
        How many of those needed may be people on call.
    is_own
        Whether only duties at this very place serve it, and not those at larger places around it.
    """

    place: int
    shift: int
    skill: int
    number: int
    most: int | None = None
    most_on_call: int = 0
    is_own: bool = False


@dataclass(frozen=True, slots=True, order=True)
class Duty:
    """A person on duty at a place in a shift, counted for one skill."""

    shift: int
    place: int
    skill: int
    person: int


@dataclass(frozen=True, slots=True)
class Ban:
    """A person is not on duty in a shift and at a place; ``None`` stands for all of them."""

    person: int
    shift: int | None = None
    place: int | None = None


@dataclass(frozen=True, slots=True)
class Streak:
    """At most ``most_days`` days running on which a person begins a shift of one of these kinds."""

    kinds: frozenset[str]
    most_days: int


@dataclass(frozen=True, slots=True)
class Uncovered:
    """``weight`` for every person that a demand lacks. Without this preference every demand must be met."""

    name: str
    weight: int


class Measure(StrEnum):
    """How uneven the numbers n(i) of shifts are."""

    RANGE = "range"
    """max n - min n."""
    DEVIATION = "deviation"
    """sum of |n(i) - target(i)|."""
    SQUARES = "squares"
    """sum of (n(i) - target(i))^2: one shift too many for one person weighs more the more there are already."""


@dataclass(frozen=True, slots=True)
class Fairness:
    """``weight`` times how unevenly some shifts (``None`` for all; the weekend nights, say) are shared among some people over the period.

    ``targets`` has one exact number per entry of ``people`` (a share by presence, say); it is empty for a range.
    """

    name: str
    weight: int
    people: tuple[int, ...]
    measure: Measure
    targets: tuple[Fraction, ...] = ()
    shifts: frozenset[int] | None = None


@dataclass(frozen=True, slots=True)
class Travel:
    """``weight`` times the sum over duties of ``cost[person][place]``, shape (people, places), entries >= 0 (100 m, say)."""

    name: str
    weight: int
    cost: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Wishes:
    """``weight`` times the sum of ``dislike`` over duties: triples (person, shift, dislike >= 0), each pair once."""

    name: str
    weight: int
    dislikes: tuple[tuple[int, int, int], ...]


@dataclass(frozen=True, slots=True)
class Stability:
    """``weight`` for every duty of a current roster that is dropped, and for every duty that is new."""

    name: str
    weight: int
    roster: tuple[Duty, ...]


@dataclass(frozen=True, slots=True)
class CallOuts:
    """``weight`` for every duty of a person on call."""

    name: str
    weight: int


Preference = Uncovered | Fairness | Travel | Wishes | Stability | CallOuts


@dataclass(frozen=True)
class Problem:
    """A rostering problem.

    Parameters
    ----------
    edges
        Pairs of neighbouring posts.
    num_days
        Length of the period; days are ``0 .. num_days - 1``.
    first_weekday
        Weekday of day 0, Monday = 0.
    rest_minutes
        Least time from the end of a person's shift to the start of the next one. With 0, shifts still do not overlap.
    most_per_day
        Shifts that a person may begin on one day; ``None`` for no limit.
    forced
        Duties that must be in the plan.
    preferences
        The objective is the sum of all; empty for any valid plan.
    """

    people: tuple[Person, ...]
    posts: tuple[str, ...]
    places: tuple[Place, ...]
    shifts: tuple[Shift, ...]
    skills: tuple[str, ...]
    demands: tuple[Demand, ...]
    num_days: int
    edges: tuple[tuple[int, int], ...] = ()
    first_weekday: int = 0
    rest_minutes: int = 0
    most_per_day: int | None = 1
    streaks: tuple[Streak, ...] = ()
    forced: tuple[Duty, ...] = ()
    bans: tuple[Ban, ...] = ()
    preferences: tuple[Preference, ...] = ()

    @property
    def is_covered(self) -> bool:
        """Return whether every demand must be met."""
        return not any(isinstance(preference, Uncovered) for preference in self.preferences)

    def week(self, day: int) -> int:
        """Return the number of the week of a day, 0 for the week of day 0."""
        return (day + self.first_weekday) // DAYS_PER_WEEK


@dataclass(frozen=True, slots=True)
class Plan:
    """The roster: all duties, in ascending order, each once."""

    duties: tuple[Duty, ...]
