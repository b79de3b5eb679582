"""What became of villages that merged twice, and where the last one came from."""

from datetime import date

import pytest

from orgraph.graph import GraphBuilder, NodeKey, became, came_from, origins, present_forms

A, B, C, N, M = (NodeKey("Unit", code) for code in "abcnm")
FIRST, SECOND = date(2020, 8, 3), date(2023, 1, 1)


@pytest.fixture
def graph():
    builder = GraphBuilder()
    for key in (A, B, C, N, M):
        builder.add_node(*key)
    for source in (A, B):
        builder.add_relationship("MERGED_INTO", source, N, {"date": "2020-08-03", "plan_code": "p1"})
    for source in (N, C):
        builder.add_relationship("MERGED_INTO", source, M, {"date": "2023-01-01"})
    builder.add_relationship("ADJACENT", A, B)
    return builder.freeze()


def test_what_became_of_a_village(graph):
    steps = became(graph, A)
    assert [(s.kind, s.former, s.later, s.on, s.plan_code) for s in steps] == [
        ("MERGED_INTO", A, N, FIRST, "p1"),
        ("MERGED_INTO", N, M, SECOND, ""),
    ]
    assert present_forms(graph, A) == (M,)
    assert became(graph, M) == ()
    assert present_forms(graph, M) == (M,)


def test_until_a_day(graph):
    assert present_forms(graph, A, until=date(2022, 12, 31)) == (N,)
    assert present_forms(graph, A, until=date(2020, 8, 2)) == (A,)
    assert origins(graph, M, until=date(2022, 12, 31)) == (M,)


def test_where_a_village_came_from(graph):
    assert [(s.former, s.later) for s in came_from(graph, M)] == [(C, M), (N, M), (A, N), (B, N)]
    assert origins(graph, M) == (A, B, C)
    assert origins(graph, A) == (A,)


def test_an_organization_is_converted_without_a_date():
    builder = GraphBuilder()
    old, new = (builder.add_node("PartyOrganization", code) for code in ("old", "new"))
    builder.add_relationship("CONVERTED_TO", old, new)
    (step,) = became(builder.freeze(), old, until=date(2000, 1, 1))
    assert (step.kind, step.on) == ("CONVERTED_TO", None)


def test_a_circle_ends():
    builder = GraphBuilder()
    a, b = builder.add_node(*A), builder.add_node(*B)
    builder.add_relationship("MERGED_INTO", a, b)
    builder.add_relationship("MERGED_INTO", b, a)
    graph = builder.freeze()
    assert len(became(graph, a)) == 2
    assert len(came_from(graph, a)) == 2


def test_what_is_not_in_the_graph_has_no_lineage(graph):
    nowhere = NodeKey("Unit", "nowhere")
    assert became(graph, nowhere) == ()
    assert came_from(graph, nowhere) == ()
