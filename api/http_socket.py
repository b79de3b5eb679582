"""GraphQL over WebSocket, protocol ``graphql-transport-ws``; the older ``graphql-ws`` is not spoken.

Before the connection is accepted: host and origin. Then: the opening message within :data:`INIT_SECONDS`, messages of the length of a request, at most
:data:`MOST_OPERATIONS` operations at a time. When the connection ends, however it ends, all its operations end.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from api.http_body import Asked
from api.http_call import Call, call_of
from api.http_context import AppState, state_of
from api.http_stream import Refused, Shown, refusal_of, results
from orgraph.errors import InputError, OrgraphError

ACCESS = logging.getLogger("orgraph.access")
PROTOCOL = "graphql-transport-ws"
INIT_SECONDS = 10.0
MOST_OPERATIONS = 10
_LONGEST_ID = 100


async def socket(websocket: WebSocket) -> None:
    """Serve one connection."""
    state = state_of(websocket)
    if not _is_allowed(websocket, state):
        await websocket.close(1008)  # before the connection is accepted: status 403
        return
    if PROTOCOL not in websocket.scope.get("subprotocols", ()):
        await websocket.accept()
        await websocket.close(4406, "Subprotocol not acceptable")
        return
    await websocket.accept(PROTOCOL)
    await _Connection(websocket, state).serve()


def _is_allowed(websocket: WebSocket, state: AppState) -> bool:
    """Return whether the page that opens the connection is one of this server's; programs send no origin."""
    host = websocket.headers.get("host", "").lower()
    if not state.is_known(host):
        return False
    origin = websocket.headers.get("origin")
    return origin is None or urlsplit(origin).netloc.lower() == host


class _Closing(Exception):
    """The connection is to be closed, with a code and a reason of the protocol."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code, self.reason = code, reason


@dataclass
class _Connection:
    websocket: WebSocket
    state: AppState
    is_open: bool = False
    operations: dict[str, asyncio.Task[None]] = field(default_factory=dict)

    async def serve(self) -> None:
        """Take messages until the connection ends."""
        try:
            await self._opened()
            while True:
                await self._take(await self._message())
        except _Closing as closing:
            await self._close(closing)
        except WebSocketDisconnect:
            pass
        finally:
            await self._end_all()

    async def _opened(self) -> None:
        """Wait for the opening message."""
        try:
            async with asyncio.timeout(INIT_SECONDS):
                while not self.is_open:
                    await self._take(await self._message())
        except TimeoutError:
            raise _Closing(4408, "Connection initialisation timeout") from None

    async def _message(self) -> Mapping[str, object]:
        received = await self.websocket.receive()
        if received["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(received.get("code") or 1006)
        text = received.get("text")
        if not isinstance(text, str):
            raise _Closing(4400, "Messages are text")
        if len(text) > self.state.documents.limits.body_bytes:
            raise _Closing(4400, "Message too long")
        try:
            message = json.loads(text)
        except (ValueError, RecursionError):
            raise _Closing(4400, "Messages are JSON") from None
        if not isinstance(message, dict) or not isinstance(message.get("type"), str):
            raise _Closing(4400, "Unknown message")
        return message

    async def _take(self, message: Mapping[str, object]) -> None:
        kind = message["type"]
        if kind == "connection_init":
            await self._open()
        elif kind == "ping":
            await self._send({"type": "pong"})
        elif kind == "subscribe":
            await self._subscribe(_id(message), message.get("payload"))
        elif kind == "complete":
            await self._end(_id(message))
        elif kind != "pong":
            raise _Closing(4400, "Unknown message")

    async def _open(self) -> None:
        if self.is_open:
            raise _Closing(4429, "Too many initialisation requests")
        self.is_open = True
        await self._send({"type": "connection_ack"})

    async def _subscribe(self, id: str, payload: object) -> None:
        if not self.is_open:
            raise _Closing(4401, "Unauthorized")
        if id in self.operations:
            raise _Closing(4409, f"Subscriber for {id} already exists")
        asked = _asked(payload)
        call = call_of(self.websocket.headers, self.state.lang)
        if len(self.operations) >= MOST_OPERATIONS:
            error = InputError("too_many_operations", most=MOST_OPERATIONS)
            await self._send({"id": id, "type": "error", "payload": [refusal_of(error, call)]})
            return
        self.operations[id] = asyncio.create_task(self._run(id, asked, call))

    async def _run(self, id: str, asked: Asked, call: Call) -> None:
        """Send the results of one operation, then its end."""
        started = time.perf_counter()
        try:
            async with aclosing(results(self.state, call, asked)) as found:
                async for shown in found:
                    await self._send({"id": id, "type": "next", "payload": shown})
            last: Shown = {"id": id, "type": "complete"}
        except Refused as refused:
            last = {"id": id, "type": "error", "payload": refused.errors}
        except WebSocketDisconnect:
            return
        except OrgraphError as error:
            last = {"id": id, "type": "error", "payload": [refusal_of(error, call)]}
        finally:
            self._note(call, time.perf_counter() - started)
        # the client may use the id again as soon as it has heard of the end
        self.operations.pop(id, None)
        await self._send(last)

    def _note(self, call: Call, seconds: float) -> None:
        """Count and log an operation as a request is."""
        self.state.metrics.request("/graphql", "WS", 200, seconds, call)
        ACCESS.info(
            "request=%s method=WS route=/graphql ms=%.1f kind=%s operation=%s cost=%s codes=%s",
            call.request_id,
            1000 * seconds,
            call.kind or "-",
            call.operation or "-",
            "-" if call.cost is None else call.cost,
            ",".join(dict.fromkeys(call.codes)) or "-",
        )

    async def _end(self, id: str) -> None:
        task = self.operations.pop(id, None)
        if task is not None:
            task.cancel()
            await asyncio.wait((task,))

    async def _end_all(self) -> None:
        tasks = tuple(self.operations.values())
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    async def _send(self, message: Shown) -> None:
        if self.websocket.application_state is not WebSocketState.DISCONNECTED:
            await self.websocket.send_text(json.dumps(message, ensure_ascii=False, separators=(",", ":")))

    async def _close(self, closing: _Closing) -> None:
        if self.websocket.application_state is not WebSocketState.DISCONNECTED:
            await self.websocket.close(closing.code, closing.reason)


def _id(message: Mapping[str, object]) -> str:
    id = message.get("id")
    if not isinstance(id, str) or not 0 < len(id) <= _LONGEST_ID:
        raise _Closing(4400, "An id is missing")
    return id


def _asked(payload: object) -> Asked:
    given = payload if isinstance(payload, dict) else {}
    query, variables, name = (given.get(key) for key in ("query", "variables", "operationName"))
    if (
        not isinstance(query, str)
        or not isinstance(variables, dict | None)
        or not isinstance(name, str | None)
    ):
        raise _Closing(4400, "The payload is no operation")
    return Asked(query, variables, name or None)
