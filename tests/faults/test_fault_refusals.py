"""What a server refuses, and what is no server: each told in both languages, with what to do and nothing secret."""

import asyncio
import contextlib
import logging
import resource
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeAlias

import pytest
from fault_stores import county, number_in, numbered, store_on, told
from neo4j_login import connected
from neo4j_server import Neo4jServer

from orgraph.errors import StoreError, StoreUnavailable
from orgraph.graph import NodeKey
from orgraph.store import PutNode
from orgraph.store.neo4j import Neo4jStore

pytestmark = pytest.mark.anyio

Answer: TypeAlias = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

SECRET = "s3cret-pass-phrase"
NAME = "very-private-name"
QUERY_WORDS = ("MATCH", "UNWIND", "RETURN", "MERGE")


@pytest.fixture
def quiet(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """The log as a program keeps it that does not look for defects in the driver."""
    caplog.set_level(logging.INFO)
    return caplog


def judge(error: StoreError, code: str, password: str, log: str) -> None:
    """The error is the one meant, says what to do in both languages, and gives nothing away, nor does the log."""
    assert error.code == code
    assert error.text.zh != error.text.en
    shown = told(error) + log
    assert password not in shown
    assert NAME not in shown
    assert not [word for word in QUERY_WORDS if word + " " in shown]
    assert error.__cause__ is None


async def refused(store: Neo4jStore) -> StoreError:
    """Return the error of opening a store; it comes at once, the store closes quietly after it."""
    with pytest.raises(StoreError) as caught:
        await store.probe()
    await store.close()
    return caught.value


async def test_wrong_passwords_until_the_server_refuses_to_listen(
    server: Neo4jServer, quiet: pytest.LogCaptureFixture
) -> None:
    # a user of its own: the server stops listening for a while, to that one
    with connected(server.url, server.user, server.password) as driver:
        driver.execute_query(
            "CREATE OR REPLACE USER forgetful SET PASSWORD $password CHANGE NOT REQUIRED",
            password=server.password,
            database_="system",
        )
    codes = []
    for _ in range(4):
        error = await refused(store_on(server, user="forgetful", password=SECRET))
        judge(error, error.code, SECRET, quiet.text)
        assert isinstance(error, StoreUnavailable)
        codes.append(error.code)
    assert codes == ["store_login_refused"] * 3 + ["store_login_blocked"]


async def test_wrong_user(server: Neo4jServer, quiet: pytest.LogCaptureFixture) -> None:
    error = await refused(store_on(server, user="nobody"))
    judge(error, "store_login_refused", server.password, quiet.text)
    assert "ORGRAPH_STORE_USER" in error.text.zh
    assert "ORGRAPH_STORE_PASSWORD" in error.text.en


async def test_password_that_has_to_be_changed(server: Neo4jServer, quiet: pytest.LogCaptureFixture) -> None:
    with connected(server.url, server.user, server.password) as driver:
        driver.execute_query(
            "CREATE OR REPLACE USER newcomer SET PASSWORD $password CHANGE REQUIRED",
            password=SECRET,
            database_="system",
        )
    error = await refused(store_on(server, user="newcomer", password=SECRET))
    judge(error, "store_password_expired", SECRET, quiet.text)


@pytest.mark.parametrize("scheme", ["bolt", "neo4j"])
async def test_wrong_database(scheme: str, server: Neo4jServer, quiet: pytest.LogCaptureFixture) -> None:
    error = await refused(store_on(server, f"{scheme}://127.0.0.1:{server.port}/elsewhere"))
    judge(error, "store_no_database", server.password, quiet.text)
    assert "elsewhere" in error.text.zh
    assert "elsewhere" in error.text.en


async def test_a_server_that_does_not_encrypt(server: Neo4jServer, quiet: pytest.LogCaptureFixture) -> None:
    error = await refused(store_on(server, f"bolt+s://127.0.0.1:{server.port}/neo4j"))
    judge(error, "store_unreachable_encrypted", server.password, quiet.text)
    assert "bolt://" in error.text.zh


async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()


async def answer_as_web_server(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(1)
    writer.write(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")


@asynccontextmanager
async def listening(answer: Answer) -> AsyncIterator[int]:
    """Yield a port where one caller is answered; the end waits until that one is gone."""
    is_over = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            await answer(reader, writer)
            writer.close()
            await writer.wait_closed()
        is_over.set()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as listener:
        yield listener.sockets[0].getsockname()[1]
        await is_over.wait()


@pytest.mark.parametrize("answer", [say_nothing, answer_as_web_server])
async def test_something_else_listens_there(
    answer: Answer, server: Neo4jServer, quiet: pytest.LogCaptureFixture
) -> None:
    async with listening(answer) as port:
        error = await refused(store_on(server, f"bolt://127.0.0.1:{port}/neo4j", connect_s=0.5))
    judge(error, "store_unreachable", server.password, quiet.text)
    assert str(port) in error.text.zh


async def test_nobody_listens_there(server: Neo4jServer, quiet: pytest.LogCaptureFixture) -> None:
    error = await refused(store_on(server, "bolt://127.0.0.1:1/neo4j"))
    judge(error, "store_unreachable", server.password, quiet.text)


async def test_a_full_disk(server: Neo4jServer, quiet: pytest.LogCaptureFixture) -> None:
    async with store_on(server, connect_s=1.0, lease_s=0.0) as store:
        await store.apply(county())
        # no file may grow any more: what a full disk answers, without a disk of one's own
        resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (1, resource.RLIM_INFINITY))
        codes = set()
        for _ in range(2):
            with pytest.raises(StoreUnavailable) as caught:
                await store.apply([PutNode("Unit", "1", {"name": NAME})])
            codes.add(caught.value.code)
            judge(caught.value, caught.value.code, server.password, quiet.text)
        assert codes <= {"store_server_write_failed", "store_database_unavailable", "store_commit_unknown"}
    server.kill()
    await asyncio.to_thread(server.restart)
    async with store_on(server) as store:
        assert await store.get("Unit", "1") is None
        assert await number_in(store) == 0
        await store.apply(numbered(1))
        assert await number_in(store) == 1


async def test_too_little_memory_and_a_database_to_read_only(
    neo4j_server_factory: Callable[..., Neo4jServer], tmp_path: Path, quiet: pytest.LogCaptureFixture
) -> None:
    home = tmp_path / "home"
    small = neo4j_server_factory(home=home, settings={"dbms.memory.transaction.total.max": "10m"})
    async with store_on(small) as store:
        await store.ensure_schema()
        await store.apply(county())
        with pytest.raises(StoreUnavailable) as caught:
            await store.apply([PutNode("Unit", str(i), {"name": NAME + str(i)}) for i in range(9_000)])
        judge(caught.value, "store_server_memory", small.password, quiet.text)
        assert await store.count("Unit") == 3
    small.terminate()
    fixed = neo4j_server_factory(
        home=home, password=small.password, settings={"server.databases.default_to_read_only": "true"}
    )
    async with store_on(fixed) as store:
        await store.ensure_schema()
        with pytest.raises(StoreUnavailable) as caught:
            await store.apply([PutNode("Unit", "1", {"name": NAME})])
        judge(caught.value, "store_database_read_only", fixed.password, quiet.text)
        assert await store.count("Unit") == 3
        assert await store.history(NodeKey("Unit", "1")) == ()
        assert await number_in(store) == 0
