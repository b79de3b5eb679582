"""Beside each other: one store object writes, readers see one state, and who vanished blocks nobody for ever."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import textwrap

import pytest
from bolt_proxy import COMMIT, TO_SERVER, AnswerToCommit, BoltProxy, CutWhen, Message
from fault_stores import COUNTY, A, B, county, number_in, numbered, store_on, whole_number_in
from neo4j import WRITE_ACCESS, AsyncManagedTransaction
from neo4j_server import Neo4jServer

from orgraph.errors import StoreError, StoreLocked, StoreUnavailable
from orgraph.store import Commit, PutNode, Store, open_store
from orgraph.store.neo4j import Address
from orgraph.store.neo4j.connections import LOCK, Reader, Writer

pytestmark = pytest.mark.anyio

NUM_COMMITS = 30

WRITER = textwrap.dedent("""
    import sys
    from orgraph.store import PutNode, open_store_sync
    store = open_store_sync(sys.argv[1])
    store.apply([PutNode("Unit", "1", {"name": "first"})])
    print("ready", flush=True)
    sys.stdin.readline()
""")


async def test_a_second_writer_is_told_who_writes_and_may_when_that_one_has_closed(
    server: Neo4jServer,
) -> None:
    first, second = store_on(server), store_on(server)
    await first.apply(county())
    with pytest.raises(StoreLocked) as caught:
        await second.apply(numbered(1))
    assert caught.value.code == "store_leased"
    assert (caught.value.details["host"], caught.value.details["pid"]) == (socket.gethostname(), os.getpid())
    assert str(os.getpid()) in caught.value.text.zh
    assert await number_in(second) == 0
    await first.close()
    assert await second.apply(numbered(1)) == Commit({COUNTY: 2}, 3, 0)
    await second.close()


async def test_the_lease_of_a_killed_process_ends_and_another_takes_over(server: Neo4jServer) -> None:
    command = [sys.executable, "-c", WRITER, server.url]
    process = await asyncio.create_subprocess_exec(*command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert await process.stdout.readline() == b"ready\n"
    os.kill(process.pid, signal.SIGKILL)
    await process.communicate()
    async with store_on(server) as store:
        with pytest.raises(StoreLocked) as caught:
            await store.apply(county())
        assert caught.value.details["pid"] == process.pid
        await let_the_lease_end(store)
        assert (await store.apply(county())).num_put == 6
        assert await store.get("Unit", "1") is not None


async def let_the_lease_end(store: object) -> None:
    """Make the lease one that ended long ago, as waiting for a minute would."""
    await run(store, "MATCH (s:_Store) SET s.owned_until = 0")


async def run(store: object, query: str) -> None:
    await store._connections.execute(query)  # type: ignore[attr-defined]


async def test_a_writer_that_lost_its_lease_is_refused_and_writes_nothing(server: Neo4jServer) -> None:
    async with store_on(server, lease_s=0.0) as slow, store_on(server) as quick:
        await slow.apply(county())
        assert await quick.apply(numbered(1)) == Commit({COUNTY: 2}, 3, 0)
        with pytest.raises(StoreLocked) as caught:
            await slow.apply(numbered(2))
        assert caught.value.code == "store_leased"
        assert await whole_number_in(quick) == 1
        await slow.close()
        assert await quick.apply(numbered(2)) == Commit({COUNTY: 3}, 3, 0)


async def test_two_that_want_the_free_lease_at_once_do_not_both_get_it(server: Neo4jServer) -> None:
    async with store_on(server) as first, store_on(server) as second, store_on(server) as third:
        await first.apply(county())
        await first.close()
        both = await asyncio.gather(
            *(store.apply(numbered(n)) for n, store in ((1, second), (2, third))), return_exceptions=True
        )
        assert sorted(type(each).__name__ for each in both) == ["Commit", "StoreLocked"]


async def test_closing_while_the_server_is_gone_is_quiet(server: Neo4jServer) -> None:
    store = store_on(server)
    await store.apply(county())
    server.kill()
    await store.close()
    with pytest.raises(StoreError) as caught:
        await store.version(COUNTY)
    assert caught.value.code == "store_closed"


async def test_readers_never_see_half_a_commit(server: Neo4jServer) -> None:
    async with store_on(server) as writing, store_on(server) as reading:
        await writing.apply(county())
        writer = asyncio.create_task(write_numbers(writing))
        num_reads, last = 0, 0
        while not writer.done() or num_reads == 0:
            for read in (number_in, towns_number):
                seen = await read(reading)
                assert seen >= last
                last = seen
            num_reads += 1
        await writer
        assert await whole_number_in(reading) == NUM_COMMITS


async def test_a_read_whose_nodes_a_commit_removes_is_done_again(server: Neo4jServer) -> None:
    async with store_on(server) as writing, store_on(server) as reading:
        await writing.apply(county())
        await run(writing, "UNWIND range(1, 3000) AS i CREATE (:_Probe {i: i})")
        counts: list[int] = []

        async def count(reader: Reader) -> int:
            result = await reader._transaction.run("MATCH (n:_Probe) RETURN n")
            counts.append(len(await result.fetch(1)))
            await run(writing, "MATCH (n:_Probe) DELETE n")
            counts[-1] += len([record async for record in result])
            return counts[-1]

        assert await reading._connections.read(count, lambda row: None) == 0
        assert counts == [1, 0], "the first run was ended by the server"


async def write_numbers(store: Store) -> None:
    for number in range(1, NUM_COMMITS + 1):
        await store.apply(numbered(number), expected={COUNTY: number})


async def towns_number(store: Store) -> int:
    towns = await store.get_many((A, B))
    (number,) = {town.properties["population"] for town in towns if town}
    assert isinstance(number, int)
    return number


def nth_commit(which: int) -> CutWhen:
    """Cut for good before the server gets the ``which``-th COMMIT."""
    left = which

    def is_it(message: Message) -> bool:
        nonlocal left
        left -= message.way == TO_SERVER and message.tag == COMMIT
        return left <= 0

    return CutWhen(is_it, for_good=True)


@pytest.mark.parametrize(
    ("cut", "number"),
    [(nth_commit(2), 0), (CutWhen(AnswerToCommit(2), for_good=True), 1)],
    ids=["before", "after"],
)
async def test_a_writer_that_died_announcing_blocks_neither_readers_nor_the_next_writer(
    cut: CutWhen, number: int, server: Neo4jServer, proxy: BoltProxy
) -> None:
    dying = store_on(server, proxy.url)
    await dying.apply(county())
    proxy.set(cut)
    with pytest.raises(StoreUnavailable) as caught:
        await dying.apply(numbered(1))
    assert caught.value.code == "store_commit_unknown"
    await dying.close()
    async with store_on(server) as next_one:
        assert await towns_number(next_one) == number
        assert await whole_number_in(next_one) == number
        await let_the_lease_end(next_one)
        assert await next_one.apply(numbered(number + 1)) == Commit({COUNTY: number + 2}, 3, 0)
        assert await whole_number_in(next_one) == number + 1


async def test_waiting_for_the_lock_brings_no_old_number_back(server: Neo4jServer) -> None:
    async with store_on(server) as store:
        await store.apply(county())
        connections = store._connections
        is_locked, go = asyncio.Event(), asyncio.Event()

        async def count_up(transaction: AsyncManagedTransaction) -> None:
            await Writer(transaction).run("MATCH (s:_Store) SET s.num_commits = 7")
            is_locked.set()
            await go.wait()

        async def lock(transaction: AsyncManagedTransaction) -> None:
            await Writer(transaction).run(LOCK)

        counting = asyncio.create_task(connections.transact(WRITE_ACCESS, count_up))
        await is_locked.wait()
        locking = asyncio.create_task(connections.transact(WRITE_ACCESS, lock))
        while not await connections.look(  # noqa: ASYNC110 - the server is asked, no event tells
            "SHOW TRANSACTIONS YIELD status WHERE status STARTS WITH 'Blocked' RETURN status"
        ):
            await asyncio.sleep(0)
        go.set()
        await asyncio.gather(counting, locking)
        assert await connections.look(
            "MATCH (s:_Store), (a:_Announcement) RETURN s.num_commits, a.number"
        ) == [[7, 7]]


async def test_the_loop_stays_free_while_a_server_stands_still(server: Neo4jServer) -> None:
    async with store_on(server, timeout_s=0.5, write_timeout_s=0.5, connect_s=0.5) as store:
        await store.apply(county())
        for call in (lambda: number_in(store), lambda: store.apply(numbered(1))):
            server.pause()
            try:
                waiting = asyncio.create_task(call())
                num_ticks = 0
                while not waiting.done():
                    await asyncio.sleep(0)
                    num_ticks += 1
            finally:
                server.resume()
            assert num_ticks > 100
            with pytest.raises(StoreUnavailable) as caught:
                await waiting
            assert caught.value.code in ("store_timed_out", "store_unreachable")
        assert await number_in(store) == 0
        assert await store.apply(numbered(1)) == Commit({COUNTY: 2}, 3, 0)


async def test_time_limits_of_the_settings_reach_the_server(
    server: Neo4jServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ORGRAPH_STORE_WRITE_TIMEOUT", "1")
    monkeypatch.setenv("ORGRAPH_STORE_TIMEOUT", "1")
    async with store_on(server) as other, open_store(server.url) as store:
        await other.apply(county())
        await let_the_lease_end(other)
        await run(other, "MATCH (a:_Announcement) SET a.is_committing = true")
        is_locked, go = asyncio.Event(), asyncio.Event()

        async def hold(transaction: AsyncManagedTransaction) -> None:
            await Writer(transaction).run(LOCK)
            is_locked.set()
            await go.wait()

        holding = asyncio.create_task(other._connections.transact(WRITE_ACCESS, hold))
        await is_locked.wait()
        for call in (
            lambda: store.apply([PutNode("Unit", "1", {"name": "x"})]),
            lambda: store.version(COUNTY),
        ):
            with pytest.raises(StoreUnavailable) as caught:
                await call()
            assert caught.value.code == "store_timed_out"
            assert caught.value.details["address"] == str(Address.of(server.url))
        go.set()
        await holding
        assert await store.version(COUNTY) == 1
        assert await store.get("Unit", "1") is None
