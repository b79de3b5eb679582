"""The composition point: a Starlette application over one open store."""

from __future__ import annotations

from collections.abc import Collection

import strawberry
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute

from api.errors import RequestError
from api.graphql_schema import SCHEMA
from api.http_answer import call_in, refusal
from api.http_boundary import Boundary
from api.http_context import AppState
from api.http_graphql import graphql
from api.http_health import healthz, metrics, readyz
from api.http_socket import socket
from api.ide import ROUTES as IDE_ROUTES
from api.limits_documents import Documents
from api.metrics import Metrics
from api.metrics_store import measured
from orgraph.messages import Lang
from orgraph.service.lookup import Lookup
from orgraph.service.runs.service import Runs
from orgraph.settings import ApiLimits
from orgraph.store.port import Store

__all__ = ["SCHEMA", "create_app"]


def create_app(
    store: Store,
    runs: Runs | None = None,
    *,
    schema: strawberry.Schema = SCHEMA,
    limits: ApiLimits | None = None,
    lang: Lang = "en",
    hosts: Collection[str] = (),
) -> Starlette:
    """Return the application. It reads from ``store`` and neither opens nor closes it.

    Parameters
    ----------
    store
        Open.
    runs
        What solves scenarios; without it runs are read only.
    schema
        What is served; :class:`api.http_schema.Schema` brings the limits and the masking of errors with it.
    limits
        What one request may ask for; the defaults of the settings when not given.
    lang
        Language of error messages for clients that name none.
    hosts
        Names under which the server answers, without port; any when empty.
    """
    figures = Metrics()
    counted = measured(store, figures)
    state = AppState(
        schema=schema,
        documents=Documents(schema._schema, limits or ApiLimits()),
        lookup=Lookup(counted),
        store=counted,
        runs=runs,
        metrics=figures,
        lang=lang,
        hosts=frozenset(name.lower() for name in hosts),
    )
    app = Starlette(
        routes=[
            Route("/graphql", graphql, methods=["GET", "POST"]),
            WebSocketRoute("/graphql", socket),
            Route("/healthz", healthz),
            Route("/readyz", readyz),
            Route("/metrics", metrics),
            *IDE_ROUTES,
        ],
        middleware=[Middleware(Boundary, state=state)],
        exception_handlers={HTTPException: refuse},
    )
    app.state.orgraph = state
    return app


async def refuse(request: Request, error: Exception) -> Response:
    """Answer requests for which there is no route, in the one error shape."""
    assert isinstance(error, HTTPException)
    code = "method_not_allowed" if error.status_code == 405 else "path_unknown"
    return refusal(RequestError(code, path=request.url.path[:100]), call_in(request), headers=error.headers)
