"""Writing answers: GraphQL results and errors, as JSON in UTF-8."""

from __future__ import annotations

import json
from collections.abc import Mapping

from graphql import GraphQLError
from starlette.requests import Request
from starlette.responses import Response
from strawberry.types import ExecutionResult

from api.errors import masked, status_of
from api.http_accept import MediaType
from api.http_call import KEY, Call


class JsonAnswer(Response):
    """A JSON answer; its media type says that it is UTF-8."""

    def __init__(
        self,
        content: object,
        status: int = 200,
        media: str = MediaType.JSON,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(content, status, dict(headers or {}), f"{media}; charset=utf-8")

    def render(self, content: object) -> bytes:
        """Return the JSON."""
        return json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def call_in(request: Request) -> Call:
    """Return the record of a request."""
    call = request.scope[KEY]
    assert isinstance(call, Call)
    return call


def answer(result: ExecutionResult, media: MediaType) -> Response:
    """Answer with the result of an execution. Without one (nothing was executed) there is no ``data``, and the status says so where the media type lets it."""
    errors = result.errors or []
    has_begun = result.data is not None or any(error.path for error in errors)
    shown: dict[str, object] = {}
    if errors:
        shown["errors"] = [error.formatted for error in errors]
    if has_begun:
        shown["data"] = result.data
    if result.extensions:
        shown["extensions"] = result.extensions
    status = 200 if has_begun or media is MediaType.JSON else _status(errors)
    return JsonAnswer(shown, status, media)


def refusal(
    error: BaseException, call: Call, media: str = MediaType.JSON, headers: Mapping[str, str] | None = None
) -> Response:
    """Answer what is wrong with a request before, or instead of, any execution."""
    shown = masked(error, call)
    status = status_of(error)
    return JsonAnswer({"errors": [shown.formatted]}, status, media, headers)


def _status(errors: list[GraphQLError]) -> int:
    found = [(error.extensions or {}).get("status") for error in errors]
    return next((status for status in found if isinstance(status, int)), 500)
