"""`orgraph` itself: the commands that exist."""

from __future__ import annotations

import click

from orgraph import __version__
from orgraph.cli.commands import (
    backup,
    bench,
    check,
    coverage,
    demo,
    doctor,
    export,
    import_files,
    plan,
    restore,
    run,
    scenario,
    serve,
    template,
)
from orgraph.cli.help import Group, PageAsked
from orgraph.cli.words import Words


def root(words: Words) -> click.Group:
    """Build the whole command line in one language."""
    modules = (
        demo,
        plan,
        scenario,
        run,
        import_files,
        coverage,
        serve,
        check,
        doctor,
        bench,
        template,
        export,
        backup,
        restore,
    )
    commands = [module.command(words) for module in modules]
    group = Group(words, "orgraph", commands)
    group.params.append(
        click.Option(
            ["--version"],
            is_flag=True,
            is_eager=True,
            expose_value=False,
            help=words("option.version"),
            callback=_show_version,
        )
    )
    return group


def _show_version(ctx: click.Context, param: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        raise PageAsked(f"orgraph {__version__}")
