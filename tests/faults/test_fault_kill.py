"""The server is killed: what was acknowledged stays, nothing is half there, and the same store object works again."""

import asyncio
import threading
from collections.abc import Iterator

import pytest
from bolt_proxy import BoltProxy
from fault_stores import COUNTY, county, number_in, numbered, store_on, whole_number_in
from neo4j_server import Neo4jServer

from orgraph.errors import StoreUnavailable
from orgraph.store import Change, Commit, PutNode, Store

pytestmark = pytest.mark.anyio

NUM_KILLS = 10
NUM_BEFORE_KILL = 3
"""Commits that are acknowledged before the server is killed amid the next."""

PATIENCE_S = 120.0
"""For how long a call is tried again that is to outlast a restart."""


class Committer:
    """Commits number after number until the server is gone."""

    def __init__(self, store: Store, number: int) -> None:
        self.number = number
        self.code = ""
        self._store = store
        self._acknowledged = asyncio.Condition()

    async def run(self) -> None:
        try:
            while True:
                done = await self._store.apply(numbered(self.number + 1), expected={COUNTY: self.number + 1})
                assert done == Commit({COUNTY: self.number + 2}, 3, 0)
                async with self._acknowledged:
                    self.number += 1
                    self._acknowledged.notify_all()
        except StoreUnavailable as error:
            self.code = error.code

    async def reach(self, number: int) -> None:
        """Wait until so many are acknowledged."""
        async with self._acknowledged:
            await self._acknowledged.wait_for(lambda: self.number >= number)


async def test_no_acknowledged_commit_is_lost_when_the_server_is_killed_again_and_again(
    server: Neo4jServer,
) -> None:
    async with store_on(server) as store:
        await store.apply(county())
        number = 0
        for _ in range(NUM_KILLS):
            committer = Committer(store, number)
            running = asyncio.create_task(committer.run())
            await committer.reach(number + NUM_BEFORE_KILL)
            server.kill()
            await running
            await asyncio.to_thread(server.restart)
            number = await whole_number_in(store)
            if committer.code == "store_commit_unknown":
                assert number in (committer.number, committer.number + 1)
            else:
                assert (committer.code, number) == ("store_unreachable", committer.number)
        assert number >= NUM_KILLS * NUM_BEFORE_KILL


def households(num: int) -> list[Change]:
    return [PutNode("Household", f"H{i}", {"size_band": "two"}) for i in range(num)]


class KillingStream:
    """Changes, in the middle of which the server is killed, once; ``then`` is called after that."""

    def __init__(self, server: Neo4jServer, changes: list[Change], then: threading.Event) -> None:
        self._server = server
        self._changes = changes
        self._then = then

    def __iter__(self) -> Iterator[Change]:
        half = len(self._changes) // 2
        yield from self._changes[:half]
        self._server.kill()
        self._then.set()
        yield from self._changes[half:]


async def test_a_server_that_is_back_in_time_is_not_noticed(server: Neo4jServer) -> None:
    killed = threading.Event()

    def bring_back() -> None:
        killed.wait()
        server.restart()

    async with store_on(server, retry_s=PATIENCE_S) as store:
        back = asyncio.create_task(asyncio.to_thread(bring_back))
        stream = KillingStream(server, households(9_000), killed)
        assert await store.apply(iter(stream)) == Commit({"": 1}, 9_000, 0)
        await back
        assert await store.count("Household") == 9_000


async def test_a_server_that_stays_away_is_told_and_nothing_is_half_written(server: Neo4jServer) -> None:
    async with store_on(server) as store:
        await store.apply(county())
        with pytest.raises(StoreUnavailable) as caught:
            await store.apply(iter(KillingStream(server, households(9_000), threading.Event())))
        assert caught.value.code == "store_unreachable"
        with pytest.raises(StoreUnavailable):
            await store.count("Household")
        await asyncio.to_thread(server.restart)
        assert await store.count("Household") == 0
        assert await number_in(store) == 0
        assert await store.apply(households(9_000)) == Commit({"": 1}, 9_000, 0)


async def test_a_long_stream_that_is_cut_is_told_and_can_be_given_again(
    server: Neo4jServer, proxy: BoltProxy
) -> None:
    loop = asyncio.get_running_loop()

    def cut_late(changes: list[Change]) -> Iterator[Change]:
        yield from changes[:-1_000]
        is_cut = threading.Event()
        loop.call_soon_threadsafe(proxy.cut)
        loop.call_soon_threadsafe(is_cut.set)
        is_cut.wait()
        yield from changes[-1_000:]

    async with store_on(server, proxy.url, retry_s=PATIENCE_S) as store:
        with pytest.raises(StoreUnavailable) as caught:
            await store.apply(cut_late(households(12_000)))
        assert caught.value.code == "store_lost_while_writing"
        assert await store.count("Household") == 0
        assert await store.version("") == 0
        assert await store.apply(cut_late(households(9_000))) == Commit({"": 1}, 9_000, 0)
        assert await store.apply(iter(households(12_000))) == Commit({"": 2}, 3_000, 0)
