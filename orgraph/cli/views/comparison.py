"""Two states of a unit side by side: indicators, flows of people, and where every village stands."""

from __future__ import annotations

from orgraph.cli.screen import Column, Screen
from orgraph.cli.words import Words
from orgraph.service.scenarios.comparing import Indicator, PlanComparison


def show_comparison(screen: Screen, found: PlanComparison) -> None:
    """Write all tables."""
    words = screen.words
    before = found.before_name or words("scenario.today")
    screen.line(words("scenario.compared", before=before, after=found.after_name))
    if found.is_synthetic:
        screen.line(words("synthetic"))
    screen.heading(words("scenario.indicators"))
    columns = [Column(words("scenario.indicator"))]
    columns += [
        Column(head, is_number=True) for head in (before, found.after_name, words("scenario.difference"))
    ]
    screen.table(columns, [_indicator(words, i) for i in found.indicators])
    screen.heading(words("scenario.flows"))
    share = words.share(found.flows.moved_share)
    screen.line(words("scenario.moved", people=words.number(found.flows.moved), share=share))
    names = {unit.code: unit.name for unit in found.units}
    if found.before_name:
        _show_flows(screen, found, names)
    _show_units(screen, found, names)


def _show_flows(screen: Screen, found: PlanComparison, names: dict[str, str]) -> None:
    """Write who goes from where to where; from today's villages the last table tells it."""
    words = screen.words
    screen.table(
        [
            Column(words("scenario.from")),
            Column(words("scenario.to")),
            Column(words("plan.units"), is_number=True),
            Column(words("scenario.people"), is_number=True),
        ],
        [
            [
                _place(words, names, f.before),
                _place(words, names, f.after),
                str(len(f.units)),
                words.number(f.weight),
            ]
            for f in found.flows.flows
            if f.before != f.after
        ],
    )


def _show_units(screen: Screen, found: PlanComparison, names: dict[str, str]) -> None:
    words = screen.words
    screen.heading(words("scenario.villages"))
    columns = [Column(words(f"scenario.{key}")) for key in ("code", "name", "before", "after")]
    rows = [
        [
            u.code,
            u.name,
            _place(words, names, u.before),
            _place(words, names, u.after),
            words.number(u.people),
        ]
        for u in found.units
    ]
    screen.table([*columns, Column(words("scenario.people"), is_number=True)], rows)


def _place(words: Words, names: dict[str, str], seat: str) -> str:
    return names.get(seat, seat)


def _indicator(words: Words, indicator: Indicator) -> list[str]:
    values = (indicator.before, indicator.after)
    label = words.label(indicator.label)
    if indicator.is_share:
        return [label, *(words.share(v) for v in values), words.share(indicator.difference, signed=True)]
    return [label, *(words.number(v, 1) for v in values), _signed(words, indicator.difference)]


def _signed(words: Words, value: float | None) -> str:
    shown = words.number(value, 1)
    return f"+{shown}" if value is not None and value > 0 else shown
