"""A mixed-integer linear program as plain lists: what the models write and the engines read. No solver is imported here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import inf

Terms = list[tuple[int, float]]
"""Columns with their coefficients."""
Row = tuple[tuple[int, ...], tuple[float, ...], float, float]
"""Columns, coefficients, lower and upper side (inclusive; infinite where open)."""


@dataclass(slots=True)
class Mip:
    """Minimize ``cost . x`` where every row lies between its sides and every column between its bounds.

    Columns and rows are numbered in the order in which they are added.
    """

    lower: list[float] = field(default_factory=list)
    upper: list[float] = field(default_factory=list)
    is_integer: list[bool] = field(default_factory=list)
    cost: list[float] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    hint: dict[int, float] = field(default_factory=dict)

    @property
    def num_columns(self) -> int:
        """Return the number of columns."""
        return len(self.lower)

    def binary(self, cost: float = 0.0) -> int:
        """Add a 0-1 column and return its number."""
        return self._column(0.0, 1.0, True, cost)

    def continuous(self, low: float, high: float, cost: float = 0.0) -> int:
        """Add a continuous column and return its number."""
        return self._column(low, high, False, cost)

    def row(
        self, terms: Iterable[tuple[int, float]], *, at_least: float = -inf, at_most: float = inf
    ) -> None:
        """Add ``at_least <= sum of coefficient * column <= at_most``; a column named twice counts twice."""
        merged: dict[int, float] = {}
        for column, coefficient in terms:
            merged[column] = merged.get(column, 0.0) + coefficient
        self.rows.append((tuple(merged), tuple(merged.values()), at_least, at_most))

    def value(self, x: Sequence[float]) -> float:
        """Return the cost of the point ``x``."""
        return sum(c * v for c, v in zip(self.cost, x, strict=True) if c)

    def _column(self, low: float, high: float, is_integer: bool, cost: float) -> int:
        self.lower.append(low)
        self.upper.append(high)
        self.is_integer.append(is_integer)
        self.cost.append(cost)
        return len(self.lower) - 1
