"""Single nodes and their surroundings."""

import pytest
from store_examples import BO, COUNTY, JIA, XINHU, YIHE, ZHAO, codes, key

from orgraph.errors import InputError
from orgraph.graph import Node
from orgraph.store import Direction, PutNode, PutRelationship, Store

pytestmark = pytest.mark.anyio


async def test_get(towns: Store) -> None:
    assert await towns.get("Unit", XINHU) == Node(
        "Unit", XINHU, {"name": "新户镇", "level": "town", "population": 90}
    )
    assert await towns.get("Unit", "nowhere") is None
    assert await towns.get("Household", XINHU) is None


async def test_get_many_keeps_the_order_of_the_keys(towns: Store) -> None:
    keys = [key("H2", "Household"), key("nowhere"), key(BO), key("H2", "Household"), key("H1", "Household")]
    nodes = await towns.get_many(keys)
    assert [n.key if n else None for n in nodes] == [keys[0], None, keys[2], keys[3], keys[4]]
    assert await towns.get_many([]) == ()


async def test_keys_that_cannot_be(towns: Store) -> None:
    odd = [
        "",
        "a\x00",
        f"{BO}\x00",
        "\ud800",
        "x" * 10_000,
        "'; DROP TABLE node_Unit; --",
        "`}) DETACH DELETE n //",
    ]
    assert await towns.get_many([key(code) for code in odd]) == (None,) * len(odd)


async def test_unknown_kind_is_refused(towns: Store) -> None:
    with pytest.raises(InputError):
        await towns.get("Castle", BO)


async def test_neighbours_in_the_order_of_the_keys(towns: Store) -> None:
    units = [key(ZHAO), key("nowhere"), key(BO), key(YIHE)]
    found = await towns.neighbours(units, "PART_OF")
    assert [[n.node.code for n in each] for each in found] == [[XINHU], [], [YIHE], [COUNTY]]
    found = await towns.neighbours(units, "PART_OF", direction=Direction.IN)
    assert [[n.node.code for n in each] for each in found] == [[], [], ["H1", "H2"], [BO, JIA]]
    found = await towns.neighbours(units, "PART_OF", direction=Direction.BOTH)
    assert [[n.node.code for n in each] for each in found] == [
        [XINHU],
        [],
        ["H1", "H2", YIHE],
        [COUNTY, BO, JIA],
    ]


async def test_neighbours_tell_the_relationship(towns: Store) -> None:
    (found,) = await towns.neighbours([key(JIA)], "ADJACENT")
    assert [(n.relationship.source.code, n.relationship.target.code) for n in found] == [
        (BO, JIA),
        (JIA, ZHAO),
    ]
    assert dict(found[0].relationship.properties) == {"shared_border_m": 120.5}


async def test_relationship_properties_change_and_end(towns: Store) -> None:
    border = PutRelationship("ADJACENT", key(BO), key(JIA), {"shared_border_m": None, "is_barrier": False})
    await towns.apply([border])
    (found,) = await towns.neighbours([key(BO)], "ADJACENT")
    assert dict(found[0].relationship.properties) == {"is_barrier": False}


async def test_ancestors(towns: Store) -> None:
    assert codes(await towns.ancestors(key("H3", "Household"))) == [JIA, YIHE, COUNTY]
    assert await towns.ancestors(key(COUNTY)) == ()
    assert await towns.ancestors(key("nowhere")) == ()


async def test_descendants(towns: Store) -> None:
    assert codes(await towns.descendants(key(YIHE))) == [BO, JIA, "C1", "H1", "H2", "H3", "O1", "O2"]
    assert codes(await towns.descendants(key(YIHE), max_depth=1)) == [BO, JIA]
    assert codes(await towns.descendants(key(COUNTY), kind="Household", max_depth=3)) == ["H1", "H2", "H3"]
    assert await towns.descendants(key(COUNTY), kind="Household", max_depth=2) == ()
    assert await towns.descendants(key("nowhere")) == ()


async def test_two_thousand_keys_at_once(store: Store) -> None:
    await store.apply([PutNode("Household", f"{n}", {}) for n in range(2000)])
    nodes = await store.get_many([key(f"{n}", "Household") for n in reversed(range(2000))])
    assert codes(n for n in nodes if n) == [f"{n}" for n in reversed(range(2000))]
