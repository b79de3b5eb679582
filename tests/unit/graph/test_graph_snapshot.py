"""The snapshot and its builder."""

import networkx as nx
import pytest

from orgraph.errors import NotFound
from orgraph.graph import GraphBuilder, Node, NodeKey


@pytest.fixture
def builder():
    builder = GraphBuilder()
    town = builder.add_node("Unit", "t", {"name": "义和镇"})
    for code in ("v2", "v1"):
        village = builder.add_node("Unit", code, {"name": code})
        builder.add_relationship("PART_OF", village, town)
    builder.add_node("Grid", "g", {})
    builder.add_relationship("PART_OF", NodeKey("Grid", "g"), NodeKey("Unit", "nowhere"))
    return builder


def test_nodes_come_in_the_order_in_which_they_were_added(builder):
    graph = builder.freeze()
    assert [n.code for n in graph.nodes()] == ["t", "v2", "v1", "g"]
    assert [n.code for n in graph.nodes("Unit")] == ["t", "v2", "v1"]


def test_neighbours_come_by_code(builder):
    graph = builder.freeze()
    assert [n.code for n in graph.incoming(NodeKey("Unit", "t"), "PART_OF")] == ["v1", "v2"]
    assert [n.code for n in graph.outgoing(NodeKey("Unit", "v1"), "PART_OF")] == ["t"]
    assert graph.outgoing(NodeKey("Grid", "g"), "PART_OF") == ()


def test_a_relationship_without_its_end_is_kept(builder):
    graph = builder.freeze()
    assert [r.target.code for r in graph.relationships("PART_OF")] == ["t", "t", "nowhere"]
    assert NodeKey("Unit", "nowhere") in graph
    with pytest.raises(NotFound):
        graph.node("Unit", "nowhere")


def test_a_node_added_twice_keeps_the_later_properties(builder):
    builder.add_node("Unit", "t", {"level": "town"})
    assert builder.freeze().node("Unit", "t") == Node("Unit", "t", {"level": "town"})


def test_a_node_without_a_name_is_called_by_its_code():
    assert Node("Grid", "g").name == "g"
    assert Node("Grid", "g", {"name": "一网格"}).name == "一网格"


def test_nothing_changes_a_snapshot(builder):
    graph = builder.freeze({"is_synthetic": True})
    with pytest.raises(nx.NetworkXError):
        graph.networkx.add_node(NodeKey("Unit", "x"))
    with pytest.raises(TypeError):
        graph.provenance["is_synthetic"] = False
    with pytest.raises(TypeError):
        graph.node("Unit", "t").properties["name"] = "x"


def test_what_is_not_there_is_not_found(builder):
    with pytest.raises(NotFound) as caught:
        builder.freeze().node("Unit", "x")
    assert caught.value.text.zh == "没有代码为 x 的行政单元。"
