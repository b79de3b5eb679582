"""`orgraph scenario list`, `show`, `changes`, `plans`: what there is, and what has changed since. They only read."""

from __future__ import annotations

import click

from orgraph.cli.answer import Answer
from orgraph.cli.commands.scenario_options import code_argument
from orgraph.cli.help import Command
from orgraph.cli.options import store_option
from orgraph.cli.words import Words


def commands(words: Words) -> list[click.Command]:
    """Build the commands."""
    unit = click.Option(["--unit"], metavar="CODE", default="", help=words("option.unit"))
    looking = [code_argument(), store_option(words)]
    return [
        Command(words, "list", list_all, [unit, store_option(words)], "scenario.list"),
        Command(words, "show", show, looking, "scenario.show"),
        Command(words, "changes", changes, looking, "scenario.changes"),
        Command(words, "plans", plans, looking, "scenario.plans"),
    ]


def list_all(unit: str, store: str | None) -> Answer:
    """List scenarios."""
    from orgraph.cli.stores import opened_to_read, run_async
    from orgraph.cli.views.scenario import scenario_json, show_list
    from orgraph.service.scenarios.listing import list_scenarios
    from orgraph.service.scenarios.records import Scenario

    async def look() -> tuple[Scenario, ...]:
        async with opened_to_read(store) as opened:
            return await list_scenarios(opened, unit)

    found = run_async(look())
    return Answer({"scenarios": [scenario_json(s) for s in found]}, lambda screen: show_list(screen, found))


def show(code: str, store: str | None) -> Answer:
    """Show a scenario with everything recorded for it."""
    from orgraph.cli.stores import opened_to_read, run_async
    from orgraph.cli.views.dossier import dossier_json, show_dossier
    from orgraph.service.scenarios.dossier import Dossier, read_dossier

    async def look() -> Dossier:
        async with opened_to_read(store) as opened:
            return await read_dossier(opened, code)

    dossier = run_async(look())
    return Answer(dossier_json(dossier), lambda screen: show_dossier(screen, dossier))


def changes(code: str, store: str | None) -> Answer:
    """Tell what has changed in the county since the scenario was made or rebased."""
    from orgraph.cli.stores import opened_to_read, run_async
    from orgraph.cli.views.dossier import show_staleness, staleness_json
    from orgraph.service.scenarios.dossier import Staleness, staleness

    async def look() -> Staleness:
        async with opened_to_read(store) as opened:
            return await staleness(opened, code)

    found = run_async(look())
    return Answer(staleness_json(found), lambda screen: show_staleness(screen, found))


def plans(code: str, store: str | None) -> Answer:
    """List the plans of a scenario."""
    from orgraph.cli.stores import opened_to_read, run_async
    from orgraph.cli.views.scenario_plan import plan_json, show_plans
    from orgraph.service.scenarios.amending import read_scenario
    from orgraph.service.scenarios.listing import plans_of
    from orgraph.service.scenarios.plans import PlanRecord
    from orgraph.service.scenarios.records import Scenario

    async def look() -> tuple[Scenario, tuple[PlanRecord, ...]]:
        async with opened_to_read(store) as opened:
            return await read_scenario(opened, code), await plans_of(opened, code)

    scenario, found = run_async(look())
    told = {"scenario": scenario.code, "current": scenario.plan_code or None}
    return Answer(
        {**told, "plans": [plan_json(plan) for plan in found]},
        lambda screen: show_plans(screen, found, scenario.plan_code),
    )
