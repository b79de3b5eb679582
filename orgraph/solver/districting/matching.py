"""Match districts one to one with parts of another partition so that the overlap is largest."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf


def match(overlap: Sequence[Sequence[float]]) -> list[int | None]:
    """Return for every row the column it is matched with, ``None`` where columns run out; the sum of matched entries is largest.

    Parameters
    ----------
    overlap
        Entries >= 0, any shape; rows and columns are each used at most once.

    Notes
    -----
    Shortest augmenting paths with potentials, O(n^3). Kuhn (1955), "The Hungarian method for the assignment problem".
    """
    num_rows, num_columns = len(overlap), len(overlap[0]) if overlap else 0
    size = max(num_rows, num_columns)
    cost = [[0.0] * (size + 1) for _ in range(size + 1)]
    for r in range(num_rows):
        for c in range(num_columns):
            cost[r + 1][c + 1] = -float(overlap[r][c])
    row_of = _assign(cost, size)
    column_of = {row_of[c] - 1: c - 1 for c in range(1, size + 1)}
    return [c if (c := column_of[r]) < num_columns else None for r in range(num_rows)]


def _assign(cost: list[list[float]], size: int) -> list[int]:
    """Return the row of every column (1-based, square) of a cheapest assignment."""
    row_price, column_price = [0.0] * (size + 1), [0.0] * (size + 1)
    row_of = [0] * (size + 1)
    for row in range(1, size + 1):
        row_of[0], column = row, 0
        least, before, done = [inf] * (size + 1), [0] * (size + 1), [False] * (size + 1)
        while row_of[column]:
            done[column] = True
            at, step, following = row_of[column], inf, 0
            for c in range(1, size + 1):
                if not done[c]:
                    reduced = cost[at][c] - row_price[at] - column_price[c]
                    if reduced < least[c]:
                        least[c], before[c] = reduced, column
                    if least[c] < step:
                        step, following = least[c], c
            for c in range(size + 1):
                if done[c]:
                    row_price[row_of[c]] += step
                    column_price[c] -= step
                else:
                    least[c] -= step
            column = following
        while column:
            row_of[column] = row_of[before[column]]
            column = before[column]
    return row_of
