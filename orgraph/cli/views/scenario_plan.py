"""The plans of a scenario on the screen and as JSON: districts with names, objectives with their proof, and what hand edits cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from orgraph.cli.screen import Column, Screen
from orgraph.cli.views.scenario import minute
from orgraph.cli.words import Words
from orgraph.findings import Json
from orgraph.planning.restructuring import objective_label, objective_unit, weight_label
from orgraph.service.scenarios.plans import PlanRecord
from orgraph.service.scenarios.records import Scenario


def plan_json(plan: PlanRecord) -> dict[str, Json]:
    """Return a plan as JSON; ``document`` holds all of it."""
    return {
        "code": plan.code,
        "name": plan.name,
        "status": plan.status,
        "origin": plan.origin,
        "created_at": plan.created_at,
        "edits": dict(plan.edits),
        "synthetic": plan.is_synthetic,
        "document": dict(plan.document),
    }


def show_plans(screen: Screen, plans: Sequence[PlanRecord], current: str) -> None:
    """Write one row per plan; the current one is marked."""
    words = screen.words
    if not plans:
        screen.line(words("scenario.no_plans"))
        return
    columns = [
        *(Column(words(f"scenario.{key}")) for key in ("plan", "proof", "origin")),
        Column(words("scenario.districts"), is_number=True),
        Column(words("scenario.objective"), is_number=True),
        Column(words("scenario.created")),
    ]
    rows = [
        [
            f"{plan.code}{' *' if plan.code == current else ''}",
            words(f"plan.short.{plan.status}"),
            words(f"scenario.origins.{plan.origin}"),
            str(len(plan.districts)),
            _objective(words, plan),
            minute(plan.created_at),
        ]
        for plan in plans
    ]
    screen.table(columns, rows)
    if any(plan.code == current for plan in plans):
        screen.line(words("scenario.current_plan"), indent=1)


def show_districts(screen: Screen, plan: PlanRecord, names: Mapping[str, str]) -> None:
    """Write one row per new village, then who stays as it is."""
    words = screen.words
    weights = [w for d in plan.districts[:1] for w in d.totals if w in d.deviation or w == "population"]
    columns = [
        Column(words("plan.number"), is_number=True),
        Column(words("plan.seat")),
        Column(words("scenario.code")),
    ]
    columns.append(Column(words("plan.units"), is_number=True))
    for weight in weights:
        columns.append(Column(words.label(weight_label(weight)), is_number=True))
        columns.append(Column(words("plan.deviation"), is_number=True))
    rows = []
    for number, d in enumerate(plan.districts, start=1):
        cells = [str(number), names.get(d.seat, d.seat), d.seat, str(len(d.members))]
        for weight in weights:
            cells += [words.number(d.totals[weight], 1), words.share(d.deviation.get(weight), signed=True)]
        rows.append(cells)
    screen.table(columns, rows)
    if plan.refused:
        left = words.join([names.get(code, code) for code in plan.refused])
        screen.line(words("plan.refused", names=left), indent=1)


def show_proof(screen: Screen, plan: PlanRecord, scenario: Scenario) -> None:
    """Write the status, and every objective with bound and gap; without a plan the reasons."""
    words = screen.words
    if plan.is_synthetic:
        screen.line(words("synthetic"))
    screen.line(words(f"plan.status.{plan.status}"))
    weight = str(scenario.settings.get("distance_weight") or "population")
    rows = [(_label(words, stage), _stage(words, plan, stage, weight)) for stage in _stages(plan)]
    if rows:
        screen.pairs(rows)
    if plan.status == "INFEASIBLE":
        screen.heading(words("plan.reasons"))
        screen.items([_said(words, reason["text"]) for reason in _listed(plan, "reasons")])


def show_prices(screen: Screen, prices: Sequence[Mapping[str, Json]]) -> None:
    """Write what hand edits cost."""
    if prices:
        screen.heading(screen.words("scenario.prices"))
        screen.items([_said(screen.words, price["text"]) for price in prices])


def _listed(plan: PlanRecord, name: str) -> list[Mapping[str, Json]]:
    return cast(list[Mapping[str, Json]], plan.document.get(name) or [])


def _said(words: Words, both: Json) -> str:
    return str(cast(Mapping[str, Json], both)[words.lang])


def _label(words: Words, stage: Mapping[str, Json]) -> str:
    return words.label(objective_label(str(stage["name"])))


def _stage(words: Words, plan: PlanRecord, stage: Mapping[str, Json], weight: str) -> str:
    gap = cast("float | None", stage["gap"])
    has_metres = plan.document.get("border_unit") == "m"
    unit = objective_unit(str(stage["name"]), weight, has_metres=has_metres)
    return words(
        "plan.stage",
        objective=words.number(stage["objective"], 1),
        unit=words.pick(unit),
        bound=words.number(stage["bound"], 1),
        gap=words.share(gap, 4 if gap else 0),
    )


def _stages(plan: PlanRecord) -> list[Mapping[str, Json]]:
    """Return the objectives with bound and gap; a plan with one objective has it in its certificate alone."""
    if found := _listed(plan, "stages"):
        return found
    document = plan.document
    only = {
        "name": document.get("objective_name"),
        **{n: document.get(n) for n in ("objective", "bound", "gap")},
    }
    return [only] if document.get("objective") is not None else []


def _objective(words: Words, plan: PlanRecord) -> str:
    stages = _stages(plan)
    return words.number(stages[0]["objective"] if stages else None, 1)
