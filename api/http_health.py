"""The routes ``/healthz``, ``/readyz`` and ``/metrics``."""

from __future__ import annotations

import anyio
from starlette.requests import Request
from starlette.responses import Response

from api.errors import RequestError
from api.http_answer import JsonAnswer, call_in, refusal
from api.http_context import state_of

READY_SECONDS = 2.0
"""Longest wait for the store; who asks for readiness waits a few seconds at most."""


async def healthz(request: Request) -> Response:
    """Say that the process answers."""
    return JsonAnswer({"status": "ok"})


async def readyz(request: Request) -> Response:
    """Say whether the store answers, in bounded time."""
    is_ready = False
    with anyio.move_on_after(READY_SECONDS):
        is_ready = await state_of(request).lookup.is_ready()
    if not is_ready:
        return refusal(RequestError("store_not_ready"), call_in(request))
    return JsonAnswer({"status": "ready"})


async def metrics(request: Request) -> Response:
    """Show the figures."""
    text, media = state_of(request).metrics.text()
    return Response(text, headers={"content-type": media})
