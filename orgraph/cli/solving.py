"""Running a solve for a person at a terminal: progress on standard error, Ctrl-C keeps the best plan."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from typing import TypeVar

import click

from orgraph.cli.answer import ExitCode
from orgraph.cli.interrupt import stopped_by_interrupt
from orgraph.cli.progress import shown_progress
from orgraph.cli.words import Words
from orgraph.settings import Settings
from orgraph.solver import Limits, OnProgress, Status

ResultT = TypeVar("ResultT")

EXIT_CODE = {
    Status.OPTIMAL: ExitCode.DONE,
    Status.FEASIBLE: ExitCode.DONE,
    Status.INFEASIBLE: ExitCode.INFEASIBLE,
    Status.UNKNOWN: ExitCode.NO_PLAN,
}


def solve_interruptibly(
    words: Words, limits: Limits, work: Callable[[OnProgress | None], Awaitable[ResultT]]
) -> ResultT:
    """Run ``work`` with something to report its progress to; the first interrupt sets ``limits.stop``, the second ends everything."""

    async def main(on_progress: OnProgress | None) -> ResultT:
        return await work(on_progress)

    def told() -> None:
        click.echo(words("stopping"), err=True)

    with (
        stopped_by_interrupt(limits.stop, told),
        shown_progress(words, sys.stderr, limits.time_s) as on_progress,
    ):
        return asyncio.run(main(on_progress))


def limits_of(settings: Settings, time_limit: float | None, workers: int | None) -> Limits:
    """Return the limits: those of the command line, else those of the settings."""
    return Limits(time_s=time_limit or settings.time_limit_s, workers=workers or settings.workers)


def exit_code(status: Status, *, has_plan: bool) -> ExitCode:
    """Return how a command ends whose solve ended so."""
    return EXIT_CODE.get(status, ExitCode.DONE if has_plan else ExitCode.NO_PLAN)
