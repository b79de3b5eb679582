"""`orgraph coverage CODE`: what is covered below a unit, and what is not."""

from __future__ import annotations

from datetime import date

import click

from orgraph.cli.answer import Answer
from orgraph.cli.help import Command
from orgraph.cli.options import Day, store_option
from orgraph.cli.words import Words


def command(words: Words) -> click.Command:
    """Build the command."""
    params = [
        click.Argument(["code"], metavar="CODE"),
        store_option(words),
        click.Option(["--level"], metavar="LEVEL", help=words("option.level")),
        click.Option(["--as-of"], metavar="DATE", type=Day(), help=words("option.as_of")),
    ]
    return Command(words, "coverage", run, params)


def run(code: str, store: str | None, level: str | None, as_of: date | None) -> Answer:
    """Look the coverage up."""
    from orgraph.cli.stores import opened_to_read, run_async
    from orgraph.cli.views.coverage import show_coverage
    from orgraph.service.directory import Coverage, coverage

    async def look_up() -> Coverage:
        async with opened_to_read(store) as found:
            return await coverage(found, code, level, as_of=as_of)

    answer = run_async(look_up())
    day = as_of.isoformat() if as_of else None
    return Answer({**answer.to_json(), "as_of": day}, lambda screen: show_coverage(screen, answer, as_of))
