"""The only table from error to HTTP status and visibility."""

from __future__ import annotations

from graphql import GraphQLError

from orgraph.errors import AccessError, InputError, NotFound, OrgraphError, StoreUnavailable, VersionConflict

STATUS_BY_ERROR: tuple[tuple[type[OrgraphError], int], ...] = (
    (NotFound, 404),
    (VersionConflict, 409),
    (InputError, 400),
    (AccessError, 403),
    (StoreUnavailable, 503),
)
"""First match counts; everything else is 500 and shows nothing of itself."""

STATUS_BY_CODE = {"body_too_long": 413}
"""Errors with a status of their own."""

INTERNAL = "internal"


def status_of(error: Exception) -> int:
    """Return the HTTP status of an error."""
    if isinstance(error, OrgraphError) and error.code in STATUS_BY_CODE:
        return STATUS_BY_CODE[error.code]
    return next((status for kind, status in STATUS_BY_ERROR if isinstance(error, kind)), 500)


def masked(error: GraphQLError) -> GraphQLError:
    """Return the error as a client may see it.

    Syntax and validation errors are the client's own and stay. Errors of this package that have a status below 500, or that may be retried, show their
    text in both languages and their code; all others show neither message nor cause.
    """
    cause = error.original_error
    if cause is None:
        return error
    if isinstance(cause, OrgraphError) and status_of(cause) != 500:
        extensions = {"code": cause.code, "status": status_of(cause), "text": cause.text.to_json()}
        return GraphQLError(cause.text.en, nodes=error.nodes, path=error.path, extensions=extensions)
    return GraphQLError(
        "internal error", nodes=error.nodes, path=error.path, extensions={"code": INTERNAL, "status": 500}
    )
