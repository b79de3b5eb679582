"""What a scenario asks, from a ``plan.toml`` and the planning options of the command line."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import cast

from orgraph.errors import InputError
from orgraph.exchange import read_configuration
from orgraph.findings import Json
from orgraph.planning.restructuring import overlaid


def read_settings_of(
    config: Path | None, flags: Mapping[str, object], before: Mapping[str, Json] | None = None
) -> dict[str, Json]:
    """Return settings as a scenario keeps them: the file's, or without a file those before, with the flags laid over them.

    Raises
    ------
    InputError
        When the file cannot be read.
    """
    tables, findings = read_configuration(config)
    if tables is None:
        raise InputError("invalid_input", findings=findings, num_errors=len(findings))
    below = before if config is None and before is not None else tables
    given = {name: value for name, value in flags.items() if value not in (None, {})}
    return cast(dict[str, Json], _plain(overlaid(below, given)))


def _plain(value: object) -> object:
    """Return a value of TOML as JSON: its days are written out."""
    if isinstance(value, Mapping):
        return {str(name): _plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return value.isoformat() if isinstance(value, date) else value
