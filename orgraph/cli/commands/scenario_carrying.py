"""`orgraph scenario proposal`, `apply`, `revert`: carrying a decided scenario out, and taking it back."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from orgraph.cli.answer import Answer
from orgraph.cli.commands.scenario_options import asked_by, changing, code_argument
from orgraph.cli.files import reserved
from orgraph.cli.help import Command
from orgraph.cli.options import Day, path_option, store_option
from orgraph.cli.screen import Screen
from orgraph.cli.words import Words
from orgraph.errors import InputError

if TYPE_CHECKING:
    from orgraph.planning.restructuring import NewVillage
    from orgraph.service.scenarios.records import Scenario


def commands(words: Words) -> list[click.Command]:
    """Build the commands."""
    effective = click.Option(["--effective"], metavar="DATE", type=Day(), help=words("option.effective"))
    yes = click.Option(["--yes"], is_flag=True, help=words("option.yes"))
    names = path_option(words, "--names", "FILE")
    out = click.Option(
        ["--out"], metavar="names.toml|.csv", type=click.Path(path_type=Path), help=words("option.out_names")
    )
    return [
        Command(
            words,
            "proposal",
            partial(proposal, words),
            [code_argument(), out, store_option(words)],
            "scenario.proposal",
        ),
        Command(
            words,
            "apply",
            partial(apply, words),
            [code_argument(), names, effective, yes, *changing(words)],
            "scenario.apply",
        ),
        Command(
            words,
            "revert",
            partial(revert, words),
            [code_argument(), effective, yes, *changing(words)],
            "scenario.revert",
        ),
    ]


def proposal(words: Words, *, code: str, out: Path | None, store: str | None) -> Answer:
    """Show what applying would do, and write codes and names to a file to edit."""
    from orgraph.cli.stores import keep_off_store, opened_to_read, run_async
    from orgraph.cli.views.merger import show_foresight
    from orgraph.cli.village_file import require_form, villages_text
    from orgraph.service.scenarios.foreseeing import Foresight, foresee

    if out is not None:
        require_form(out)
        keep_off_store(out, store)

    async def look() -> Foresight:
        async with opened_to_read(store) as opened:
            return await foresee(opened, code)

    with reserved(out) as target:
        found = run_async(look())
        if target is not None:
            target.write(villages_text(target.path, found.merger.villages))

    def show(screen: Screen) -> None:
        show_foresight(screen, found)
        if target is not None:
            screen.line(words("scenario.names_written", path=target.path))

    return Answer({"scenario": code, **found.to_json()}, show)


def apply(
    words: Words,
    *,
    code: str,
    names: Path | None,
    effective: dt.date | None,
    yes: bool,
    by: str,
    reason: str,
    revision: int | None,
    store: str | None,
) -> Answer:
    """Carry a scenario out."""
    from orgraph.cli.stores import opened_to_change, opened_to_read, run_async
    from orgraph.cli.views.merger import applied_json, show_applied, show_foresight
    from orgraph.cli.village_file import read_villages
    from orgraph.service.scenarios.applying import apply_scenario
    from orgraph.service.scenarios.foreseeing import Foresight, foresee, require_applicable

    villages: Mapping[str, NewVillage] = read_villages(names) if names else {}
    day = effective or dt.date.today()

    async def look() -> tuple[Scenario, Foresight]:
        async with opened_to_read(store) as opened:
            return await require_applicable(opened, code), await foresee(
                opened, code, villages, effective=day
            )

    seen, foresight = run_async(look())
    if not yes:
        _confirm(words, "scenario.ask_apply", day, lambda screen: show_foresight(screen, foresight))
    # what was shown is what is done: a scenario that somebody has changed meanwhile is refused
    asked = asked_by(by, reason, revision or seen.revision)

    async def work() -> Scenario:
        async with opened_to_change(store) as opened:
            return await apply_scenario(opened, code, asked, effective=day, names=villages)

    scenario = run_async(work())
    return Answer(
        applied_json(foresight, scenario), partial(show_applied, foresight=foresight, scenario=scenario)
    )


def revert(
    words: Words,
    *,
    code: str,
    effective: dt.date | None,
    yes: bool,
    by: str,
    reason: str,
    revision: int | None,
    store: str | None,
) -> Answer:
    """Take an applied scenario back."""
    from orgraph.cli.stores import opened_to_change, run_async
    from orgraph.cli.views.scenario import changed_json, show_changed
    from orgraph.service.scenarios.applying import revert_scenario

    day = effective or dt.date.today()

    if not yes:
        _confirm(words, "scenario.ask_revert", day)

    async def work() -> Scenario:
        async with opened_to_change(store) as opened:
            return await revert_scenario(opened, code, asked_by(by, reason, revision), effective=day)

    scenario = run_async(work())

    def show(screen: Screen) -> None:
        screen.line(words("scenario.reverted", day=words.day(day)))
        show_changed(screen, scenario)

    return Answer({**changed_json(scenario), "effective": day.isoformat()}, show)


def _confirm(words: Words, key: str, day: dt.date, show: Callable[[Screen], None] | None = None) -> None:
    """Show what will be done and ask, where somebody sits at a terminal; elsewhere the command line itself is the answer."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return
    screen = Screen(words, sys.stderr)
    if show is not None:
        show(screen)
    screen.line()
    sys.stderr.write(words(key, day=words.day(day)))
    sys.stderr.flush()
    if sys.stdin.readline().strip().lower() not in ("y", "yes", "是"):
        raise InputError("not_confirmed")
