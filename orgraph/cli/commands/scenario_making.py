"""`orgraph scenario create`, `branch`, `set`, `rebase`: making scenarios, and changing what they ask."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import click

from orgraph.cli.answer import Answer
from orgraph.cli.commands.scenario_options import asked_by, changing, code_argument, saying
from orgraph.cli.help import Command
from orgraph.cli.options import Said, path_option, planning_flags, planning_options, store_option
from orgraph.cli.words import Words

if TYPE_CHECKING:
    from orgraph.findings import Finding
    from orgraph.service.scenarios.records import Scenario
    from orgraph.store.port import Store

    Made: TypeAlias = tuple[Scenario, Sequence[Finding]]


def commands(words: Words) -> list[click.Command]:
    """Build the commands."""
    unit = click.Argument(["unit"], metavar="UNIT")
    name = click.Option(["--name"], metavar="NAME", type=Said(), required=True, help=words("option.name"))
    config = path_option(words, "--config", "FILE")
    asked = [config, *planning_options(words)]
    making = [*saying(words), store_option(words)]
    return [
        Command(words, "create", create, [unit, name, *asked, *making], "scenario.create"),
        Command(words, "branch", branch, [code_argument(), name, *making], "scenario.branch"),
        Command(words, "set", change, [code_argument(), *asked, *changing(words)], "scenario.set"),
        Command(words, "rebase", rebase, [code_argument(), *changing(words)], "scenario.rebase"),
    ]


def create(
    unit: str,
    name: str,
    config: Path | None,
    k: int | None,
    balance: tuple[str, ...],
    objective: tuple[str, ...],
    date: str | None,
    alternatives: int | None,
    differ: str | None,
    by: str,
    reason: str,
    store: str | None,
) -> Answer:
    """Make a scenario about a unit."""
    from orgraph.cli.scenario_settings import read_settings_of
    from orgraph.service.scenarios import starting

    flags = planning_flags(k, balance, objective, date, alternatives, differ)
    settings = read_settings_of(config, flags)
    return _answer(store, lambda s: starting.create(s, unit, name, settings, asked_by(by, reason)))


def branch(code: str, name: str, by: str, reason: str, store: str | None) -> Answer:
    """Make a scenario that starts where another one stands."""
    from orgraph.service.scenarios import starting

    async def work(opened: Store) -> Made:
        return await starting.branch(opened, code, name, asked_by(by, reason)), ()

    return _answer(store, work)


def change(
    code: str,
    config: Path | None,
    k: int | None,
    balance: tuple[str, ...],
    objective: tuple[str, ...],
    date: str | None,
    alternatives: int | None,
    differ: str | None,
    by: str,
    reason: str,
    revision: int | None,
    store: str | None,
) -> Answer:
    """Ask something else."""
    from orgraph.cli.scenario_settings import read_settings_of
    from orgraph.service.scenarios import starting
    from orgraph.service.scenarios.amending import read_scenario

    flags = planning_flags(k, balance, objective, date, alternatives, differ)

    async def work(opened: Store) -> Made:
        before = await read_scenario(opened, code)
        settings = read_settings_of(config, flags, before.settings)
        # without a revision from the caller, that of the settings which were just read
        asked = asked_by(by, reason, revision or before.revision)
        return await starting.change_settings(opened, code, settings, asked)

    return _answer(store, work)


def rebase(code: str, by: str, reason: str, revision: int | None, store: str | None) -> Answer:
    """Put a scenario on today's data."""
    from orgraph.service.scenarios import starting

    return _answer(store, lambda s: starting.rebase(s, code, asked_by(by, reason, revision)))


def _answer(store: str | None, work: Callable[[Store], Awaitable[Made]]) -> Answer:
    from orgraph.cli.stores import opened_to_change, run_async
    from orgraph.cli.views.scenario import changed_json, show_changed

    async def made() -> Made:
        async with opened_to_change(store) as opened:
            return await work(opened)

    scenario, findings = run_async(made())
    return Answer(
        changed_json(scenario, findings), partial(show_changed, scenario=scenario, findings=findings)
    )
