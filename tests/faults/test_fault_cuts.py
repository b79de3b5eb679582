"""The connection is cut at every point of the protocol: a call either goes through all the same, or fails and has done all or nothing."""

from collections.abc import Awaitable, Callable

import pytest
from bolt_proxy import COMMIT, TO_SERVER, AnswerToCommit, BoltProxy, Cut, CutWhen, Delay, Message
from fault_stores import COUNTY, A, B, county, number_in, numbered, store_on, whole_number_in
from neo4j_server import Neo4jServer

from orgraph.errors import StoreUnavailable
from orgraph.graph import OrgGraph
from orgraph.store import Commit, Page, Store

pytestmark = pytest.mark.anyio

MOST_MESSAGES = 400
"""More than any call here needs: a loop that gets here would never end."""

LONG_ENOUGH_S = 30.0
"""For how long calls are tried again that are to go through."""


async def test_a_commit_goes_through_wherever_the_connection_is_cut(
    server: Neo4jServer, proxy: BoltProxy
) -> None:
    async with store_on(server) as straight:
        await straight.apply(county())
    number = 0
    for after in range(MOST_MESSAGES):
        cut = Cut(after)
        proxy.set(cut)
        async with store_on(server, proxy.url, retry_s=LONG_ENOUGH_S) as store:
            done = await store.apply(numbered(number + 1), expected={COUNTY: number + 1})
            assert done == Commit({COUNTY: number + 2}, 3, 0)
        number += 1
        if not cut.happened:
            break
    assert 100 < after < MOST_MESSAGES
    async with store_on(server) as straight:
        assert await whole_number_in(straight) == number


async def test_a_commit_that_fails_has_done_all_or_nothing_and_can_be_repeated(
    server: Neo4jServer, proxy: BoltProxy
) -> None:
    async with store_on(server) as beginning:
        await beginning.apply(county())
    straight = store_on(server)
    number, codes = 0, []
    for after in range(MOST_MESSAGES):
        cut = Cut(after, torn=True, for_good=True)
        proxy.set(cut)
        async with store_on(server, proxy.url) as store:
            try:
                done: Commit | None = await store.apply(numbered(number + 1))
            except StoreUnavailable as error:
                codes.append(error.code)
                done = None
            found = await number_in(straight)
            if done is not None:
                assert (done, found) == (Commit({COUNTY: number + 2}, 3, 0), number + 1)
            elif codes[-1] == "store_commit_unknown":
                assert found in (number, number + 1)
            else:
                assert found == number
            proxy.set()
            again = await store.apply(numbered(number + 1))
            assert (again.num_put, again.num_deleted) == ((3, 0) if found == number else (0, 0))
        number += 1
        if not cut.happened:
            break
    assert 100 < after < MOST_MESSAGES
    assert set(codes) == {"store_unreachable", "store_commit_unknown"}
    assert await whole_number_in(straight) == number
    await straight.close()


async def test_an_answer_to_the_commit_that_got_lost_is_found_again(
    server: Neo4jServer, proxy: BoltProxy
) -> None:
    async with store_on(server, proxy.url, retry_s=LONG_ENOUGH_S) as store:
        await store.apply(county())
        # the first COMMIT is that of the announcement
        cut = CutWhen(AnswerToCommit(2))
        proxy.set(cut)
        assert await store.apply(numbered(1), expected={COUNTY: 1}) == Commit({COUNTY: 2}, 3, 0)
        assert cut.happened
        assert await number_in(store) == 1


async def test_a_commit_that_the_server_never_got_is_made_again(
    server: Neo4jServer, proxy: BoltProxy
) -> None:
    num_seen = 0

    def is_commit_of_the_changes(message: Message) -> bool:
        nonlocal num_seen
        num_seen += message.way == TO_SERVER and message.tag == COMMIT
        return num_seen == 2

    async with store_on(server, proxy.url, retry_s=LONG_ENOUGH_S) as store:
        await store.apply(county())
        cut = CutWhen(is_commit_of_the_changes)
        proxy.set(cut)
        assert await store.apply(iter(numbered(1)), expected={COUNTY: 1}) == Commit({COUNTY: 2}, 3, 0)
        assert cut.happened
        assert await number_in(store) == 1


async def test_an_unknown_outcome_is_told_as_one(server: Neo4jServer, proxy: BoltProxy) -> None:
    async with store_on(server, proxy.url) as store, store_on(server) as straight:
        await store.apply(county())
        proxy.set(CutWhen(AnswerToCommit(2), for_good=True))
        with pytest.raises(StoreUnavailable) as caught:
            await store.apply(numbered(1))
        assert caught.value.code == "store_commit_unknown"
        assert await number_in(straight) == 1
        proxy.set()
        assert await store.apply(numbered(1)) == Commit({}, 0, 0)
        assert await number_in(straight) == 1


async def page_of_towns(store: Store) -> Page:
    return await store.page("Unit", within=COUNTY, limit=2)


async def whole_county(store: Store) -> tuple[object, ...]:
    graph: OrgGraph = await store.snapshot(COUNTY)
    return tuple(graph.nodes()), tuple(graph.relationships()), dict(graph.provenance)


READS = [page_of_towns, whole_county]


@pytest.mark.parametrize("read", READS)
async def test_a_read_goes_through_wherever_the_connection_is_cut(
    read: Callable[[Store], Awaitable[object]], server: Neo4jServer, proxy: BoltProxy
) -> None:
    async with store_on(server) as straight:
        await straight.apply(county())
        expected = await read(straight)
    for after in range(MOST_MESSAGES):
        cut = Cut(after)
        proxy.set(cut)
        async with store_on(server, proxy.url, retry_s=LONG_ENOUGH_S) as store:
            assert await read(store) == expected
        if not cut.happened:
            break
    assert 20 < after < MOST_MESSAGES


@pytest.mark.parametrize("read", READS)
async def test_a_read_that_fails_works_again_on_the_same_store(
    read: Callable[[Store], Awaitable[object]], server: Neo4jServer, proxy: BoltProxy
) -> None:
    async with store_on(server) as straight:
        await straight.apply(county())
        expected = await read(straight)
    for after in range(MOST_MESSAGES):
        cut = Cut(after, torn=True, for_good=True)
        proxy.set(cut)
        async with store_on(server, proxy.url) as store:
            try:
                assert await read(store) == expected
            except StoreUnavailable as error:
                assert error.code == "store_unreachable"
            proxy.set()
            assert await read(store) == expected
        if not cut.happened:
            break
    assert 20 < after < MOST_MESSAGES


async def test_a_slow_line_changes_no_answer(server: Neo4jServer, proxy: BoltProxy) -> None:
    proxy.set(Delay(0.002))
    async with store_on(server, proxy.url) as store:
        await store.apply(county())
        assert await store.apply(numbered(1)) == Commit({COUNTY: 2}, 3, 0)
        assert await number_in(store) == 1
        assert [node.code for node in (await page_of_towns(store)).nodes] == [COUNTY, A.code]
        assert (await store.get("Unit", B.code)) is not None
