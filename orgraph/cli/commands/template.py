"""`orgraph template [KIND] FILE.csv`: an empty file to fill in."""

from __future__ import annotations

from pathlib import Path

import click

from orgraph.cli.answer import Answer
from orgraph.cli.help import Command
from orgraph.cli.usage import UsageFault
from orgraph.cli.words import Words


def command(words: Words) -> click.Command:
    """Build the command."""
    params = [click.Argument(["arguments"], metavar="[KIND] FILE.csv", nargs=-1, required=True)]
    return Command(words, "template", run, params)


def run(arguments: tuple[str, ...]) -> Answer:
    """Write the file; the kind is the one that was named, else the one that the file's name tells."""
    if len(arguments) > 2:
        raise UsageFault("template_arguments")
    file = Path(arguments[-1])
    if file.suffix.lower() != ".csv":
        raise UsageFault("template_format", suffix=file.suffix or file.name)
    raise NotImplementedError
