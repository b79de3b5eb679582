"""Find the header row of a file by what it says, and the table that it is the header of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property

from orgraph.exchange.tables import Table, tables
from orgraph.exchange.wording import column_of, columns_by_word
from orgraph.schema import Field

SEARCHED_ROWS = 20
"""The header stands in the first rows that are not blank."""
_MIN_COLUMNS = 2

Rows = Sequence[tuple[int, Sequence[str]]]


@dataclass(frozen=True)
class Header:
    """A header row: its number in the file, and per column position the field it means; other columns by position."""

    row: int
    table: Table
    fields: dict[int, Field]
    others: Mapping[int, str]
    cells: tuple[str, ...]
    num_skipped: int = 0

    def title(self, field: Field) -> str:
        """Return how the file itself calls a field, for findings."""
        return self.titles.get(field.name, field.name)

    @cached_property
    def titles(self) -> Mapping[str, str]:
        """The file's own headers by the name of their field; the first where a field has two."""
        return {f.name: self.cells[i].strip() for i, f in reversed(self.fields.items())}

    @cached_property
    def key_position(self) -> int:
        """The column of the first required field: the code, or the first end of an edge."""
        return next(i for i, f in self.fields.items() if f == self.table.required[0])

    @property
    def repeated(self) -> tuple[Field, ...]:
        """Fields that more than one column means."""
        found = list(self.fields.values())
        return tuple(f for f in dict.fromkeys(found) if found.count(f) > 1)

    @property
    def missing(self) -> tuple[Field, ...]:
        """Required fields without a column."""
        return tuple(f for f in self.table.required if f not in self.fields.values())


def find_header(rows: Rows, names: Sequence[str]) -> tuple[Header, ...]:
    """Return the best header among the first rows for the tables of these names: several when they fit equally well, none when none fits.

    The best row is the first one in which most cells name columns of one table; of the tables that read it, those whose required columns
    are all there come first, and of these the ones that understand most columns.
    """
    found = [h for h in (_read(rows, i, tables()[n]) for n in names for i in range(len(rows))) if h]
    if not found:
        return ()
    found = [h for h in found if not h.missing] or found
    most = max(len(h.fields) for h in found)
    best = [h for h in found if len(h.fields) == most]
    first = min(h.row for h in best)
    return tuple(h for h in best if h.row == first)


def _read(rows: Rows, index: int, table: Table) -> Header | None:
    number, cells = rows[index]
    words = _words(table.name)
    fields = {i: f for i, cell in enumerate(cells) if cell.strip() and (f := column_of(cell, words))}
    others = {i: c.strip() for i, c in enumerate(cells) if c.strip() and i not in fields}
    if len(set(fields.values())) < min(_MIN_COLUMNS, len(table.required)):
        return None
    return Header(number, table, fields, others, tuple(cells), index)


@cache
def _words(name: str) -> Mapping[str, Field]:
    return columns_by_word(tables()[name])
