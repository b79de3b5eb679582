"""Progress of a solve on the terminal: time, incumbent, bound and gap, on standard error. Elsewhere nothing is shown."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import TextIO

from orgraph.cli.screen import Screen
from orgraph.cli.words import Words
from orgraph.messages import keys
from orgraph.solver import OnProgress, Progress, gap


@contextmanager
def shown_progress(words: Words, stream: TextIO, limit_s: float) -> Iterator[OnProgress | None]:
    """Show a bar while the block runs; hand out what feeds it, ``None`` where ``stream`` is no terminal."""
    screen = Screen(words, stream)
    if not screen.is_terminal:
        yield None
        return
    from rich.progress import BarColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(bar_width=20),
        TimeElapsedColumn(),
    )
    # Standard output is left alone: it may be a file, and it is for the answer only.
    with Bar(*columns, console=screen.console, transient=True, redirect_stdout=False) as bar:
        task = bar.add_task(words("progress.start"), total=limit_s)
        started = monotonic()

        def show(progress: Progress) -> None:
            elapsed = min(monotonic() - started, limit_s)
            bar.update(task, completed=elapsed, description=describe(words, progress))

        yield show


def describe(words: Words, progress: Progress) -> str:
    """Return one line about a moment of a solve."""
    key = f"progress.phase.{progress.phase}"
    phase = words(key) if f"cli.{key}" in keys(words.lang) else progress.phase
    return words(
        "progress.line",
        phase=phase,
        objective=words.number(progress.objective, 1),
        bound=words.number(progress.bound, 1),
        gap=words.share(gap(progress.objective, progress.bound), 2),
    )
