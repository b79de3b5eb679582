"""Which values every store can hold and give back unchanged; what the schema allows is judged elsewhere."""

from __future__ import annotations

from orgraph.findings import Finding
from orgraph.graph import Properties, Value

MAX_INTEGER = 2**53
"""Whole numbers up to this size survive JSON, JavaScript and every store."""


def storage_findings(kind: str, code: str, properties: Properties) -> tuple[Finding, ...]:
    """Return what no store could hold: text that is not Unicode, control characters in a code, too large whole numbers."""
    if _is_code(code) and all(map(_is_storable, properties.values())):
        return ()
    named = [("code", _is_code(code)), *((name, _is_storable(v)) for name, v in properties.items())]
    shown = code.encode(errors="replace").decode()
    return tuple(
        Finding("store.not_storable", subject=(shown,), numbers={"kind": kind, "code": shown, "field": name})
        for name, is_good in named
        if not is_good
    )


def _is_code(code: str) -> bool:
    return code.isprintable() and _is_storable(code)


def _is_storable(value: Value) -> bool:
    if isinstance(value, float | bool):
        return True
    if isinstance(value, str):
        return value.isascii() or _is_unicode(value)
    if isinstance(value, int):
        return -MAX_INTEGER <= value <= MAX_INTEGER
    return value is None or all(map(_is_storable, value))


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
