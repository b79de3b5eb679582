"""Roll-ups over subtrees."""

from datetime import date

import pytest
from store_examples import BO, COUNTY, JIA, XINHU, YIHE, ZHAO, part_of, two_towns, unit

from orgraph.errors import InputError, NotFound
from orgraph.graph import NodeKey
from orgraph.store import Store
from orgraph.store.port import Condition, DeleteNode, Operator, PutNode, PutRelationship

pytestmark = pytest.mark.anyio


async def test_scope_alone(towns: Store) -> None:
    (row,) = await towns.rollup(COUNTY, kinds=["Unit", "Household", "Grid"], sums=[("Unit", "population")])
    assert row.unit.code == COUNTY
    assert row.counts == {"Unit": 6, "Household": 3, "Grid": 0}
    assert row.sums == {"Unit.population": 300 + 90 + 200 + 100 + 90}
    assert row.coverage == {}


async def test_every_kind_is_counted_when_none_is_named(towns: Store) -> None:
    (row,) = await towns.rollup(BO)
    assert {kind: n for kind, n in row.counts.items() if n} == {
        "Unit": 1,
        "Household": 2,
        "CenterHousehold": 1,
        "PartyOrganization": 2,
    }


async def test_one_row_per_unit_of_a_level_by_code(towns: Store) -> None:
    rows = await towns.rollup(COUNTY, "village", kinds=["Household"], sums=[("Unit", "arable_mu")])
    assert [(r.unit.code, r.counts["Household"], r.sums["Unit.arable_mu"]) for r in rows] == [
        (BO, 2, 10.5),
        (JIA, 1, 0),
        (ZHAO, 0, 0),
    ]


async def test_coverage_counts_covered_and_all(towns: Store) -> None:
    measures = ["households_served", "villages_with_organization", "grids_with_worker"]
    rows = await towns.rollup(COUNTY, "town", measures=measures)
    assert [(r.unit.code, dict(r.coverage)) for r in rows] == [
        (
            YIHE,
            {"households_served": (2, 3), "villages_with_organization": (1, 2), "grids_with_worker": (0, 0)},
        ),
        (
            XINHU,
            {"households_served": (0, 0), "villages_with_organization": (0, 1), "grids_with_worker": (0, 0)},
        ),
    ]


async def test_level_without_units(towns: Store) -> None:
    assert await towns.rollup(COUNTY, "group") == ()


async def test_rollup_follows_moves(towns: Store) -> None:
    await towns.apply([part_of(BO, XINHU), unit(JIA, population=7)])
    rows = await towns.rollup(COUNTY, "town", kinds=["Household"], sums=[("Unit", "population")])
    assert [(r.unit.code, r.counts["Household"], r.sums["Unit.population"]) for r in rows] == [
        (YIHE, 1, 307),
        (XINHU, 2, 380),
    ]


async def test_what_cannot_be_summed_up(towns: Store) -> None:
    with pytest.raises(InputError) as caught:
        await towns.rollup(COUNTY, "moon", kinds=["Castle"], sums=[("Unit", "name")], measures=["luck"])
    assert [f.code for f in caught.value.findings] == [
        "store.level_unknown",
        "store.kind_unknown",
        "store.not_summable",
        "store.measure_unknown",
    ]
    with pytest.raises(NotFound):
        await towns.rollup("nowhere")


async def test_only_the_kind_asked_for_counts_at_the_other_end(towns: Store) -> None:
    await towns.apply(
        [
            PutNode("CenterHousehold", "C2", {"capacity_households": 10}),
            PutRelationship("LOCATED_IN", NodeKey("CenterHousehold", "C2"), NodeKey("Unit", ZHAO)),
        ]
    )
    (row,) = await towns.rollup(COUNTY, measures=["villages_with_organization"])
    assert row.coverage == {"villages_with_organization": (1, 3)}
    for path, expected in (("in:LOCATED_IN", [BO, ZHAO]), ("in:LOCATED_IN:PartyOrganization", [BO])):
        page = await towns.page("Unit", where=[Condition(path, Operator.HAS, True)], within=COUNTY)
        assert sorted(node.code for node in page.nodes) == expected


@pytest.mark.parametrize("path", ["in:LOCATED_IN:Nothing", "in:LOCATED_IN:Unit:Unit", "in:", "LOCATED_IN"])
async def test_an_unknown_path_of_a_condition_is_refused(store: Store, path: str) -> None:
    with pytest.raises(InputError):
        await store.page("Unit", where=[Condition(path, Operator.HAS, True)])


async def test_fractions_are_summed_up_as_if_written_down(towns: Store) -> None:
    await towns.apply([unit(code, arable_mu=tenth) for code, tenth in ((BO, 0.1), (JIA, 0.2), (ZHAO, 0.3))])
    (row,) = await towns.rollup(COUNTY, sums=[("Unit", "arable_mu"), ("Unit", "area_km2")])
    assert repr(row.sums) == repr({"Unit.arable_mu": 0.6, "Unit.area_km2": 0})


async def test_whole_numbers_stay_whole_until_a_fraction_is_among_them(towns: Store) -> None:
    await towns.apply([unit(BO, arable_mu=10)])
    (row,) = await towns.rollup(COUNTY, sums=[("Unit", "arable_mu")])
    assert repr(row.sums) == repr({"Unit.arable_mu": 10})
    await towns.apply([unit(JIA, arable_mu=0.5)])
    (row,) = await towns.rollup(COUNTY, sums=[("Unit", "arable_mu")])
    assert repr(row.sums) == repr({"Unit.arable_mu": 10.5})


async def test_a_city_is_summed_up_over_the_counties_in_it_and_what_lies_in_none(towns: Store) -> None:
    await towns.apply([unit(COUNTY, level="city"), unit(YIHE, level="county")])
    rows = await towns.rollup(COUNTY, "village", kinds=["Household", "CenterHousehold"])
    assert [(r.unit.code, *r.counts.values()) for r in rows] == [(BO, 2, 1), (JIA, 1, 0), (ZHAO, 0, 0)]
    (row,) = await towns.rollup(COUNTY, "county", kinds=["Household", "Unit"])
    assert (row.unit.code, *row.counts.values()) == (YIHE, 3, 3)
    (row,) = await towns.rollup(COUNTY, kinds=["Household", "Unit"])
    assert (row.unit.code, *row.counts.values()) == (COUNTY, 3, 6)


async def test_households_below_grids_and_buildings_are_counted_where_they_are(towns: Store) -> None:
    grid, inner, house = NodeKey("Grid", "G1"), NodeKey("Grid", "G2"), NodeKey("Building", "B1")
    await towns.apply(
        [PutNode("Grid", "G1", {"name": "一", "kind": "base"}), part_of(grid, NodeKey("Unit", BO))]
    )
    await towns.apply([PutNode("Grid", "G2", {"name": "二", "kind": "base"}), part_of(inner, grid)])
    await towns.apply([PutNode("Building", "B1", {}), part_of(house, inner)])
    await towns.apply([part_of(NodeKey("Household", "H1"), house), part_of(NodeKey("Household", "H2"), grid)])
    for measures in ((), ("households_served",)):
        rows = await towns.rollup(
            COUNTY, "village", kinds=["Household", "Grid", "Building"], measures=measures
        )
        assert [tuple(r.counts.values()) for r in rows] == [(2, 2, 1), (1, 0, 0), (0, 0, 0)]


async def test_what_ended_since_counts_on_its_day_beside_what_did_not(store: Store) -> None:
    then, later = date(2020, 1, 1), date(2021, 1, 1)
    await store.apply(two_towns(), effective=then)
    await store.apply([DeleteNode("Household", "H1"), DeleteNode("Unit", ZHAO)], effective=later)
    rows = await store.rollup(COUNTY, "town", as_of=then)
    assert [(r.counts["Unit"], r.counts["Household"]) for r in rows] == [(3, 3), (2, 0)]
    rows = await store.rollup(COUNTY, "town", as_of=later)
    assert [(r.counts["Unit"], r.counts["Household"]) for r in rows] == [(3, 2), (1, 0)]
