"""Findings on the screen: what, where, what to do."""

from __future__ import annotations

from collections.abc import Sequence

from orgraph.cli.screen import Screen
from orgraph.findings import Finding, Place


def show_findings(screen: Screen, findings: Sequence[Finding], *, limit: int | None = None) -> None:
    """Write findings, each with its severity, place, text and advice; beyond ``limit`` only their number."""
    words = screen.words
    for finding in findings[:limit]:
        place = place_text(screen, finding.place)
        parts = [words(f"severity.{finding.severity.value}"), f"[{finding.rule or finding.code}]"]
        if place:
            parts.append(place)
        screen.line(f"{' '.join(parts)}{words('colon')}{words.pick(finding.text)}", indent=1)
        if finding.todo is not None:
            screen.line(f"→ {words.pick(finding.todo)}", indent=2)
    if limit is not None and len(findings) > limit:
        screen.line(words("findings.rest", num=len(findings) - limit), indent=1)


def place_text(screen: Screen, place: Place | None) -> str:
    """Return file, row and column as people say them; empty when nothing is known."""
    if place is None:
        return ""
    words = screen.words
    parts = [place.file] if place.file else []
    if place.row:
        parts.append(words("place.row", row=place.row))
    if place.column:
        parts.append(words("place.column", column=place.column))
    return " ".join(parts)
