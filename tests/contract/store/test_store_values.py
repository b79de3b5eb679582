"""Values come back exactly as they went in, whatever they look like."""

import math

import pytest
from store_examples import key, unit

from orgraph.graph import Value
from orgraph.store import Condition, Operator, Order, PutNode, PutRelationship, Store

pytestmark = pytest.mark.anyio

TEXTS = [
    "Robert'); DROP TABLE node_Unit;--",
    "' OR ''='",
    "`}) DETACH DELETE n //",
    "$1 {name} :root ?1 %s \\ \" ' ` /* --",
    "a\x00b",
    "\x00",
    "\x01\x1f\x7f\u0085\u2028",
    "😀👨‍👩‍👧‍👦🇨🇳",
    "שלום \u202eعالم",
    "𠮷𰻝圐圙㙍墕",
    "e\u0301 vs \u00e9",
    "Ａ１ ½ ﬁ",
    "长" * 20_000,
    " 前后 ",
    "1",
    "1.0",
    "null",
]


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
async def test_texts(store: Store, text: str) -> None:
    await store.apply([unit("1", name="甲" + text, reference_part=text), unit("2", name="乙")])
    node = await store.get("Unit", "1")
    assert node is not None
    assert node.properties == {"name": "甲" + text, "reference_part": text}
    where = [Condition("reference_part", Operator.EQ, text)]
    assert [n.code for n in (await store.page("Unit", where=where)).nodes] == ["1"]
    where = [Condition("name", Operator.IN, ("甲" + text, "丙"))]
    first = await store.page("Unit", where=where, order=[Order("name")])
    assert [n.code for n in first.nodes] == ["1"]
    walked = await store.page("Unit", order=[Order("name")], after=first.cursors[0])
    assert [n.code for n in walked.nodes] == ["2"]
    (graph,) = [await store.snapshot("1")]
    assert graph.node("Unit", "1").properties["name"] == "甲" + text


NUMBERS: list[int | float] = [
    0,
    1,
    2**31,
    2**53,
    0.1,
    1 / 3,
    math.pi,
    5e-324,
    1.7976931348623157e308,
    0.1 + 0.2,
    1e15 + 0.3,
    -0.0,
    123456789.123456789,
]


@pytest.mark.parametrize("number", NUMBERS)
async def test_numbers(store: Store, number: float) -> None:
    properties: dict[str, Value] = {"name": "x", "area_km2": abs(number), "lon": min(abs(number), 180)}
    properties["own_weight"] = -number
    if isinstance(number, int):
        properties["population"] = number
    await store.apply([PutNode("Unit", "1", properties)])
    node = await store.get("Unit", "1")
    assert node is not None
    assert node.properties == properties
    assert {n: math.copysign(1, v) for n, v in node.properties.items() if isinstance(v, float)} == {
        n: math.copysign(1, v) for n, v in properties.items() if isinstance(v, float)
    }
    found = await store.page("Unit", where=[Condition("area_km2", Operator.EQ, abs(number))])
    assert [n.code for n in found.nodes] == ["1"]


async def test_flags_lists_documents_and_dates(store: Store) -> None:
    properties: dict[str, Value] = {
        "name": "支部",
        "kind": "BRANCH",
        "is_joint": False,
        "is_temporary": True,
        "term_start": "2020-02-29",
        "synthetic_fields": ("members", "调解", "'x\""),
        "is_synthetic": True,
    }
    await store.apply([PutNode("PartyOrganization", "1", properties)])
    node = await store.get("PartyOrganization", "1")
    assert node is not None
    assert node.properties == properties
    assert node.properties["is_joint"] is False
    await store.apply([PutNode("PartyOrganization", "1", {"synthetic_fields": ()})])
    node = await store.get("PartyOrganization", "1")
    assert node is not None
    assert node.properties["synthetic_fields"] == ()


async def test_documents_are_kept_letter_by_letter(store: Store) -> None:
    geometry = '{ "type":"Point",\n "coordinates":[118.50000000000001,37.9] }'
    await store.apply([unit("1", geometry=geometry)])
    node = await store.get("Unit", "1")
    assert node is not None
    assert node.properties["geometry"] == geometry


async def test_relationship_values(store: Store) -> None:
    properties: dict[str, Value] = {
        "shared_border_m": 1 / 3,
        "point_distance_m": 2**53,
        "is_barrier": False,
        "is_synthetic": True,
    }
    await store.apply([unit("1"), unit("2"), PutRelationship("ADJACENT", key("1"), key("2"), properties)])
    (found,) = await store.neighbours([key("1")], "ADJACENT")
    assert dict(found[0].relationship.properties) == properties


@pytest.mark.parametrize("code", ["370503100201-03", "'--", "$x", "`n`", "村-1", "𠮷", "a" * 64, "%_*?", "é"])
async def test_codes(store: Store, code: str) -> None:
    await store.apply([unit(code), unit("top"), PutRelationship("PART_OF", key(code), key("top"))])
    node = await store.get("Unit", code)
    assert node is not None
    assert node.code == code
    assert [n.code for n in await store.descendants(key("top"))] == [code]
    assert [
        n.code for n in (await store.page("Unit", where=[Condition("code", Operator.EQ, code)])).nodes
    ] == [code]
