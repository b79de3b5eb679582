"""The state of the environment on the screen."""

from __future__ import annotations

from collections.abc import Sequence

from orgraph.cli.environment import Level, Look
from orgraph.cli.screen import Column, Screen


def show_looks(screen: Screen, looks: Sequence[Look]) -> None:
    """Write one line per look, then the sum."""
    words = screen.words
    columns = [Column(words("doctor.result")), Column(words("doctor.check")), Column(words("doctor.detail"))]
    rows = [
        [words(f"doctor.{look.level.value}"), words.pick(look.name), words.pick(look.detail)]
        for look in looks
    ]
    screen.table(columns, rows)
    num_failed = sum(look.level is Level.FAIL for look in looks)
    screen.line(words("doctor.summary_fail", num=num_failed) if num_failed else words("doctor.summary_ok"))
