"""An empty store of every kind, for tests that hold on all of them. Another adapter is one more entry here."""

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
from neo4j_server import Login, empty

from orgraph.store import Store, SyncStore, open_store, open_store_sync, url_of


def in_a_file(request: pytest.FixtureRequest) -> str:
    folder: Path = request.getfixturevalue("tmp_path")
    return url_of(folder / "store.db")


def on_a_server(request: pytest.FixtureRequest) -> str:
    login: Login = request.getfixturevalue("neo4j_credentials")
    empty(login.url, login.user, login.password)
    return login.url


ADAPTERS: dict[str, Callable[[pytest.FixtureRequest], str]] = {"sqlite": in_a_file, "neo4j": on_a_server}
"""Adapter -> makes an empty store and returns its URL."""


@pytest.fixture(params=sorted(ADAPTERS))
def store_url(request: pytest.FixtureRequest) -> str:
    return ADAPTERS[request.param](request)


@pytest.fixture
async def store(store_url: str) -> AsyncIterator[Store]:
    async with open_store(store_url) as opened:
        await opened.ensure_schema()
        yield opened


@pytest.fixture
def waiting_store(store_url: str) -> Iterator[SyncStore]:
    with open_store_sync(store_url) as opened:
        opened.ensure_schema()
        yield opened
