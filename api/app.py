"""The composition point: a Starlette application over one open store."""

from __future__ import annotations

import json
from typing import NamedTuple

import strawberry
from graphql import GraphQLError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from strawberry.extensions import MaskErrors, MaxTokensLimiter
from strawberry.schema.config import StrawberryConfig

from api.errors import masked, status_of
from api.query import Context, Query
from orgraph.errors import InputError, OrgraphError
from orgraph.service.lookup import Lookup
from orgraph.store.port import Store

MAX_BODY = 1_000_000
"""Longest request body, in bytes; a longer one is refused before it is read whole."""

MAX_TOKENS = 1000
"""Longest query, in tokens; counted while parsing."""


class Masking(MaskErrors):
    """Shows of every error what a client may see."""

    def anonymise_error(self, error: GraphQLError) -> GraphQLError:
        """Return the masked error."""
        return masked(error)


SCHEMA = strawberry.Schema(
    Query,
    extensions=[lambda: MaxTokensLimiter(max_token_count=MAX_TOKENS), Masking],
    config=StrawberryConfig(disable_field_suggestions=True),
)


def create_app(store: Store) -> Starlette:
    """Return the application. It reads from ``store`` and neither opens nor closes it."""
    app = Starlette(
        routes=[
            Route("/graphql", graphql, methods=["POST"]),
            Route("/healthz", healthz),
            Route("/readyz", readyz),
        ],
        exception_handlers={OrgraphError: refuse},
    )
    app.state.lookup = Lookup(store)
    return app


async def graphql(request: Request) -> Response:
    """Answer one GraphQL request: a JSON object with ``query``, and ``variables`` and ``operationName`` where needed."""
    asked = await _body(request)
    context: Context = {"lookup": request.app.state.lookup}
    result = await SCHEMA.execute(
        asked.query, variable_values=asked.variables, operation_name=asked.operation, context_value=context
    )
    answer: dict[str, object] = {}
    if result.errors:
        answer["errors"] = [error.formatted for error in result.errors]
    began = result.data is not None or any(error.path for error in result.errors or ())
    if began:
        answer["data"] = result.data
    return JSONResponse(answer, 200 if began else 400, media_type="application/graphql-response+json")


async def healthz(request: Request) -> Response:
    """Say that the process answers."""
    return JSONResponse({"status": "ok"})


async def readyz(request: Request) -> Response:
    """Say whether the store answers."""
    is_ready = await request.app.state.lookup.is_ready()
    return JSONResponse({"status": "ready" if is_ready else "not ready"}, 200 if is_ready else 503)


async def refuse(request: Request, error: Exception) -> Response:
    """Answer what is wrong with a request, in the error shape of GraphQL."""
    shown = masked(GraphQLError("", original_error=error))
    return JSONResponse({"errors": [shown.formatted]}, status_of(error))


class _Asked(NamedTuple):
    query: str
    variables: dict[str, object] | None
    operation: str | None


async def _body(request: Request) -> _Asked:
    """Read and judge the request body."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > MAX_BODY:
            raise InputError("body_too_long", most=MAX_BODY)
    try:
        asked = json.loads(body)
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise InputError("body_not_json") from error
    if not isinstance(asked, dict) or not isinstance(asked.get("query"), str):
        raise InputError("body_without_query")
    variables, operation = asked.get("variables"), asked.get("operationName")
    if not isinstance(variables, dict | None) or not isinstance(operation, str | None):
        raise InputError("body_variables")
    return _Asked(asked["query"], variables, operation)
