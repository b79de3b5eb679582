"""The findings of a check on the screen."""

from __future__ import annotations

from orgraph.cli.screen import Screen
from orgraph.cli.views.findings import show_findings
from orgraph.service.checks import Check


def show_check(screen: Screen, answer: Check) -> None:
    """Write the findings, then their number."""
    words = screen.words
    show_findings(screen, answer.findings)
    screen.line(
        words(
            "check.summary",
            num_nodes=words.number(answer.num_nodes),
            num_errors=answer.num_errors,
            num_warnings=len(answer.findings) - answer.num_errors,
        )
    )
