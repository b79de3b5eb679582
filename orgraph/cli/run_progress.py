"""How a run goes: a live table of best plan, bound and gap on a terminal, a line now and then elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING, TextIO

from orgraph.cli.screen import Screen
from orgraph.cli.words import Words
from orgraph.messages import keys
from orgraph.service.runs.states import RunState

if TYPE_CHECKING:
    from rich.table import Table

Tell = Callable[[RunState], None]

LINE_S = 1.0
"""Where no terminal is, at most one line per this time."""
_ROWS = 8


@contextmanager
def shown_run(words: Words, stream: TextIO) -> Iterator[Tell]:
    """Show the states that are told while the block runs."""
    screen = Screen(words, stream)
    if not screen.is_terminal:
        yield _Lines(screen).tell
        return
    from rich.live import Live

    rows = _Rows(words)
    with Live(
        console=screen.console, transient=True, redirect_stdout=False, get_renderable=rows.table
    ) as live:

        def tell(state: RunState) -> None:
            rows.tell(state)
            live.refresh()

        yield tell


class _Lines:
    """Writes a line when something has changed, but not too often; the end always."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._last: RunState | None = None
        self._at = 0.0

    def tell(self, state: RunState) -> None:
        is_due = monotonic() - self._at >= LINE_S and _differs(state, self._last)
        if self._last is None or state.is_terminal or is_due:
            words = self._screen.words
            cells = dict(
                zip(("time", "doing", "objective", "bound", "gap"), _cells(words, state), strict=True)
            )
            self._screen.line(words("run.line", **cells))
            self._last, self._at = state, monotonic()


class _Rows:
    """Keeps a row per improvement; the last row is the present state."""

    def __init__(self, words: Words) -> None:
        self._words = words
        self._kept: list[RunState] = []
        self._last: RunState | None = None

    def tell(self, state: RunState) -> None:
        if self._last is not None and _differs(state, self._last):
            self._kept = [*self._kept, self._last][-_ROWS:]
        self._last = state

    def table(self) -> Table:
        from rich.box import SIMPLE_HEAD
        from rich.table import Table

        words = self._words
        table = Table(box=SIMPLE_HEAD, pad_edge=False)
        for name in ("time", "doing", "objective", "bound", "gap"):
            table.add_column(words(f"run.{name}"), justify="left" if name == "doing" else "right")
        for state in (*self._kept, *((self._last,) if self._last else ())):
            table.add_row(*_cells(words, state))
        return table


def _differs(state: RunState, before: RunState | None) -> bool:
    def shown(s: RunState) -> tuple[object, ...]:
        return s.status, s.attempt, s.phase, s.objective, s.bound

    return before is None or shown(state) != shown(before)


def _cells(words: Words, state: RunState) -> tuple[str, str, str, str, str]:
    return (
        words.seconds(state.seconds),
        _doing(words, state),
        words.number(state.objective, 1),
        words.number(state.bound, 1),
        words.share(state.gap, 2),
    )


def _doing(words: Words, state: RunState) -> str:
    key = f"progress.phase.{state.phase}"
    if state.is_terminal or f"cli.{key}" not in keys(words.lang):
        return words(f"run.status.{state.status.value}")
    return words(key)
