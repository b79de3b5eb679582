"""`orgraph scenario compare`: a plan beside today, or beside the plan of another scenario."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from orgraph.cli.answer import Answer
from orgraph.cli.commands.scenario_options import asked_by, code_argument, revision_option, saying
from orgraph.cli.files import reserved
from orgraph.cli.help import Command
from orgraph.cli.json_text import json_text
from orgraph.cli.options import path_option, store_option
from orgraph.cli.screen import Screen
from orgraph.cli.usage import UsageFault
from orgraph.cli.words import Words

if TYPE_CHECKING:
    from orgraph.service.scenarios.comparing import PlanComparison
    from orgraph.service.scenarios.records import Scenario


def commands(words: Words) -> list[click.Command]:
    """Build the command."""
    params = [
        code_argument(),
        click.Option(["--with", "against"], metavar="CODE", default="", help=words("option.with")),
        path_option(words, "--out", "compare.json"),
        *saying(words, is_needed=False),
        revision_option(words),
        store_option(words),
    ]
    return [Command(words, "compare", partial(compare, words), params, "scenario.compare")]


def compare(
    words: Words,
    *,
    code: str,
    against: str,
    out: Path | None,
    by: str | None,
    reason: str,
    revision: int | None,
    store: str | None,
) -> Answer:
    """Compare; with ``--by`` record that it was done."""
    from orgraph.cli.stores import keep_off_store, opened_to_change, opened_to_read, run_async
    from orgraph.cli.views.comparison import show_comparison
    from orgraph.cli.views.scenario import scenario_json, show_changed
    from orgraph.service.scenarios.comparing import compare_scenarios, mark_compared

    if by is None and (reason or revision is not None):
        raise UsageFault("by_missing")
    if out is not None:
        keep_off_store(out, store)
    open_store = opened_to_read if by is None else opened_to_change

    async def work() -> tuple[PlanComparison, Scenario | None]:
        async with open_store(store) as opened:
            found = await compare_scenarios(opened, code, against)
            marked = await mark_compared(opened, code, asked_by(by, reason, revision)) if by else None
            return found, marked

    with reserved(out) as target:
        found, marked = run_async(work())
        if target is not None:
            target.write(json_text(found.to_json()))

    def show(screen: Screen) -> None:
        show_comparison(screen, found)
        if target is not None:
            screen.line(words("plan.written", path=target.path))
        if marked is not None:
            show_changed(screen, marked)

    told = {"scenario": scenario_json(marked)} if marked else {}
    return Answer({**found.to_json(), **told}, show)
