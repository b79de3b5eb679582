"""Texts and numbers are compared alike wherever a store does it: by code point, zero by its value, days by sort keys that past states lack."""

from datetime import date

import pytest
from store_examples import unit

from orgraph.store import Condition, Operator, Order, PutNode, Store

pytestmark = pytest.mark.anyio

CODES = ["a", "a\ud7ff", "a\ue000", "a豈", "a\uff21", "a\U00010000", "a𠮷", "b"]
SIGNS = {
    Operator.LT: str.__lt__,
    Operator.LE: str.__le__,
    Operator.GT: str.__gt__,
    Operator.GE: str.__ge__,
}


@pytest.mark.parametrize("operator", SIGNS)
async def test_texts_beyond_the_basic_plane_are_compared_by_code_point(
    store: Store, operator: Operator
) -> None:
    await store.apply([unit(f"{n}", reference_part=text) for n, text in enumerate(CODES)])
    for value in CODES:
        page = await store.page("Unit", where=[Condition("reference_part", operator, value)])
        found = [n.properties["reference_part"] for n in page.nodes]
        assert found == [text for text in CODES if SIGNS[operator](text, value)]


@pytest.mark.parametrize("is_descending", [False, True])
async def test_codes_beyond_the_basic_plane_are_walked_by_code_point(
    store: Store, is_descending: bool
) -> None:
    readable = [code for code in CODES if code.isprintable()]
    await store.apply([unit(code, name="同名", level="village") for code in readable])
    expected = sorted(readable, reverse=is_descending)
    for order in ([Order("code", is_descending)], [Order("level"), Order("code", is_descending)]):
        cursor, met = None, []
        for _ in readable:
            page = await store.page("Unit", order=order, after=cursor, limit=1)
            met += [n.code for n in page.nodes]
            cursor = page.cursors[-1]
        assert met == expected


async def test_zero_is_one_value_whatever_its_sign(store: Store) -> None:
    zeros = {"a": 0.0, "b": -0.0, "c": 0, "d": -0.0, "e": 1.0}
    await store.apply([unit(code, arable_mu=value) for code, value in zeros.items()])
    for value in (0, 0.0, -0.0):
        for operator, expected in ((Operator.EQ, "abcd"), (Operator.GE, "abcde"), (Operator.LE, "abcd")):
            page = await store.page("Unit", where=[Condition("arable_mu", operator, value)])
            assert "".join(n.code for n in page.nodes) == expected
        assert await store.count("Unit", where=[Condition("arable_mu", Operator.LT, value)]) == 0
        assert await store.count("Unit", where=[Condition("arable_mu", Operator.IN, (value,))]) == 4
    page = await store.page("Unit", order=[Order("arable_mu")])
    assert "".join(n.code for n in page.nodes) == "abcde"


async def test_page_of_a_day_by_name(store: Store) -> None:
    first, second = date(2024, 1, 1), date(2024, 2, 1)
    names = {"1": "嘉和村", "2": "薄家村", "3": "义和镇"}
    await store.apply([unit(code, name=name) for code, name in names.items()], effective=first)
    await store.apply([PutNode("Unit", "2", {"name": "左家村"})], effective=second)
    day = await store.page("Unit", order=[Order("name")], as_of=first, limit=2)
    assert [n.name for n in day.nodes] == ["薄家村", "嘉和村"]
    assert day.has_next
    rest = await store.page("Unit", order=[Order("name")], as_of=first, after=day.cursors[-1])
    assert [n.name for n in rest.nodes] == ["义和镇"]
    assert (rest.has_next, rest.has_previous) == (False, True)
    down = await store.page("Unit", order=[Order("name", True)], as_of=first)
    assert [n.name for n in down.nodes] == ["义和镇", "嘉和村", "薄家村"]
    now = await store.page("Unit", order=[Order("name")])
    assert [n.name for n in now.nodes] == ["嘉和村", "义和镇", "左家村"]
