"""`Boundary`: around every route. A request gets its id and its headers here, its line in the access log, its figures, and an answer whatever is raised."""

from __future__ import annotations

import logging
import time
from types import TracebackType
from typing import Self

from starlette.datastructures import Headers, MutableHeaders
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import RequestError
from api.http_answer import refusal
from api.http_call import KEY, Call, call_of
from api.http_context import AppState

ACCESS = logging.getLogger("orgraph.access")

OTHER = "other"
"""Every path and every method that does not exist."""

_METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))

SECURITY_HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
    "cross-origin-resource-policy": "same-origin",
}


class Boundary:
    """The ASGI middleware around all routes."""

    def __init__(self, app: ASGIApp, state: AppState) -> None:
        self._app = app
        self._state = state

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        call = call_of(headers, self._state.lang)
        scope[KEY] = call
        answering = _Answering(scope, send, call, self._state)
        with answering:
            if self._state.is_known(headers.get("host", "")):
                await self._app(scope, receive, answering.send)
            else:
                await refusal(RequestError("host_unknown"), call)(scope, receive, answering.send)
        if answering.error is not None:
            await refusal(answering.error, call)(scope, receive, answering.send)
        answering.note()


class _Answering:
    """One answer on its way: adds the headers, keeps what the log tells, holds what was raised before anything was sent."""

    def __init__(self, scope: Scope, send: Send, call: Call, state: AppState) -> None:
        self.error: BaseException | None = None
        self._scope, self._send, self._call, self._state = scope, send, call, state
        self._status = 0
        self._num_bytes = 0
        self._started = time.perf_counter()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        if not isinstance(error, Exception):
            return False
        if self._status:
            self._call.fails(error)
            self.note()
            return False
        self.error = error
        return True

    async def send(self, message: Message) -> None:
        """Pass a message on to the server."""
        if message["type"] == "http.response.start":
            self._status = message["status"]
            headers = MutableHeaders(scope=message)
            headers["x-request-id"] = self._call.request_id
            for name, value in SECURITY_HEADERS.items():
                headers.setdefault(name, value)
        else:
            self._num_bytes += len(message.get("body", b""))
        await self._send(message)

    def note(self) -> None:
        """Write the access line and count the request."""
        seconds = time.perf_counter() - self._started
        call, route = self._call, self._route()
        method = self._scope["method"] if self._scope["method"] in _METHODS else OTHER
        self._state.metrics.request(route, method, self._status, seconds, call)
        ACCESS.info(
            "request=%s method=%s route=%s status=%d ms=%.1f bytes=%d kind=%s operation=%s cost=%s codes=%s",
            call.request_id,
            method,
            route,
            self._status,
            1000 * seconds,
            self._num_bytes,
            call.kind or "-",
            call.operation or "-",
            "-" if call.cost is None else call.cost,
            ",".join(dict.fromkeys(call.codes)) or "-",
        )

    def _route(self) -> str:
        """Return the route, not the path: paths are the client's, and there is no end of them."""
        route = self._scope.get("route")
        return route.path if isinstance(route, Route | Mount) else OTHER
