"""`/readyz` and `/metrics`."""

import asyncio
import re
from pathlib import Path

import pytest
from http_schemas import Probe, post, probing_schema, the_error
from live_server import TOWN, town_client

from api import http_health
from api.metrics import MOST_OPERATIONS, Metrics
from api.metrics_store import measured
from orgraph.errors import StoreUnavailable

pytestmark = pytest.mark.anyio


async def test_readiness_does_not_wait_for_a_store_that_hangs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def hang(_: object) -> bool:
        await asyncio.Event().wait()
        return True

    monkeypatch.setattr("orgraph.service.lookup.Lookup.is_ready", hang)
    monkeypatch.setattr(http_health, "READY_SECONDS", 0.01)
    async with town_client(tmp_path) as client:
        answer = await client.get("/readyz")
    assert (answer.status_code, the_error(answer)["code"]) == (503, "store_not_ready")


async def figures(client) -> dict[str, float]:
    answer = await client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    lines = [line for line in answer.text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}


async def test_requests_operations_errors_and_store_calls_are_counted(tmp_path: Path) -> None:
    async with town_client(tmp_path) as client:
        for _ in range(3):
            await post(client, f'query Town {{ unit(code: "{TOWN}") {{ name }} }}')
        await post(client, "{ units(first: 0) { pageInfo { endCursor } } }")
        await client.get("/nothing")
        await client.get("/something")
        found = await figures(client)
    assert found['orgraph_http_requests_total{method="POST",route="/graphql",status="200"}'] == 4
    assert found['orgraph_http_requests_total{method="GET",route="other",status="404"}'] == 2
    assert found['orgraph_http_request_seconds_count{route="/graphql"}'] == 4
    assert found['orgraph_graphql_operations_total{kind="query",operation="Town"}'] == 3
    assert found['orgraph_graphql_operations_total{kind="query",operation="-"}'] == 1
    assert found['orgraph_errors_total{code="page_size"}'] == 1
    assert found['orgraph_errors_total{code="path_unknown"}'] == 2
    assert found['orgraph_store_calls_total{method="get_many",outcome="ok"}'] == 3
    assert found['orgraph_store_call_seconds_count{method="get_many"}'] == 3


class FailingStore:
    async def get(self, kind: str, code: str) -> None:
        raise StoreUnavailable("store_busy", path=f"{kind} {code}")

    def dump(self) -> str:
        return "lines"


async def test_a_failed_store_call_is_counted_and_raised() -> None:
    metrics = Metrics()
    store = measured(FailingStore(), metrics)
    with pytest.raises(StoreUnavailable):
        await store.get("Unit", TOWN)
    assert store.dump() == "lines"
    text = metrics.text()[0].decode()
    assert 'orgraph_store_calls_total{method="get",outcome="error"} 1.0' in text
    assert "dump" not in text
    assert TOWN not in text


async def test_names_of_clients_do_not_make_the_figures_grow_without_end(tmp_path: Path) -> None:
    async with town_client(tmp_path, schema=probing_schema(Probe())) as client:
        for number in range(MOST_OPERATIONS + 5):
            await post(client, f"query Q{number} {{ hello }}")
            await client.request("BREW", f"/{number}")
        found = await figures(client)
    operations = [name for name in found if name.startswith("orgraph_graphql_operations_total")]
    assert len(operations) == MOST_OPERATIONS + 1
    assert found['orgraph_graphql_operations_total{kind="query",operation="other"}'] == 5
    assert found['orgraph_http_requests_total{method="other",route="other",status="404"}'] == (
        MOST_OPERATIONS + 5
    )


async def test_no_value_of_a_query_is_a_label(tmp_path: Path) -> None:
    async with town_client(tmp_path) as client:
        await post(client, "query Q($c: String!) { unit(code: $c) { name } }", variables={"c": TOWN})
        text = (await client.get("/metrics")).text
    assert not re.search(rf"{TOWN}|义和镇", text)
