"""The subscription over WebSocket: the protocol, its limits, and that nothing goes on after the end."""

import asyncio
import json
from contextlib import asynccontextmanager

import pytest
from runs_town import BY, Beside, scenario_in

import api.http_socket as http_socket
from api.app import create_app
from orgraph.service.runs.service import Runs
from orgraph.settings import ApiLimits

pytestmark = pytest.mark.anyio

PROGRESS = "subscription($c: String!) { runProgress(code: $c) { status isTerminal planCode seconds } }"
WAIT_S = 15


class Socket:
    """The client's end of a connection inside this process."""

    def __init__(self, app, headers, protocols) -> None:
        self.sent: asyncio.Queue = asyncio.Queue()
        self.got: asyncio.Queue = asyncio.Queue()
        scope = {
            "type": "websocket",
            "path": "/graphql",
            "raw_path": b"/graphql",
            "query_string": b"",
            "root_path": "",
            "scheme": "ws",
            "headers": [(k.encode(), v.encode()) for k, v in {"host": "test", **headers}.items()],
            "subprotocols": protocols,
            "state": {},
        }
        self.sent.put_nowait({"type": "websocket.connect"})
        self.task = asyncio.create_task(app(scope, self.sent.get, self.got.put))

    async def event(self) -> dict:
        async with asyncio.timeout(WAIT_S):
            return await self.got.get()

    async def message(self) -> dict:
        event = await self.event()
        assert event["type"] == "websocket.send", event
        assert event.get("bytes") is None
        return json.loads(event["text"])

    async def closed(self) -> int:
        event = await self.event()
        assert event["type"] == "websocket.close", event
        return event["code"]

    def send(self, message) -> None:
        text = message if isinstance(message, str) else json.dumps(message)
        self.sent.put_nowait({"type": "websocket.receive", "text": text})

    def subscribe(self, id: str, query: str, **variables) -> None:
        self.send({"id": id, "type": "subscribe", "payload": {"query": query, "variables": variables}})

    async def open(self) -> None:
        assert (await self.event())["type"] == "websocket.accept"
        self.send({"type": "connection_init"})
        assert await self.message() == {"type": "connection_ack"}

    async def leave(self) -> None:
        """Go away without a word."""
        self.sent.put_nowait({"type": "websocket.disconnect", "code": 1006})
        async with asyncio.timeout(WAIT_S):
            await asyncio.wait((self.task,))
        await self.task


@asynccontextmanager
async def connected(app, *, headers=None, protocols=("graphql-transport-ws",)):
    socket = Socket(app, headers or {}, list(protocols))
    try:
        yield socket
    finally:
        await socket.leave()


@asynccontextmanager
async def served(tmp_path, gate=None, **more):
    from orgraph.store import open_store, url_of

    async with open_store(url_of(tmp_path / "area.db")) as store:
        await store.ensure_schema()
        scenario = await scenario_in(store)
        async with Runs(store, Beside(gate)) as runs:
            run = await runs.start(scenario.code, BY)
            yield create_app(store, runs, **more), run.code, runs


async def test_the_present_state_comes_first_and_the_end_once(tmp_path):
    gate = asyncio.Event()
    async with served(tmp_path, gate) as (app, code, _), connected(app) as socket:
        await socket.open()
        socket.subscribe("1", PROGRESS, c=code)
        first = (await socket.message())["payload"]["data"]["runProgress"]
        assert not first["isTerminal"]
        gate.set()
        messages = [await socket.message()]
        while messages[-1]["type"] == "next":
            messages.append(await socket.message())
        states = [m["payload"]["data"]["runProgress"] for m in messages[:-1]]
        assert messages[-1] == {"id": "1", "type": "complete"}
        assert [s["isTerminal"] for s in states] == [False] * (len(states) - 1) + [True]
        assert states[-1]["status"] == "DONE"
        assert states[-1]["planCode"]
        socket.subscribe("1", PROGRESS, c=code)
        late = await socket.message()
        assert late["payload"]["data"]["runProgress"]["status"] == "DONE"
        assert (await socket.message())["type"] == "complete"


async def test_queries_and_limits_hold_here_too(tmp_path):
    async with (
        served(tmp_path, limits=ApiLimits(depth=4)) as (app, _, _),
        connected(app) as socket,
    ):
        await socket.open()
        socket.subscribe("q", '{ unit(code: "A") { name } }')
        answer = (await socket.message())["payload"]
        assert answer["data"] == {"unit": {"name": "A村"}}
        assert answer["extensions"]["cost"]["requested"] == 2
        assert (await socket.message())["type"] == "complete"
        for query, code in (
            ("{ units { edges { node { partOf { name } } } } }", "query_depth"),
            ("{ nothing }", "document_invalid"),
            ("{", "document_syntax"),
        ):
            socket.subscribe("w", query)
            refused = await socket.message()
            assert refused["type"] == "error"
            assert refused["payload"][0]["extensions"]["code"] == code
        socket.subscribe("n", PROGRESS, c="R-none")
        missing = await socket.message()
        assert missing["payload"]["errors"][0]["extensions"]["code"] == "not_found"


async def test_going_away_ends_the_watching_and_not_the_run(tmp_path):
    gate = asyncio.Event()
    ended = []

    async with served(tmp_path, gate) as (app, code, runs):
        watch = runs.watch

        async def watched(name):
            try:
                async for state in watch(name):
                    yield state
            finally:
                ended.append(name)

        runs.watch = watched
        socket = Socket(app, {}, ["graphql-transport-ws"])
        await socket.open()
        for number in range(3):
            socket.subscribe(str(number), PROGRESS, c=code)
            await socket.message()
        socket.send({"id": "0", "type": "complete"})
        socket.send({"type": "ping"})
        while (await socket.message())["type"] != "pong":
            pass
        assert ended == [code]
        await socket.leave()
        assert ended == [code] * 3
        runs.watch = watch
        assert not (await runs.get(code)).status.is_ended
        gate.set()
        states = [state async for state in runs.watch(code)]
        assert states[-1].status == "DONE"


async def test_a_connection_has_so_many_operations_at_a_time(tmp_path):
    gate = asyncio.Event()
    async with served(tmp_path, gate) as (app, code, _), connected(app) as socket:
        await socket.open()
        for number in range(http_socket.MOST_OPERATIONS):
            socket.subscribe(str(number), PROGRESS, c=code)
        socket.subscribe("more", PROGRESS, c=code)
        messages = [await socket.message()]
        while messages[-1]["id"] != "more":
            messages.append(await socket.message())
        *others, refused = messages
        assert refused["type"] == "error"
        assert {m["type"] for m in others} <= {"next"}
        assert refused["payload"][0]["extensions"]["code"] == "too_many_operations"


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("no json", 4400),
        ("[]", 4400),
        ({"type": "start"}, 4400),
        ({"type": "subscribe", "payload": {"query": "{a}"}}, 4400),
        ({"id": "1", "type": "subscribe", "payload": {"query": 5}}, 4400),
        ({"type": "connection_init"}, 4429),
    ],
)
async def test_what_breaks_the_protocol_closes_the_connection(tmp_path, message, code):
    async with served(tmp_path) as (app, _, _), connected(app) as socket:
        await socket.open()
        socket.send(message)
        assert await socket.closed() == code


async def test_nothing_is_answered_before_the_opening_message(tmp_path, monkeypatch):
    async with served(tmp_path) as (app, code, _):
        async with connected(app) as socket:
            assert (await socket.event())["type"] == "websocket.accept"
            socket.subscribe("1", PROGRESS, c=code)
            assert await socket.closed() == 4401
        monkeypatch.setattr(http_socket, "INIT_SECONDS", 0)
        async with connected(app) as socket:
            assert (await socket.event())["type"] == "websocket.accept"
            assert await socket.closed() == 4408


async def test_one_id_is_used_once_at_a_time(tmp_path):
    gate = asyncio.Event()
    async with served(tmp_path, gate) as (app, code, _), connected(app) as socket:
        await socket.open()
        socket.subscribe("1", PROGRESS, c=code)
        await socket.message()
        socket.subscribe("1", PROGRESS, c=code)
        assert await socket.closed() == 4409


async def test_binary_messages_and_long_ones_are_refused(tmp_path):
    async with served(tmp_path, limits=ApiLimits(body_bytes=100)) as (app, _, _):
        async with connected(app) as socket:
            await socket.open()
            socket.sent.put_nowait({"type": "websocket.receive", "bytes": b"{}"})
            assert await socket.closed() == 4400
        async with connected(app) as socket:
            await socket.open()
            socket.send({"type": "ping", "payload": "x" * 100})
            assert await socket.closed() == 4400


@pytest.mark.parametrize("protocols", [(), ("graphql-ws",)])
async def test_the_older_protocol_is_not_spoken(tmp_path, protocols):
    async with served(tmp_path) as (app, _, _), connected(app, protocols=protocols) as socket:
        assert (await socket.event())["type"] == "websocket.accept"
        assert await socket.closed() == 4406


@pytest.mark.parametrize(
    ("headers", "is_allowed"),
    [
        ({"origin": "http://test"}, True),
        ({"origin": "http://evil.example"}, False),
        ({"origin": "null"}, False),
        ({"host": "evil.example"}, False),
        ({"host": "evil.example", "origin": "http://evil.example"}, False),
    ],
)
async def test_pages_of_others_are_turned_away(tmp_path, headers, is_allowed):
    async with (
        served(tmp_path, hosts=("test",)) as (app, _, _),
        connected(app, headers=headers) as socket,
    ):
        first = await socket.event()
        assert first["type"] == ("websocket.accept" if is_allowed else "websocket.close")
