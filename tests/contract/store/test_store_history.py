"""What was true on a day. Days are those on which changes take effect, not those on which they are entered."""

from datetime import date, timedelta

import pytest
from store_examples import BO, COUNTY, JIA, XINHU, YIHE, codes, key, part_of, two_towns, unit

from orgraph.errors import InvalidGraph, NotFound
from orgraph.store import (
    Condition,
    DeleteNode,
    DeleteRelationship,
    Direction,
    Operator,
    Order,
    PutNode,
    PutRelationship,
    Store,
)

pytestmark = pytest.mark.anyio

D1, D2, D3, D4 = date(2020, 1, 1), date(2020, 8, 3), date(2021, 1, 1), date(2022, 2, 2)
EVE = date(2019, 12, 31)


@pytest.fixture
async def past(store: Store) -> Store:
    """The two towns since D1; 薄家村 grows on D2, moves to 新户镇 on D3 with a new name and is deleted with all in it on D4."""
    await store.apply(two_towns(), effective=D1)
    await store.apply([PutNode("Unit", BO, {"population": 250})], effective=D2)
    await store.apply([part_of(BO, XINHU), PutNode("Unit", BO, {"name": "新薄家村"})], effective=D3)
    await store.apply([DeleteNode("Unit", BO, subtree=True)], effective=D4)
    return store


async def test_history_lists_every_state(past: Store) -> None:
    states = [
        (r.node.name, r.node.properties["population"], r.valid_from, r.valid_to)
        for r in await past.history(key(BO))
    ]
    assert states == [("薄家村", 200, D1, D2), ("薄家村", 250, D2, D3), ("新薄家村", 250, D3, D4)]
    assert [(r.valid_from, r.valid_to) for r in await past.history(key(JIA))] == [(D1, None)]
    assert await past.history(key("nowhere")) == ()


@pytest.mark.parametrize(
    ("day", "population"), [(EVE, None), (D1, 200), (date(2020, 8, 2), 200), (D2, 250), (D3, 250), (D4, None)]
)
async def test_get_on_a_day(past: Store, day: date, population: int | None) -> None:
    node = await past.get("Unit", BO, as_of=day)
    assert (node.properties["population"] if node else None) == population
    (again,) = await past.get_many([key(BO)], as_of=day)
    assert again == node


async def test_containment_on_a_day(past: Store) -> None:
    h1 = key("H1", "Household")
    assert codes(await past.ancestors(h1, as_of=D2)) == [BO, YIHE, COUNTY]
    assert codes(await past.ancestors(h1, as_of=D3)) == [BO, XINHU, COUNTY]
    assert await past.ancestors(h1, as_of=EVE) == ()
    assert await past.ancestors(h1) == ()
    assert codes(await past.descendants(key(YIHE), kind="Household", as_of=D1)) == ["H1", "H2", "H3"]
    assert codes(await past.descendants(key(YIHE), kind="Household", as_of=D3)) == ["H3"]
    assert codes(await past.descendants(key(XINHU), max_depth=1, kind="Unit", as_of=D3)) == [
        BO,
        "370503101201",
    ]


async def test_neighbours_on_a_day(past: Store) -> None:
    for day, served in ((EVE, []), (D1, ["H1", "H2"]), (D3, ["H1", "H2"]), (D4, [])):
        (found,) = await past.neighbours([key("C1", "CenterHousehold")], "SERVES", as_of=day)
        assert [n.node.code for n in found] == served
    (found,) = await past.neighbours([key(JIA)], "ADJACENT", as_of=D2)
    assert [(n.node.code, n.node.properties["population"]) for n in found] == [
        (BO, 250),
        ("370503101201", 90),
    ]
    (found,) = await past.neighbours([key(XINHU)], "PART_OF", direction=Direction.IN, as_of=D3)
    assert [n.node.code for n in found] == [BO, "370503101201"]


async def test_pages_and_counts_on_a_day(past: Store) -> None:
    for day, town, num in ((D1, YIHE, 3), (D2, YIHE, 3), (D3, YIHE, 1), (D3, XINHU, 2), (D4, XINHU, 0)):
        assert await past.count("Household", within=town, as_of=day) == num
    where = [Condition("population", Operator.GE, 200), Condition("level", Operator.EQ, "village")]
    order = [Order("name")]
    assert codes((await past.page("Unit", where=where, order=order, as_of=D1)).nodes) == [BO]
    page = await past.page("Unit", order=order, as_of=D3, limit=3)
    assert [n.name for n in page.nodes] == ["东营区", "河口区", "嘉和村"]
    page = await past.page("Unit", order=order, as_of=D3, limit=3, after=page.cursors[-1])
    assert [n.name for n in page.nodes] == ["新薄家村", "新户镇", "义和镇"]
    page = await past.page("Unit", order=order, as_of=D3, limit=3, before=page.cursors[0])
    assert [n.name for n in page.nodes] == ["东营区", "河口区", "嘉和村"]
    has = [Condition("in:SERVES", Operator.HAS, True)]
    assert codes((await past.page("Household", where=has, within=YIHE, as_of=D2)).nodes) == ["H1", "H2"]
    with pytest.raises(NotFound):
        await past.page("Unit", within=YIHE, as_of=EVE)


async def test_rollup_on_a_day(past: Store) -> None:
    async def told(day: date) -> list[tuple[str, int, float, tuple[int, int]]]:
        rows = await past.rollup(
            COUNTY,
            "town",
            kinds=["Household"],
            sums=[("Unit", "population")],
            measures=["households_served"],
            as_of=day,
        )
        return [
            (r.unit.code, r.counts["Household"], r.sums["Unit.population"], r.coverage["households_served"])
            for r in rows
        ]

    assert await told(D1) == [(YIHE, 3, 600, (2, 3)), (XINHU, 0, 180, (0, 0))]
    assert await told(D3) == [(YIHE, 1, 400, (0, 1)), (XINHU, 2, 430, (2, 2))]
    assert await told(D4) == [(YIHE, 1, 400, (0, 1)), (XINHU, 0, 180, (0, 0))]


async def test_snapshot_on_a_day(past: Store) -> None:
    then = await past.snapshot(YIHE, as_of=D2)
    assert key(BO) in then
    assert then.node("Unit", BO).properties["population"] == 250
    assert {r.kind for r in then.relationships()} >= {"SERVES", "SUBORDINATE_TO", "ADJACENT"}
    assert then.provenance["as_of"] == "2020-08-03"
    assert key(BO) not in await past.snapshot(YIHE, as_of=D3)
    assert len(await past.snapshot("", as_of=EVE)) == 0
    assert len(await past.snapshot("", as_of=D1)) == 13
    with pytest.raises(NotFound):
        await past.snapshot(YIHE, as_of=EVE)


async def test_last_change_of_a_day_is_what_was_true_that_day(store: Store) -> None:
    for name in ("a", "b", "c"):
        await store.apply([unit("1", name=name)], effective=D1)
    node = await store.get("Unit", "1", as_of=D1)
    assert node is not None
    assert node.name == "c"
    assert [r.node.name for r in await store.history(key("1"))] == ["c"]
    await store.apply([DeleteNode("Unit", "1")], effective=D1)
    assert await store.get("Unit", "1", as_of=D1) is None
    assert await store.history(key("1")) == ()


async def test_deleted_and_created_again(store: Store) -> None:
    await store.apply([unit("1", name="a"), unit("2"), part_of("1", "2")], effective=D1)
    await store.apply([DeleteNode("Unit", "1")], effective=D2)
    await store.apply([unit("1", name="b")], effective=D3)
    assert [(r.node.name, r.valid_from, r.valid_to) for r in await store.history(key("1"))] == [
        ("a", D1, D2),
        ("b", D3, None),
    ]
    assert await store.get("Unit", "1", as_of=D2) is None
    assert codes(await store.ancestors(key("1"), as_of=D1)) == ["2"]
    assert await store.ancestors(key("1"), as_of=D3) == ()


async def test_deleted_and_created_again_on_one_day(store: Store) -> None:
    await store.apply([unit("1", name="a"), unit("2"), part_of("1", "2")], effective=D1)
    await store.apply([DeleteNode("Unit", "1"), unit("1", name="b")], effective=D2)
    assert [(r.node.name, r.valid_from, r.valid_to) for r in await store.history(key("1"))] == [
        ("a", D1, D2),
        ("b", D2, None),
    ]
    assert codes(await store.ancestors(key("1"), as_of=D1)) == ["2"]
    assert await store.ancestors(key("1"), as_of=D2) == ()


@pytest.mark.parametrize(
    "changes",
    [
        [PutNode("Unit", BO, {"population": 1})],
        [DeleteNode("Unit", BO, subtree=True)],
        [part_of(BO, XINHU)],
        [DeleteRelationship("PART_OF", key(BO), key(YIHE))],
        [PutRelationship("ADJACENT", key(BO), key(JIA), {"shared_border_m": 1})],
        [DeleteNode("Unit", YIHE, subtree=True)],
        [DeleteNode("PartyOrganization", "O1")],
    ],
)
async def test_change_before_the_last_change_is_refused(store: Store, changes: list[PutNode]) -> None:
    await store.apply(two_towns(), effective=D2)
    with pytest.raises(InvalidGraph) as caught:
        await store.apply(changes, effective=D1)
    assert [f.code for f in caught.value.findings] == ["store.date_before_last"]
    assert "2020-08-03" in caught.value.findings[0].text.en


async def test_what_has_ended_cannot_begin_before_its_end(past: Store) -> None:
    for change in (PutNode("Unit", BO, {"name": "x"}), PutRelationship("ADJACENT", key(JIA), key(BO))):
        with pytest.raises(InvalidGraph):
            await past.apply([change], effective=D3)
    await past.apply([PutNode("Unit", BO, {"name": "x"})], effective=D4)
    with pytest.raises(InvalidGraph) as caught:
        await past.apply([PutRelationship("ADJACENT", key(BO), key(JIA))], effective=D3)
    assert [f.code for f in caught.value.findings] == ["store.date_before_last"]


async def test_relationship_does_not_begin_before_its_ends(store: Store) -> None:
    await store.apply([unit("1")], effective=D1)
    await store.apply([unit("2")], effective=D3)
    with pytest.raises(InvalidGraph):
        await store.apply([part_of("1", "2")], effective=D2)
    await store.apply([part_of("1", "2")], effective=D3)
    assert await store.ancestors(key("1"), as_of=D2) == ()


async def test_one_container_at_a_time_in_the_past_too(store: Store) -> None:
    await store.apply([*map(unit, "123"), part_of("1", "2")], effective=D1)
    await store.apply([DeleteRelationship("PART_OF", key("1"), key("2"))], effective=D3)
    with pytest.raises(InvalidGraph):
        await store.apply([part_of("1", "3")], effective=D2)
    await store.apply([part_of("1", "3")], effective=D3)
    assert codes(await store.ancestors(key("1"), as_of=D2)) == ["2"]
    assert codes(await store.ancestors(key("1"), as_of=D3)) == ["3"]


async def test_future_changes_are_the_latest_state(store: Store) -> None:
    soon = date(2999, 1, 1)
    await store.apply([unit("1", name="a")], effective=D1)
    await store.apply([unit("1", name="b")], effective=soon)
    latest, then = await store.get("Unit", "1"), await store.get("Unit", "1", as_of=D4)
    assert latest is not None
    assert then is not None
    assert (latest.name, then.name) == ("b", "a")


async def test_work_on_proposals_is_true_from_the_day_it_is_written(towns: Store) -> None:
    """What is planned is recorded today, though the change that goes along with it is dated back."""
    scenario = PutNode("Scenario", "S", {"name": "方案", "status": "draft"})
    await towns.apply([scenario])
    day = date.today() - timedelta(days=30)
    await towns.apply(
        [unit("N", name="新村"), PutNode("Scenario", "S", {"status": "applied"})], effective=day
    )
    (record,) = [r for r in await towns.changes("") if r.version == 2]
    assert record.effective == day
    assert await towns.get("Unit", "N", as_of=day) is not None
    assert await towns.get("Scenario", "S", as_of=day) is None
    (state,) = await towns.history(key("S", "Scenario"))
    assert (state.valid_from, state.valid_to) == (date.today(), None)
    assert state.node.properties["status"] == "applied"
