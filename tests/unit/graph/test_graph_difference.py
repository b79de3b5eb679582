"""What turns one graph into another, and back."""

from orgraph.graph import GraphBuilder, Node, NodeKey, OrgGraph, Relationship, difference

A, B, C = (NodeKey("Unit", code) for code in "abc")


def graph(nodes: dict[str, dict[str, object]], *edges: tuple[str, str]) -> OrgGraph:
    builder = GraphBuilder()
    for code, properties in nodes.items():
        builder.add_node("Unit", code, properties)  # type: ignore[arg-type]
    for source, target in edges:
        builder.add_relationship("PART_OF", NodeKey("Unit", source), NodeKey("Unit", target))
    return builder.freeze()


BEFORE = graph({"a": {"name": "甲", "population": 5}, "b": {"name": "乙"}}, ("b", "a"))
AFTER = graph({"a": {"name": "甲村"}, "c": {"name": "丙"}}, ("c", "a"))


def test_same_graphs_do_not_differ() -> None:
    assert not difference(BEFORE, BEFORE)


def test_only_what_differs_is_put_and_what_is_missing_is_removed() -> None:
    found = difference(BEFORE, AFTER)
    assert found.nodes == (Node(*A, {"name": "甲村", "population": None}), Node(*C, {"name": "丙"}))
    assert found.nodes_gone == (B,)
    assert found.relationships == (Relationship("PART_OF", C, A, {}),)
    assert found.relationships_gone == (("PART_OF", B, A),)


def test_the_way_back_is_the_difference_the_other_way() -> None:
    back = difference(AFTER, BEFORE)
    assert back.nodes == (Node(*A, {"name": "甲", "population": 5}), Node(*B, {"name": "乙"}))
    assert (back.nodes_gone, back.relationships_gone) == ((C,), (("PART_OF", C, A),))
