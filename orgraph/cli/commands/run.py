"""`orgraph run`: the runs of scenarios, those of other processes too."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import click

from orgraph.cli.answer import Answer
from orgraph.cli.commands.scenario_options import asked_by, code_argument, saying
from orgraph.cli.help import Command, Group
from orgraph.cli.options import store_option
from orgraph.cli.words import Words

if TYPE_CHECKING:
    from orgraph.cli.views.run import RunAnswer
    from orgraph.service.runs.records import RunRecord


def command(words: Words) -> click.Command:
    """Build the group."""
    scenario = click.Option(["--scenario"], metavar="CODE", default="", help=words("option.scenario"))
    looking = [code_argument(), store_option(words)]
    cancelling = [code_argument(), *saying(words), store_option(words)]
    return Group(
        words,
        "run",
        [
            Command(words, "list", list_all, [scenario, store_option(words)], "run.list"),
            Command(words, "show", show, looking, "run.show"),
            Command(words, "watch", partial(watch, words), looking, "run.watch"),
            Command(words, "cancel", cancel, cancelling, "run.cancel"),
        ],
    )


def list_all(scenario: str, store: str | None) -> Answer:
    """List runs."""
    from orgraph.cli.stores import opened_to_read, run_async
    from orgraph.cli.views.run import run_json, show_runs
    from orgraph.service.runs.listing import list_runs

    async def look() -> tuple[RunRecord, ...]:
        async with opened_to_read(store) as opened:
            return await list_runs(opened, scenario)

    found = run_async(look())
    return Answer({"runs": [run_json(run) for run in found]}, lambda screen: show_runs(screen, found))


def show(code: str, store: str | None) -> Answer:
    """Show a run and its plan."""
    from orgraph.cli.running import answer_of
    from orgraph.cli.stores import opened_to_read, run_async
    from orgraph.cli.views.run import run_answer_json, show_run_answer

    async def look() -> RunAnswer:
        async with opened_to_read(store) as opened:
            return await answer_of(opened, code)

    found = run_async(look())
    return Answer(run_answer_json(found), lambda screen: show_run_answer(screen, found))


def watch(words: Words, *, code: str, store: str | None) -> Answer:
    """Follow a run to its end; one that nobody looks after any more is taken up."""
    from orgraph.cli.running import ended_answer, watch_to_end

    return ended_answer(watch_to_end(words, store, code))


def cancel(code: str, by: str, reason: str, store: str | None) -> Answer:
    """Cancel a run."""
    from orgraph.cli.running import runs_of_store
    from orgraph.cli.stores import opened_to_change, run_async
    from orgraph.cli.views.run import run_json, show_run

    async def work() -> RunRecord:
        async with opened_to_change(store) as opened, runs_of_store(opened) as runs:
            return await runs.cancel(code, asked_by(by, reason))

    run = run_async(work())
    return Answer({"run": run_json(run)}, lambda screen: show_run(screen, run))
