"""The adapters that pass the contract, and stores to try it on. Another adapter is one more entry here."""

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
from store_examples import two_towns

from orgraph.store import Store, SyncStore, open_store, open_store_sync, url_of

ADAPTERS: dict[str, Callable[[Path], str]] = {"sqlite": lambda folder: url_of(folder / "store.db")}
"""Adapter -> the URL of an empty store."""


@pytest.fixture(params=sorted(ADAPTERS))
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return ADAPTERS[request.param](tmp_path)


@pytest.fixture
async def store(store_url: str) -> AsyncIterator[Store]:
    async with open_store(store_url) as opened:
        await opened.ensure_schema()
        yield opened


@pytest.fixture
async def towns(store: Store) -> Store:
    """A store that holds :func:`store_examples.two_towns`."""
    await store.apply(two_towns())
    return store


@pytest.fixture
def waiting_store(store_url: str) -> Iterator[SyncStore]:
    with open_store_sync(store_url) as opened:
        opened.ensure_schema()
        yield opened
