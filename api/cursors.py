"""Cursors and ids as clients see them: opaque text, checked when it comes back.

A cursor holds the sort values of a row, and a digest over them and the list that it belongs to: a cursor that was made up, cut, or taken from
another list or another order is refused instead of giving a page from somewhere.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Sequence

from orgraph.errors import InputError
from orgraph.graph import NodeKey
from orgraph.schema import NODE_KINDS

CursorValues = tuple[str | int | float | None, ...]
_DIGEST = 8


def encode(values: CursorValues, place: str = "") -> str:
    """Return the cursor of a row. ``place`` names the list and its order."""
    return _written([_digest(values, place), *values])


def decode(cursor: str, place: str = "") -> CursorValues:
    """Return the sort values of a cursor.

    Raises
    ------
    InputError
        When it was not made by :func:`encode` for the same place.
    """
    digest, *values = _read(cursor) or [None]
    if not all(_is_plain(value) for value in values) or digest != _digest(values, place):
        raise InputError("cursor_invalid")
    return tuple(values)


def encode_id(key: NodeKey) -> str:
    """Return the id of a node."""
    return base64.urlsafe_b64encode(f"{key.kind}:{key.code}".encode()).decode().rstrip("=")


def decode_id(given: str) -> NodeKey:
    """Return the key that an id stands for.

    Raises
    ------
    InputError
        When it is no id of :func:`encode_id`.
    """
    try:
        plain = base64.b64decode(given + "=" * (-len(given) % 4), altchars=b"-_", validate=True).decode()
    except (binascii.Error, UnicodeError, ValueError):
        plain = ""
    key = NodeKey(*plain.partition(":")[::2])
    if key.kind not in NODE_KINDS or encode_id(key) != given:
        raise InputError("id_invalid")
    return key


def _written(values: Sequence[object]) -> str:
    text = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode()


def _read(cursor: str) -> list[str | int | float | None] | None:
    try:
        values = json.loads(base64.b64decode(cursor.encode(), altchars=b"-_", validate=True))
    except (binascii.Error, UnicodeError, ValueError, RecursionError):
        return None
    return values if isinstance(values, list) else None


def _digest(values: Sequence[object], place: str) -> str:
    text = json.dumps([place, *values], ensure_ascii=False)
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:_DIGEST]


def _is_plain(value: object) -> bool:
    return value is None or (isinstance(value, (str, int, float)) and not isinstance(value, bool))
