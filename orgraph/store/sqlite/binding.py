"""Bind many values as one, for ``carray``; fetch rows."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, TypeAlias

import apsw

if TYPE_CHECKING:
    from apsw import Bindings, CArrayBinding

Cell: TypeAlias = Any
"""A value of a row: what type a column has is known by the statement alone."""
Row: TypeAlias = tuple[Cell, ...]


def fetch(connection: apsw.Connection, statement: str, bindings: Bindings = ()) -> list[Row]:
    """Return all rows of a query."""
    return connection.execute(statement, bindings).fetchall()


def value(connection: apsw.Connection, statement: str, bindings: Bindings = ()) -> Cell:
    """Return the first value of the first row, ``None`` when there is no row."""
    row = connection.execute(statement, bindings).fetchone()
    return None if row is None else row[0]


def bound_ids(ids: Iterable[int]) -> CArrayBinding:
    """Return identifiers as one bound value; an empty list is one identifier that no node has."""
    return apsw.carray(array("q", tuple(ids) or (0,)), flags=apsw.SQLITE_CARRAY_INT64)


def bound_codes(codes: Iterable[str]) -> CArrayBinding:
    """Return codes as one bound value; a code that no node can have is replaced by one that none has."""
    return apsw.carray(tuple(code if code.isprintable() else "" for code in codes) or ("",))
