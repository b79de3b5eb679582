"""Neo4j servers for tests: one for the whole run, and private ones for tests that hurt theirs.

``ORGRAPH_TEST_NEO4J`` (an address such as ``bolt://host:7687/neo4j``, with ``ORGRAPH_STORE_USER`` and ``ORGRAPH_STORE_PASSWORD``) names another
server for the whole run; the tests delete everything in that database. A server that cannot start fails the tests that need it.
"""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from neo4j_server import SHORT_LIVED, Login, Neo4jServer, running_server

OTHER_SERVER = "ORGRAPH_TEST_NEO4J"


class PrivateServers:
    """Starts servers of a test's own; those that the test does not stop are stopped at the end of the run."""

    def __init__(self) -> None:
        self._started: list[Neo4jServer] = []

    def __call__(
        self,
        *,
        home: Path | None = None,
        password: str | None = None,
        heap: str = "512m",
        page_cache: str = "64m",
        settings: Mapping[str, str] | None = None,
    ) -> Neo4jServer:
        server = Neo4jServer.start(
            home=home,
            password=password,
            heap=heap,
            page_cache=page_cache,
            settings=settings,
            java_options=SHORT_LIVED,
        )
        self._started.append(server)
        return server

    def stop(self) -> None:
        for server in self._started:
            server.stop()


@pytest.fixture(scope="session")
def neo4j_server() -> Iterator[Login]:
    """Address, user and password of the server that all tests share; empty it with ``neo4j_server.empty``, never end it."""
    if os.environ.get(OTHER_SERVER):
        yield Login(
            os.environ[OTHER_SERVER], os.environ["ORGRAPH_STORE_USER"], os.environ["ORGRAPH_STORE_PASSWORD"]
        )
    else:
        with running_server(heap="1g") as server:
            yield server.login


@pytest.fixture(scope="session")
def neo4j_credentials(neo4j_server: Login) -> Iterator[Login]:
    """Set ``ORGRAPH_STORE_USER`` and ``ORGRAPH_STORE_PASSWORD`` to those of the shared server until the run ends."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ORGRAPH_STORE_USER", neo4j_server.user)
        patch.setenv("ORGRAPH_STORE_PASSWORD", neo4j_server.password)
        patch.delenv("ORGRAPH_STORE_PASSWORD_FILE", raising=False)
        yield neo4j_server


@pytest.fixture(scope="session")
def neo4j_server_factory() -> Iterator[PrivateServers]:
    """Call it to start a server that the test may kill, pause, restart, or start with other settings or folders."""
    servers = PrivateServers()
    yield servers
    servers.stop()
