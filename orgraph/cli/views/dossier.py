"""`scenario show` and `scenario changes`, on the screen and as JSON."""

from __future__ import annotations

from orgraph.cli.screen import Screen
from orgraph.cli.views.decisions import decisions_json, show_approvals, show_consents
from orgraph.cli.views.scenario import scenario_json, show_settings, show_steps, status_word
from orgraph.cli.views.scenario_plan import show_districts, show_proof
from orgraph.findings import Json
from orgraph.service.scenarios.basis import told
from orgraph.service.scenarios.dossier import Dossier, Staleness

_MOST_SHOWN = 20


def dossier_json(dossier: Dossier) -> dict[str, Json]:
    """Return a scenario with everything recorded for it; its plans are those of ``scenario plans``."""
    found = decisions_json(dossier.decisions)
    del found["findings"]
    return {**found, "version": dossier.version, "stale": dossier.is_stale}


def show_dossier(screen: Screen, dossier: Dossier) -> None:
    """Write everything."""
    words, scenario, decisions = screen.words, dossier.scenario, dossier.decisions
    screen.line(words("scenario.title", name=scenario.name, code=scenario.code))
    unit = words(
        "scenario.named",
        name=decisions.names.get(scenario.unit_code, scenario.unit_code),
        code=scenario.unit_code,
    )
    rows = [
        (words("scenario.unit"), unit),
        (words("scenario.status"), status_word(words, scenario)),
        (words("scenario.revision"), str(scenario.revision)),
        (
            words("scenario.footing"),
            words("scenario.version", base=scenario.base_version, now=dossier.version),
        ),
    ]
    if scenario.applied_on:
        rows.append((words("scenario.applied_on"), words.day(scenario.applied_on)))
    screen.pairs(rows)
    if dossier.is_stale:
        screen.line(words("scenario.stale", code=scenario.code))
    screen.heading(words("scenario.settings"))
    show_settings(screen, scenario)
    if decisions.plan is not None:
        screen.heading(words("scenario.plan_title", code=decisions.plan.code))
        show_proof(screen, decisions.plan, scenario)
        show_districts(screen, decisions.plan, decisions.names)
    if decisions.consents:
        screen.heading(words("scenario.consents"))
        show_consents(screen, decisions)
    if decisions.approvals:
        screen.heading(words("scenario.approvals"))
        show_approvals(screen, decisions)
    screen.heading(words("scenario.steps"))
    show_steps(screen, scenario)


def staleness_json(found: Staleness) -> dict[str, Json]:
    """Return what has changed since as JSON; ``changes`` are at most 200."""
    return {
        "scenario": scenario_json(found.scenario),
        "version": found.version,
        "stale": found.is_stale,
        "changes": [
            {"version": r.version, "by": r.by, "on": r.effective.isoformat(), "text": told(r)}
            for r in found.changes
        ],
    }


def show_staleness(screen: Screen, found: Staleness) -> None:
    """Write what has changed since."""
    words = screen.words
    numbers = {"base": found.scenario.base_version, "now": found.version}
    if not found.is_stale:
        screen.line(words("scenario.fresh", **numbers))
        return
    screen.line(words("scenario.changed_since", **numbers))
    for record in found.changes[:_MOST_SHOWN]:
        screen.line(told(record), indent=1)
    if len(found.changes) > _MOST_SHOWN:
        screen.line(words("scenario.more_changes", num=_MOST_SHOWN), indent=1)
    if found.scenario.applied_version is not None:
        return
    screen.line(words("scenario.rebase_next", code=found.scenario.code))
