"""Answers as JSON text: for standard output and for files."""

from __future__ import annotations

import json

from orgraph.findings import Json


def json_text(value: Json, *, is_ascii: bool = False) -> str:
    """Return ``value`` as JSON with a newline at its end.

    Raises
    ------
    ValueError
        For a number that JSON does not know (NaN, infinite): a defect of the program.
    """
    return json.dumps(value, ensure_ascii=is_ascii, allow_nan=False, indent=2) + "\n"
