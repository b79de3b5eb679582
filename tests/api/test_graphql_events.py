"""The subscription over Server-Sent Events, one connection per operation."""

import asyncio
import json

import httpx
import pytest
from test_graphql_socket import PROGRESS, served

import api.http_events as http_events

pytestmark = pytest.mark.anyio

EVENTS = {"accept": "text/event-stream"}


def read(text: str) -> list[tuple[str, object]]:
    """Return the events of a stream, comments as empty names."""
    found = []
    for block in text.strip("\n").split("\n\n"):
        if block.startswith(":"):
            found.append(("", None))
            continue
        name, data = block.split("\n")
        value = data.removeprefix("data: ").removeprefix("data:")
        found.append((name.removeprefix("event: "), json.loads(value) if value else None))
    return found


def client(app) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test", headers=EVENTS)


async def test_the_states_come_as_events_and_then_the_end(tmp_path):
    async with served(tmp_path) as (app, code, _), client(app) as asking:
        answer = await asking.post("/graphql", json={"query": PROGRESS, "variables": {"c": code}})
        assert answer.headers["content-type"].startswith("text/event-stream")
        events = read(answer.text)
        assert events[-1] == ("complete", None)
        states = [data["data"]["runProgress"] for _, data in events[:-1]]
        assert [s["isTerminal"] for s in states] == [False] * (len(states) - 1) + [True]
        assert (states[-1]["status"], answer.headers["cache-control"]) == ("DONE", "no-cache")
        parameters = {"query": PROGRESS, "variables": json.dumps({"c": code})}
        late = read((await asking.get("/graphql", params=parameters)).text)
        assert [name for name, _ in late] == ["next", "complete"]


async def test_silence_is_filled_with_comments(tmp_path, monkeypatch):
    monkeypatch.setattr(http_events, "ALIVE_SECONDS", 0.01)
    gate = asyncio.Event()
    async with served(tmp_path, gate) as (app, code, _), client(app) as asking:
        request = asyncio.create_task(
            asking.post("/graphql", json={"query": PROGRESS, "variables": {"c": code}})
        )
        while not gate.is_set():
            await asyncio.sleep(0.05)
            gate.set()
        events = read((await request).text)
        assert ("", None) in events
        assert events[-1] == ("complete", None)


async def test_what_cannot_be_executed_is_told_before_any_event(tmp_path):
    async with served(tmp_path) as (app, _, _), client(app) as asking:
        answer = await asking.post("/graphql", json={"query": "{ nothing }"})
        assert (answer.status_code, answer.headers["content-type"]) == (
            400,
            "application/json; charset=utf-8",
        )
        assert answer.json()["errors"][0]["extensions"]["code"] == "document_invalid"
        assert (await asking.post("/graphql", content=b"5")).status_code == 415
        mutation = 'mutation { cancelRun(input: {code: "R", by: "x"}) { __typename } }'
        refused = await asking.get("/graphql", params={"query": mutation})
        assert refused.status_code == 405


async def test_a_closed_connection_ends_the_watching(tmp_path):
    gate, ended, told = asyncio.Event(), [], asyncio.Event()
    async with served(tmp_path, gate) as (app, code, runs):
        watch = runs.watch

        async def watched(name):
            try:
                async for state in watch(name):
                    yield state
            finally:
                ended.append(name)

        runs.watch = watched
        body = json.dumps({"query": PROGRESS, "variables": {"c": code}}).encode()
        sent = asyncio.Queue()
        sent.put_nowait({"type": "http.request", "body": body, "more_body": False})

        async def send(message):
            if message.get("body"):
                told.set()

        headers = {"accept": "text/event-stream", "content-type": "application/json", "host": "test"}
        scope = {
            "type": "http",
            "method": "POST",
            "path": "/graphql",
            "raw_path": b"/graphql",
            "query_string": b"",
            "root_path": "",
            "scheme": "http",
            "headers": [(k.encode(), v.encode()) for k, v in headers.items()],
            "state": {},
        }
        serving = asyncio.create_task(app(scope, sent.get, send))
        await told.wait()
        sent.put_nowait({"type": "http.disconnect"})
        await serving
        assert ended == [code]
        assert not (await runs.get(code)).status.is_ended
        gate.set()
