"""Objective and bound over time, one panel per instance, as an SVG picture without outside addresses."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from math import ceil, floor, log10
from xml.etree.ElementTree import Element, SubElement, tostring

from orgraph.benchmark.measuring import Measured
from orgraph.messages import Lang, text
from orgraph.solver.solution import Progress

WIDTH, HEIGHT = 360.0, 220.0
LEFT, RIGHT, TOP, BOTTOM = 70.0, 14.0, 34.0, 34.0
COLUMNS = 3
LEGEND = 30.0
PLAN, BOUND, PUBLISHED = "#33608C", "#C2571A", "#4D7326"
SPREAD = 0.06
"""Room above and below the curves, as a share of their range."""
STEPS = (1, 2, 2.5, 5, 10)
MOST_TICKS = 5

Point = tuple[float, float]
Step = tuple[float, float]
"""Seconds, and the value from then on."""


def draw(measured: Sequence[Measured], lang: Lang) -> str:
    """Return the picture. An instance without a plan shows its bound alone, or nothing but its name and status."""
    rows = ceil(len(measured) / COLUMNS)
    columns = max(1, min(COLUMNS, len(measured)))
    width, height = columns * WIDTH, rows * HEIGHT + LEGEND
    picture = Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "viewBox": f"0 0 {width:g} {height:g}",
            "width": f"{width:g}",
            "height": f"{height:g}",
            "font-family": "sans-serif",
            "font-size": "11",
        },
    )
    SubElement(picture, "rect", {"width": "100%", "height": "100%", "fill": "#FFFFFF"})
    _legend(picture, lang)
    for number, each in enumerate(measured):
        row, column = divmod(number, COLUMNS)
        place = f"translate({column * WIDTH:g} {row * HEIGHT + LEGEND:g})"
        _panel(SubElement(picture, "g", {"transform": place}), each, lang)
    return tostring(picture, encoding="unicode")


def _legend(picture: Element, lang: Lang) -> None:
    x = LEFT
    for key, colour in (("objective", PLAN), ("bound", BOUND), ("published", PUBLISHED)):
        words = text(f"benchmark.chart.{key}").in_(lang)
        _line(picture, [(x, 16.0), (x + 22, 16.0)], colour, is_dashed=key == "published")
        _write(picture, x + 27, 20.0, words, "start")
        x += 110


def _panel(panel: Element, measured: Measured, lang: Lang) -> None:
    synthetic = f" ({text('benchmark.chart.synthetic').in_(lang)})" if measured.case.is_synthetic else ""
    title = f"{measured.case.name}{synthetic}: {measured.solution.status.value}"
    _write(panel, LEFT, 20.0, title, "start", weight="bold")
    plans = _steps(measured.trace, lambda moment: moment.objective)
    bounds = _steps(measured.trace, lambda moment: moment.bound)
    if not plans and not bounds:
        return
    end = max(measured.seconds, 1e-3)
    low, high = _range(plans, bounds, measured.published_best)

    def place(step: Step) -> Point:
        seconds, value = step
        share = min(1.0, max(0.0, (value - low) / (high - low)))
        return (
            LEFT + min(seconds, end) / end * (WIDTH - LEFT - RIGHT),
            HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM),
        )

    for value in _ticks(low, high):
        y = place((0.0, value))[1]
        _line(panel, [(LEFT, y), (WIDTH - RIGHT, y)], "#E4E4E4", width=0.8)
        _write(panel, LEFT - 6, y + 4, f"{value:,.10g}", "end")
    for seconds in _ticks(0.0, end):
        _write(panel, place((seconds, low))[0], HEIGHT - BOTTOM + 16, f"{seconds:g} s", "middle")
    if measured.published_best is not None:
        ends = [place((at, measured.published_best)) for at in (0.0, end)]
        _line(panel, ends, PUBLISHED, is_dashed=True)
    _line(panel, _stairs(bounds, end, place), BOUND)
    _line(panel, _stairs(plans, end, place), PLAN)


def _steps(trace: Iterable[Progress], of: Callable[[Progress], float | None]) -> list[Step]:
    """Return when a value changed, and to what."""
    steps: list[Step] = []
    for moment in trace:
        value = of(moment)
        if value is not None and (not steps or steps[-1][1] != value):
            steps.append((moment.seconds, value))
    return steps


def _range(plans: Sequence[Step], bounds: Sequence[Step], published: float | None) -> tuple[float, float]:
    """Return the lowest and highest value shown: the plans and the last bound; the first, weak bounds are cut off below."""
    values = [value for _, value in plans] + [value for _, value in bounds[-1:]]
    if published is not None:
        values.append(published)
    low, high = min(values), max(values)
    room = (high - low) * SPREAD or max(abs(high), 1.0) * SPREAD
    return low - room, high + room


def _stairs(steps: Sequence[Step], end: float, place: Callable[[Step], Point]) -> list[Point]:
    points: list[Point] = []
    for number, (seconds, value) in enumerate(steps):
        until = steps[number + 1][0] if number + 1 < len(steps) else end
        points += [place((seconds, value)), place((max(until, seconds), value))]
    return points


def _ticks(low: float, high: float) -> list[float]:
    """Return round values between two others."""
    rough = (high - low) / MOST_TICKS
    power = 10.0 ** floor(log10(rough))
    step = next(s * power for s in STEPS if s * power >= rough * (1 - 1e-9))
    first = ceil(low / step)
    return [round(n * step, 12) for n in range(first, floor(high / step) + 1)]


def _line(
    parent: Element, points: Sequence[Point], colour: str, *, width: float = 1.6, is_dashed: bool = False
) -> None:
    if points:
        shown = {"points": " ".join(f"{x:.1f},{y:.1f}" for x, y in points), "fill": "none"}
        dashes = {"stroke-dasharray": "5 4"} if is_dashed else {}
        SubElement(parent, "polyline", {**shown, "stroke": colour, "stroke-width": f"{width:g}", **dashes})


def _write(parent: Element, x: float, y: float, words: str, anchor: str, weight: str = "normal") -> None:
    place = {"x": f"{x:.1f}", "y": f"{y:.1f}", "text-anchor": anchor, "font-weight": weight}
    SubElement(parent, "text", {**place, "fill": "#222222"}).text = words
