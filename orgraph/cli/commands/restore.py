"""`orgraph restore --file FILE`: a backup into an empty store of any kind."""

from __future__ import annotations

from pathlib import Path

import click

from orgraph.cli.answer import Answer
from orgraph.cli.help import Command
from orgraph.cli.options import file_option, store_option
from orgraph.cli.words import Words


def command(words: Words) -> click.Command:
    """Build the command."""
    return Command(words, "restore", run, [store_option(words), file_option(words)])


def run(store: str | None, file: Path) -> Answer:
    """Load the file in one commit, or nothing."""
    from orgraph.cli.stores import opened_to_write, run_async
    from orgraph.cli.views.moving import show_moved
    from orgraph.service.moving import Moved, restore

    async def load() -> Moved:
        with file.open("rb") as stream:
            async with opened_to_write(store) as found:
                return await restore(found, stream, file.name)

    moved = run_async(load())
    return Answer(
        {"file": str(file), **moved.to_json()},
        lambda screen: show_moved(screen, "restore_done", file, moved),
    )
