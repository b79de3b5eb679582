"""Reading a GraphQL request: the JSON body of a POST, the parameters of a GET. All that is wrong with it is a coded error."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import NamedTuple, NoReturn, TypeAlias

from starlette.requests import Request

from api.errors import RequestError
from orgraph.errors import InputError

MOST_NESTED = 50
"""Deepest nesting of lists and objects in a body; values of variables need a handful."""

Values: TypeAlias = "dict[str, object]"


class Asked(NamedTuple):
    """The parameters of one request."""

    query: str
    variables: Values | None
    operation: str | None


async def read_post(request: Request, most: int) -> Asked:
    """Read the body of a POST of at most ``most`` bytes; one that is announced to be longer is not read at all."""
    _check_content_type(request.headers.get("content-type", ""))
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and (len(announced) > 18 or int(announced) > most):
        raise RequestError("body_too_long", most=most)
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > most:
            raise RequestError("body_too_long", most=most)
    return _asked(_parsed(bytes(body)))


def read_get(request: Request) -> Asked:
    """Read the parameters of a GET; ``variables`` and ``extensions`` are JSON."""
    given = request.query_params
    parameters: Values = {}
    for name in ("query", "operationName", "variables", "extensions"):
        values = given.getlist(name)
        if len(values) > 1:
            raise InputError("body_duplicate", name=name)
        if values:
            is_json = name in ("variables", "extensions") and values[0]
            parameters[name] = _parsed(values[0].encode()) if is_json else values[0]
    for name in ("operationName", "variables", "extensions"):
        if parameters.get(name) == "":
            parameters[name] = None
    return _asked(parameters)


def _check_content_type(header: str) -> None:
    name, *parameters = (part.strip().lower() for part in header.split(";"))
    charsets = [part.partition("=")[2].strip('" ') for part in parameters if part.startswith("charset")]
    if name != "application/json" or any(charset not in ("utf-8", "utf8") for charset in charsets):
        raise RequestError("content_type")


def _parsed(text: bytes) -> object:
    """Parse strict JSON: UTF-8, every name once, no NaN, no half characters, not nested without end."""
    try:
        value: object = json.loads(text.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_no_number)
    except RecursionError as error:
        raise InputError("body_too_deep", most=MOST_NESTED) from error
    except ValueError as error:
        raise InputError("body_not_json") from error
    _check_depth(value)
    if b"\\u" in text:
        _check_characters(value)
    return value


def _unique(pairs: list[tuple[str, object]]) -> Values:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise InputError("body_duplicate", name=next(name for name in names if names.count(name) > 1)[:50])
    return found


def _no_number(name: str) -> NoReturn:
    raise ValueError(name)


def _check_depth(value: object) -> None:
    level, depth = [value], 0
    while level:
        depth += 1
        if depth > MOST_NESTED + 1:
            raise InputError("body_too_deep", most=MOST_NESTED)
        level = [below for above in level for below in _below(above)]


def _below(value: object) -> list[object]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


def _check_characters(value: object) -> None:
    """Refuse halves of surrogate pairs: they are in no text and cannot be written as UTF-8."""
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise InputError("body_not_json") from error


def _asked(parameters: object) -> Asked:
    if not isinstance(parameters, dict):
        raise InputError("body_without_query")
    query, operation = parameters.get("query"), parameters.get("operationName")
    variables, extensions = parameters.get("variables"), parameters.get("extensions")
    if not isinstance(query, str) or not query.strip():
        raise InputError("body_without_query")
    if not isinstance(operation, str | None) or not _is_map(variables) or not _is_map(extensions):
        raise InputError("body_variables")
    return Asked(query, variables, operation or None)


def _is_map(value: object) -> bool:
    return value is None or isinstance(value, Mapping)
