"""Opening the store that a command works on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar
from urllib.parse import urlsplit, urlunsplit

from orgraph.cli.usage import UsageFault
from orgraph.settings import file_url, read_settings
from orgraph.store import open_store
from orgraph.store.opening import is_on_server, sqlite_path
from orgraph.store.port import Store

ResultT = TypeVar("ResultT")


def run_async(work: Coroutine[Any, Any, ResultT]) -> ResultT:
    """Run one coroutine to its end."""
    return asyncio.run(work)


@asynccontextmanager
async def opened_to_read(url: str | None) -> AsyncIterator[Store]:
    """Open ``url``, or the store of the settings, to read only: another process may write meanwhile."""
    async with open_store(url or read_settings().store_url, read_only=True) as store:
        yield store


@asynccontextmanager
async def opened_to_write(url: str | None) -> AsyncIterator[Store]:
    """Open ``url``, or the store of the settings, with its tables in place; the data folder is made when it is missing."""
    settings = read_settings()
    if url is None and not settings.store:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
    async with open_store(url or settings.store_url) as store:
        await store.ensure_schema()
        yield store


@asynccontextmanager
async def opened_to_change(url: str | None) -> AsyncIterator[Store]:
    """Open a store that is there already, to change it: a file that does not exist is not made."""
    if is_missing_file(url or read_settings().store_url):
        async with opened_to_read(url):
            pass  # not reached: opening tells what is missing
    async with opened_to_write(url) as store:
        yield store


@asynccontextmanager
async def opened_existing(url: str | None) -> AsyncIterator[Store]:
    """Open a store that is there to write; reading tells what is the matter with one that is not."""
    opened = opened_to_read if await is_missing(url or read_settings().store_url) else opened_to_write
    async with opened(url) as store:
        yield store


@asynccontextmanager
async def opened_to_try(url: str | None) -> AsyncIterator[Store]:
    """Open a store to see what a change would do: to read only, or an empty one when there is none yet."""
    if not await is_missing(url or read_settings().store_url):
        async with opened_to_read(url) as store:
            yield store
        return
    with TemporaryDirectory(prefix="orgraph-empty-") as folder:
        async with opened_to_write(file_url(Path(folder, "empty.db"))) as store:
            yield store


def keep_off_store(output: Path, url: str | None) -> None:
    """Refuse an output file that is the store itself, or one of the files beside it."""
    store = url or read_settings().store_url
    if store.startswith("sqlite:"):
        path = sqlite_path(store).resolve()
        if output.resolve() in {path, *(Path(f"{path}{end}") for end in ("-wal", "-shm", ".lock"))}:
            raise UsageFault("overwrites_store", path=output)


async def is_missing(url: str) -> bool:
    """Return whether the store is a file that does not exist yet, or a database that was never set up."""
    if not is_on_server(url):
        return is_missing_file(url)
    async with open_store(url, read_only=True) as store:
        return any(finding.numbers.get("is_new") is True for finding in await store.diagnose())


def is_missing_file(url: str) -> bool:
    """Return whether the store is a file that does not exist yet; a server never is."""
    return url.startswith("sqlite:") and not sqlite_path(url).exists()


def shown_url(url: str) -> str:
    """Return the address without a password that somebody may have written into it."""
    parts = urlsplit(url)
    if "@" not in parts.netloc:
        return url
    return urlunsplit(parts._replace(netloc=f"***@{parts.netloc.rpartition('@')[2]}"))
