"""`Screen`: headings, lines, pairs and tables on one stream; rich on a terminal, plain aligned text when piped."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TextIO

from orgraph.cli.width import pad, width, wrap
from orgraph.cli.words import Words

if TYPE_CHECKING:
    from rich.console import Console

_INDENT = "  "


@dataclass(frozen=True, slots=True)
class Column:
    """Header of a column, and whether its cells stand to the right (numbers)."""

    header: str
    is_number: bool = False


class Screen:
    """Writes for people to one stream.

    Nothing but text reaches a stream that is not a terminal: no colours, no cursor movements, no cut-off cells. On a terminal ``NO_COLOR`` and
    ``TERM=dumb`` are respected.
    """

    def __init__(self, words: Words, stream: TextIO | None = None) -> None:
        self.words = words
        self.stream = sys.stdout if stream is None else stream
        self.is_terminal = self.stream.isatty()
        self._console: Console | None = None

    @property
    def console(self) -> Console:
        """The rich console of a terminal; loaded on first use."""
        if self._console is None:
            from rich.console import Console

            is_plain = bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
            self._console = Console(
                file=self.stream, color_system=None if is_plain else "auto", highlight=False, emoji=False
            )
        return self._console

    def line(self, text: str = "", *, indent: int = 0) -> None:
        """Write one paragraph; on a terminal broken at its width."""
        margin = _INDENT * indent
        if not self.is_terminal:
            print(margin + text, file=self.stream)
            return
        for part in wrap(text, max(20, self.console.width - len(margin))):
            self.console.print(margin + part, markup=False, soft_wrap=True)

    def heading(self, text: str) -> None:
        """Write a heading after an empty line."""
        self.line()
        if self.is_terminal:
            self.console.print(text, style="bold", markup=False, soft_wrap=True)
        else:
            self.line(text)

    def items(self, texts: Sequence[str]) -> None:
        """Write a list."""
        for text in texts:
            self.line(f"- {text}", indent=1)

    def pairs(self, rows: Sequence[tuple[str, str]]) -> None:
        """Write names and values, values below each other."""
        columns = max((width(name) for name, _ in rows), default=0)
        for name, value in rows:
            self.line(f"{pad(name, columns)}  {value}", indent=1)

    def table(self, columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> None:
        """Write a table."""
        if self.is_terminal:
            self._rich_table(columns, rows)
        else:
            self._plain_table(columns, rows)

    def _plain_table(self, columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> None:
        widths = [max(width(c.header), *(width(r[i]) for r in rows), 0) for i, c in enumerate(columns)]
        for cells in ([c.header for c in columns], ["-" * w for w in widths], *rows):
            filled = (
                pad(cell, w, to_right=c.is_number) for cell, w, c in zip(cells, widths, columns, strict=True)
            )
            self.line("  ".join(filled).rstrip(), indent=1)

    def _rich_table(self, columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> None:
        from rich.box import SIMPLE_HEAD
        from rich.table import Table
        from rich.text import Text

        table = Table(box=SIMPLE_HEAD, pad_edge=False)
        for column in columns:
            table.add_column(Text(column.header), justify="right" if column.is_number else "left")
        for row in rows:
            table.add_row(*(Text(cell) for cell in row))
        self.console.print(table)
