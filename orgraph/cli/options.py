"""Options that several commands share, and the types of their values."""

from __future__ import annotations

import math
from datetime import date
from pathlib import Path

import click

from orgraph.cli.usage import UsageFault
from orgraph.cli.words import Words
from orgraph.settings import is_store_url

HIGHEST_PORT = 65535


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


class Port(Whole):
    """A port to listen on; 0 takes a free one."""

    def __init__(self) -> None:
        super().__init__(0)

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return the port."""
        port = super().convert(value, param, ctx)
        if port > HIGHEST_PORT:
            raise UsageFault("bad_port", port=port, most=HIGHEST_PORT)
        return port


class Day(click.ParamType[date]):
    """A day: 2020-08-03."""

    name = "date"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Return the day."""
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            raise UsageFault("not_a_day", value=value) from None


class Said(click.ParamType[str]):
    """A text that is not empty."""

    name = "text"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the text without spaces around it."""
        if not str(value).strip():
            raise UsageFault("empty")
        return str(value).strip()


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


def port_option(words: Words) -> click.Option:
    """``--port N``."""
    return click.Option(["--port"], metavar="N", type=Port(), default=8000, help=words("option.port"))


def planning_options(words: Words) -> list[click.Option]:
    """``--k``, ``--balance``, ``--objective``, ``--date``, ``--alternatives``, ``--differ``: what a plan is asked for."""
    return [
        click.Option(["--k"], metavar="K", type=Whole(1), help=words("option.k")),
        click.Option(["--balance"], metavar="NAME=SHARE", multiple=True, help=words("option.balance")),
        click.Option(["--objective"], metavar="NAME", multiple=True, help=words("option.objective")),
        click.Option(["--date"], metavar="DATE", help=words("option.date")),
        click.Option(["--alternatives"], metavar="N", type=Whole(0), help=words("option.alternatives")),
        click.Option(["--differ"], metavar="SHARE", help=words("option.differ")),
    ]


def planning_flags(
    k: int | None,
    balance: tuple[str, ...],
    objective: tuple[str, ...],
    date: str | None,
    alternatives: int | None,
    differ: str | None,
) -> dict[str, object]:
    """Return the values of :func:`planning_options` as the keys of a ``plan.toml``; ``None`` and an empty table where nothing was said."""
    return {
        "k": k,
        "balance": list(balance) or None,
        "objective": ",".join(objective) or None,
        "date": date,
        "alternatives": {n: v for n, v in (("count", alternatives), ("differ", differ)) if v is not None},
    }


def solver_options(words: Words) -> list[click.Option]:
    """``--time-limit``, ``--seed``, ``--workers``."""
    return [
        click.Option(["--time-limit"], metavar="S", type=Seconds(), help=words("option.time_limit")),
        click.Option(["--seed"], metavar="N", type=Whole(0), default=1, help=words("option.seed")),
        click.Option(["--workers"], metavar="N", type=Whole(1), help=words("option.workers")),
    ]
