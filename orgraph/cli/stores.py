"""Opening the store that a command works on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from orgraph.settings import read_settings
from orgraph.store import open_store
from orgraph.store.port import Store

ResultT = TypeVar("ResultT")


def run_async(work: Coroutine[Any, Any, ResultT]) -> ResultT:
    """Run one coroutine to its end."""
    return asyncio.run(work)


@asynccontextmanager
async def opened(url: str | None) -> AsyncIterator[Store]:
    """Open ``url``, or the store of the settings, with its tables in place."""
    settings = read_settings()
    async with await open_store(url or settings.store_url) as store:
        yield store
