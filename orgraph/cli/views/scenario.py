"""A scenario on the screen and as JSON: in a list, after a change, and its settings and steps."""

from __future__ import annotations

from collections.abc import Sequence

from orgraph.cli.json_text import json_text
from orgraph.cli.screen import Column, Screen
from orgraph.cli.views.findings import show_findings
from orgraph.cli.words import Words
from orgraph.findings import Finding, Json
from orgraph.messages import text
from orgraph.service.scenarios.life import Status
from orgraph.service.scenarios.records import Scenario


def scenario_json(scenario: Scenario) -> dict[str, Json]:
    """Return a scenario as JSON."""
    return {
        "code": scenario.code,
        "name": scenario.name,
        "unit": scenario.unit_code,
        "status": scenario.status.value,
        "revision": scenario.revision,
        "base_version": scenario.base_version,
        "plan": scenario.plan_code or None,
        "settings": dict(scenario.settings),
        "steps": [step.to_json() for step in scenario.steps],
        "created_at": scenario.created_at,
        "created_by": scenario.created_by,
        "applied_on": scenario.applied_on.isoformat() if scenario.applied_on else None,
        "applied_version": scenario.applied_version,
        "synthetic": scenario.is_synthetic,
    }


def changed_json(scenario: Scenario, findings: Sequence[Finding] = ()) -> dict[str, Json]:
    """Return a scenario after a change, with the warnings met."""
    return {"scenario": scenario_json(scenario), "findings": [f.to_json() for f in findings]}


def show_changed(screen: Screen, scenario: Scenario, findings: Sequence[Finding] = ()) -> None:
    """Write what became of a scenario."""
    words = screen.words
    show_findings(screen, findings)
    screen.line(
        words(
            "scenario.now",
            name=scenario.name,
            code=scenario.code,
            status=status_word(words, scenario),
            revision=scenario.revision,
        )
    )
    show_next(screen, scenario)


def show_next(screen: Screen, scenario: Scenario) -> None:
    """Write what comes next in the life of a scenario, where something does."""
    words, status = screen.words, scenario.status
    key = "edited" if status is Status.DRAFT and scenario.plan_code else status.value
    if status not in (Status.APPLIED, Status.REVERTED):
        screen.line(words(f"scenario.next.{key}", code=scenario.code), indent=1)


def status_word(words: Words, scenario: Scenario) -> str:
    """Return the status in words."""
    return choice(words, "scenario_status", scenario.status.value)


def choice(words: Words, field: str, value: str) -> str:
    """Return the label of one value of a choice of the schema."""
    return words.pick(text(f"schema.choice.{field}.{value}"))


def minute(at: str) -> str:
    """Return a stored time (UTC, ISO 8601) to the minute."""
    return f"{at[:10]} {at[11:16]}" if len(at) >= 16 else at


def show_list(screen: Screen, scenarios: Sequence[Scenario]) -> None:
    """Write one row per scenario."""
    words = screen.words
    if not scenarios:
        screen.line(words("scenario.none"))
        return
    columns = [
        *(Column(words(f"scenario.{key}")) for key in ("code", "name", "unit", "status", "plan")),
        Column(words("scenario.revision"), is_number=True),
        Column(words("scenario.created")),
    ]
    rows = [
        [
            s.code,
            s.name,
            s.unit_code,
            status_word(words, s),
            s.plan_code or "-",
            str(s.revision),
            words("in_brackets", text=minute(s.created_at), more=s.created_by or "-"),
        ]
        for s in scenarios
    ]
    screen.table(columns, rows)


def show_settings(screen: Screen, scenario: Scenario) -> None:
    """Write what is asked, key by key as in a ``plan.toml``."""
    screen.pairs([(name, _value(value)) for name, value in scenario.settings.items()])


def _value(value: Json) -> str:
    return value if isinstance(value, str) else " ".join(json_text(value).split())


def show_steps(screen: Screen, scenario: Scenario) -> None:
    """Write the steps of its life."""
    words = screen.words
    columns = [Column(words(f"scenario.{key}")) for key in ("at", "status", "by", "reason")]
    rows = [
        [minute(s.at), choice(words, "scenario_status", s.status.value), s.by or "-", s.reason or "-"]
        for s in scenario.steps
    ]
    screen.table(columns, rows)
