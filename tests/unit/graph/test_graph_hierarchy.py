"""The containment tree of a small county, solved in the head."""

import pytest

from orgraph.graph import (
    GraphBuilder,
    NodeKey,
    ancestors,
    container_of,
    containers,
    contents,
    descendants,
    level_of,
    roots,
    scope_of,
    unit_at_level,
)

CITY, COUNTY, TOWN, V1, V2 = (NodeKey("Unit", code) for code in ("3705", "370503", "370503100", "v1", "v2"))
GRID, HOUSEHOLD, BRANCH, STRAY = (
    NodeKey("Grid", "g1"),
    NodeKey("Household", "h1"),
    NodeKey("PartyOrganization", "b1"),
    NodeKey("Scenario", "s1"),
)
LEVELS = {CITY: "city", COUNTY: "county", TOWN: "town", V1: "village", V2: "village"}
TREE = ((COUNTY, CITY), (TOWN, COUNTY), (V1, TOWN), (V2, TOWN), (GRID, V1), (HOUSEHOLD, GRID))


@pytest.fixture
def graph():
    builder = GraphBuilder()
    for key in (CITY, COUNTY, TOWN, V1, V2, GRID, HOUSEHOLD, BRANCH, STRAY):
        builder.add_node(*key, {"level": LEVELS[key]} if key in LEVELS else {})
    for child, container in TREE:
        builder.add_relationship("PART_OF", child, container)
    builder.add_relationship("LOCATED_IN", BRANCH, GRID)
    builder.add_relationship("HAS_ORGANIZATION", V2, BRANCH)
    return builder.freeze()


def keys(nodes):
    return [n.key for n in nodes]


def test_containers_and_contents_agree(graph):
    assert containers(graph) == dict(TREE) | {BRANCH: GRID}
    assert contents(graph)[TOWN] == (V1, V2)
    assert contents(graph)[GRID] == (HOUSEHOLD, BRANCH)
    assert container_of(graph, HOUSEHOLD) == GRID
    assert container_of(graph, CITY) is None


def test_ancestors_nearest_first(graph):
    assert keys(ancestors(graph, HOUSEHOLD)) == [GRID, V1, TOWN, COUNTY, CITY]
    assert ancestors(graph, CITY) == ()
    assert ancestors(graph, NodeKey("Unit", "nowhere")) == ()


def test_descendants_by_depth_then_key(graph):
    assert keys(descendants(graph, TOWN)) == [V1, V2, GRID, HOUSEHOLD, BRANCH]
    assert keys(descendants(graph, TOWN, max_depth=1)) == [V1, V2]
    assert keys(descendants(graph, TOWN, kind="Household")) == [HOUSEHOLD]
    assert descendants(graph, HOUSEHOLD) == ()
    assert descendants(graph, NodeKey("Unit", "nowhere")) == ()


def test_roots_are_what_lies_nowhere(graph):
    assert keys(roots(graph)) == [STRAY, CITY]


def test_the_level_of_a_node_is_that_of_the_nearest_unit(graph):
    assert level_of(graph, HOUSEHOLD) == "village"
    assert level_of(graph, TOWN) == "town"
    assert level_of(graph, STRAY) is None


def test_the_scope_is_the_county(graph):
    assert scope_of(graph, HOUSEHOLD) == COUNTY.code
    assert scope_of(graph, BRANCH) == COUNTY.code
    assert scope_of(graph, COUNTY) == COUNTY.code
    assert scope_of(graph, CITY) == CITY.code
    assert scope_of(graph, STRAY) == ""


def test_without_a_county_the_scope_is_the_topmost_unit():
    builder = GraphBuilder()
    town = builder.add_node("Unit", "t", {"level": "town"})
    village = builder.add_node("Unit", "v", {})
    builder.add_relationship("PART_OF", village, town)
    assert scope_of(builder.freeze(), village) == "t"


def test_the_unit_of_a_level(graph):
    assert unit_at_level(graph, HOUSEHOLD, "town").key == TOWN
    assert unit_at_level(graph, TOWN, "town").key == TOWN
    assert unit_at_level(graph, TOWN, "village") is None


def test_a_circle_ends_all_walks():
    builder = GraphBuilder()
    a, b = builder.add_node("Unit", "a"), builder.add_node("Unit", "b")
    builder.add_relationship("PART_OF", a, b)
    builder.add_relationship("PART_OF", b, a)
    graph = builder.freeze()
    assert keys(ancestors(graph, a)) == [b]
    assert keys(descendants(graph, a)) == [b]


def test_of_several_containers_the_first_by_key_counts():
    builder = GraphBuilder()
    a, b, c = (builder.add_node("Unit", code) for code in "abc")
    builder.add_relationship("PART_OF", a, c)
    builder.add_relationship("PART_OF", a, b)
    graph = builder.freeze()
    assert containers(graph) == {a: b}
    assert container_of(graph, a) == b
    assert descendants(graph, c) == ()


def test_a_walk_passes_over_a_container_that_is_missing():
    builder = GraphBuilder()
    village = builder.add_node("Unit", "v", {"level": "village"})
    builder.add_relationship("PART_OF", village, TOWN)
    graph = builder.freeze()
    assert ancestors(graph, village) == ()
    assert container_of(graph, village) == TOWN
    assert level_of(graph, NodeKey("Unit", "nowhere")) is None
