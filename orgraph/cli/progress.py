"""Progress of a solve on the terminal: time, incumbent, bound and gap, on standard error. Elsewhere nothing is shown."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

from orgraph.cli.screen import Screen
from orgraph.cli.words import Words
from orgraph.messages import keys
from orgraph.solver import OnProgress, Progress, gap

if TYPE_CHECKING:
    from rich.progress import ProgressColumn, Task


@contextmanager
def shown_progress(words: Words, stream: TextIO, limit_s: float) -> Iterator[OnProgress | None]:
    """Show a bar while the block runs; hand out what feeds it, ``None`` where ``stream`` is no terminal."""
    screen = Screen(words, stream)
    if not screen.is_terminal:
        yield None
        return
    from rich.progress import Progress as Bar
    from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}"), _time_column(limit_s), TimeElapsedColumn())
    # Standard output is left alone: it may be a file, and it is for the answer only.
    with Bar(*columns, console=screen.console, transient=True, redirect_stdout=False) as bar:
        task = bar.add_task(words("progress.start"), total=None)
        yield lambda progress: bar.update(task, description=describe(words, progress))


def _time_column(limit_s: float) -> ProgressColumn:
    """Return a bar of the time used; it moves also while the solver has nothing to tell."""
    from rich.progress import ProgressColumn
    from rich.progress_bar import ProgressBar

    class TimeBar(ProgressColumn):
        def render(self, task: Task) -> ProgressBar:
            return ProgressBar(total=limit_s, completed=min(task.elapsed or 0.0, limit_s), width=20)

    return TimeBar()


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
