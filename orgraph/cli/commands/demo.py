"""`orgraph demo [NAME]`: a built-in scenario, loaded into a store, planned from there, and shown."""

from __future__ import annotations

from functools import partial

import click

from orgraph.cli.answer import Answer
from orgraph.cli.help import Command
from orgraph.cli.options import solver_options, store_option
from orgraph.cli.words import Words


def command(words: Words) -> click.Command:
    """Build the command."""
    params = [
        click.Argument(["name"], metavar="[NAME]", default="yihe"),
        store_option(words),
        click.Option(["--keep"], is_flag=True, help=words("option.keep")),
        *solver_options(words),
    ]
    return Command(words, "demo", partial(run, words), params)


def run(
    words: Words,
    *,
    name: str,
    store: str | None,
    keep: bool,
    time_limit: float | None,
    seed: int,
    workers: int | None,
) -> Answer:
    """Load, plan, show."""
    raise NotImplementedError
