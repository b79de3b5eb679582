"""Cursors as clients see them: the sort values of a row, as URL-safe base64 of JSON."""

from __future__ import annotations

import base64
import binascii
import json

from orgraph.errors import InputError

CursorValues = tuple[str | int | float | None, ...]


def encode(values: CursorValues) -> str:
    """Return the cursor of a row."""
    return base64.urlsafe_b64encode(json.dumps(values, ensure_ascii=False).encode()).decode()


def decode(cursor: str) -> CursorValues:
    """Return the sort values of a cursor.

    Raises
    ------
    InputError
        When it was not made by :func:`encode`.
    """
    try:
        values = json.loads(base64.b64decode(cursor.encode(), altchars=b"-_", validate=True))
    except (binascii.Error, UnicodeError, ValueError):
        values = None
    if not isinstance(values, list) or not all(_is_plain(value) for value in values):
        raise InputError("cursor_invalid")
    return tuple(values)


def _is_plain(value: object) -> bool:
    return value is None or (isinstance(value, (str, int, float)) and not isinstance(value, bool))
