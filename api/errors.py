"""The only table from error to HTTP status and visibility, and the one shape in which every error is shown.

``{"errors": [{"message", "extensions": {"code", "status", "text": {"zh", "en"}, "requestId"}}]}``; ``message`` is the text in the language that the
client asked for, ``extensions.findings`` stands beside it where there is more to say.
"""

from __future__ import annotations

from graphql import ArgumentNode, GraphQLError, ValueNode

from api.http_call import Call
from orgraph.errors import (
    AccessError,
    InputError,
    NotFound,
    OrgraphError,
    StoreLocked,
    StoreUnavailable,
    VersionConflict,
)

STATUS_BY_ERROR: tuple[tuple[type[OrgraphError], int], ...] = (
    (NotFound, 404),
    (VersionConflict, 409),
    (InputError, 400),
    (AccessError, 403),
    (StoreLocked, 503),
    (StoreUnavailable, 503),
)
"""First match counts; everything else is 500 and shows nothing of itself."""

STATUS_BY_CODE = {
    "operation_type": 400,
    "path_unknown": 404,
    "method_not_allowed": 405,
    "mutation_by_get": 405,
    "accept_unknown": 406,
    "body_too_slow": 408,
    "body_too_long": 413,
    "content_type": 415,
    "host_unknown": 421,
    "request_timeout": 503,
    "store_not_ready": 503,
}
"""Errors with a status of their own."""

_VARIABLE = ("Variable '$", 'Variable "$')
"""How the executor begins to tell that a variable has a wrong value."""

INTERNAL = "internal"
LONGEST_REASON = 300
"""Most characters of a reason given by the parser or by validation; it may repeat what the client sent."""


class RequestError(OrgraphError):
    """A request that the server refuses, or cannot answer in time; its status stands in :data:`STATUS_BY_CODE`."""


def status_of(error: BaseException) -> int:
    """Return the HTTP status of an error."""
    if isinstance(error, OrgraphError) and error.code in STATUS_BY_CODE:
        return STATUS_BY_CODE[error.code]
    return next((status for kind, status in STATUS_BY_ERROR if isinstance(error, kind)), 500)


def coded(error: GraphQLError, code: str) -> GraphQLError:
    """Return an error of the parser, of validation or about values, as one of the catalogue that quotes it."""
    return GraphQLError(
        error.message,
        error.nodes,
        error.source,
        error.positions,
        error.path,
        InputError(code, reason=error.message[:LONGEST_REASON]),
    )


def masked(error: BaseException, call: Call) -> GraphQLError:
    """Return an error, of the executor or any other, as a client may see it, and note its code for the log.

    What is wrong with the request itself (syntax, validation, values) is the client's own and stays. Errors of this package that have a status below 500, or that
    may be retried, show their text in both languages and their code; all others show neither message nor cause.
    """
    seen = _of_client(_as_graphql(error))
    cause = seen.original_error
    if not isinstance(cause, OrgraphError) or status_of(cause) == 500:
        call.fails(cause or seen)
        cause = RequestError(INTERNAL, request_id=call.request_id)
    call.codes.append(cause.code)
    return GraphQLError(
        call.pick(cause.text),
        seen.nodes,
        seen.source,
        seen.positions,
        seen.path,
        None,
        extensions(cause, call),
    )


def extensions(error: OrgraphError, call: Call) -> dict[str, object]:
    """Return what programs read of an error."""
    shown: dict[str, object] = {
        "code": error.code,
        "status": status_of(error),
        "text": error.text.to_json(),
        "requestId": call.request_id,
    }
    if error.findings:
        shown["findings"] = [finding.to_json() for finding in error.findings]
    return shown


def _as_graphql(error: BaseException) -> GraphQLError:
    if isinstance(error, GraphQLError):
        return error
    cause = error if isinstance(error, Exception) else None
    return GraphQLError("", original_error=cause)


def _of_client(error: GraphQLError) -> GraphQLError:
    """Give a code to errors about the values of variables and arguments, which the executor raises without one."""
    cause = error.original_error
    if error.path is None:
        is_about_values = (
            cause is None or isinstance(cause, GraphQLError) or error.message.startswith(_VARIABLE)
        )
    else:
        nodes = cause.nodes if isinstance(cause, GraphQLError) else None
        is_about_values = any(isinstance(node, ArgumentNode | ValueNode) for node in nodes or ())
    if isinstance(cause, OrgraphError) or not is_about_values:
        return error
    return coded(error, "variables_invalid")
