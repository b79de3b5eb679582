"""Time limit, and clients that go away."""

import asyncio
import json
import logging

import pytest
from http_schemas import GRAPHQL, Probe, post, probing_schema, the_error
from live_server import bare_client

from api.app import create_app
from orgraph.settings import ApiLimits

pytestmark = pytest.mark.anyio


async def test_work_that_takes_too_long_is_stopped() -> None:
    probe = Probe()
    schema = probing_schema(probe)
    async with bare_client(schema=schema, limits=ApiLimits(seconds=1)) as client:
        answer = await post(client, "{ never }")
    assert (answer.status_code, the_error(answer)["code"]) == (503, "request_timeout")
    assert probe.was_cancelled


async def test_work_is_stopped_when_its_client_goes_away(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "orgraph.access")
    probe = Probe()
    body = json.dumps({"query": "{ never }"}).encode()
    messages = iter([{"type": "http.request", "body": body, "more_body": False}])

    async def receive() -> dict[str, object]:
        for message in messages:
            return message
        await probe.is_waiting.wait()
        return {"type": "http.disconnect"}

    async def send(message: dict[str, object]) -> None:
        pass

    headers = {"host": "test", "content-type": "application/json", "accept": GRAPHQL}
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/graphql",
        "query_string": b"",
        "root_path": "",
        "headers": [(k.encode(), v.encode()) for k, v in headers.items()],
    }
    await create_app(object(), schema=probing_schema(probe))(scope, receive, send)
    assert probe.was_cancelled
    assert " status=499 " in caplog.messages[-1]


async def test_a_body_that_does_not_arrive_is_given_up() -> None:
    sent: list[dict[str, object]] = []

    async def receive() -> dict[str, object]:
        await asyncio.Event().wait()
        return {}

    async def send(message: dict[str, object]) -> None:
        sent.append(message)

    headers = [(b"host", b"test"), (b"content-type", b"application/json")]
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/graphql",
        "query_string": b"",
        "root_path": "",
        "headers": headers,
    }
    await create_app(object(), limits=ApiLimits(seconds=1))(scope, receive, send)
    assert sent[0]["status"] == 408
    assert json.loads(sent[1]["body"])["errors"][0]["extensions"]["code"] == "body_too_slow"
