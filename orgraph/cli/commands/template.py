"""`orgraph template [KIND] FILE.csv`: an empty file to fill in."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import click

from orgraph.cli.answer import Answer
from orgraph.cli.files import reserved
from orgraph.cli.help import Command
from orgraph.cli.usage import UsageFault
from orgraph.cli.words import Words


def command(words: Words) -> click.Command:
    """Build the command."""
    params = [click.Argument(["arguments"], metavar="[KIND] FILE.csv", nargs=-1, required=True)]
    return Command(words, "template", partial(run, words), params)


def run(words: Words, *, arguments: tuple[str, ...]) -> Answer:
    """Write the file; the kind is the one that was named, else the one that the file's name tells."""
    from orgraph.exchange import template
    from orgraph.exchange.tables import tables

    if len(arguments) > 2:
        raise UsageFault("template_arguments")
    file = Path(arguments[-1]).expanduser()
    if file.suffix.lower() != ".csv":
        raise UsageFault("template_format", suffix=file.suffix or file.name)
    kind = _kind(arguments[0] if len(arguments) == 2 else file.stem, is_named=len(arguments) == 2)
    with reserved(
        file
    ):  # the place is judged as for every other output; the file itself is written by exchange
        template(kind, file, lang=words.lang)
    label = words.pick(tables()[kind].label)
    return Answer(
        {"file": str(file), "kind": kind},
        lambda screen: screen.line(words("template.done", path=file, kind=label)),
    )


def _kind(word: str, *, is_named: bool) -> str:
    from orgraph.exchange.tables import tables
    from orgraph.exchange.wording import tables_by_file_name

    found = tables_by_file_name(word)
    if len(found) == 1:
        return found[0]
    if is_named:
        raise UsageFault("kind_unknown", value=word, choices=list(tables()))
    raise UsageFault("template_kind", name=word, choices=list(tables()))
