"""Queries that are known to stop GraphQL servers: each has one outcome, and the server answers others meanwhile."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from http_schemas import GRAPHQL, post, the_error
from limits_corpus import CORPUS
from live_server import bare_client, live_server, town_client

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("name", CORPUS)
async def test_each_query_has_its_outcome(tmp_path: Path, name: str) -> None:
    query, code = CORPUS[name]
    async with bare_client() if code else town_client(tmp_path) as client:
        answer = await post(client, query)
    if code is None:
        assert (answer.status_code, "errors" in answer.json()) == (200, False)
    else:
        assert (answer.status_code, the_error(answer)["code"]) == (400, code)


def test_a_probe_is_answered_while_the_queries_are_fired(tmp_path: Path) -> None:
    """At eight at a time; the probe goes on until the last of them is answered."""
    headers = {"accept": GRAPHQL}
    num_probes = 0
    with live_server(tmp_path) as url, httpx.Client(base_url=url, headers=headers, timeout=60) as client:

        def fire(entry: tuple[str, str | None]) -> tuple[str | None, str | None]:
            query, code = entry
            errors = client.post("/graphql", json={"query": query}).json().get("errors")
            return code, errors[0]["extensions"]["code"] if errors else None

        with ThreadPoolExecutor(8) as pool:
            fired = [pool.submit(fire, entry) for entry in [*CORPUS.values()] * 2]
            while not all(future.done() for future in fired):
                answer = client.post("/graphql", json={"query": "{ __typename }"})
                assert (answer.status_code, answer.json()["data"]) == (200, {"__typename": "Query"})
                num_probes += 1
        outcomes = [future.result() for future in fired]
    assert [outcome for outcome in outcomes if outcome[0] != outcome[1]] == []
    assert num_probes >= 1
