"""Snapshots of a scope."""

import pytest
from store_examples import BO, COUNTY, JIA, OTHER_COUNTY, YIHE, codes, key, unit

from orgraph.errors import InputError, NotFound
from orgraph.graph import NodeKey
from orgraph.store import ALL, PutNode, Store

pytestmark = pytest.mark.anyio


async def test_holds_the_unit_and_all_in_it_by_kind_and_code(towns: Store) -> None:
    graph = await towns.snapshot(YIHE)
    assert codes(graph.nodes()) == ["C1", "H1", "H2", "H3", "O1", "O2", YIHE, BO, JIA]
    assert dict(graph.provenance) == {"scope": YIHE, "version": 1, "as_of": None}


async def test_leaves_out_relationships_that_lead_out(towns: Store) -> None:
    graph = await towns.snapshot(YIHE)
    found = [(r.kind, r.source.code, r.target.code) for r in graph.relationships()]
    assert sorted(found) == [
        ("ADJACENT", BO, JIA),
        ("HAS_ORGANIZATION", BO, "O2"),
        ("LOCATED_IN", "C1", BO),
        ("LOCATED_IN", "O1", BO),
        ("LOCATED_IN", "O2", BO),
        ("PART_OF", BO, YIHE),
        ("PART_OF", JIA, YIHE),
        ("PART_OF", "H1", BO),
        ("PART_OF", "H2", BO),
        ("PART_OF", "H3", JIA),
        ("SERVES", "C1", "H1"),
        ("SERVES", "C1", "H2"),
        ("SUBORDINATE_TO", "O2", "O1"),
    ]
    border = graph.networkx.edges[NodeKey("Unit", BO), NodeKey("Unit", JIA), "ADJACENT"]["relationship"]
    assert dict(border.properties) == {"shared_border_m": 120.5}


async def test_kinds_narrow_the_nodes(towns: Store) -> None:
    graph = await towns.snapshot(COUNTY, kinds=["Household", "CenterHousehold"])
    assert codes(graph.nodes()) == ["C1", "H1", "H2", "H3"]
    assert {r.kind for r in graph.relationships()} == {"SERVES"}


async def test_whole_store(towns: Store) -> None:
    await towns.apply([PutNode("Scenario", "S", {"name": "方案", "status": "draft"})])
    graph = await towns.snapshot(ALL)
    assert len(graph) == 14
    assert {NodeKey("Scenario", "S"), key(OTHER_COUNTY)} <= set(graph.networkx)
    assert graph.provenance["version"] == 2


async def test_version_is_that_of_the_state_read(towns: Store) -> None:
    await towns.apply([unit(BO, name="新名")])
    graph = await towns.snapshot(YIHE)
    assert (graph.provenance["version"], graph.node("Unit", BO).name) == (2, "新名")


async def test_unknown_scope_or_kind(towns: Store) -> None:
    with pytest.raises(NotFound):
        await towns.snapshot("nowhere")
    with pytest.raises(InputError):
        await towns.snapshot(YIHE, kinds=["Castle"])
