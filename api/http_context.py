"""`AppState`, what the application holds as long as it runs, and the context that every resolver gets, new for each request."""

from __future__ import annotations

from dataclasses import dataclass

import strawberry
from starlette.requests import HTTPConnection

from api.context import Context, context
from api.http_call import Call
from api.limits_documents import Documents
from api.metrics import Metrics
from orgraph.messages import Lang
from orgraph.service.lookup import Lookup
from orgraph.service.runs.service import Runs
from orgraph.store.port import Store


class RequestContext(Context):
    """The context of one request: what resolvers read with, and what the gate and the masking need."""

    call: Call
    documents: Documents


@dataclass(frozen=True, slots=True)
class AppState:
    """What the application holds."""

    schema: strawberry.Schema
    documents: Documents
    lookup: Lookup
    store: Store
    runs: Runs | None
    metrics: Metrics
    lang: Lang
    """Language of texts for clients that name none."""
    hosts: frozenset[str]
    """Names under which the server answers; empty for any."""

    def context(self, call: Call) -> RequestContext:
        """Return the context of a request."""
        shared = context(self.lookup, self.store, self.runs)
        return {**shared, "call": call, "documents": self.documents}

    def is_known(self, host: str) -> bool:
        """Return whether the server answers under this name: a page that has pointed its own name at this machine may not read from it."""
        name = host.rsplit(":", 1)[0] if not host.endswith("]") else host
        return not self.hosts or name.lower() in self.hosts


def state_of(connection: HTTPConnection) -> AppState:
    """Return what the application holds that a request, or a socket, belongs to."""
    state = connection.app.state.orgraph
    assert isinstance(state, AppState)
    return state
