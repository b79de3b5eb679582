"""Roll-ups over subtrees."""

import pytest
from store_examples import BO, COUNTY, JIA, XINHU, YIHE, ZHAO, part_of, unit

from orgraph.errors import InputError, NotFound
from orgraph.graph import NodeKey
from orgraph.store import Store
from orgraph.store.port import Condition, Operator, PutNode, PutRelationship

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
