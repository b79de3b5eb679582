"""What is wrong with a command line, in both languages: our own faults, and those that click finds."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

import click

from orgraph.messages import Text, text


class UsageFault(click.BadParameter):
    """A fault of the command line, told in both languages; ``key`` lies below ``cli.usage``."""

    def __init__(self, key: str, /, ctx: click.Context | None = None, **values: object) -> None:
        self.key = key
        self.both = text(f"cli.usage.{key}", **values)
        super().__init__(self.both.en, ctx)


def usage_text(error: click.ClickException) -> Text:
    """Return what is wrong; for an option or argument, with its name."""
    if isinstance(error, UsageFault):
        if error.param is None:
            return error.both
        return text("cli.usage.bad_value", parameter=_name(error.param), fault=error.both)
    if isinstance(error, click.MissingParameter) and error.param is not None:
        return text("cli.usage.missing", parameter=_name(error.param))
    if isinstance(error, click.NoSuchOption):
        hint = nearest(error.option_name, _options(error))
        return text("cli.usage.no_option", name=error.option_name, hint=hint)
    if isinstance(error, click.BadOptionUsage):
        return text("cli.usage.option_value", name=error.option_name)
    if isinstance(error, click.BadParameter) and error.param is not None:
        return text("cli.usage.bad_value", parameter=_name(error.param), fault=error.message)
    return Text(error.format_message(), error.format_message())


def nearest(name: str, known: Iterable[str]) -> Text:
    """Return "Did you mean ...?" for the nearest known name, or nothing."""
    near = get_close_matches(name, list(known), n=1)
    return text("cli.usage.nearest", nearest=near[0]) if near else Text("", "")


def _name(param: click.Parameter) -> str:
    if isinstance(param, click.Option):
        return max(param.opts, key=len)
    return param.metavar or str(param.name).upper()


def _options(error: click.UsageError) -> list[str]:
    params = error.ctx.command.params if error.ctx else []
    return [name for p in params if isinstance(p, click.Option) for name in p.opts]
