"""Bind many values as one: lists of identifiers and of codes for ``carray``."""

from __future__ import annotations

from array import array
from collections.abc import Iterable

import apsw


def bound_ids(ids: Iterable[int]) -> apsw.carray:
    """Return identifiers as one bound value; an empty list is one identifier that no node has."""
    return apsw.carray(array("q", tuple(ids) or (0,)), flags=apsw.SQLITE_CARRAY_INT64)


def bound_codes(codes: Iterable[str]) -> apsw.carray:
    """Return codes as one bound value; a code that no node can have is replaced by one that none has."""
    return apsw.carray(tuple(code if code.isprintable() else "" for code in codes) or ("",))
