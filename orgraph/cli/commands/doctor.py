"""`orgraph doctor`: whether the environment is usable."""

from __future__ import annotations

from functools import partial

import click

from orgraph.cli.answer import Answer, ExitCode
from orgraph.cli.help import Command
from orgraph.cli.options import store_option
from orgraph.cli.words import Words
from orgraph.findings import Json


def command(words: Words) -> click.Command:
    """Build the command."""
    return Command(words, "doctor", partial(run, words), [store_option(words)])


def run(words: Words, *, store: str | None) -> Answer:
    """Look at everything; one failure makes the exit code that of a failed environment."""
    from orgraph.cli.environment import Level, looks
    from orgraph.cli.stores import run_async
    from orgraph.cli.views.doctor import show_looks

    found = run_async(looks(words, store))
    is_usable = all(look.level is not Level.FAIL for look in found)
    code = ExitCode.DONE if is_usable else ExitCode.FAILED
    answer: Json = {"usable": is_usable, "checks": [look.to_json() for look in found]}
    return Answer(answer, lambda screen: show_looks(screen, found), code)
