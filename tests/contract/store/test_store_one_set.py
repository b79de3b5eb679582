"""Changes of one set that concern each other: ends that come late or never, things made and ended at once."""

from datetime import date

import pytest
from store_examples import BO, COUNTY, JIA, XINHU, YIHE, codes, everything, key, part_of, unit

from orgraph.errors import InvalidGraph
from orgraph.store import (
    DeleteNode,
    DeleteRelationship,
    PutNode,
    PutRelationship,
    Store,
)

pytestmark = pytest.mark.anyio

D1, D2 = date(2020, 1, 1), date(2020, 8, 3)


async def test_end_may_come_many_changes_later(store: Store) -> None:
    between = [PutNode("Household", f"H{n}", {}) for n in range(12_000)]
    commit = await store.apply([unit("a"), part_of("a", "b"), *between, unit("b", level="county")])
    assert commit.num_put == 12_003
    assert commit.versions == {"": 1, "b": 1}
    assert codes(await store.ancestors(key("a"))) == ["b"]
    assert await store.count("Unit", within="b") == 2


async def test_end_that_is_no_longer_needed_leaves_nothing(towns: Store) -> None:
    commit = await towns.apply([part_of(BO, "nowhere"), part_of(BO, XINHU)])
    assert commit.versions == {COUNTY: 2}
    assert codes(await towns.ancestors(key(BO))) == [XINHU, COUNTY]
    assert await towns.get("Unit", "nowhere") is None
    await towns.apply([unit("nowhere"), part_of("nowhere", YIHE)])
    assert codes(await towns.ancestors(key("nowhere"))) == [YIHE, COUNTY]


async def test_node_changed_and_deleted_in_one_set_ends_as_it_was(store: Store) -> None:
    await store.apply([unit("1", name="a")], effective=D1)
    commit = await store.apply([unit("1", name="b"), DeleteNode("Unit", "1")], effective=D2)
    assert (commit.num_put, commit.num_deleted, commit.versions) == (1, 1, {"1": 2})
    assert [(r.node.name, r.valid_from, r.valid_to) for r in await store.history(key("1"))] == [("a", D1, D2)]
    (record,) = await store.changes("1", since=1)
    assert record.change == DeleteNode("Unit", "1")


async def test_node_made_and_deleted_in_one_set_was_never_there(towns: Store) -> None:
    graph, *_ = await everything(towns)
    await towns.apply([unit("1"), part_of("1", YIHE), DeleteNode("Unit", "1")])
    assert (await everything(towns))[0] == graph
    assert await towns.history(key("1")) == ()


async def test_relationship_ended_and_made_again_in_one_set(towns: Store) -> None:
    border = key(BO), key(JIA)
    commit = await towns.apply(
        [
            DeleteRelationship("ADJACENT", *border),
            PutRelationship("ADJACENT", *border, {"is_barrier": True}),
        ]
    )
    assert (commit.num_put, commit.num_deleted) == (1, 1)
    (record,) = await towns.changes(COUNTY, since=1)
    assert record.change == PutRelationship(
        "ADJACENT", *border, {"is_barrier": True, "shared_border_m": None}
    )


async def test_equal_number_of_another_type_changes_nothing(towns: Store) -> None:
    border = key(BO), key(JIA)
    await towns.apply([PutRelationship("ADJACENT", *border, {"shared_border_m": 120.0})])
    commit = await towns.apply([PutRelationship("ADJACENT", *border, {"shared_border_m": 120})])
    assert (commit.num_put, commit.versions) == (0, {})


async def test_only_the_kind_that_is_named_is_deleted(towns: Store) -> None:
    with pytest.raises(InvalidGraph) as caught:
        await towns.apply([DeleteRelationship("LOCATED_IN", key("H1", "Household"), key(BO))])
    assert [f.code for f in caught.value.findings] == ["store.no_relationship_to_delete"]
    assert codes(await towns.ancestors(key("H1", "Household"))) == [BO, YIHE, COUNTY]
