"""Roll-ups tell whether anything that made their figures was generated, however deep it lies."""

from datetime import date

import pytest
from store_examples import BO, COUNTY, JIA, OTHER_COUNTY, XINHU, YIHE, ZHAO, key, part_of, two_towns, unit

from orgraph.graph import NodeKey, Value
from orgraph.store import Change, DeleteNode, PutNode, PutRelationship, Store

pytestmark = pytest.mark.anyio

D1, D2, D3, D4 = date(2020, 1, 1), date(2020, 8, 3), date(2021, 1, 1), date(2022, 2, 2)


async def flagged(
    store: Store,
    scope: str = COUNTY,
    level: str | None = "village",
    *,
    kinds: tuple[str, ...] = ("Household",),
    measures: tuple[str, ...] = (),
    as_of: date | None = None,
) -> list[str]:
    rows = await store.rollup(scope, level, kinds=kinds, measures=measures, as_of=as_of)
    assert [row.unit.code for row in rows] == sorted(row.unit.code for row in rows)
    return [row.unit.code for row in rows if row.is_synthetic]


def household(code: str, **properties: Value) -> PutNode:
    return PutNode("Household", code, properties)


async def test_nothing_is_synthetic_without_a_flag(towns: Store) -> None:
    for level in (None, "town", "village"):
        assert await flagged(towns, level=level, kinds=()) == []


async def test_a_leaf_below_a_grid_flags_every_unit_above_it_and_no_other(towns: Store) -> None:
    grid, house = NodeKey("Grid", "G1"), NodeKey("Building", "B1")
    await towns.apply(
        [
            PutNode("Grid", "G1", {"name": "一", "kind": "base"}),
            PutNode("Building", "B1", {}),
            part_of(grid, key(JIA)),
            part_of(house, grid),
            part_of(key("H3", "Household"), house),
            household("H3", is_synthetic=True),
        ]
    )
    assert await flagged(towns, level=None) == [COUNTY]
    assert await flagged(towns, level="county") == [COUNTY]
    assert await flagged(towns, level="town") == [YIHE]
    assert await flagged(towns) == [JIA]
    assert await flagged(towns, JIA, None) == [JIA]
    assert await flagged(towns, BO, None) == await flagged(towns, XINHU) == []
    assert await flagged(towns, OTHER_COUNTY, None) == []


@pytest.mark.parametrize(
    ("kind", "properties"),
    [
        ("Grid", {"name": "甲", "kind": "base"}),
        ("Building", {}),
        ("GridWorker", {"kind": "base"}),
        ("Need", {"name": "甲"}),
        ("PartyOrganization", {"name": "甲", "kind": "BRANCH"}),
    ],
)
async def test_every_kind_can_be_generated(towns: Store, kind: str, properties: dict[str, Value]) -> None:
    relationship = "PART_OF" if kind in ("Grid", "Building") else "LOCATED_IN"
    await towns.apply(
        [
            PutNode(kind, "X", properties),
            PutRelationship(relationship, NodeKey(kind, "X"), key(ZHAO)),
            PutNode(kind, "X", {"is_synthetic": True}),
        ]
    )
    assert await flagged(towns, level="town", kinds=(kind,)) == [XINHU]
    assert await flagged(towns, level="town", kinds=()) == [XINHU]
    assert await flagged(towns, level="town", kinds=("Household",)) == []


@pytest.mark.parametrize("kind", ["Unit", "PartyOrganization"])
@pytest.mark.parametrize(
    ("properties", "is_flagged"),
    [
        ({"synthetic_fields": ("members",)}, True),
        ({"synthetic_fields": ("members",), "is_synthetic": False}, True),
        ({"synthetic_fields": ()}, False),
        ({"is_synthetic": False}, False),
        ({"synthetic_fields": (), "is_synthetic": True}, True),
    ],
)
async def test_single_values_that_were_generated_count(
    towns: Store, kind: str, properties: dict[str, Value], is_flagged: bool
) -> None:
    code = BO if kind == "Unit" else "O1"
    await towns.apply([PutNode(kind, code, properties)])
    assert await flagged(towns, kinds=(kind,)) == ([BO] if is_flagged else [])


async def test_only_what_the_figures_are_about_counts(towns: Store) -> None:
    resource = NodeKey("Resource", "R")
    await towns.apply(
        [
            PutNode("Resource", "R", {"name": "资金", "is_synthetic": True}),
            PutRelationship("LOCATED_IN", resource, key(JIA)),
        ]
    )
    assert await flagged(towns, measures=("households_served",)) == []
    assert await flagged(towns, measures=("needs_met",)) == [JIA]
    assert await flagged(towns, kinds=("Unit", "Resource")) == [JIA]
    rows = await towns.rollup(COUNTY, "village", kinds=["Unit"], sums=[("Resource", "amount")])
    assert [row.is_synthetic for row in rows] == [False, True, False]


@pytest.mark.parametrize("covering", [True, False])
async def test_what_is_covered_and_what_covers_count_alike(towns: Store, covering: bool) -> None:
    flag: dict[str, Value] = {"is_synthetic": True}
    await towns.apply([PutNode("CenterHousehold", "C1", flag) if covering else household("H2", **flag)])
    assert await flagged(towns, kinds=("Unit",), measures=("households_served",)) == [BO]
    assert await flagged(towns, kinds=("Unit",), measures=("villages_with_organization",)) == []


async def test_the_flag_follows_changes_moves_and_ends(towns: Store) -> None:
    await towns.apply([household("H1", is_synthetic=True)])
    assert await flagged(towns) == [BO]
    await towns.apply([part_of(key("H1", "Household"), ZHAO)])
    assert await flagged(towns) == [ZHAO]
    await towns.apply([part_of(ZHAO, YIHE)])
    assert await flagged(towns, level="town") == [YIHE]
    await towns.apply([household("H1", is_synthetic=None)])
    assert await flagged(towns, kinds=()) == []
    await towns.apply([household("H1", is_synthetic=True)])
    await towns.apply([household("H2", is_synthetic=True), DeleteNode("Household", "H1")])
    assert await flagged(towns) == [BO]
    await towns.apply([DeleteNode("Unit", BO, subtree=True)])
    assert await flagged(towns, level="county", kinds=()) == []


async def test_made_and_changed_in_one_commit(store: Store) -> None:
    changes: list[Change] = [
        *two_towns(),
        household("H1", is_synthetic=True),
        household("H2", is_synthetic=True),
    ]
    await store.apply([*changes, household("H1", is_synthetic=False)])
    assert await flagged(store) == [BO]
    await store.apply([DeleteNode("Household", "H2")])
    assert await flagged(store) == []


async def test_a_city_is_flagged_by_a_county_in_it(towns: Store) -> None:
    city = "3705"
    await towns.apply([unit(city, level="city"), part_of(COUNTY, city), part_of(OTHER_COUNTY, city)])
    await towns.apply([household("H3", is_synthetic=True)])
    assert await flagged(towns, city, None) == [city]
    assert await flagged(towns, city, "county") == [COUNTY]


async def test_a_unit_without_a_county(store: Store) -> None:
    await store.apply([unit("T", level="town"), household("H", is_synthetic=True)])
    assert await flagged(store, "T", None) == []
    await store.apply([part_of(key("H", "Household"), "T")])
    assert await flagged(store, "T", None) == ["T"]


@pytest.fixture
async def past(store: Store) -> Store:
    """The two towns since D1, with one generated household H1 in 薄家村; it is surveyed on D2, moves to 赵村 on D3, where a generated one was; both end on D4."""
    other = [household("H4", is_synthetic=True), part_of(key("H4", "Household"), ZHAO)]
    await store.apply([*two_towns(), household("H1", is_synthetic=True), *other], effective=D1)
    await store.apply([household("H1", is_synthetic=False)], effective=D2)
    await store.apply([part_of(key("H1", "Household"), ZHAO)], effective=D3)
    await store.apply([DeleteNode("Household", "H1"), DeleteNode("Household", "H4")], effective=D4)
    return store


@pytest.mark.parametrize("kinds", [("Household",), ()])
async def test_a_day_knows_the_flags_of_its_states(past: Store, kinds: tuple[str, ...]) -> None:
    told = [await flagged(past, as_of=day, kinds=kinds) for day in (D1, D2, D3, D4)]
    assert told == [[BO, ZHAO], [ZHAO], [ZHAO], []]
    told = [await flagged(past, level="town", as_of=day, kinds=kinds) for day in (D1, D2, D3, D4)]
    assert told == [[YIHE, XINHU], [XINHU], [XINHU], []]
    assert await flagged(past, level=None, as_of=D3, kinds=kinds) == [COUNTY]
    assert await flagged(past, YIHE, None, as_of=D2, kinds=kinds) == []
    assert await flagged(past, as_of=D1, kinds=("Unit", "CenterHousehold")) == []


async def test_a_day_before_a_flag_knows_nothing_of_it(towns: Store) -> None:
    await towns.apply(two_towns())
    today, later = date.today(), date(2100, 1, 1)
    await towns.apply([unit(JIA, is_synthetic=True), household("H2", is_synthetic=True)], effective=later)
    assert await flagged(towns, kinds=("Unit", "Household"), as_of=today) == []
    assert await flagged(towns, kinds=("Unit", "Household"), as_of=later) == [BO, JIA]
    assert await flagged(towns, kinds=("Household",), as_of=later) == [BO]
    assert await flagged(towns, COUNTY, None, kinds=("Unit",), as_of=later) == [COUNTY]
