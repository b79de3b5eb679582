"""Every query of docs/api.md gives the answer that stands there, with the store calls that stand there, on every store."""

from datetime import date

import pytest
from documented_queries import documented
from graphql_towns import asking
from runs_town import Beside, ended, town_changes
from store_examples import JIA, two_towns, unit

from orgraph.service.runs.service import Runs
from orgraph.store.port import PutNode

pytestmark = pytest.mark.anyio


def test_the_page_holds_queries():
    titles = [found.title for section in ("Queries", "Scenarios") for found in documented(section)]
    assert len(titles) == len(set(titles)) == 21


async def test_queries(store):
    await store.apply(two_towns(), effective=date(2020, 1, 1))
    census = PutNode("Unit", JIA, {"population": 120})
    await store.apply([census], effective=date(2021, 3, 1), by="clerk", reason="census")
    async with asking(store) as ask:
        for found in documented("Queries"):
            assert await ask.data(found.query, **found.variables) == found.answer, found.title
            assert ask.store.calls == found.calls, found.title


async def test_scenarios(store):
    await store.apply(town_changes())
    async with Runs(store, Beside()) as runs, asking(store, runs) as ask:
        for found in documented("Scenarios"):
            answer = await ask.data(found.query, **found.variables)
            assert answer == found.answer, found.title
            assert ask.store.calls == found.calls, found.title
            if "startRun" in answer:
                await ended(runs, answer["startRun"]["run"]["code"])


async def test_calls_do_not_grow_with_the_number_of_nodes(store):
    await store.apply(two_towns())
    query = """{ units(first: 100) { nodes { name partOf { name organizations { nodes { name } } }
      adjacent { nodes { name } } insideGrids { nodes { coveredBy { totalCount } } } } } }"""
    calls = []
    async with asking(store) as ask:
        for more in (0, 40):
            await store.apply([unit(f"x{number}") for number in range(more)])
            found = await ask.data(query)
            calls.append((dict(ask.store.calls), len(found["units"]["nodes"])))
    assert [number for _, number in calls] == [7, 47]
    assert calls[0][0] == calls[1][0] == {"page": 1, "neighbours": 4}
