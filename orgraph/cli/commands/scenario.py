"""`orgraph scenario`: the life of a restructuring, from a what-if to a decision that is carried out, and back."""

from __future__ import annotations

import click

from orgraph.cli.commands import (
    scenario_carrying,
    scenario_comparing,
    scenario_deciding,
    scenario_looking,
    scenario_making,
    scenario_solving,
)
from orgraph.cli.help import Group
from orgraph.cli.words import Words


def command(words: Words) -> click.Command:
    """Build the group, its commands in the order of a scenario's life."""
    modules = (
        scenario_making,
        scenario_looking,
        scenario_solving,
        scenario_comparing,
        scenario_deciding,
        scenario_carrying,
    )
    return Group(words, "scenario", [c for module in modules for c in module.commands(words)])
