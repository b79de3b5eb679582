"""Dump and load: the loaded store gives every answer that the dumped one gives; a broken dump is refused and leaves nothing."""

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import aclosing
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from store_examples import (
    BO,
    COUNTY,
    JIA,
    OTHER_COUNTY,
    XINHU,
    YIHE,
    ZHAO,
    everything,
    key,
    part_of,
    two_towns,
    unit,
)

from orgraph.errors import InputError, StoreError
from orgraph.graph import NodeKey
from orgraph.store import (
    ALL,
    DeleteNode,
    DeleteRelationship,
    DumpedCommit,
    DumpEnd,
    DumpHead,
    DumpRecord,
    NodeState,
    PutNode,
    PutRelationship,
    RelationshipState,
    Store,
    SyncStore,
    Touched,
    open_store,
    open_store_sync,
    url_of,
)

pytestmark = pytest.mark.anyio

DAYS = [date(2024, 1, 1), date(2024, 2, 1), date(2024, 3, 1), date(2024, 4, 1), date(2024, 5, 1)]
SCOPES = (COUNTY, OTHER_COUNTY)
H1, H2, H3 = (key(code, "Household") for code in ("H1", "H2", "H3"))
C1, O1, O2 = key("C1", "CenterHousehold"), key("O1", "PartyOrganization"), key("O2", "PartyOrganization")
KEYS = [*map(key, (COUNTY, OTHER_COUNTY, YIHE, XINHU, BO, JIA, ZHAO)), H1, H2, H3, C1, O1, O2]


async def live(store: Store) -> None:
    """A life of five days: changes, moves between counties, ends, a second life, things that come and go on one day."""
    await store.apply(two_towns(), effective=DAYS[0], by="clerk", reason="start")
    await store.apply(
        [
            unit(BO, name="薄家新村", population=220, arable_mu=None),
            PutRelationship("ADJACENT", key(BO), key(JIA), {"shared_border_m": 99.5, "is_barrier": True}),
            DeleteRelationship("SERVES", C1, H2),
        ],
        effective=DAYS[1],
        by="clerk",
    )
    await store.apply([part_of(XINHU, OTHER_COUNTY), unit(XINHU, name="新户街道")], effective=DAYS[2])
    await store.apply([DeleteNode("Unit", JIA, subtree=True)], effective=DAYS[3], reason="merged")
    await store.apply([unit(JIA, name="嘉和村", level="village"), part_of(JIA, YIHE)], effective=DAYS[3])
    await store.apply([unit(ZHAO, population=1)], effective=DAYS[4])
    await store.apply([unit(ZHAO, population=2)], effective=DAYS[4])
    await store.apply([PutNode("Household", "H9"), part_of(key("H9", "Household"), ZHAO)], effective=DAYS[4])
    await store.apply([PutNode("Household", "H8"), DeleteNode("Household", "H8")], effective=DAYS[4])


async def answers(store: Store) -> dict[str, object]:
    """What the port tells about a life: now, on every day, its history and its log."""
    told: dict[str, object] = {"now": await everything(store)}
    for day in DAYS:
        graph = await store.snapshot(ALL, as_of=day)
        told[f"on {day}"] = (tuple(graph.nodes()), tuple(graph.relationships()), dict(graph.provenance))
        told[f"below {day}"] = await store.descendants(key(COUNTY), as_of=day)
    for node in KEYS:
        told[f"history {node}"] = await store.history(node)
    for scope in (*SCOPES, ""):
        told[f"version {scope}"] = await store.version(scope)
        told[f"changes {scope}"] = await store.changes(scope)
        told[f"late changes {scope}"] = await store.changes(scope, 2, limit=3)
    for text in ("薄家", "xhjd", BO[:9], "嘉和"):
        told[f"search {text}"] = await store.search(text)
    told["page"] = await store.page("Unit", within=COUNTY)
    told["rollup"] = await store.rollup(COUNTY, "town", sums=[("Unit", "population")])
    return told


async def records_of(store: Store) -> list[DumpRecord]:
    async with aclosing(store.dump()) as records:  # type: ignore[type-var]
        return [record async for record in records]


async def stream(records: Iterable[DumpRecord]) -> AsyncIterator[DumpRecord]:
    for record in records:
        yield record


@pytest.fixture
async def lived(tmp_path: Path) -> AsyncIterator[Store]:
    """A store with a past, of the kind that needs no server."""
    async with open_store(url_of(tmp_path / "lived.db")) as opened:
        await opened.ensure_schema()
        await live(opened)
        yield opened


async def refused(store: Store, records: Sequence[DumpRecord]) -> list[str]:
    """Load what is broken; return the codes of what was found, once it is sure that nothing was left behind."""
    before = await everything(store)
    with pytest.raises(InputError) as caught:
        await store.load(stream(records))
    assert await everything(store) == before
    assert [record async for record in store.dump()][1:] == [DumpEnd(dict.fromkeys(_NAMES, 0))]
    return [finding.code for finding in caught.value.findings]


_NAMES = ("commits", "node_states", "relationship_states", "touched")


async def test_every_answer_is_the_same_after_a_round_trip(store, lived):
    await store.load(lived.dump())
    assert await answers(store) == await answers(lived)


async def test_what_a_store_of_this_kind_dumps_gives_the_same_answers(store, tmp_path):
    await live(store)
    async with open_store(url_of(tmp_path / "copy.db")) as copy:
        await copy.ensure_schema()
        await copy.load(store.dump())
        assert await answers(copy) == await answers(store)


async def test_a_dump_of_what_was_loaded_counts_the_same(store, lived):
    await store.load(lived.dump())
    first, second = await records_of(lived), await records_of(store)
    assert second[-1] == first[-1]
    assert second[0] == first[0] == DumpHead(1, 9, DAYS[4])
    assert [r for r in second if isinstance(r, DumpedCommit)] == [
        r for r in first if isinstance(r, DumpedCommit)
    ]


async def test_commits_go_on_after_a_load_as_they_would_have(store, lived):
    await store.load(lived.dump())
    later = [
        unit("370503100209", name="新来村", level="village"),
        part_of("370503100209", YIHE),
        DeleteNode("Household", "H1"),
        unit(BO, population=7),
    ]
    for each in (store, lived):
        assert (await each.apply(later, effective=date(2024, 6, 1))).versions == {COUNTY: 6}
    ours, theirs = await answers(store), await answers(lived)
    assert {name for name in ours if ours[name] != theirs[name]} <= {
        f"changes {COUNTY}",
        f"late changes {COUNTY}",
    }
    told = [
        [(r.version, r.reason, r.effective, r.change) for r in await each.changes(COUNTY)]
        for each in (store, lived)
    ]
    assert told[0] == told[1]


async def test_a_date_before_the_last_change_is_still_refused_after_a_load(store, lived):
    await store.load(lived.dump())
    with pytest.raises(InputError) as caught:
        await store.apply([unit(ZHAO, population=3)], effective=DAYS[3])
    assert [f.code for f in caught.value.findings] == ["store.date_before_last"]


async def test_records_come_in_order_and_states_of_a_node_oldest_first(store):
    await live(store)
    records = await records_of(store)
    order = (DumpHead, DumpedCommit, NodeState, RelationshipState, Touched, DumpEnd)
    ranks = [order.index(type(r)) for r in records]
    assert ranks == sorted(ranks)
    states = [(s.code, s.begun, s.ended) for s in records if isinstance(s, NodeState)]
    assert [s for s in states if s[0] == ZHAO] == [(ZHAO, 1, 6), (ZHAO, 6, 7), (ZHAO, 7, None)]
    assert sorted(s for s in states if s[0] == JIA) == [(JIA, 1, 4), (JIA, 5, None)]
    lives = {s.identity for s in records if isinstance(s, NodeState) and s.code == JIA}
    assert len(lives) == 2
    assert not [s for s in states if s[0] == "H8"]


async def test_a_dump_shows_one_state_while_commits_go_on(store):
    await store.apply(two_towns(), effective=DAYS[0])
    records = store.dump()
    first = await anext(records)
    await store.apply([unit(BO, name="后来"), unit("370599", name="新县", level="county")], effective=DAYS[1])
    rest = [record async for record in records]
    assert first == DumpHead(1, 1, DAYS[0])
    assert {r.ended for r in rest if isinstance(r, NodeState)} == {None}
    assert "后来" not in {r.properties.get("name") for r in rest if isinstance(r, NodeState)}


async def test_a_store_that_holds_nothing_dumps_its_head_and_its_end(store):
    counts = dict.fromkeys(_NAMES, 0)
    assert await records_of(store) == [DumpHead(1, 0, None), DumpEnd(counts)]


async def test_loading_into_a_store_that_held_something_is_refused(towns, lived):
    await towns.apply([DeleteNode("Unit", code, subtree=True) for code in SCOPES])
    before = await records_of(towns)
    with pytest.raises(StoreError) as caught:
        await towns.load(lived.dump())
    assert caught.value.code == "store_not_empty"
    assert await records_of(towns) == before


@pytest.mark.parametrize("kept", [1, 5, 20, -1])
async def test_a_cut_dump_is_refused(store, lived, kept):
    assert await refused(store, (await records_of(lived))[:kept]) == ["moving.dump_cut"]


async def test_no_record_at_all_is_refused(store):
    assert await refused(store, []) == ["moving.dump_cut"]


async def test_a_newer_format_is_refused(store, lived):
    head, *rest = await records_of(lived)
    assert isinstance(head, DumpHead)
    assert await refused(store, [replace(head, format=2), *rest]) == ["moving.dump_newer"]


async def test_what_a_newer_schema_declares_is_refused_all_at_once(store, lived):
    head, *rest = await records_of(lived)
    states = [r for r in rest if isinstance(r, NodeState)]
    stranger = replace(states[0], identity=900_000, kind="Spaceship", code="S1")
    changed = replace(states[-1], properties={**states[-1].properties, "colour": "red"})
    relations = [r for r in rest if isinstance(r, RelationshipState)]
    flight = replace(relations[0], kind="FLIES_TO")
    at = rest.index(states[-1])
    broken = [head, *rest[:at], changed, stranger, flight, *rest[at + 1 :]]
    # counted again, so that only the unknown words are wrong
    end = broken[-1]
    assert isinstance(end, DumpEnd)
    broken.remove(relations[0])
    broken[-1] = DumpEnd({**end.counts, "node_states": end.counts["node_states"] + 1})
    broken.sort(
        key=lambda r: (DumpHead, DumpedCommit, NodeState, RelationshipState, Touched, DumpEnd).index(type(r))
    )
    assert sorted(await refused(store, broken)) == [
        "moving.dump_field_unknown",
        "moving.dump_kind_unknown",
        "moving.dump_kind_unknown",
    ]


async def test_records_out_of_order_are_refused(store, lived):
    head, *rest = await records_of(lived)
    at = next(i for i, r in enumerate(rest) if isinstance(r, Touched))
    late = [head, *rest[: at - 1], rest[at], rest[at - 1], *rest[at + 1 :]]
    for broken in ([*rest, head], late, [head, head, *rest], [head, *rest, rest[-1]]):
        assert await refused(store, broken) == ["moving.dump_out_of_order"]


async def test_a_relationship_without_its_node_is_refused(store, lived):
    records = await records_of(lived)
    broken = [replace(r, target=800_000) if isinstance(r, RelationshipState) else r for r in records]
    assert await refused(store, broken) == ["moving.dump_end_missing"]


async def test_counts_that_differ_are_refused(store, lived):
    records = await records_of(lived)
    at = next(i for i, r in enumerate(records) if isinstance(r, Touched))
    assert await refused(store, [*records[:at], *records[at + 1 :]]) == ["moving.dump_counts_differ"]


async def test_numbers_that_cannot_be_are_refused(store, lived):
    records = await records_of(lived)
    at = next(i for i, r in enumerate(records) if isinstance(r, NodeState))
    state = records[at]
    assert isinstance(state, NodeState)
    for wrong in (
        replace(state, identity=0),
        replace(state, identity=2**40),
        replace(state, begun=0),
        replace(state, begun=99, ended=None, valid_to=None),
        replace(state, ended=None),
    ):
        assert await refused(store, [*records[:at], wrong, *records[at + 1 :]]) == [
            "moving.dump_number_wrong"
        ]


async def test_the_same_present_node_twice_is_refused(store, lived):
    head, *rest = await records_of(lived)
    at = next(i for i, r in enumerate(rest) if isinstance(r, NodeState) and r.ended is None)
    end = rest[-1]
    assert isinstance(end, DumpEnd)
    counts = {**end.counts, "node_states": end.counts["node_states"] + 1}
    assert await refused(store, [head, *rest[:at], rest[at], *rest[at:-1], DumpEnd(counts)]) == [
        "moving.dump_twice"
    ]


async def test_what_the_stream_raises_comes_out_and_leaves_nothing(store, lived):
    records = await records_of(lived)

    async def breaking() -> AsyncIterator[DumpRecord]:
        for record in records[:40]:
            yield record
        raise ConnectionAbortedError("the source is gone")

    with pytest.raises(ConnectionAbortedError):
        await store.load(breaking())
    assert len(await store.snapshot(ALL)) == 0
    await store.load(stream(records))
    assert await answers(store) == await answers(lived)


def test_waiting_stores_dump_and_load_too(waiting_store: SyncStore, tmp_path: Path) -> None:
    waiting_store.apply(two_towns(), effective=DAYS[0])
    with open_store_sync(url_of(tmp_path / "copy.db")) as copy:
        copy.ensure_schema()
        copy.load(waiting_store.dump())
        assert copy.get("Unit", BO) == waiting_store.get("Unit", BO)
        assert list(copy.dump())[-1] == list(waiting_store.dump())[-1]
        assert copy.history(NodeKey("Unit", BO)) == waiting_store.history(NodeKey("Unit", BO))
