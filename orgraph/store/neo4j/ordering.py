"""Order rows outside the server: the states of a day, since past states have no sort keys."""

from __future__ import annotations

from functools import cmp_to_key

from orgraph.store.neo4j.keyset import Keyset
from orgraph.store.port import Cursor


def in_order(keyset: Keyset, cursors: list[Cursor], start: Cursor | None) -> list[int]:
    """Return the positions of the rows beyond ``start``, in reading direction. Time: O(n log n)."""
    kept = [i for i, cursor in enumerate(cursors) if start is None or compare(keyset, cursor, start) > 0]

    def compare_rows(i: int, j: int) -> int:
        return compare(keyset, cursors[i], cursors[j])

    return sorted(kept, key=cmp_to_key(compare_rows))


def compare(keyset: Keyset, first: Cursor, second: Cursor) -> int:
    """Return a number below, at or above zero: which row comes first in reading direction."""
    for a, b, is_descending in zip(first, second, keyset.descending, strict=False):
        if a != b:
            sign = _compare_values(a, b, is_descending)
            return -sign if keyset.is_reversed else sign
    return 0


def _compare_values(a: str | int | float | None, b: str | int | float | None, is_descending: bool) -> int:
    """Compare two different values; missing ones come last either way, every number before every text."""
    if a is None or b is None:
        return 1 if a is None else -1
    if isinstance(a, str) or isinstance(b, str):
        is_less = not isinstance(a, str) or (isinstance(b, str) and a < b)
    else:
        is_less = a < b
    return -1 if is_less != is_descending else 1
