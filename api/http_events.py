"""GraphQL over Server-Sent Events, one connection per operation: ``POST /graphql`` (or GET) with ``Accept: text/event-stream``."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing

from graphql import GraphQLError, OperationType, get_operation_ast
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from api.errors import RequestError
from api.http_answer import JsonAnswer, call_in
from api.http_body import Asked
from api.http_context import state_of
from api.http_stream import Refused, Shown, results

MEDIA_TYPE = "text/event-stream"
ALIVE_SECONDS = 15.0
"""After so long without an event a comment is sent, so that nothing on the way closes the connection."""


def wants_events(accept: str | None) -> bool:
    """Return whether a client asks for events."""
    return any(part.split(";")[0].strip().lower() == MEDIA_TYPE for part in (accept or "").split(","))


async def answer_events(request: Request, asked: Asked) -> Response:
    """Answer with the results as events; when nothing can be executed, with the errors."""
    if request.method != "POST":
        await _refuse_mutation(request, asked)
    found = results(state_of(request), call_in(request), asked)
    try:
        first = await anext(found, None)
    except Refused as refused:
        status = 400 if request.method == "POST" else 200
        return JsonAnswer({"errors": refused.errors}, status)
    headers = {"cache-control": "no-cache", "x-accel-buffering": "no"}
    return StreamingResponse(_events(first, found), media_type=MEDIA_TYPE, headers=headers)


async def _refuse_mutation(request: Request, asked: Asked) -> None:
    """Refuse a mutation by GET. What is wrong with a document is told when it is executed."""
    try:
        document = await state_of(request).documents.prepared(asked.query, asked.variables)
    except GraphQLError:
        return
    operation = get_operation_ast(document.node, asked.operation)
    if operation is not None and operation.operation is OperationType.MUTATION:
        raise RequestError("mutation_by_get")


async def _events(first: Shown | None, rest: AsyncGenerator[Shown, None]) -> AsyncIterator[str]:
    """Yield events, then the end. Whatever ends this, ends the operation."""
    async with aclosing(rest):
        if first is not None:
            yield _event("next", first)
            async for shown in _with_comments(rest):
                yield ":\n\n" if shown is None else _event("next", shown)
        yield _event("complete", None)


async def _with_comments(found: AsyncGenerator[Shown, None]) -> AsyncIterator[Shown | None]:
    """Yield what comes, and ``None`` whenever nothing has come for a while."""
    coming = asyncio.ensure_future(anext(found, None))
    try:
        while True:
            done, _ = await asyncio.wait((coming,), timeout=ALIVE_SECONDS)
            if not done:
                yield None
                continue
            shown = coming.result()
            if shown is None:
                return
            yield shown
            coming = asyncio.ensure_future(anext(found, None))
    finally:
        coming.cancel()
        await asyncio.wait((coming,))


def _event(name: str, data: Shown | None) -> str:
    text = "" if data is None else json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return f"event: {name}\ndata: {text}\n\n"
