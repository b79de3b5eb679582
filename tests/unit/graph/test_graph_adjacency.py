"""Adjacency graphs and the pieces of a map."""

import pytest

from orgraph.graph import GraphBuilder, adjacency, pieces


@pytest.fixture
def graph():
    builder = GraphBuilder()
    units = {c: builder.add_node("Unit", c, {"level": "village"}) for c in "abcde"}
    town = builder.add_node("Unit", "t", {"level": "town"})
    grids = [builder.add_node("Grid", c) for c in ("a", "b")]
    builder.add_relationship(
        "ADJACENT", units["a"], units["b"], {"shared_border_m": 120.0, "point_distance_m": 900}
    )
    builder.add_relationship("ADJACENT", units["b"], units["c"], {"is_barrier": True})
    builder.add_relationship("ADJACENT", units["d"], units["e"])
    builder.add_relationship("ADJACENT", units["e"], town)
    builder.add_relationship("ADJACENT", *grids)
    return builder.freeze()


def test_villages_that_touch(graph):
    found = adjacency(graph, "village")
    assert sorted(found) == list("abcde")
    assert sorted(map(sorted, found.edges)) == [["a", "b"], ["d", "e"]]
    assert found.edges["a", "b"] == {"shared_border_m": 120.0, "point_distance_m": 900, "is_barrier": False}
    assert found.edges["d", "e"]["shared_border_m"] is None
    assert found.nodes["a"]["node"].code == "a"


def test_barriers_on_demand(graph):
    found = adjacency(graph, "village", with_barriers=True)
    assert found.edges["b", "c"]["is_barrier"] is True
    assert pieces(found) == (("a", "b", "c"), ("d", "e"))


def test_every_level_together(graph):
    assert pieces(adjacency(graph)) == (("d", "e", "t"), ("a", "b"), ("c",))


def test_grids_are_a_map_of_their_own(graph):
    assert pieces(adjacency(graph, kind="Grid")) == (("a", "b"),)


def test_no_map_no_pieces():
    assert pieces(adjacency(GraphBuilder().freeze())) == ()
