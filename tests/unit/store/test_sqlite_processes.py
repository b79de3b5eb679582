"""Several processes: one writes, others read; what was acknowledged survives a kill."""

import asyncio
import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from orgraph.errors import StoreLocked
from orgraph.findings import has_errors
from orgraph.graph import NodeKey
from orgraph.store import Change, PutNode, PutRelationship, SyncStore, open_store_sync, url_of
from orgraph.store.sqlite import SqliteStore

NUM_KILLS = 20


@contextmanager
def child(code: str, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """Run code in another process that prints lines, and end that process."""
    command = [sys.executable, "-c", textwrap.dedent(code), *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


WRITER = """
    import sys
    from orgraph.store import PutNode, open_store_sync
    store = open_store_sync(sys.argv[1])
    store.ensure_schema()
    store.apply([PutNode("Unit", "1", {"name": "first"})])
    print("ready", flush=True)
    sys.stdin.readline()
    store.close()
"""


def test_a_second_writing_process_is_refused_by_the_pid_of_the_first(tmp_path: Path) -> None:
    url = url_of(tmp_path / "s.db")
    with child(WRITER, url) as first:
        assert line(first) == "ready"
        with open_store_sync(url) as store:
            store.ensure_schema()
            assert store.get("Unit", "1") is not None
            with pytest.raises(StoreLocked) as caught:
                store.apply([PutNode("Unit", "2", {"name": "second"})])
            assert caught.value.details["pid"] == first.pid
            assert str(first.pid) in caught.value.text.en
            assert str(first.pid) in caught.value.text.zh
            (writing,) = [f for f in store.diagnose() if f.code == "store.writing"]
            assert writing.numbers["pid"] == first.pid
            assert store.count("Unit") == 1
            first.communicate("\n")
            store.apply([PutNode("Unit", "2", {"name": "second"})])


def test_lock_of_a_killed_process_does_not_block(tmp_path: Path) -> None:
    url = url_of(tmp_path / "s.db")
    with child(WRITER, url) as first:
        assert line(first) == "ready"
        os.kill(first.pid, signal.SIGKILL)
        first.wait()
    assert (tmp_path / "s.db.lock").read_text() == str(first.pid)
    with open_store_sync(url) as store:
        assert [f.code for f in store.diagnose()] == ["store.readable"]
        store.apply([PutNode("Unit", "2", {"name": "second"})])
        assert store.count("Unit") == 2


def test_a_forked_child_that_lives_on_does_not_keep_the_lock(tmp_path: Path) -> None:
    url = url_of(tmp_path / "s.db")
    code = """
        import os, sys
        from orgraph.store.sqlite.lock import WriterLock
        from pathlib import Path
        lock = WriterLock(Path(sys.argv[1]))
        lock.acquire()
        if os.fork() == 0:
            sys.stdin.readline()
            os._exit(0)
        print("forked", flush=True)
        os._exit(0)
    """
    with child(code, str(tmp_path / "s.db")) as first:
        assert line(first) == "forked"
        first.wait()
        with open_store_sync(url) as store:
            store.ensure_schema()
        assert first.stdin is not None
        first.stdin.write("\n")
        first.stdin.flush()


COMMITS = """
    import os, sys
    from orgraph.graph import NodeKey
    from orgraph.store import PutNode, PutRelationship, open_store_sync

    def commit_for_ever(store):
        store.ensure_schema()
        top = NodeKey("Unit", "top")
        if store.get(*top) is None:
            store.apply([PutNode("Unit", "top", {"name": "top", "level": "county"})])
        number = store.version("top")
        while True:
            number += 1
            names = [f"{number}-{part}" for part in range(3)]
            store.apply(
                [PutNode("Unit", name, {"name": name, "population": number}) for name in names]
                + [PutRelationship("PART_OF", NodeKey("Unit", name), top) for name in names]
                + [PutNode("Unit", "top", {"population": number})]
            )
            print(number, flush=True)

    for order in sys.stdin:
        writer = os.fork()
        if writer == 0:
            print(os.getpid(), flush=True)
            commit_for_ever(open_store_sync(sys.argv[1]))
        os.waitpid(writer, 0)
        print("ended", flush=True)
"""


def test_twenty_kills_lose_no_acknowledged_commit(tmp_path: Path) -> None:
    """A kill comes after a number of acknowledgements that differs each time, while the next commit is under way."""
    url = url_of(tmp_path / "s.db")
    with child(COMMITS, url) as launcher:
        for kill in range(NUM_KILLS):
            acknowledged = _kill_after(launcher, 1 + kill * 7 % 11)
            with open_store_sync(url, read_only=True) as store:
                _check_commits(store, acknowledged)


def _kill_after(launcher: subprocess.Popen[str], num_commits: int) -> int:
    """Start a writer, kill it after so many acknowledged commits, and return the last one that it acknowledged."""
    assert launcher.stdin is not None
    launcher.stdin.write("go\n")
    launcher.stdin.flush()
    writer = int(line(launcher))
    last = [int(line(launcher)) for _ in range(num_commits)][-1]
    os.kill(writer, signal.SIGKILL)
    while (told := line(launcher)) != "ended":
        last = int(told)
    return last


def _check_commits(store: SyncStore, last: int) -> None:
    """Every acknowledged commit is there, whole; at most the one under way is there besides."""
    assert not has_errors(store.diagnose())
    version = store.version("top")
    assert version in (last, last + 1)
    assert store.count("Unit", within="top") == 3 * (version - 1) + 1
    (top,) = store.rollup("top", kinds=["Unit"], sums=[("Unit", "population")])
    assert top.sums["Unit.population"] == 3 * sum(range(2, version + 1)) + version
    assert store.search(f"{version}-2")[0].code == f"{version}-2"


READER = """
    import asyncio, sys
    from orgraph.graph import NodeKey
    from orgraph.store import Order, open_store

    KEYS = [NodeKey("Unit", f"{n}") for n in range(8)]

    async def number_of(nodes):
        numbers = {n.properties["population"] - int(n.code) for n in nodes if n.code != "top"}
        assert len(numbers) == 1 and len(nodes) in (8, 9), nodes
        return numbers.pop()

    async def read(store, num_reads):
        last = 0
        for read in range(num_reads):
            if read % 10 == 0:
                page = await store.page("Unit", order=[Order("population")])
                number = await number_of(page.nodes)
                told = [n.properties.get("population") for n in page.nodes]
                assert told == [cursor[0] for cursor in page.cursors], page
            elif read % 10 == 3:
                (row,) = await store.rollup("top", kinds=["Unit"], sums=[("Unit", "population")])
                number, rest = divmod(row.sums["Unit.population"] - 28, 8)
                assert rest == 0, row
            elif read % 10 == 6:
                graph = await store.snapshot("top")
                number = await number_of(list(graph.nodes()))
                assert graph.provenance["version"] == number + 1, graph.provenance
            else:
                number = await number_of(await store.get_many(KEYS))
            assert number >= last, (number, last)
            last = number
        return last

    async def main():
        async with open_store(sys.argv[1], read_only=True) as store:
            told = await asyncio.gather(*(read(store, int(sys.argv[2])) for _ in range(2)))
        print(max(told), flush=True)

    sys.stdin.readline()
    asyncio.run(main())
"""


def test_forty_thousand_reads_beside_a_writer_are_all_right(tmp_path: Path) -> None:
    """Every commit gives the nodes 0..7 the values number + code; no read may mix two commits or go back. Checkpoints come every few pages."""

    path = tmp_path / "s.db"

    async def write(readers: list[subprocess.Popen[str]]) -> int:
        async with SqliteStore(path, checkpoint_pages=4) as store:
            await store.ensure_schema()
            await store.apply(_numbered(0, is_first=True))
            for reader in readers:
                assert reader.stdin is not None
                reader.stdin.write("\n")
                reader.stdin.flush()
            number = 0
            while any(reader.poll() is None for reader in readers):
                number += 1
                await store.apply(_numbered(number))
                checked = await store.get_many([_key(n) for n in range(8)])
                assert [n.properties["population"] for n in checked if n] == [number + n for n in range(8)]
            return number

    num_reads = "10000"  # in each of two threads of each of two processes
    with child(READER, url_of(path), num_reads) as one, child(READER, url_of(path), num_reads) as two:
        num_commits = asyncio.run(write([one, two]))
        told = [int(line(reader)) for reader in (one, two)]
    assert all(0 < last <= num_commits for last in told)


def _key(number: int) -> NodeKey:
    return NodeKey("Unit", f"{number}")


def _numbered(number: int, *, is_first: bool = False) -> list[Change]:
    puts: list[Change] = [
        PutNode("Unit", f"{n}", {"name": f"{n}", "population": number + n}) for n in range(8)
    ]
    if not is_first:
        return puts
    top = PutNode("Unit", "top", {"name": "top", "level": "county"})
    return [top, *puts, *(PutRelationship("PART_OF", _key(n), NodeKey("Unit", "top")) for n in range(8))]
