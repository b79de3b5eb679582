"""What ``page`` and ``count`` are asked, the same for every store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from orgraph.store.port import Condition, Cursor, Order


@dataclass(frozen=True)
class Request:
    """What ``page`` and ``count`` were asked."""

    kind: str
    where: Sequence[Condition] = ()
    within: str | None = None
    order: Sequence[Order] = ()
    after: Cursor | None = None
    before: Cursor | None = None
    limit: int = 50
