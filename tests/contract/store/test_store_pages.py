"""Pages: order, cursors, conditions, scope."""

import pytest
from store_examples import BO, COUNTY, JIA, OTHER_COUNTY, XINHU, YIHE, ZHAO, codes, key, part_of, unit

from orgraph.errors import InputError, NotFound
from orgraph.graph import Value
from orgraph.store import Condition, Operator, Order, PutNode, Store

pytestmark = pytest.mark.anyio

NAME, POPULATION = Order("name"), Order("population")
DOWN = Order("population", is_descending=True)


async def found(store: Store, field: str, operator: Operator, value: Value, kind: str = "Unit") -> list[str]:
    where = [Condition(field, operator, value)]
    nodes = codes((await store.page(kind, where=where)).nodes)
    assert await store.count(kind, where=where) == len(nodes)
    return nodes


async def findings(store: Store, **asked: object) -> list[str]:
    with pytest.raises(InputError) as caught:
        await store.page("Unit", **asked)  # type: ignore[arg-type]
    assert all(f.text.zh and f.text.en for f in caught.value.findings)
    return [f.code for f in caught.value.findings]


async def test_by_code_without_an_order(towns: Store) -> None:
    page = await towns.page("Unit")
    assert codes(page.nodes) == [OTHER_COUNTY, COUNTY, YIHE, BO, JIA, XINHU, ZHAO]
    assert page.cursors[0] == (OTHER_COUNTY,)
    assert (page.has_next, page.has_previous) == (False, False)


async def test_by_pinyin_with_the_override_for_village_names(towns: Store) -> None:
    page = await towns.page("Unit", order=[NAME], within=YIHE)
    assert [n.name for n in page.nodes] == ["薄家村", "嘉和村", "义和镇"]


async def test_syllables_are_compared_one_by_one(store: Store) -> None:
    names = ["仙村", "西安", "abc", "Äpfel", "圐圙", "𠮷林", "第2组", "第10组", "ABD"]
    await store.apply([unit(f"{n}", name=name) for n, name in enumerate(names)])
    page = await store.page("Unit", order=[NAME])
    assert [n.name for n in page.nodes] == [
        "abc",
        "ABD",
        "第10组",
        "第2组",
        "圐圙",
        "西安",
        "仙村",
        "Äpfel",
        "𠮷林",
    ]


async def test_equal_names_are_ordered_by_code(store: Store) -> None:
    await store.apply([unit(code, name="三合村") for code in ("c", "a", "b")])
    page = await store.page("Unit", order=[NAME])
    assert codes(page.nodes) == ["a", "b", "c"]
    page = await store.page("Unit", order=[Order("name", is_descending=True)])
    assert codes(page.nodes) == ["a", "b", "c"]


async def test_missing_values_come_last_either_way(towns: Store) -> None:
    up = await towns.page("Unit", order=[POPULATION])
    assert codes(up.nodes) == [XINHU, ZHAO, JIA, BO, YIHE, OTHER_COUNTY, COUNTY]
    down = await towns.page("Unit", order=[DOWN])
    assert codes(down.nodes) == [YIHE, BO, JIA, XINHU, ZHAO, OTHER_COUNTY, COUNTY]
    assert down.cursors[-1] == (None, COUNTY)


async def test_several_orders(towns: Store) -> None:
    page = await towns.page("Unit", order=[Order("level"), DOWN])
    assert codes(page.nodes) == [OTHER_COUNTY, COUNTY, YIHE, XINHU, BO, JIA, ZHAO]
    page = await towns.page("Unit", order=[POPULATION, Order("code", is_descending=True)])
    assert codes(page.nodes) == [ZHAO, XINHU, JIA, BO, YIHE, COUNTY, OTHER_COUNTY]


@pytest.mark.parametrize("limit", [1, 2, 3, 7])
@pytest.mark.parametrize(
    "order",
    [(), (NAME,), (POPULATION,), (DOWN,), (Order("level"), DOWN), (DOWN, NAME), (Order("code", True),)],
)
async def test_walk_forward_and_back_meets_every_row_once(
    towns: Store, order: tuple[Order, ...], limit: int
) -> None:
    whole = codes((await towns.page("Unit", order=order)).nodes)
    met: list[str] = []
    page = await towns.page("Unit", order=order, limit=limit)
    assert not page.has_previous
    while True:
        met += codes(page.nodes)
        if not page.has_next:
            break
        page = await towns.page("Unit", order=order, limit=limit, after=page.cursors[-1])
        assert page.has_previous
    assert met == whole
    while page.has_previous:
        page = await towns.page("Unit", order=order, limit=limit, before=page.cursors[0])
        assert page.has_next
        met = codes(page.nodes) + met
    assert (
        met[: len(whole) - (len(whole) - 1) % limit - 1] == whole[: len(whole) - (len(whole) - 1) % limit - 1]
    )


@pytest.mark.parametrize("is_descending", [False, True])
async def test_missing_values_of_a_second_order(store: Store, is_descending: bool) -> None:
    await store.apply(
        [
            unit("a", name="n", population=1),
            unit("b", name="n"),
            unit("c", name="n"),
            unit("d", name="n", population=2),
        ]
    )
    order = [Order("name"), Order("population", is_descending)]
    met: list[str] = []
    page = await store.page("Unit", order=order, limit=1)
    while True:
        met += codes(page.nodes)
        if not page.has_next:
            break
        page = await store.page("Unit", order=order, limit=1, after=page.cursors[-1])
    assert met == (["d", "a", "b", "c"] if is_descending else ["a", "d", "b", "c"])
    back = await store.page("Unit", order=order, limit=2, before=page.cursors[0])
    assert codes(back.nodes) == met[1:3]


async def test_cursor_of_a_row_that_is_gone_still_holds(towns: Store) -> None:
    page = await towns.page("Unit", order=[NAME], limit=3)
    await towns.apply([PutNode("Unit", page.nodes[-1].code, {"name": "啊"})])
    after = await towns.page("Unit", order=[NAME], after=page.cursors[-1])
    assert [n.name for n in after.nodes] == ["嘉和村", "新户镇", "义和镇", "赵村"]
    assert after.has_previous
    before = await towns.page("Unit", order=[NAME], before=page.cursors[-1])
    assert [n.name for n in before.nodes] == ["啊", "薄家村", "东营区"]


async def test_empty_page_behind_the_last_row(towns: Store) -> None:
    last = (await towns.page("Unit", order=[NAME])).cursors[-1]
    page = await towns.page("Unit", order=[NAME], after=last)
    assert (page.nodes, page.has_next, page.has_previous) == ((), False, True)


async def test_within_holds_the_unit_and_all_it_contains(towns: Store) -> None:
    assert codes((await towns.page("Unit", within=YIHE)).nodes) == [YIHE, BO, JIA]
    assert codes((await towns.page("Household", within=YIHE)).nodes) == ["H1", "H2", "H3"]
    assert codes((await towns.page("Household", within=XINHU)).nodes) == []
    assert await towns.count("Household", within=BO) == 2


async def test_within_an_unknown_unit(towns: Store) -> None:
    with pytest.raises(NotFound):
        await towns.page("Unit", within="nowhere")
    with pytest.raises(NotFound):
        await towns.count("Unit", within="nowhere")


async def test_conditions_on_numbers(towns: Store) -> None:
    assert await found(towns, "population", Operator.EQ, 90) == [XINHU, ZHAO]
    assert await found(towns, "population", Operator.NE, 90) == [YIHE, BO, JIA]
    assert await found(towns, "population", Operator.LT, 100) == [XINHU, ZHAO]
    assert await found(towns, "population", Operator.LE, 100) == [JIA, XINHU, ZHAO]
    assert await found(towns, "population", Operator.GT, 200.0) == [YIHE]
    assert await found(towns, "population", Operator.GE, 200) == [YIHE, BO]
    assert await found(towns, "population", Operator.IN, ()) == []
    assert await found(towns, "arable_mu", Operator.EQ, 10.5) == [BO]


async def test_conditions_on_missing_values(towns: Store) -> None:
    assert await found(towns, "population", Operator.IS_MISSING, True) == [OTHER_COUNTY, COUNTY]
    assert await found(towns, "arable_mu", Operator.IS_MISSING, False) == [BO]


async def test_conditions_on_texts_codes_choices_and_flags(towns: Store) -> None:
    assert await found(towns, "name", Operator.EQ, "薄家村") == [BO]
    assert await found(towns, "name", Operator.EQ, "薄家") == []
    assert await found(towns, "level", Operator.IN, ("county", "town", "' OR 1=1 --")) == [
        OTHER_COUNTY,
        COUNTY,
        YIHE,
        XINHU,
    ]
    assert await found(towns, "code", Operator.IN, (BO, ZHAO, "nowhere")) == [BO, ZHAO]
    assert await found(towns, "code", Operator.GE, XINHU) == [XINHU, ZHAO]
    assert await found(towns, "has_party_member", Operator.EQ, True, "Household") == ["H1"]
    assert await found(towns, "has_party_member", Operator.NE, True, "Household") == ["H2", "H3"]


async def test_conditions_on_relationships(towns: Store) -> None:
    assert await found(towns, "in:SERVES", Operator.HAS, True, "Household") == ["H1", "H2"]
    assert await found(towns, "in:SERVES", Operator.HAS, False, "Household") == ["H3"]
    assert await found(towns, "out:HAS_ORGANIZATION", Operator.HAS, True) == [BO]


async def test_several_conditions_hold_together(towns: Store) -> None:
    where = [Condition("level", Operator.EQ, "village"), Condition("population", Operator.LT, 150)]
    page = await towns.page("Unit", where=where, within=COUNTY, order=[DOWN])
    assert codes(page.nodes) == [JIA, ZHAO]
    assert await towns.count("Unit", where=where, within=YIHE) == 1


async def test_empty_list_of_values_beside_an_order(towns: Store) -> None:
    where = [Condition("code", Operator.IN, ())]
    assert (await towns.page("Unit", where=where, order=[Order("name")])).nodes == ()


async def test_long_list_of_values(towns: Store) -> None:
    assert await found(towns, "code", Operator.IN, (BO, *map(str, range(5000)))) == [BO]


async def test_what_cannot_be_asked_is_found_all_at_once(towns: Store) -> None:
    where = (
        Condition("lon", Operator.EQ, 1.0),
        Condition("geometry", Operator.EQ, "x"),
        Condition("parent_code", Operator.EQ, YIHE),
        Condition("nothing", Operator.EQ, "x"),
        Condition("population", Operator.EQ, "many"),
        Condition("name", Operator.EQ, None),
        Condition("name", Operator.IN, "薄家村"),
        Condition("level", Operator.IS_MISSING, "yes"),
        Condition("both:SERVES", Operator.HAS, True),
    )
    assert await findings(towns, where=where, order=[Order("lat"), Order("x")], limit=0) == [
        *["store.not_filterable"] * 4,
        *["store.value_unfit"] * 4,
        "store.relationship_kind_unknown",
        *["store.not_sortable"] * 2,
        "store.limit_out_of_range",
    ]


async def test_cursors_that_do_not_fit(towns: Store) -> None:
    assert await findings(towns, order=[NAME], after=("a",)) == ["store.cursor_broken"]
    assert await findings(towns, after=(None,)) == ["store.cursor_broken"]
    assert await findings(towns, after=("a",), before=("b",)) == ["store.two_cursors"]
    assert await findings(towns, after=("\ud800",)) == ["store.cursor_broken"]


async def test_unknown_kind(towns: Store) -> None:
    with pytest.raises(InputError):
        await towns.page("Castle")
    with pytest.raises(InputError):
        await towns.count("Unit; DROP TABLE x")


async def test_moved_subtree_is_found_in_its_new_place(towns: Store) -> None:
    await towns.apply([part_of(BO, XINHU)])
    assert codes((await towns.page("Household", within=XINHU)).nodes) == ["H1", "H2"]
    assert codes((await towns.page("Household", within=YIHE)).nodes) == ["H3"]
    assert codes(await towns.ancestors(key("H1", "Household"))) == [BO, XINHU, COUNTY]
