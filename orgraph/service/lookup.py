"""`Lookup`: reading the directory through one store, for callers that must not know stores (the web)."""

from __future__ import annotations

from collections.abc import Sequence

from orgraph.errors import InputError, StoreError
from orgraph.graph import Node
from orgraph.service.directory import Coverage, coverage
from orgraph.store.port import Condition, Cursor, Operator, Order, Page, Store

MAX_PAGE = 100
"""Most nodes that one page may hold."""


class Lookup:
    """Reads from one store. Every method is one use case; none of them writes."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def unit(self, code: str) -> Node | None:
        """Return an administrative unit, or ``None``."""
        return await self._store.get("Unit", code)

    async def units(
        self,
        *,
        first: int = 50,
        after: Cursor | None = None,
        within: str | None = None,
        levels: Sequence[str] = (),
    ) -> Page:
        """Return a page of units by name (pinyin), then code.

        Raises
        ------
        InputError
            When ``first`` is not in 1 .. :data:`MAX_PAGE`, or the cursor does not belong to this order.
        """
        if not 1 <= first <= MAX_PAGE:
            raise InputError("page_size", first=first, most=MAX_PAGE)
        where = (Condition("level", Operator.IN, tuple(levels)),) if levels else ()
        return await self._store.page(
            "Unit", where=where, within=within, order=(Order("name"),), after=after, limit=first
        )

    async def coverage(self, code: str, level: str | None = None) -> Coverage:
        """Return the coverage of a unit and of the units below it; see :func:`orgraph.service.directory.coverage`."""
        return await coverage(self._store, code, level)

    async def is_ready(self) -> bool:
        """Return whether the store answers: one small read, since readiness is asked every few seconds."""
        try:
            await self._store.get("Unit", "")
        except StoreError:
            return False
        return True
