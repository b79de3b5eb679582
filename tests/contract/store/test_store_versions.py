"""Versions of scopes, compare-and-set, and the log of changes."""

from datetime import date

import pytest
from store_examples import (
    BO,
    COUNTY,
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

from orgraph.errors import VersionConflict
from orgraph.store import DeleteNode, DeleteRelationship, PutNode, PutRelationship, Store

pytestmark = pytest.mark.anyio


async def test_a_scope_that_holds_nothing_has_version_0(store: Store) -> None:
    assert await store.version(COUNTY) == 0
    await store.apply([unit(COUNTY, level="county")], expected={COUNTY: 0})
    assert await store.version(COUNTY) == 1


async def test_only_the_county_of_the_change_is_raised(towns: Store) -> None:
    commit = await towns.apply([unit(ZHAO, name="赵家村")])
    assert commit.versions == {COUNTY: 2}
    assert (await towns.version(COUNTY), await towns.version(OTHER_COUNTY)) == (2, 1)


async def test_version_of_a_unit_is_that_of_its_county(towns: Store) -> None:
    await towns.apply([unit(ZHAO, name="赵家村")], expected={YIHE: 1})
    assert await towns.version(BO) == 2


async def test_nodes_outside_every_unit_have_a_scope_of_their_own(towns: Store) -> None:
    commit = await towns.apply([PutNode("Scenario", "S", {"name": "方案", "status": "draft"})])
    assert commit.versions == {"": 1}
    assert await towns.version("") == 1


async def test_topmost_unit_is_the_scope_where_there_is_no_county(store: Store) -> None:
    commit = await store.apply(
        [unit("37", level="province"), unit("3705", level="city"), part_of("3705", "37")]
    )
    assert commit.versions == {"37": 1}
    commit = await store.apply([unit("370503", level="county"), part_of("370503", "3705")])
    assert commit.versions == {"37": 2, "370503": 1}


async def test_older_version_is_a_conflict_that_tells_what_changed(towns: Store) -> None:
    await towns.apply([unit(ZHAO, name="赵家村"), part_of(ZHAO, YIHE)])
    before = await everything(towns)
    with pytest.raises(VersionConflict) as caught:
        await towns.apply([unit(BO, name="新名")], expected={OTHER_COUNTY: 1, COUNTY: 1})
    details = caught.value.details
    assert (details["scope"], details["expected"], details["actual"]) == (COUNTY, 1, 2)
    changes = details["changes"]
    assert isinstance(changes, list)
    assert sorted(map(str, changes)) == [
        f"PART_OF Unit {ZHAO} → Unit {YIHE}",
        f"PART_OF Unit {ZHAO} → Unit {XINHU}",
        f"Unit {ZHAO}",
    ]
    assert await everything(towns) == before


async def test_conflict_names_at_most_20_things(towns: Store) -> None:
    await towns.apply([PutNode("Household", f"N{n}", {}) for n in range(30)])
    with pytest.raises(VersionConflict) as caught:
        await towns.apply([], expected={"": 0})
    assert len(caught.value.details["changes"]) == 20  # type: ignore[arg-type]


async def test_newer_version_than_there_is_is_a_conflict(towns: Store) -> None:
    with pytest.raises(VersionConflict):
        await towns.apply([unit(BO, name="新名")], expected={COUNTY: 7})


async def test_move_between_scopes_raises_both(towns: Store) -> None:
    commit = await towns.apply([part_of(YIHE, OTHER_COUNTY)])
    assert commit.versions == {COUNTY: 2, OTHER_COUNTY: 2}
    assert await towns.version(BO) == 2
    commit = await towns.apply([unit(BO, name="新名")])
    assert commit.versions == {OTHER_COUNTY: 3}


async def test_becoming_a_county_makes_a_scope(towns: Store) -> None:
    commit = await towns.apply([unit(COUNTY, level="city"), unit(YIHE, level="county")])
    assert commit.versions == {COUNTY: 2, YIHE: 1}
    assert (await towns.apply([unit(BO, name="新名")])).versions == {YIHE: 2}
    assert (await towns.apply([unit(ZHAO, name="新名")])).versions == {COUNTY: 3}


async def test_relationship_between_scopes_raises_both(towns: Store) -> None:
    await towns.apply([unit("X", level="town"), part_of("X", OTHER_COUNTY)])
    commit = await towns.apply([PutRelationship("ADJACENT", key("X"), key(YIHE))])
    assert commit.versions == {COUNTY: 2, OTHER_COUNTY: 3}


async def test_version_of_a_deleted_county_goes_on(towns: Store) -> None:
    await towns.apply([DeleteNode("Unit", OTHER_COUNTY)])
    assert await towns.version(OTHER_COUNTY) == 2
    commit = await towns.apply([unit(OTHER_COUNTY, level="county")])
    assert commit.versions == {OTHER_COUNTY: 3}


async def test_log_tells_who_why_when_and_what(towns: Store) -> None:
    commit = await towns.apply(
        [PutNode("Unit", BO, {"population": 201, "arable_mu": None})], by="clerk", reason="census"
    )
    (record,) = await towns.changes(COUNTY, since=1)
    assert record.change == PutNode("Unit", BO, {"population": 201, "arable_mu": None})
    assert (record.scope, record.version, record.by, record.reason) == (COUNTY, 2, "clerk", "census")
    assert record.effective == date.today()
    assert record.at.endswith("+00:00")
    assert commit.versions == {COUNTY: 2}


async def test_log_holds_moves_and_deletions_of_its_scope_only(towns: Store) -> None:
    await towns.apply([part_of(ZHAO, OTHER_COUNTY), DeleteNode("Unit", XINHU)])
    in_both = [
        DeleteRelationship("PART_OF", key(ZHAO), key(XINHU)),
        part_of(ZHAO, OTHER_COUNTY),
    ]
    assert [r.change for r in await towns.changes(COUNTY, since=1)] == [
        DeleteRelationship("PART_OF", key(XINHU), key(COUNTY)),
        in_both[0],
        DeleteNode("Unit", XINHU),
        in_both[1],
    ]
    assert [r.change for r in await towns.changes(OTHER_COUNTY, since=1)] == in_both


async def test_log_can_be_applied_to_an_empty_store(store: Store) -> None:
    await store.apply(two_towns())
    await store.apply([part_of(BO, XINHU), unit(BO, population=5), DeleteNode("Unit", OTHER_COUNTY)])
    await store.apply([DeleteNode("Unit", YIHE, subtree=True), unit("n", name="新"), part_of("n", COUNTY)])
    records = await store.changes(COUNTY)
    graph = await store.snapshot(COUNTY)
    gone = DeleteNode("Unit", COUNTY, subtree=True)
    await store.apply([gone])
    for version in sorted({r.version for r in records}):
        await store.apply([r.change for r in records if r.version == version])
    again = await store.snapshot(COUNTY)
    assert list(again.nodes()) == list(graph.nodes())
    assert list(again.relationships()) == list(graph.relationships())


async def test_log_is_limited_and_goes_on(towns: Store) -> None:
    for number in range(5):
        await towns.apply([unit(BO, population=number)])
    first = await towns.changes(COUNTY, since=1, limit=2)
    assert [r.version for r in first] == [2, 3]
    assert [r.version for r in await towns.changes(COUNTY, since=3, limit=99)] == [4, 5, 6]
    assert len(await towns.changes(COUNTY, limit=7)) == 7
    assert await towns.changes(COUNTY, since=6) == ()
    assert await towns.changes("nowhere") == ()


async def test_a_county_that_is_deleted_and_made_again_in_one_commit_is_raised_once(towns: Store) -> None:
    commit = await towns.apply([DeleteNode("Unit", COUNTY, subtree=True), unit(COUNTY, level="county")])
    assert commit.versions == {COUNTY: 2}
    assert {record.version for record in await towns.changes(COUNTY, 1)} == {2}
