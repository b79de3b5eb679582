"""`orgraph plan`: the use cases of planning, straight from files."""

from __future__ import annotations

import click

from orgraph.cli.commands import restructure
from orgraph.cli.help import Group
from orgraph.cli.words import Words


def command(words: Words) -> click.Command:
    """Build the group."""
    return Group(words, "plan", [restructure.command(words)])
