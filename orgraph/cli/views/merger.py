"""What applying a scenario does, on the screen and as JSON: the new villages, and everything counted before and after."""

from __future__ import annotations

from orgraph.cli.screen import Column, Screen
from orgraph.cli.views.scenario import changed_json, show_changed
from orgraph.cli.words import Words
from orgraph.findings import Json
from orgraph.schema import NODE_KINDS
from orgraph.service.scenarios.foreseeing import Balance, Foresight
from orgraph.service.scenarios.records import Scenario


def show_foresight(screen: Screen, found: Foresight) -> None:
    """Write the new villages, then the counts."""
    words = screen.words
    screen.heading(words("plan.districts"))
    columns = [Column(words(f"scenario.{key}")) for key in ("code", "name", "seat_village")]
    columns.append(Column(words("plan.units"), is_number=True))
    screen.table(
        columns, [[v.code, v.name, v.seat, str(len(found.members(v)))] for v in found.merger.villages]
    )
    screen.line(words("scenario.proposed_names"), indent=1)
    screen.heading(words("scenario.counted"))
    columns = [Column("")]
    columns += [Column(words(f"scenario.{key}"), is_number=True) for key in ("before", "after", "difference")]
    rows = [
        (words("scenario.sum", field=words.pick(NODE_KINDS["Unit"].field_by_name[n].label)), b)
        for n, b in found.sums.items()
    ]
    rows += [(words.label(NODE_KINDS[kind].label), b) for kind, b in found.counts.items()]
    screen.table(columns, [_row(words, label, balance) for label, balance in rows])
    screen.line(words("scenario.nobody_lost"), indent=1)


def applied_json(found: Foresight, scenario: Scenario) -> dict[str, Json]:
    """Return what was done as JSON."""
    return {**changed_json(scenario), **found.to_json()}


def show_applied(screen: Screen, foresight: Foresight, scenario: Scenario) -> None:
    """Write what was done."""
    words = screen.words
    assert scenario.applied_on is not None
    show_foresight(screen, foresight)
    screen.line()
    screen.line(
        words(
            "scenario.applied",
            old=len(foresight.merger.part_by_unit),
            new=len(foresight.merger.villages),
            day=words.day(scenario.applied_on),
            version=scenario.applied_version,
        )
    )
    show_changed(screen, scenario)


def _row(words: Words, label: str, balance: Balance) -> list[str]:
    difference = balance.after - balance.before
    sign = "+" if difference > 0 else ""
    return [
        label,
        words.number(balance.before, 1),
        words.number(balance.after, 1),
        sign + words.number(difference, 1),
    ]
