"""Options that several commands share, and the types of their values."""

from __future__ import annotations

import math
from pathlib import Path

import click

from orgraph.cli.usage import UsageFault
from orgraph.cli.words import Words
from orgraph.settings import is_store_url


class Seconds(click.ParamType[float]):
    """A time limit: more than 0 seconds."""

    name = "seconds"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return the seconds."""
        try:
            seconds = float(str(value))
        except ValueError:
            seconds = math.nan
        if not 0 < seconds < math.inf:
            raise UsageFault("not_seconds", value=value)
        return seconds


class Whole(click.ParamType[int]):
    """A whole number from ``least``."""

    name = "number"

    def __init__(self, least: int) -> None:
        self._least = least

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return the number."""
        try:
            number = int(str(value))
        except ValueError:
            number = self._least - 1
        if number < self._least:
            raise UsageFault("not_whole", value=value, least=self._least)
        return number


class StoreUrl(click.ParamType[str]):
    """The address of a store."""

    name = "url"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the address; whether a store is there shows when it is opened."""
        if not is_store_url(str(value)):
            # The value is not repeated: somebody may have written a password into it.
            raise UsageFault("bad_store")
        return str(value)


def store_option(words: Words) -> click.Option:
    """``--store URL``."""
    return click.Option(["--store"], metavar="URL", type=StoreUrl(), help=words("option.store"))


def file_option(words: Words) -> click.Option:
    """``--file FILE``, which a backup is written to or read from."""
    kind = click.Path(path_type=Path)
    return click.Option(["--file"], metavar="FILE", type=kind, required=True, help=words("option.file"))


def path_option(words: Words, name: str, metavar: str) -> click.Option:
    """Return an option that takes the path of one file."""
    key = name.removeprefix("--")
    return click.Option([name], metavar=metavar, type=click.Path(path_type=Path), help=words(f"option.{key}"))


def solver_options(words: Words) -> list[click.Option]:
    """``--time-limit``, ``--seed``, ``--workers``."""
    return [
        click.Option(["--time-limit"], metavar="S", type=Seconds(), help=words("option.time_limit")),
        click.Option(["--seed"], metavar="N", type=Whole(0), default=1, help=words("option.seed")),
        click.Option(["--workers"], metavar="N", type=Whole(1), help=words("option.workers")),
    ]
