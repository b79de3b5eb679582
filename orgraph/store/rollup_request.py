"""What a roll-up is asked, the same for every store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Request:
    """What ``rollup`` was asked; :func:`orgraph.store.queries.rollup_findings` has judged it."""

    scope: str
    level: str | None
    kinds: Sequence[str] = ()
    sums: Sequence[tuple[str, str]] = ()
    measures: Sequence[str] = ()
