"""URLs, and places where no store can be."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw
import pytest

from orgraph.errors import InputError, OrgraphError, StoreError, StoreUnavailable
from orgraph.store import PutNode, default_url, open_store, open_store_sync, url_of
from orgraph.store.opening import sqlite_path
from orgraph.store.sqlite import connections
from orgraph.store.sqlite.connections import open_writer

pytestmark = pytest.mark.anyio


def unit(code: str) -> PutNode:
    return PutNode("Unit", code, {"name": code})


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("sqlite:///var/lib/orgraph.db", "/var/lib/orgraph.db"),
        ("sqlite:////var/lib/orgraph.db", "/var/lib/orgraph.db"),
        ("sqlite:///./relative.db", "relative.db"),
        ("SQLITE:///a%20b%25.db", "/a b%.db"),
        ("sqlite:///数据/组织.db", "/数据/组织.db"),
        ("sqlite:///C:/data/x.db", "C:/data/x.db"),
        ("sqlite:///a?b#c.db", "/a?b#c.db"),
    ],
)
def test_paths_of_urls(url: str, path: str) -> None:
    assert sqlite_path(url) == Path(path)


@pytest.mark.parametrize(
    "url", ["", "x.db", "sqlite:", "sqlite://", "sqlite:///", "sqlite://host/x.db", "mysql://a:secret@h/b"]
)
def test_what_is_no_url_of_a_store(url: str) -> None:
    with pytest.raises(InputError) as caught:
        sqlite_path(url)
    assert caught.value.code == "store_url"
    assert "secret" not in caught.value.text.en + caught.value.text.zh


@pytest.mark.parametrize("scheme", ["bolt", "neo4j", "neo4j+s"])
async def test_credentials_do_not_stand_in_the_address(scheme: str) -> None:
    with pytest.raises(InputError) as caught:
        await open_store(f"{scheme}://user:secret@localhost:7687/db")
    assert caught.value.code == "store_url_credentials"
    assert "secret" not in caught.value.text.en + caught.value.text.zh


@pytest.mark.parametrize(
    "url", ["bolt://", "bolt:///db", "bolt://host/a/b", "bolt://host:x/db", "neo4j://host?a=b"]
)
async def test_what_is_no_address_of_a_database(url: str) -> None:
    with pytest.raises(InputError) as caught:
        await open_store(url)
    assert caught.value.code == "store_url"


@pytest.mark.parametrize(
    "name", ["a b.db", "100%25.db", "数据 库.db", "q?x=1#y.db", "'; DROP.db", "é.db", "-rf"]
)
async def test_odd_file_names(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    assert sqlite_path(url_of(path)) == path
    async with open_store(url_of(path)) as store:
        await store.ensure_schema()
        await store.apply([unit("1")])
    assert path.exists()
    async with open_store(url_of(path), read_only=True) as store:
        assert await store.get("Unit", "1") is not None


async def test_default_is_a_file_in_the_users_data_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("platformdirs.user_data_dir", lambda *_, **__: str(tmp_path / "data" / "orgraph"))
    assert default_url() == url_of(tmp_path / "data" / "orgraph" / "orgraph.db")
    async with open_store() as store:
        await store.ensure_schema()
    assert (tmp_path / "data" / "orgraph" / "orgraph.db").exists()


async def test_both_ways_to_open(tmp_path: Path) -> None:
    store = await open_store(url_of(tmp_path / "s.db"))
    await store.ensure_schema()
    await store.close()
    with open_store_sync(url_of(tmp_path / "s.db")) as waiting:
        assert waiting.version("") == 0


async def refusal(path: Path, *, read_only: bool = False) -> OrgraphError:
    with pytest.raises(OrgraphError) as caught:
        await open_store(url_of(path), read_only=read_only)
    error = caught.value
    assert isinstance(error, StoreError)
    assert str(path.parent) in error.text.en
    assert str(path.parent) in error.text.zh
    assert "SELECT" not in str(error)
    return error


async def test_folder_instead_of_a_file(tmp_path: Path) -> None:
    assert (await refusal(tmp_path)).code == "store_is_folder"


async def test_missing_folder(tmp_path: Path) -> None:
    assert (await refusal(tmp_path / "no" / "s.db")).code == "store_no_folder"


async def test_nothing_to_read(tmp_path: Path) -> None:
    assert (await refusal(tmp_path / "s.db", read_only=True)).code == "store_missing"
    assert not (tmp_path / "s.db").exists()


@pytest.mark.parametrize("content", [b"name,code\n" * 500, b"PK\x03\x04" + bytes(5000), b"x"])
async def test_file_that_is_no_store_is_left_as_it_is(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "s.db"
    path.write_bytes(content)
    assert (await refusal(path)).code == "store_not_a_store"
    assert path.read_bytes() == content


async def test_damaged_store(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    async with open_store(url_of(path)) as store:
        await store.ensure_schema()
        await store.apply([unit(f"{n}") for n in range(2000)])
    content = bytearray(path.read_bytes())
    content[len(content) // 3 : len(content) // 3 + 40_000] = b"\xa5" * 40_000
    path.write_bytes(content)
    codes: list[str] = []
    try:
        async with open_store(url_of(path)) as store:
            codes += [f.code for f in await store.diagnose()]
    except StoreError as error:
        codes.append(error.code)
    assert {"store.integrity", "store_corrupt"} & set(codes)


async def test_file_of_another_program_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    with apsw.Connection(str(path)) as other:
        other.execute("CREATE TABLE t (a)")
    other.close()
    before = path.read_bytes()
    assert (await refusal(path)).code == "store_foreign"
    assert path.read_bytes() == before


async def test_store_that_is_not_set_up(tmp_path: Path) -> None:
    async with open_store(url_of(tmp_path / "s.db")) as store:
        with pytest.raises(StoreUnavailable) as caught:
            await store.get("Unit", "1")
        assert caught.value.code == "store_missing"
    (tmp_path / "s.db").touch()
    async with open_store(url_of(tmp_path / "s.db")) as store:
        for call in (store.get("Unit", "1"), store.apply([unit("1")])):
            with pytest.raises(StoreError) as failed:
                await call
            assert failed.value.code == "store_not_set_up"
        assert next(f.code for f in await store.diagnose()) == "store.store_not_set_up"


@contextmanager
def without_privileges() -> Iterator[None]:
    """Be an ordinary user for a while: a superuser may do everything."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def open_folder(tmp_path: Path) -> Path:
    """A folder that everybody can reach."""
    for folder in (tmp_path, *tmp_path.parents):
        if folder.stat().st_uid == os.geteuid() and folder != Path("/"):
            folder.chmod(folder.stat().st_mode | 0o055)
    return tmp_path


async def test_folder_without_permission(open_folder: Path) -> None:
    closed = open_folder / "closed"
    closed.mkdir(mode=0o700)
    if os.geteuid() != 0:
        closed.chmod(0)
    with without_privileges():
        error = await refusal(closed / "s.db")
    closed.chmod(0o700)
    assert error.code == "store_no_permission"


async def test_write_protected_file_can_be_read_and_not_written(open_folder: Path) -> None:
    path = open_folder / "kept" / "s.db"
    path.parent.mkdir()
    async with open_store(url_of(path)) as store:
        await store.ensure_schema()
        await store.apply([unit("1")])
    path.with_name("s.db.lock").unlink()
    path.chmod(0o444)
    path.parent.chmod(0o555)
    try:
        with without_privileges():
            async with open_store(url_of(path)) as store:
                assert await store.get("Unit", "1") is not None
                assert [f.code for f in await store.diagnose()] == ["store.readable"]
                with pytest.raises(StoreUnavailable) as caught:
                    await store.apply([unit("2")])
    finally:
        path.parent.chmod(0o755)
    assert caught.value.code in ("store_no_permission", "store_read_only")


async def test_full_disk_leaves_nothing_and_room_mends_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[apsw.Connection] = []

    def open_and_keep(path: Path, checkpoint_pages: int) -> apsw.Connection:
        opened.append(open_writer(path, checkpoint_pages))
        return opened[0]

    monkeypatch.setattr(connections, "open_writer", open_and_keep)
    async with open_store(url_of(tmp_path / "s.db")) as store:
        await store.ensure_schema()
        await store.apply([unit("1")])
        opened[0].pragma("max_page_count", 400)
        with pytest.raises(StoreUnavailable) as caught:
            await store.apply(unit(f"n{number}") for number in range(20_000))
        assert caught.value.code == "store_full"
        assert caught.value.is_retryable
        assert await store.count("Unit") == 1
        opened[0].pragma("max_page_count", 2**30)
        await store.apply(unit(f"n{number}") for number in range(20_000))
        assert await store.count("Unit") == 20_001
        assert [f.code for f in await store.diagnose()] == ["store.readable", "store.writing"]


def test_importing_the_package_opens_nothing() -> None:
    code = "import orgraph.store, threading; assert threading.active_count() == 1"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
