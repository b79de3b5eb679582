"""What a document asks for: exact numbers, work in proportion to its length, and the same numbers with and without fragments."""

import pytest
from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    Node,
    Visitor,
    build_schema,
    execute_sync,
    parse,
    visit,
)
from hypothesis import given
from hypothesis import strategies as st

from api.limits_measure import LIST_SIZE, MAX_NESTING, MOST, Measure, measure
from orgraph.errors import InputError

SCHEMA = build_schema(
    """
    type Query { unit: Unit units(first: Int = 5, last: Int): Page nodes(ids: [ID!]!): [Unit] all: [Unit!]! }
    type Unit { name: String code: String parent: Unit below(first: Int): Page kids: [Unit!] some(first: Int!): [Unit] }
    type Page { edges: [Edge!]! total: Int }
    type Edge { node: Unit cursor: String }
    """
)


def measured(query: str, **variables: object) -> Measure:
    return measure(SCHEMA, parse(query), variables)


@pytest.mark.parametrize(
    ("query", "cost"),
    [
        ("{ unit { name code } }", 3),
        ("{ unit { name code }  again: unit { name } }", 5),
        ("{ units { total } }", 2),
        ("{ units { edges { cursor } } }", 1 + 5 * 2),
        ("{ units(first: 3) { total edges { cursor node { name } } } }", 2 + 3 * 4),
        ("{ units(last: 7) { edges { cursor } } }", 1 + 7 * 2),
        ("{ units(first: 3, last: 7) { edges { cursor } } }", 1 + 7 * 2),
        ("{ units(first: 3) { edges { node { below(first: 4) { edges { cursor } } } } } }", 1 + 3 * 11),
        ("{ unit { below { edges { cursor } } } }", 2 + LIST_SIZE * 2),
        ("{ unit { kids { name } } }", 1 + LIST_SIZE * 2),
        ("{ unit { some(first: 3) { name } } }", 1 + 3 * 2),
        ("{ unit { some(first: 3) { kids { name } } } }", 1 + 3 * (1 + LIST_SIZE * 2)),
        ("{ all { name } }", LIST_SIZE * 2),
        ("{ all { kids { kids { name } } } }", LIST_SIZE + LIST_SIZE**2 + 2 * LIST_SIZE**3),
        ('{ nodes(ids: ["a", "b"]) { name } }', 4),
        ("{ units(first: -3) { edges { cursor } } }", 1 + 3 * 2),
        ("{ units(first: 99999999999999999999) { edges { cursor } } }", MOST),
        ("{ nothing { nothing } }", 2),
        ("{ unit { ... on Unit { name } ...F } } fragment F on Unit { code }", 5),
        ("{ units(first: 3) { ...F } } fragment F on Page { edges { cursor } }", 2 + 3 * 2),
        ("query A { unit { name } } query B { unit { name code } }", 3),
    ],
)
def test_the_cost_is_the_most_values_that_an_answer_may_hold(query: str, cost: int) -> None:
    assert measured(query).cost == cost


def test_lengths_of_pages_come_from_variables_and_their_defaults() -> None:
    query = "query($n: Int = 4) { units(first: $n) { edges { cursor } } }"
    assert measured(query, n=2).cost == 1 + 2 * 2
    assert measured(query).cost == 1 + 4 * 2
    assert measured(query, n="x").cost == 1 + 4 * 2
    assert measured("query($n: Int) { units(first: $n) { edges { cursor } } }").cost == 1 + 5 * 2
    assert measured("query($i: [ID!]!) { nodes(ids: $i) { name } }", i=["a"] * 7).cost == 14


def test_a_list_that_grows_costs_as_much_as_it_may_hold() -> None:
    query = "{ units(first: 3) { total edges { cursor node { name kids { name } } } } }"
    unit = {"name": "a", "kids": [{"name": "b"}] * LIST_SIZE}
    root = {"units": {"total": 3, "edges": [{"cursor": "c", "node": unit}] * 3}}
    data = execute_sync(SCHEMA, parse(query), root).data

    def num_values(value: object) -> int:
        if isinstance(value, dict):
            return 1 + sum(map(num_values, value.values()))
        return sum(map(num_values, value)) if isinstance(value, list) else 1

    assert measured(query).cost == num_values(data) - 1  # the root object itself is nobody's field


def test_everything_else_is_counted_too() -> None:
    query = """
        query A @x { a: unit @skip(if: false) { b: name ... @include(if: true) { name } } ...F ...F }
        fragment F on Query @y { unit { parent { parent { name } } } }
    """
    assert measured(query) == Measure(
        depth=4,
        root_fields=3,
        aliases=2,
        directives=4,
        repeats=2,
        cost=3 + 1 + 2 * (1 + 4),
        introspection=0,
        num_visited=10,
    )


def test_asking_about_the_schema_has_its_own_count() -> None:
    found = measured("{ __schema { types { name fields { name } } } unit { name } }")
    assert (found.depth, found.cost) == (2, 3)
    assert found.introspection == 1 + LIST_SIZE * (2 + LIST_SIZE * 2)


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{ ...Zed }", "fragment_unknown"),
        ("{ unit { name } } fragment A on Unit { ...Zed }", "fragment_unknown"),
        ("{ ...A } fragment A on Query { ...A }", "fragment_cycle"),
        ("{ ...A } fragment A on Query { unit { ...B } } fragment B on Unit { ...A }", "fragment_cycle"),
        ("{ unit { name } } fragment A on Unit { ...B } fragment B on Unit { ...A }", "fragment_cycle"),
    ],
)
def test_fragments_without_an_end_or_a_beginning_are_refused(query: str, code: str) -> None:
    with pytest.raises(InputError) as error:
        measured(query)
    assert error.value.code == code


def chain(length: int) -> str:
    links = " ".join(f"fragment F{i} on Query {{ ...F{i + 1} }}" for i in range(length))
    return f"{{ ...F0 }} {links} fragment F{length} on Query {{ __typename }}"


def test_a_chain_of_fragments_has_an_end() -> None:
    assert measured(chain(MAX_NESTING - 2)).depth == 1
    with pytest.raises(InputError) as error:
        measured(chain(MAX_NESTING))
    assert error.value.code == "query_depth"


def doubling(num: int) -> str:
    links = " ".join(f"fragment F{i} on Query {{ ...F{i + 1} ...F{i + 1} }}" for i in range(num))
    return f"{{ ...F0 }} {links} fragment F{num} on Query {{ __typename }}"


@pytest.mark.parametrize("num", [5, 20, 25, 80])
def test_fragments_that_double_are_looked_at_once_each(num: int) -> None:
    found = measured(doubling(num))
    assert found.num_visited == 2 * num + 2
    assert found.root_fields == 2**num


def fields(depth: int, last: int) -> st.SearchStrategy[str]:
    """Return selections on ``Unit`` that may spread the fragments up to ``F{last}``."""
    spread = st.integers(0, last).map(lambda i: f"...F{i}") if last >= 0 else st.nothing()
    leaf = st.sampled_from(["name", "code", "c: code"]) | spread
    if depth == 0:
        return st.lists(leaf, min_size=1, max_size=3).map(" ".join)
    below = fields(depth - 1, last)
    page = st.builds(
        "below(first: {}) {{ edges {{ node {{ {} }} }} total }}".format, st.integers(0, 9), below
    )
    nested = st.builds(
        "{} {{ {} }}".format, st.sampled_from(["parent", "kids", "some(first: 2)", "..."]), below
    )
    return st.lists(leaf | nested | page, min_size=1, max_size=3).map(" ".join)


@st.composite
def documents(draw: st.DrawFn) -> str:
    bodies = [draw(fields(1, i - 1)) for i in range(3)]
    parts = [f"fragment F{i} on Unit {{ {body} }}" for i, body in enumerate(bodies)]
    return " ".join([f"{{ unit {{ {draw(fields(2, 2))} }} }}", *parts])


def without_fragments(query: str) -> str:
    """Write every spread out as an inline fragment."""
    bodies = {
        d.name.value: query[d.selection_set.loc.start : d.selection_set.loc.end]
        for d in parse(query).definitions
        if isinstance(d, FragmentDefinitionNode)
    }
    operation = query[: query.index(" fragment F0")]
    for name in ("F2", "F1", "F0"):
        operation = operation.replace(f"...{name}", f"... on Unit {bodies[name]}")
    return operation


class Counting(Visitor):
    num = 0

    def enter(self, node: Node, *_: object) -> None:
        self.num += isinstance(node, FieldNode | FragmentSpreadNode | InlineFragmentNode)


@given(documents())
def test_fragments_change_nothing_but_the_work(query: str) -> None:
    found, expanded = measured(query), measured(without_fragments(query))
    assert (found.depth, found.root_fields, found.cost) == (
        expanded.depth,
        expanded.root_fields,
        expanded.cost,
    )
    counting = Counting()
    visit(parse(query), counting)
    assert found.num_visited == counting.num
