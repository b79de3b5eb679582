"""`orgraph check`: whether what is stored is sound."""

from __future__ import annotations

import click

from orgraph.cli.answer import Answer, ExitCode
from orgraph.cli.help import Command
from orgraph.cli.options import store_option
from orgraph.cli.words import Words
from orgraph.findings import has_errors


def command(words: Words) -> click.Command:
    """Build the command."""
    return Command(words, "check", run, [store_option(words)])


def run(store: str | None) -> Answer:
    """Check graph and store."""
    from orgraph.cli.stores import opened_to_read, run_async
    from orgraph.cli.views.check import show_check
    from orgraph.service.checks import Check, check

    async def look() -> Check:
        async with opened_to_read(store) as found:
            return await check(found)

    answer = run_async(look())
    code = ExitCode.FINDINGS if has_errors(answer.findings) else ExitCode.DONE
    return Answer(answer.to_json(), lambda screen: show_check(screen, answer), code)
