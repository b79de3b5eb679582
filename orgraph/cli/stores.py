"""Opening the store that a command works on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit, urlunsplit

from orgraph.settings import read_settings
from orgraph.store import open_store
from orgraph.store.port import Store

ResultT = TypeVar("ResultT")

_FILE = "sqlite:///"


def run_async(work: Coroutine[Any, Any, ResultT]) -> ResultT:
    """Run one coroutine to its end."""
    return asyncio.run(work)


@asynccontextmanager
async def opened(url: str | None) -> AsyncIterator[Store]:
    """Open ``url``, or the store of the settings."""
    settings = read_settings()
    async with await open_store(url or settings.store_url) as store:
        yield store


def file_of(url: str) -> Path | None:
    """Return the file of a store that lives in one, ``None`` for a server."""
    return Path(url.removeprefix(_FILE)) if url.startswith(_FILE) else None


def is_missing_file(url: str) -> bool:
    """Return whether the store is a file that does not exist yet."""
    file = file_of(url)
    return file is not None and not file.exists()


def shown_url(url: str) -> str:
    """Return the address without a password that somebody may have written into it."""
    parts = urlsplit(url)
    if "@" not in parts.netloc:
        return url
    return urlunsplit(parts._replace(netloc=f"***@{parts.netloc.rpartition('@')[2]}"))
