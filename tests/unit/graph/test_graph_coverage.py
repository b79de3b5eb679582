"""Coverage of a town with two villages and a community, counted by hand."""

import pytest

from orgraph.errors import NotFound
from orgraph.graph import GraphBuilder, NodeKey, coverage


@pytest.fixture
def graph():
    builder = GraphBuilder()
    town = builder.add_node("Unit", "t", {"level": "town"})
    v1 = builder.add_node("Unit", "v1", {"level": "village"})
    v2 = builder.add_node("Unit", "v2", {"level": "village"})
    c1 = builder.add_node("Unit", "c1", {"level": "community"})
    for unit in (v1, v2, c1):
        builder.add_relationship("PART_OF", unit, town)
    grids = [builder.add_node("Grid", f"g{i}") for i in range(1, 4)]
    for grid, unit in zip(grids, (v1, v1, v2), strict=True):
        builder.add_relationship("PART_OF", grid, unit)
    branch = builder.add_node("PartyOrganization", "b1")
    worker = builder.add_node("GridWorker", "w1")
    for node in (branch, worker):
        builder.add_relationship("LOCATED_IN", node, v1)
    builder.add_relationship("LOCATED_IN", builder.add_node("GridWorker", "w2"), v2)
    builder.add_relationship("HAS_ORGANIZATION", grids[0], branch)
    builder.add_relationship("COVERS", worker, grids[0])
    builder.add_relationship("COVERS", worker, grids[1])
    builder.add_relationship("BACKS_UP", grids[0], grids[1])
    households = [builder.add_node("Household", f"h{i}") for i in range(4)]
    for household in households:
        builder.add_relationship("PART_OF", household, grids[1])
    center = builder.add_node("CenterHousehold", "z1")
    builder.add_relationship("LOCATED_IN", center, v1)
    for household in households[:3]:
        builder.add_relationship("SERVES", center, household)
    outside = builder.add_node("Unit", "v9", {"level": "village"})
    builder.add_relationship("HAS_ORGANIZATION", outside, branch)
    return builder.freeze()


def test_the_whole_town(graph):
    (row,) = coverage(graph, "t")
    assert row.unit.code == "t"
    assert row.rates == {
        "villages_with_organization": (1, 2),
        "communities_with_organization": (0, 1),
        "grids_with_organization": (1, 3),
        "grids_with_worker": (2, 3),
        "grids_with_backup": (1, 3),
        "households_served": (3, 4),
        "enterprises_with_organization": (0, 0),
        "needs_met": (0, 0),
    }
    assert row.gaps["grids_with_worker"] == (NodeKey("Grid", "g3"),)
    assert row.gaps["villages_with_organization"] == (NodeKey("Unit", "v2"),)
    assert row.gaps["needs_met"] == ()


def test_rates_are_fractions_or_none(graph):
    (row,) = coverage(graph, "t")
    assert row.rate("households_served") == 0.75
    assert row.rate("needs_met") is None


def test_per_village(graph):
    rows = coverage(graph, "t", "village", measures=("grids_with_worker", "villages_with_organization"))
    assert [(r.unit.code, dict(r.rates)) for r in rows] == [
        ("v1", {"grids_with_worker": (2, 2), "villages_with_organization": (1, 1)}),
        ("v2", {"grids_with_worker": (0, 1), "villages_with_organization": (0, 1)}),
    ]


def test_a_scope_of_the_level_asked_for_counts_itself(graph):
    (row,) = coverage(graph, "v1", "village", measures=("grids_with_worker",))
    assert (row.unit.code, row.rates["grids_with_worker"]) == ("v1", (2, 2))


def test_a_level_that_is_not_there_gives_no_rows(graph):
    assert coverage(graph, "t", "group") == ()


def test_a_unit_that_is_not_there(graph):
    with pytest.raises(NotFound):
        coverage(graph, "nowhere")


def test_a_circle_is_counted_once():
    builder = GraphBuilder()
    a, b = (builder.add_node("Unit", code, {"level": "village"}) for code in "ab")
    builder.add_relationship("PART_OF", a, b)
    builder.add_relationship("PART_OF", b, a)
    (row,) = coverage(builder.freeze(), "a", measures=("villages_with_organization",))
    assert row.rates["villages_with_organization"] == (0, 2)
