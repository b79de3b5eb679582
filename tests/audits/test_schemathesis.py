"""Generated queries against a listening server: no status of 500 or above, no unmasked error, nothing that the server did not expect."""

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from live_server import live_server
from schemathesis.graphql import nodes

EXAMPLES = 30
"""Per root field; the same in every run."""

schemathesis.graphql.scalar(
    "JSON",
    st.text().map(nodes.String) | st.integers().map(nodes.Int) | st.just(nodes.Object([])),
)

generated = settings(
    max_examples=EXAMPLES,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def operations(tmp_path_factory: pytest.TempPathFactory):
    with live_server(tmp_path_factory.mktemp("generated")) as url:
        schema = schemathesis.graphql.from_url(f"{url}/graphql")
        yield [found.ok() for found in schema.get_all_operations()]


def answers_of(operation) -> list:
    answers = []

    @generated
    @given(case=operation.as_strategy())
    def ask(case) -> None:
        answers.append(case.call())

    ask()
    return answers


def test_generated_queries_are_answered_or_refused_with_a_code(operations) -> None:
    assert operations
    for operation in operations:
        answers = answers_of(operation)
        assert answers
        assert [a.text for a in answers if a.status_code >= 500] == []
        errors = [error for answer in answers for error in answer.json().get("errors", ())]
        assert [
            e for e in errors if not {"code", "status", "text", "requestId"} <= set(e["extensions"])
        ] == []
        assert [e for e in errors if e["extensions"]["status"] >= 500] == []
