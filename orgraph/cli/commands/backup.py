"""`orgraph backup --file FILE`: everything of a store in one file."""

from __future__ import annotations

from pathlib import Path

import click

from orgraph.cli.answer import Answer
from orgraph.cli.files import streamed
from orgraph.cli.help import Command
from orgraph.cli.options import file_option, store_option
from orgraph.cli.words import Words


def command(words: Words) -> click.Command:
    """Build the command."""
    return Command(words, "backup", run, [store_option(words), file_option(words)])


def run(store: str | None, file: Path) -> Answer:
    """Write the file; an older one stays until the new one is complete."""
    from orgraph.cli.stores import keep_off_store, opened_to_read, run_async
    from orgraph.cli.views.moving import show_moved
    from orgraph.service.moving import Moved, backup

    keep_off_store(file, store)

    async def save() -> Moved:
        async with opened_to_read(store) as found:
            with streamed(file) as stream:
                return await backup(found, stream)

    moved = run_async(save())
    return Answer(
        {"file": str(file), **moved.to_json()},
        lambda screen: show_moved(screen, "backup_done", file, moved),
    )
