"""The maps of a page as plain data for the drawing template: today, a reference partition, the plan, alternatives."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import cos, pi, sin, sqrt

from orgraph.messages import Lang, Text, text
from orgraph.planning.restructuring import District, Outcome
from orgraph.report.drawing import Drawing, path_of
from orgraph.report.lettering import ABOUT, AROUND_STAR, IN_PLACE, Label, Lettering
from orgraph.report.palette import LIGHT, colours

MOST_NAMES = 60
"""Above so many units the map of today bears no names."""

NAME_SIZE, SEAT_SIZE, NUMBER_SIZE = 7.5, 10.5, 21.0
"""Heights of letters on the sheet; the style sheet says the same."""

PLAIN = "#EEF1EE"
LEFT_OUT = "#D9D9D9"
MARKED = "#E4B9B0"


@dataclass(frozen=True)
class Spot:
    """One unit: an outline, or a circle where there is none. ``title`` appears when the pointer rests on it."""

    title: str
    fill: str
    x: float
    y: float
    path: str = ""
    radius: float = 0.0


@dataclass(frozen=True)
class Line:
    """A pair of neighbours, where units are points. ``is_inside``: both in one district."""

    x1: float
    y1: float
    x2: float
    y2: float
    is_inside: bool


@dataclass(frozen=True)
class Map:
    """Everything one map shows. ``stars`` are SVG point lists; ``bar`` is length on the sheet and kilometres."""

    title: str
    width: float
    height: float
    spots: tuple[Spot, ...]
    lines: tuple[Line, ...] = ()
    outlines: tuple[str, ...] = ()
    stars: tuple[str, ...] = ()
    labels: tuple[Label, ...] = ()
    bar: tuple[float, str] = (0.0, "")


def map_of_today(outcome: Outcome, drawing: Drawing, lang: Lang, marked: Iterable[str] = ()) -> Map:
    """Return the units as they are; ``marked`` ones (of reasons) stand out."""
    marked = frozenset(marked)
    fills = {code: MARKED if code in marked else PLAIN for code in outcome.units}
    return Map(
        title=text("report.map.today").in_(lang),
        width=drawing.width,
        height=drawing.height,
        spots=_spots(outcome, drawing, fills, {}),
        lines=_lines(outcome, drawing, {}),
        labels=_unit_names(outcome, drawing, marked),
        bar=drawing.scale_bar(),
    )


def map_of_districts(
    outcome: Outcome,
    drawing: Drawing,
    districts: Sequence[District],
    title: Text,
    lang: Lang,
    *,
    has_seats: bool = True,
) -> Map:
    """Return units coloured by district, with outlines, numbers and the seats."""
    number = {code: d.number - 1 for d in districts for code in d.members}
    shades = district_colours(outcome, districts)
    fills = {code: shades[number[code]] if code in number else LEFT_OUT for code in outcome.units}
    words = {code: text("report.map.in_district", number=d + 1).in_(lang) for code, d in number.items()}
    return Map(
        title=title.in_(lang),
        width=drawing.width,
        height=drawing.height,
        spots=_spots(outcome, drawing, fills, words),
        lines=_lines(outcome, drawing, number),
        outlines=_outlines(drawing, districts),
        stars=tuple(
            _star(*drawing.points[d.seat]) for d in districts if has_seats and d.seat in drawing.points
        ),
        labels=_district_labels(outcome, drawing, districts, has_seats),
        bar=drawing.scale_bar(),
    )


def district_colours(outcome: Outcome, districts: Sequence[District]) -> Sequence[str]:
    """Return a colour for each district, each once as long as they last.

    A district of another partition has the colour of the plan's district with which it shares most units.
    """
    plan = colours(len(outcome.districts), _touching(outcome, outcome.districts))
    if districts is outcome.districts:
        return plan
    own = colours(len(districts), _touching(outcome, districts))
    if len(districts) > len(LIGHT) or len(outcome.districts) > len(LIGHT):
        return own
    taken: dict[int, str] = {}
    overlaps = sorted(
        (-len({*d.members} & {*p.members}), d.number, p.number) for d in districts for p in outcome.districts
    )
    for shared, number, like in overlaps:
        if shared and number not in taken and plan[like - 1] not in taken.values():
            taken[number] = plan[like - 1]
    free = iter([shade for shade in LIGHT if shade not in taken.values()])
    return [taken.get(d.number) or next(free) for d in districts]


def _touching(outcome: Outcome, districts: Sequence[District]) -> set[tuple[int, int]]:
    number = {code: d.number - 1 for d in districts for code in d.members}
    pairs = ((number.get(a), number.get(b)) for a, b, _ in outcome.edges)
    return {(a, b) for a, b in pairs if a is not None and b is not None and a != b}


def _spots(
    outcome: Outcome, drawing: Drawing, fills: Mapping[str, str], words: Mapping[str, str]
) -> tuple[Spot, ...]:
    weight = outcome.options.distance_weight
    most = max((u.values.get(weight, 0) for u in outcome.units.values()), default=0) or 1
    spots = []
    for code, unit in outcome.units.items():
        if code not in drawing.points:
            continue
        title = " · ".join(filter(None, (unit.name, code, words.get(code, ""))))
        x, y = drawing.points[code]
        if code in drawing.shapes:
            spots.append(Spot(title, fills[code], x, y, path=drawing.path(code)))
        else:
            share = max(unit.values.get(weight, 0), 0) / most
            spots.append(Spot(title, fills[code], x, y, radius=4 + 7 * sqrt(share)))
    return tuple(spots)


def _lines(outcome: Outcome, drawing: Drawing, number: Mapping[str, int]) -> tuple[Line, ...]:
    if drawing.has_shapes:
        return ()
    known = ((a, b) for a, b, _ in outcome.edges if a in drawing.points and b in drawing.points)
    return tuple(
        Line(*drawing.points[a], *drawing.points[b], a in number and number[a] == number.get(b))
        for a, b in known
    )


def _outlines(drawing: Drawing, districts: Sequence[District]) -> tuple[str, ...]:
    if not drawing.has_shapes:
        return ()
    return tuple(path_of(drawing.merged(d.members)) for d in districts)


def _unit_names(outcome: Outcome, drawing: Drawing, marked: frozenset[str]) -> tuple[Label, ...]:
    """Return names of units: marked ones always, the others where there is room, and none on a crowded map."""
    sheet = Lettering(drawing.width, drawing.height)
    has_names = len(outcome.units) <= MOST_NAMES
    codes = sorted((c for c in drawing.points if has_names or c in marked), key=lambda c: c not in marked)
    put = (
        sheet.put(
            _beside_dot(drawing, c), outcome.units[c].name, "unit", NAME_SIZE, IN_PLACE, is_needed=c in marked
        )
        for c in codes
    )
    return tuple(label for label in put if label)


def _beside_dot(drawing: Drawing, code: str) -> tuple[float, float]:
    x, y = drawing.points[code]
    return (x, y) if drawing.has_shapes else (x, y + 14)


def _district_labels(
    outcome: Outcome, drawing: Drawing, districts: Sequence[District], has_seats: bool
) -> tuple[Label, ...]:
    """Return names of seats and numbers of districts; the stars stay free of words."""
    sheet = Lettering(drawing.width, drawing.height)
    seated = [d for d in districts if has_seats and d.seat in drawing.points]
    for d in seated:
        sheet.block(*drawing.points[d.seat])
    names = (
        sheet.put(
            drawing.points[d.seat], outcome.units[d.seat].name, "seat", SEAT_SIZE, AROUND_STAR, is_needed=True
        )
        for d in seated
    )
    labels = [label for label in names if label]
    for d in districts:
        if spot := drawing.center(d.members):
            number = sheet.put(spot, str(d.number), "number", NUMBER_SIZE, ABOUT, is_needed=True)
            labels += [number] if number else []
    return tuple(labels)


def _star(x: float, y: float, radius: float = 7.0) -> str:
    """Return the ten corners of a five-pointed star."""
    corners = []
    for n in range(10):
        reach = radius if n % 2 == 0 else radius * 0.42
        angle = -pi / 2 + n * pi / 5
        corners.append(f"{x + reach * cos(angle):.1f},{y + reach * sin(angle):.1f}")
    return " ".join(corners)
