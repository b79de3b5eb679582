"""`orgraph coverage CODE`: what is covered below a unit, and what is not."""

from __future__ import annotations

import click

from orgraph.cli.answer import Answer
from orgraph.cli.help import Command
from orgraph.cli.options import store_option
from orgraph.cli.words import Words


def command(words: Words) -> click.Command:
    """Build the command."""
    params = [
        click.Argument(["code"], metavar="CODE"),
        store_option(words),
        click.Option(["--level"], metavar="LEVEL", help=words("option.level")),
    ]
    return Command(words, "coverage", run, params)


def run(code: str, store: str | None, level: str | None) -> Answer:
    """Look the coverage up."""
    from orgraph.cli.stores import opened_to_read, run_async
    from orgraph.cli.views.coverage import show_coverage
    from orgraph.service.directory import Coverage, coverage

    async def look_up() -> Coverage:
        async with opened_to_read(store) as found:
            return await coverage(found, code, level)

    answer = run_async(look_up())
    return Answer(answer.to_json(), lambda screen: show_coverage(screen, answer))
