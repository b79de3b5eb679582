"""Each document is parsed and validated once, and the cache is bounded."""

import pytest
from graphql import GraphQLError, build_schema, get_introspection_query

from api import limits_documents
from api.limits_documents import Documents
from orgraph.errors import InputError
from orgraph.settings import ApiLimits

SCHEMA = build_schema(
    "type Query { unit: Unit units(first: Int = 5): [Unit] } type Unit { name: String parent: Unit }"
)


def documents(**limits: int) -> Documents:
    return Documents(SCHEMA, ApiLimits(**limits))


def test_a_document_is_parsed_and_validated_once() -> None:
    found = documents()
    for _ in range(3):
        assert found.prepare("{ unit { name } }", None).errors == ()
        assert len(found.prepare("{ unit { nothing } }", None).errors) == 1
    assert (found.num_parsed, found.num_validated) == (2, 2)


def test_what_is_over_a_limit_is_never_validated() -> None:
    found = documents(cost=10)
    query = "query($n: Int) { units(first: $n) { name } }"
    with pytest.raises(InputError) as error:
        found.prepare(query, {"n": 1000})
    assert (error.value.code, error.value.details) == ("query_cost", {"found": 2000, "most": 10})
    assert found.num_validated == 0


def test_a_known_document_is_measured_again_with_other_values() -> None:
    found = documents(cost=10)
    query = "query($n: Int) { units(first: $n) { name } }"
    assert found.prepare(query, {"n": 2}).measure.cost == 2 * 2
    with pytest.raises(InputError):
        found.prepare(query, {"n": 1000})
    assert (found.num_parsed, found.num_validated) == (1, 1)


def test_the_document_used_longest_ago_is_forgotten_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits_documents, "CACHED_CHARS", 60)
    found = documents()
    first, second, third = ("{ a: unit { name } }", "{ b: unit { name } }", "{ c: unit { name } }   ")
    for query in (first, second, first, third):
        found.prepare(query, None)
    assert found.num_parsed == 3
    found.prepare(first, None)
    assert found.num_parsed == 3
    found.prepare(second, None)
    assert found.num_parsed == 4


@pytest.mark.parametrize(
    ("limits", "query", "code"),
    [
        ({"query_chars": 10}, "{ __typename }", "query_too_long"),
        ({"tokens": 4}, "{ unit { name } }", "query_tokens"),
        ({"tokens": 4}, "{ __typename }" + "#\n" * 5, "query_tokens"),
        ({"depth": 2}, "{ unit { parent { name } } }", "query_depth"),
        (
            {"root_fields": 1},
            "{ unit { name } ...F } fragment F on Query { __typename }",
            "query_root_fields",
        ),
        ({"aliases": 1}, "{ a: unit { b: name } }", "query_aliases"),
        ({"directives": 1}, "{ unit @skip(if: false) { name @skip(if: false) } }", "query_directives"),
        ({"repeats": 1}, "{ unit { name ... { name } } }", "query_repeats"),
        ({"cost": 1}, "{ unit { name } }", "query_cost"),
    ],
)
def test_each_limit_refuses_what_is_one_more(limits: dict[str, int], query: str, code: str) -> None:
    with pytest.raises(InputError) as error:
        documents(**limits).prepare(query, None)
    assert error.value.code == code
    ((name, most),) = limits.items()
    enough = {"query_chars": 14, "tokens": 6 if "unit" in query else 5}.get(name, most + 1)
    assert documents(**{name: enough}).prepare(query, None).errors == ()


def test_the_standard_introspection_is_allowed_and_three_of_them_are_not() -> None:
    query = get_introspection_query(specified_by_url=True, input_value_deprecation=True)
    assert documents().prepare(query, None).errors == ()
    body = query[query.index("__schema") : query.index("fragment FullType")].rstrip().removesuffix("}")
    thrice = query.replace(body, " ".join(f"{name}: {body}" for name in "abc"))
    with pytest.raises(InputError) as error:
        documents(repeats=1000).prepare(thrice, None)
    assert error.value.code == "query_introspection"


def test_what_cannot_be_parsed_quotes_the_parser() -> None:
    with pytest.raises(GraphQLError) as error:
        documents().prepare("{ unit { } }", None)
    assert isinstance(error.value.original_error, InputError)
    assert error.value.original_error.code == "document_syntax"
