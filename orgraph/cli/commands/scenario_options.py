"""Arguments and options that the commands on scenarios share, and what they ask of the service."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from orgraph.cli.options import Said, Whole, store_option
from orgraph.cli.words import Words

if TYPE_CHECKING:
    from orgraph.service.scenarios.amending import Asked


def code_argument() -> click.Argument:
    """``CODE`` of a scenario or run."""
    return click.Argument(["code"], metavar="CODE")


def changing(words: Words) -> list[click.Parameter]:
    """``--by``, ``--reason``, ``--revision``, ``--store``: of every command that changes a scenario."""
    return [*saying(words), revision_option(words), store_option(words)]


def saying(words: Words, *, is_needed: bool = True) -> list[click.Parameter]:
    """``--by`` and ``--reason``."""
    return [
        click.Option(["--by"], metavar="WHO", type=Said(), required=is_needed, help=words("option.by")),
        click.Option(["--reason"], metavar="TEXT", default="", help=words("option.reason")),
    ]


def revision_option(words: Words) -> click.Option:
    """``--revision``."""
    return click.Option(["--revision"], metavar="N", type=Whole(1), help=words("option.revision"))


def asked_by(by: str, reason: str = "", revision: int | None = None) -> Asked:
    """Return who asks, why, and which revision of the scenario they saw."""
    from orgraph.service.scenarios.amending import Asked

    return Asked(by, reason.strip(), revision)
