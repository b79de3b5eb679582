"""What was saved or loaded, on the screen."""

from __future__ import annotations

from pathlib import Path

from orgraph.cli.screen import Column, Screen
from orgraph.service.moving import Moved


def show_moved(screen: Screen, done: str, file: Path, moved: Moved) -> None:
    """Write counts and digest."""
    words = screen.words
    screen.line(words(f"moving.{done}", path=file))
    columns = [Column(words("moving.records")), Column(words("moving.number"), is_number=True)]
    screen.table(columns, [[words(f"moving.{name}"), words.number(n)] for name, n in moved.counts.items()])
    screen.line(words("moving.digest", digest=moved.digest))
    screen.line(words("moving.internal"))
