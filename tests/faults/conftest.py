"""One server that the tests of this folder kill, pause and restart; it is running and empty when a test begins."""

from collections.abc import AsyncIterator, Callable

import pytest
from bolt_proxy import BoltProxy
from neo4j_login import empty
from neo4j_server import Neo4jServer

from orgraph.store import open_store


@pytest.fixture(scope="session")
def fault_server(neo4j_server_factory: Callable[..., Neo4jServer]) -> Neo4jServer:
    return neo4j_server_factory(settings={"db.tx_log.preallocate": "false"})


@pytest.fixture
async def server(fault_server: Neo4jServer, monkeypatch: pytest.MonkeyPatch) -> Neo4jServer:
    """The server, set up as a store that holds nothing; user and password are in the settings."""
    fault_server.resume()
    if not fault_server.is_running:
        fault_server.restart()
    monkeypatch.setenv("ORGRAPH_STORE_USER", fault_server.user)
    monkeypatch.setenv("ORGRAPH_STORE_PASSWORD", fault_server.password)
    async with open_store(fault_server.url) as store:
        await store.ensure_schema()
    empty(fault_server.url, fault_server.user, fault_server.password)
    return fault_server


@pytest.fixture
async def proxy(server: Neo4jServer) -> AsyncIterator[BoltProxy]:
    async with BoltProxy(server.port) as between:
        yield between
