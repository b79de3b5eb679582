"""Opening, setting up, writing side by side, cancelling, closing."""

import asyncio
import inspect
from collections.abc import Iterator

import pytest
from store_examples import BO, COUNTY, YIHE, everything, two_towns, unit

from orgraph.errors import OrgraphError, StoreError, StoreLocked
from orgraph.findings import Severity
from orgraph.store import Change, Store, SyncStore, open_store, open_store_sync

pytestmark = pytest.mark.anyio


async def test_setting_up_twice_changes_nothing(towns: Store) -> None:
    before = await everything(towns)
    await towns.ensure_schema()
    assert await everything(towns) == before


async def test_what_was_committed_is_there_after_opening_again(store_url: str) -> None:
    async with open_store(store_url) as store:
        await store.ensure_schema()
        await store.apply(two_towns())
        before = await everything(store)
    async with open_store(store_url) as store:
        await store.ensure_schema()
        assert await everything(store) == before
        await store.apply([unit(BO, name="新名")], expected={COUNTY: 1})


async def test_read_only_sees_and_refuses_to_write(towns: Store, store_url: str) -> None:
    async with open_store(store_url, read_only=True) as reader:
        await reader.ensure_schema()
        assert await everything(reader) == await everything(towns)
        with pytest.raises(StoreError) as caught:
            await reader.apply([unit("x")])
        assert caught.value.code == "store_opened_read_only"
        await towns.apply([unit(BO, name="新名")])
        assert await reader.version(COUNTY) == 2


async def test_a_second_writer_of_the_same_process_is_refused(towns: Store, store_url: str) -> None:
    async with open_store(store_url) as second:
        assert await second.version(COUNTY) == 1
        with pytest.raises(StoreLocked):
            await second.apply([unit("x")])
        await towns.close()
        await second.apply([unit("x")])


async def test_closing_twice_and_using_what_is_closed(towns: Store) -> None:
    await towns.close()
    await towns.close()
    with pytest.raises(StoreError) as caught:
        await towns.get("Unit", BO)
    assert caught.value.code == "store_closed"
    with pytest.raises(StoreError):
        await towns.apply([unit("x")])


async def test_reads_and_writes_side_by_side(towns: Store) -> None:
    async def write() -> None:
        for number in range(20):
            await towns.apply([unit(BO, population=number), unit(YIHE, population=number)])

    async def read() -> None:
        last = 0
        for _ in range(60):
            graph = await towns.snapshot(COUNTY)
            version = graph.provenance["version"]
            assert isinstance(version, int)
            assert version >= last
            last = version
            if version > 1:
                values = {graph.node("Unit", code).properties["population"] for code in (BO, YIHE)}
                assert values == {version - 2}

    await asyncio.gather(write(), read(), read())


async def test_concurrent_writers_with_expected_versions_lose_nothing(towns: Store) -> None:
    async def add_one() -> int:
        num_tries = 0
        while True:
            num_tries += 1
            graph = await towns.snapshot(BO)
            population, version = graph.node("Unit", BO).properties["population"], graph.provenance["version"]
            assert isinstance(population, int)
            assert isinstance(version, int)
            try:
                await towns.apply([unit(BO, population=population + 1)], expected={COUNTY: version})
            except OrgraphError as error:
                assert error.code == "version_conflict"
            else:
                return num_tries

    await asyncio.gather(*(add_one() for _ in range(8)))
    node = await towns.get("Unit", BO)
    assert node is not None
    assert node.properties["population"] == 208


async def test_cancelled_apply_is_whole_or_nothing(towns: Store) -> None:
    """The changes wait for the cancellation, so it always comes while they are read: nothing is written."""
    loop = asyncio.get_running_loop()
    reading, cancelled = asyncio.Event(), asyncio.Event()

    def changes() -> Iterator[Change]:
        for number in range(10_001):
            yield unit(f"n{number}")
        loop.call_soon_threadsafe(reading.set)
        asyncio.run_coroutine_threadsafe(cancelled.wait(), loop).result()
        for number in range(10_001):
            yield unit(f"m{number}")

    before = await everything(towns)
    task = asyncio.create_task(towns.apply(changes()))
    await reading.wait()
    task.cancel()
    loop.call_soon(cancelled.set)
    with pytest.raises(asyncio.CancelledError) as caught:
        await task
    assert caught.value.__notes__ == ["the change was rolled back"]
    assert await everything(towns) == before
    await towns.apply([unit("after")])


async def test_cancelled_before_it_began(towns: Store) -> None:
    tasks = [asyncio.create_task(towns.apply([unit(f"n{number}")])) for number in range(5)]
    await asyncio.sleep(0)
    for task in tasks:
        task.cancel()
    for number, task in enumerate(tasks):
        with pytest.raises(asyncio.CancelledError) as caught:
            await task
        is_there = await towns.get("Unit", f"n{number}") is not None
        assert caught.value.__notes__ == [f"the change was {'committed' if is_there else 'rolled back'}"]


async def test_cancelled_read_leaves_the_store_usable(towns: Store) -> None:
    tasks = [asyncio.create_task(towns.snapshot("")) for _ in range(10)]
    await asyncio.sleep(0)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert await towns.get("Unit", BO) is not None


async def test_diagnosis_of_a_sound_store(towns: Store) -> None:
    found = await towns.diagnose()
    assert [f for f in found if f.severity is Severity.ERROR] == []
    assert all(f.text.zh and f.text.en for f in found)


def test_waiting_store_does_the_same(waiting_store: SyncStore, store_url: str) -> None:
    commit = waiting_store.apply(two_towns(), by="script")
    assert commit.versions[COUNTY] == 1
    node = waiting_store.get("Unit", BO)
    assert node is not None
    assert node.name == "薄家村"
    with pytest.raises(OrgraphError):
        waiting_store.page("Castle")
    with open_store_sync(store_url, read_only=True) as reader:
        assert [n.name for n in reader.page("Unit", within=YIHE, limit=1).nodes] == ["义和镇"]
    waiting_store.close()
    waiting_store.close()


def test_waiting_store_has_every_method_of_the_port() -> None:
    methods = {
        name
        for name, member in vars(Store).items()
        if inspect.iscoroutinefunction(member) and not name.startswith("_")
    }
    assert len(methods) >= 17
    assert methods <= set(dir(SyncStore))
    for name in methods - {"close"}:
        assert getattr(SyncStore, name).__doc__ == getattr(Store, name).__doc__
