"""What every call costs on Neo4j: how many statements, with which plans, and how often they touch the database.

The figures are held in ``bench/store_plans.json``; when a change of a statement is meant, ``python bench/store_plans.py`` writes them anew.
"""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Iterable

import pytest
import store_document
import store_figures
import store_plans
from neo4j_server import Login, empty
from store_figures import Statement
from store_plans import READS, WRITES

MAY_SCAN_LABELS = {
    "snapshot of everything": "it reads everything",
    "dump": "it reads everything",
    "page with a relationship": "no index knows who has a relationship",
    "rollup, as of a day": "units of a level that ended are found among the few past ones",
}
ONE_ROW = "NodeUniqueIndexSeek"
SLACK = 1.15
"""How properties lie in the store after other tests moves a few hits; a lost index moves many."""


@pytest.fixture(scope="module")
def measured(neo4j_credentials: Login) -> dict[str, list[Statement]]:
    login = neo4j_credentials
    empty(login.url, login.user, login.password)
    return asyncio.run(store_plans.measure(login.url))


@pytest.fixture(scope="module")
def recorded() -> dict[str, list[Statement]]:
    return store_figures.recorded()


@pytest.mark.parametrize("name", [*READS, *WRITES])
def test_a_call_runs_the_statements_that_are_recorded(
    name: str, measured: dict[str, list[Statement]], recorded: dict[str, list[Statement]]
) -> None:
    assert Counter(s.query for s in measured[name]) == Counter(s.query for s in recorded[name])


@pytest.mark.parametrize("name", [*READS, *WRITES])
def test_no_statement_touches_the_database_more_often(
    name: str, measured: dict[str, list[Statement]], recorded: dict[str, list[Statement]]
) -> None:
    bounds = _hits(recorded[name])
    for query, hits in _hits(measured[name]).items():
        assert hits <= bounds[query] * SLACK + 4, query


def _hits(statements: Iterable[Statement]) -> dict[str, int]:
    found: defaultdict[str, int] = defaultdict(int)
    for statement in statements:
        found[statement.query] += statement.hits
    return found


@pytest.mark.parametrize("name", [*READS, *WRITES])
def test_no_plan_looks_at_all_nodes(name: str, measured: dict[str, list[Statement]]) -> None:
    for statement in measured[name]:
        assert "AllNodesScan" not in statement.operators, statement.query
        is_scan = any("ByLabel" in operator for operator in statement.operators)
        assert not is_scan or name in MAY_SCAN_LABELS or statement.hits <= 2, statement.query


@pytest.mark.parametrize("name", [*READS, *WRITES])
def test_no_plan_multiplies_rows(name: str, measured: dict[str, list[Statement]]) -> None:
    """A product is harmless where one side is a single node that an index finds."""
    for statement in measured[name]:
        if "CartesianProduct" in statement.operators:
            assert any(operator.startswith(ONE_ROW) for operator in statement.operators), statement.query


@pytest.mark.parametrize("name", READS)
def test_no_read_gathers_all_rows_before_it_goes_on(name: str, measured: dict[str, list[Statement]]) -> None:
    assert not any("Eager" in statement.operators for statement in measured[name])


def test_every_call_is_recorded(recorded: dict[str, list[Statement]]) -> None:
    assert list(recorded) == [*READS, *WRITES]


def test_the_page_is_current() -> None:
    text = store_document.PAGE.read_text(encoding="utf-8")
    assert store_document.page(text) == text, "python bench/store_document.py"
