"""Backup and restore: one file, one digest for every store, and nothing left of a file that is not whole."""

import gzip
import io
import json
from dataclasses import replace
from datetime import date

import pytest

from orgraph.errors import InputError, StoreError
from orgraph.graph import NodeKey
from orgraph.service.backup_lines import line_of, record_of
from orgraph.service.dump_digest import DumpDigest
from orgraph.service.imports import changes
from orgraph.service.moving import backup, restore
from orgraph.store import (
    ALL,
    DumpedCommit,
    DumpHead,
    NodeState,
    PutNode,
    PutRelationship,
    RelationshipState,
    Touched,
    open_store,
    url_of,
)

pytestmark = pytest.mark.anyio

VILLAGE = NodeKey("Unit", "370503100a")


@pytest.fixture
async def lived(store, town):
    await store.apply(changes(town), effective=date(2024, 1, 1), by="clerk", reason="开始")
    await store.apply([PutNode(*VILLAGE, {"name": "新名", "population": None})], effective=date(2024, 2, 1))
    member = PutNode("GridWorker", "W", {"skills": ("mediation", "repair")})
    covers = PutRelationship(
        "COVERS", NodeKey("GridWorker", "W"), NodeKey("Grid", "370503100a-G"), {"share": 0.5}
    )
    await store.apply([member, covers], effective=date(2024, 3, 1))
    return store


@pytest.fixture
async def empty(tmp_path):
    async with open_store(url_of(tmp_path / "empty.db")) as opened:
        await opened.ensure_schema()
        yield opened


async def saved(store):
    file = io.BytesIO()
    moved = await backup(store, file)
    return file.getvalue(), moved


async def refused(store, content):
    with pytest.raises(InputError) as caught:
        await restore(store, io.BytesIO(content), "b.gz")
    assert len(await store.snapshot(ALL)) == 0
    assert (await anext(store.dump())).num_commits == 0
    return [f.code for f in caught.value.findings]


def rewritten(content, change):
    """The file with its lines changed by a function on their list."""
    lines = gzip.decompress(content).decode().splitlines(keepends=True)
    return gzip.compress("".join(change(lines)).encode())


async def test_what_was_saved_comes_back_with_the_same_counts_and_digest(lived, empty):
    content, moved = await saved(lived)
    assert moved.counts == {"commits": 3, "node_states": 10, "relationship_states": 11, "touched": 21}
    assert await restore(empty, io.BytesIO(content), "b.gz") == moved
    assert await empty.history(VILLAGE) == await lived.history(VILLAGE)
    assert await empty.changes("370503") == await lived.changes("370503")
    assert await empty.snapshot(ALL, as_of=date(2024, 1, 15)) is not None
    again, moved_again = await saved(empty)
    assert (again, moved_again) == (content, moved)


async def test_an_empty_store_can_be_saved_and_restored(store, empty):
    content, moved = await saved(store)
    assert await restore(empty, io.BytesIO(content), "b.gz") == moved


async def test_the_digest_depends_on_neither_identities_nor_order(lived):
    def digest(records):
        digest = DumpDigest()
        for record in records:
            digest.add(record)
        return digest.hex

    def other(record):
        match record:
            case NodeState():
                return replace(record, identity=9_000_000 - 7 * record.identity)
            case RelationshipState():
                ends = (9_000_000 - 7 * record.source, 9_000_000 - 7 * record.target)
                return replace(record, source=ends[0], target=ends[1])
            case Touched():
                b = 9_000_000 - 7 * record.b if record.kind else 0
                return replace(record, a=9_000_000 - 7 * record.a, b=b)
            case _:
                return record

    records = [r async for r in lived.dump()]
    late = [r for r in records if isinstance(r, RelationshipState | Touched)]
    shuffled = [r for r in records if r not in late] + late[::-1]
    assert digest(map(other, shuffled)) == digest(records)


@pytest.mark.parametrize("kind", [DumpHead, DumpedCommit, NodeState, RelationshipState, Touched])
async def test_the_digest_depends_on_every_field_of_every_record(lived, kind):
    def digest(records):
        digest = DumpDigest()
        for record in records:
            digest.add(record)
        return digest.hex

    records = [r async for r in lived.dump()]
    whole = digest(records)
    at = max(i for i, r in enumerate(records) if isinstance(r, kind))
    same = {NodeState: {"identity"}, RelationshipState: set(), Touched: set()}.get(kind, set())
    for name in kind.__dataclass_fields__:
        value = getattr(records[at], name)
        if name in same:
            continue
        if name in ("source", "target", "a", "b"):
            changed = next(r.identity for r in records if isinstance(r, NodeState) and r.identity != value)
        elif isinstance(value, date):
            changed = date(1999, 1, 1)
        elif value is None:
            changed = date(1999, 1, 1) if name in ("valid_to", "latest_day") else 77
        else:
            changed = {"x": 1} if not isinstance(value, int | str) else value + type(value)(1)
        if name == "b" and not records[at].kind:
            continue
        broken = [*records[:at], replace(records[at], **{name: changed}), *records[at + 1 :]]
        assert digest(broken) != whole, name


async def test_every_record_survives_its_line(lived):
    records = [r async for r in lived.dump()]
    assert [record_of(line_of(r)) for r in records] == records


async def test_a_cut_file_is_refused_wherever_it_is_cut(lived, empty):
    content, _ = await saved(lived)
    for length in range(len(content) - 1, 0, -97):
        codes = await refused(empty, content[:length])
        assert codes in (["moving.backup_cut"], ["moving.backup_damaged"], ["moving.backup_is_none"])
    # a file that was cut between two lines and packed again
    for kept in (1, 2, 9, -1):
        codes = await refused(empty, rewritten(content, lambda lines, kept=kept: lines[:kept]))
        assert codes == ["moving.backup_cut"]


async def test_an_altered_byte_is_refused(lived, empty):
    content, _ = await saved(lived)
    # the ten bytes of gzip's own header hold nothing of the content
    for at in range(10, len(content), 61):
        codes = await refused(empty, content[:at] + bytes([content[at] ^ 4]) + content[at + 1 :])
        assert codes[0].startswith("moving.")


async def test_altered_content_is_refused_though_its_packing_is_whole(lived, empty):
    content, _ = await saved(lived)

    def renamed(lines):
        return [line.replace("新名", "旧名") for line in lines]

    def without(lines):
        at = max(i for i, line in enumerate(lines) if line.startswith('["t"'))
        return [*lines[:at], *lines[at + 1 :]]

    assert await refused(empty, rewritten(content, renamed)) == ["moving.backup_altered"]
    assert (await refused(empty, rewritten(content, without)))[0] in (
        "moving.backup_altered",
        "moving.dump_counts_differ",
    )
    assert await refused(empty, rewritten(content, lambda lines: [*lines, lines[-1]])) == [
        "moving.backup_damaged"
    ]
    assert await refused(empty, rewritten(content, lambda lines: [*lines[:5], "[1]\n", *lines[5:]])) == [
        "moving.backup_damaged"
    ]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"code,name\n1,a\n",
        b"\x1f\x8b",
        gzip.compress(b""),
        gzip.compress(b"{}\n"),
        gzip.compress(b"hello"),
    ],
)
async def test_other_files_are_refused(empty, content):
    assert (await refused(empty, content))[0] in ("moving.backup_is_none", "moving.backup_cut")


async def test_a_newer_format_is_refused_and_named(lived, empty):
    content, _ = await saved(lived)

    def newer(lines):
        manifest = json.loads(lines[0]) | {"format": 9, "version": "7.0"}
        return [json.dumps(manifest) + "\n", *lines[1:]]

    with pytest.raises(InputError) as caught:
        await restore(empty, io.BytesIO(rewritten(content, newer)), "b.gz")
    (finding,) = caught.value.findings
    assert finding.code == "moving.backup_newer"
    assert finding.numbers["found"] == "9"
    assert "7.0" in finding.text.en


async def test_a_store_that_holds_something_is_left_as_it_is(lived):
    content, moved = await saved(lived)
    with pytest.raises(StoreError):
        await restore(lived, io.BytesIO(content), "b.gz")
    assert await saved(lived) == (content, moved)
