"""Cells of a bundle: every value to a text that a spreadsheet shows rightly and runs never, and back to the very same value."""

from __future__ import annotations

import re

from orgraph.exchange.values import escape
from orgraph.graph import Value
from orgraph.schema import RELATIONSHIP_KINDS, ValueType

_WHOLE = re.compile(r"-?\d+", re.ASCII)
_NOTHING = "'"
"""An empty text or an empty list, which are not the same as no value."""


def cell_of(value: Value) -> str:
    """Return the cell of a value; ``None`` is an empty one."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    text = value if isinstance(value, str) else " ".join(value)
    return escape(text) if text else _NOTHING


def value_of(cell: str, type_: ValueType) -> Value:
    """Return the value of a cell that :func:`cell_of` wrote.

    Raises
    ------
    ValueError
        When it cannot have written this for the type.
    """
    if not cell:
        return None
    if type_ is ValueType.BOOLEAN:
        return {"true": True, "false": False}[cell] if cell in ("true", "false") else _refuse(cell)
    if type_ in (ValueType.INTEGER, ValueType.DECIMAL):
        return int(cell) if _WHOLE.fullmatch(cell) else float(cell)
    text = cell.removeprefix("'")
    if type_ is ValueType.CODES:
        return tuple(text.split(" ")) if text else ()
    return text


def _refuse(cell: str) -> Value:
    raise ValueError(f"{len(cell)} characters are neither true nor false")


def relationship_columns() -> tuple[str, ...]:
    """Return the columns of the table of relationships: both ends, then every field of any kind."""
    fields = dict.fromkeys(name for kind in RELATIONSHIP_KINDS.values() for name in kind.field_by_name)
    return ("kind", "source_kind", "source", "target_kind", "target", *fields)
