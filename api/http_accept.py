"""What a client accepts: the media type of an answer, and with it the rule for its status."""

from __future__ import annotations

from enum import StrEnum

from api.errors import RequestError


class MediaType(StrEnum):
    """The two media types of GraphQL over HTTP."""

    GRAPHQL = "application/graphql-response+json"
    """The status tells how the request fared."""
    JSON = "application/json"
    """For clients of before: every answer to a readable request has status 200."""


_RANGES = {
    "application/graphql-response+json": MediaType.GRAPHQL,
    "application/json": MediaType.JSON,
    "application/*": MediaType.JSON,
    "*/*": MediaType.JSON,
}


def media_type(accept: str | None) -> MediaType:
    """Choose the media type; a client that names neither gets plain JSON, as the specification asks.

    Raises
    ------
    RequestError
        ``accept_unknown``, when the client accepts neither.
    """
    if accept is None or not accept.strip():
        return MediaType.JSON
    offers = [_offer(part) for part in accept.lower().split(",")]
    known = [(weight, _RANGES[name]) for name, weight in offers if name in _RANGES and weight > 0]
    if not known:
        raise RequestError("accept_unknown")
    return max(known, key=lambda offer: (offer[0], offer[1] is MediaType.GRAPHQL))[1]


def _offer(part: str) -> tuple[str, float]:
    name, *parameters = (piece.strip() for piece in part.split(";"))
    for parameter in parameters:
        key, _, value = parameter.partition("=")
        if key.strip() == "q":
            try:
                return name, float(value)
            except ValueError:
                return name, 0.0
    return name, 1.0
