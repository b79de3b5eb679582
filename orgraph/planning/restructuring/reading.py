"""Read `Options` from what a ``plan.toml`` or a command line holds: every finding at once, each with its place in the options."""

from __future__ import annotations

from collections.abc import Mapping

from orgraph.findings import Finding
from orgraph.planning.restructuring.options import Options


def read_options(
    config: Mapping[str, object], flags: Mapping[str, object] | None = None, *, file: str = ""
) -> tuple[Options | None, tuple[Finding, ...]]:
    """Return the options, or ``None`` and everything that is wrong with them.

    Parameters
    ----------
    config
        The tables of a ``plan.toml``.
    flags
        The same keys, from a command line; they override ``config`` key by key, inside tables too, and ``None`` says nothing.
        ``balance`` and ``minimum`` may also be lists of ``weight=value`` texts; ``objective`` a text with commas.
    file
        Name of the file, for the place of findings.

    Returns
    -------
    tuple
        Options and findings; options are ``None`` when any finding is an error.
    """
    raise NotImplementedError
