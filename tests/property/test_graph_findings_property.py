"""Whatever a file or a caller hands over: the checks answer, every answer can be read in both languages, and no number of a person is in it."""

from hypothesis import given, settings
from hypothesis import strategies as st

from orgraph.graph import GraphBuilder, NodeKey, node_findings, relationship_findings, validate
from orgraph.schema import NODE_KINDS, RELATIONSHIP_KINDS

MOBILE = "13800138000"
ID_NUMBER = "11010519491231002X"

VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=20),
    st.tuples(st.text(max_size=5)),
    st.sampled_from(
        [
            "village",
            "2020-08-03",
            "{}",
            '{"type": "Point", "coordinates": [0, 0]}',
            "{name}",
            MOBILE,
            ID_NUMBER,
        ]
    ),
)
KINDS = st.sampled_from([*NODE_KINDS, "Nothing"])
CODES = st.sampled_from(["a", "b", "c", "a b", "", "{0}", ID_NUMBER])
KEYS = st.builds(NodeKey, KINDS, CODES)


@st.composite
def nodes(draw):
    kind = draw(KINDS)
    names = [f.name for f in NODE_KINDS[kind].fields] if kind in NODE_KINDS else ["name"]
    fields = st.sampled_from([*names, "further", "weight"])
    return kind, draw(CODES), draw(st.dictionaries(fields, VALUES, max_size=6))


@st.composite
def relationships(draw):
    kind = draw(st.sampled_from([*RELATIONSHIP_KINDS, "NOTHING"]))
    names = [f.name for f in RELATIONSHIP_KINDS[kind].fields] if kind in RELATIONSHIP_KINDS else ["date"]
    return kind, draw(KEYS), draw(KEYS), draw(st.dictionaries(st.sampled_from(names), VALUES, max_size=3))


def read(findings):
    for finding in findings:
        shown = finding.to_json()
        assert shown["text"]["zh"]
        assert shown["text"]["en"]
        assert MOBILE not in str(shown)
        assert ID_NUMBER not in str(shown)


@settings(deadline=None)
@given(nodes())
def test_a_node_is_judged(node):
    read(node_findings(*node))


@settings(deadline=None)
@given(relationships())
def test_a_relationship_is_judged(relationship):
    read(relationship_findings(*relationship))


@settings(deadline=None)
@given(st.lists(nodes(), max_size=6), st.lists(relationships(), max_size=8))
def test_a_graph_is_judged_and_single_findings_are_in(some_nodes, some_relationships):
    builder = GraphBuilder()
    for node in some_nodes:
        builder.add_node(*node)
    for relationship in some_relationships:
        builder.add_relationship(*relationship)
    graph = builder.freeze()
    found = validate(graph)
    read(found)
    single = [f for n in graph.nodes() for f in node_findings(n.kind, n.code, n.properties)]
    assert list(found[: len(single)]) == single
