"""The route ``/graphql``: GET and POST, from request to answer."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine

import anyio
from starlette.requests import Request
from starlette.responses import Response
from strawberry.schema.exceptions import InvalidOperationTypeError
from strawberry.types import ExecutionResult
from strawberry.types.graphql import OperationType

from api.errors import RequestError
from api.http_accept import MediaType, media_type
from api.http_answer import answer, call_in, refusal
from api.http_body import Asked, read_get, read_post
from api.http_context import state_of
from api.http_events import answer_events, wants_events
from orgraph.errors import OrgraphError

CLIENT_GONE = 499
"""Status of a request whose client did not wait for the answer; only the log sees it."""

_BY_GET = (OperationType.QUERY,)
_BY_POST = (OperationType.QUERY, OperationType.MUTATION)


async def graphql(request: Request) -> Response:
    """Answer one request."""
    media = MediaType.JSON
    try:
        if wants_events(request.headers.get("accept")):
            return await answer_events(request, await _read(request))
        media = media_type(request.headers.get("accept"))
        asked = await _read(request)
        result = await _unless_gone(request, _execute(request, asked))
    except OrgraphError as error:
        headers = {"allow": "POST"} if error.code == "mutation_by_get" else None
        return refusal(error, call_in(request), media, headers)
    return Response(status_code=CLIENT_GONE) if result is None else answer(result, media)


async def _read(request: Request) -> Asked:
    limits = state_of(request).documents.limits
    if request.method != "POST":
        return read_get(request)
    try:
        with anyio.fail_after(limits.seconds):
            return await read_post(request, limits.body_bytes)
    except TimeoutError as error:
        raise RequestError("body_too_slow", seconds=limits.seconds) from error


async def _execute(request: Request, asked: Asked) -> ExecutionResult:
    state, call = state_of(request), call_in(request)
    call.asked_operation = asked.operation
    try:
        return await state.schema.execute(
            asked.query,
            variable_values=asked.variables,
            context_value=state.context(call),
            operation_name=asked.operation,
            allowed_operation_types=_BY_POST if request.method == "POST" else _BY_GET,
        )
    except InvalidOperationTypeError as error:
        if error.operation_type is OperationType.MUTATION:
            raise RequestError("mutation_by_get") from error
        raise RequestError("operation_type") from error


async def _unless_gone(
    request: Request, work: Coroutine[None, None, ExecutionResult]
) -> ExecutionResult | None:
    """Do the work within the time limit; stop it, and return nothing, when the client goes away."""
    seconds = state_of(request).documents.limits.seconds
    doing, watching = asyncio.ensure_future(work), asyncio.ensure_future(_gone(request))
    try:
        await asyncio.wait((doing, watching), timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        if doing.done():
            return doing.result()
        if watching.done():
            return None
        raise RequestError("request_timeout", seconds=seconds)
    finally:
        for task in (doing, watching):
            task.cancel()
        await asyncio.wait((doing, watching), timeout=1)


async def _gone(request: Request) -> None:
    """Return when the client has closed the connection."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
