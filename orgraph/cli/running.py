"""Executing and following runs from a command: workers in processes of their own, Ctrl-C cancels the run in good order."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from threading import Event

import click

from orgraph.cli.answer import Answer, ExitCode
from orgraph.cli.interrupt import stopped_by_interrupt
from orgraph.cli.run_progress import shown_run
from orgraph.cli.solving import exit_code
from orgraph.cli.stores import opened_to_change, opened_to_read
from orgraph.cli.views.run import RunAnswer, run_answer_json, show_run_answer
from orgraph.cli.words import Words
from orgraph.errors import StoreError
from orgraph.service.runs.executor import ProcessExecutor
from orgraph.service.runs.records import RunLimits, RunRecord, RunStatus, read_run
from orgraph.service.runs.service import Runs
from orgraph.service.scenarios.amending import Asked, read_scenario
from orgraph.service.scenarios.listing import unit_names
from orgraph.service.scenarios.plans import read_plan
from orgraph.settings import read_settings
from orgraph.solver import Status
from orgraph.store.port import Store

Begin = Callable[[Runs], Awaitable[RunRecord]]
"""Starts, or takes up, the run that is followed."""


def limits_of_run(time_limit: float | None, workers: int | None) -> RunLimits:
    """Return the limits of the command line, else those of the settings."""
    settings = read_settings()
    return RunLimits(time_limit or settings.time_limit_s, workers or settings.workers)


@asynccontextmanager
async def runs_of_store(store: Store) -> AsyncIterator[Runs]:
    """Look after runs in this process; those that others left behind stay as they are unless they are watched."""
    runs = Runs(store, ProcessExecutor())
    try:
        yield runs
    finally:
        await runs.close()


def run_to_end(words: Words, url: str | None, begin: Begin, asked: Asked) -> RunAnswer:
    """Begin a run, show how it goes until its end, and return it. The first interrupt cancels it, the second leaves at once."""
    stop = Event()
    wakes: list[Callable[[], object]] = []

    def told() -> None:
        click.echo(words("run.cancelling"), err=True)
        for wake in wakes:
            wake()

    async def main() -> RunAnswer:
        stopping, loop = asyncio.Event(), asyncio.get_running_loop()
        wakes.append(lambda: loop.call_soon_threadsafe(stopping.set))
        if stop.is_set():
            stopping.set()
        async with opened_to_change(url) as store, runs_of_store(store) as runs:
            run = await begin(runs)
            cancelling = asyncio.create_task(_cancel_when(stopping, runs, run.code, asked))
            try:
                await follow(words, runs, run.code)
            finally:
                cancelling.cancel()
                await asyncio.gather(cancelling, return_exceptions=True)
            return await answer_of(store, run.code)

    with stopped_by_interrupt(stop, told):
        return asyncio.run(main())


def watch_to_end(words: Words, url: str | None, code: str) -> RunAnswer:
    """Show how a run goes until its end, and return it. A run that nobody looks after any more is executed here.

    Raises
    ------
    NotFound
        When there is no such run.
    StoreLocked
        When nobody looks after it, and another process writes to the store.
    """

    async def main() -> RunAnswer:
        async with opened_to_read(url) as store:
            await follow(words, Runs(store, ProcessExecutor()), code)
            return await answer_of(store, code)

    try:
        return asyncio.run(main())
    except StoreError as error:
        if error.code != "store_opened_read_only":
            raise
    # its owner is gone, and taking it up has to be written down
    return run_to_end(words, url, lambda runs: runs.get(code), Asked(""))


async def follow(words: Words, runs: Runs, code: str) -> None:
    """Show the states of a run until its end."""
    with shown_run(words, sys.stderr) as tell:
        async for state in runs.watch(code):
            tell(state)


async def answer_of(store: Store, code: str) -> RunAnswer:
    """Return a run as it stands, with its scenario and the plan that it found."""
    run = await read_run(store, code)
    scenario = await read_scenario(store, run.scenario_code)
    plan = await read_plan(store, run.plan_code) if run.plan_code else None
    return RunAnswer(run, scenario, plan, await unit_names(store, plan.units if plan else ()))


async def _cancel_when(stopping: asyncio.Event, runs: Runs, code: str, asked: Asked) -> None:
    await stopping.wait()
    await runs.cancel(code, asked)


def ended_answer(ended: RunAnswer) -> Answer:
    """Return the answer of a command that followed a run to its end."""
    return Answer(
        run_answer_json(ended), lambda screen: show_run_answer(screen, ended), run_exit_code(ended.run)
    )


def run_exit_code(run: RunRecord) -> ExitCode:
    """Return how a command ends whose run ended so."""
    if run.status is RunStatus.FAILED:
        return ExitCode.FINDINGS if run.answer.get("findings") else ExitCode.FAILED
    if run.status is not RunStatus.DONE:
        return ExitCode.NO_PLAN
    status = Status(run.solution_status)
    return exit_code(status, has_plan=status in (Status.OPTIMAL, Status.FEASIBLE))
