"""`orgraph export --out FILE.zip`: the present of a unit or of everything, as tables."""

from __future__ import annotations

from pathlib import Path

import click

from orgraph.cli.answer import Answer
from orgraph.cli.files import streamed
from orgraph.cli.help import Command
from orgraph.cli.options import store_option
from orgraph.cli.words import Words


def command(words: Words) -> click.Command:
    """Build the command."""
    params = [
        store_option(words),
        click.Option(["--scope"], metavar="CODE", default="", help=words("option.scope")),
        click.Option(
            ["--out"],
            metavar="FILE",
            type=click.Path(path_type=Path),
            required=True,
            help=words("option.out_zip"),
        ),
    ]
    return Command(words, "export", run, params)


def run(store: str | None, scope: str, out: Path) -> Answer:
    """Write the bundle; an older file stays until the new one is complete."""
    from orgraph.cli.stores import keep_off_store, opened_to_read, run_async
    from orgraph.cli.views.moving import show_bundled
    from orgraph.exchange.bundle import Bundled
    from orgraph.service.exporting import export

    keep_off_store(out, store)

    async def write() -> Bundled:
        async with opened_to_read(store) as found:
            with streamed(out) as stream:
                return await export(found, stream, scope)

    bundled = run_async(write())
    return Answer(
        {"file": str(out), **bundled.to_json()},
        lambda screen: show_bundled(screen, out, bundled),
    )
