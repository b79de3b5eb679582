"""Findings on the screen: what, where, what to do."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from orgraph.cli.screen import Screen
from orgraph.cli.words import Words
from orgraph.findings import Finding
from orgraph.messages import Text

Citation = Callable[[Finding], Text | None]


def _no_citation(finding: Finding) -> Text | None:
    return None


def show_findings(
    screen: Screen, findings: Sequence[Finding], *, limit: int | None = None, cite: Citation = _no_citation
) -> None:
    """Write findings, each with its severity, place, text, source and advice; beyond ``limit`` only their number."""
    words = screen.words
    for finding in findings[:limit]:
        place = place_text(words, finding)
        parts = [words(f"severity.{finding.severity.value}"), f"[{finding.rule or finding.code}]"]
        if place:
            parts.append(place)
        source = cite(finding)
        told = words.pick(finding.text)
        if source is not None:
            told = words("in_brackets", text=told, more=words.pick(source))
        screen.line(f"{' '.join(parts)}{words('colon')}{told}", indent=1)
        if finding.todo is not None:
            screen.line(f"→ {words.pick(finding.todo)}", indent=2)
    if limit is not None and len(findings) > limit:
        screen.line(words("findings.rest", num=len(findings) - limit), indent=1)


def place_text(words: Words, finding: Finding) -> str:
    """Return file, row and column as people say them; empty when nothing is known, or the text tells it."""
    place = finding.place
    if place is None:
        return ""
    parts = [place.file] if place.file else []
    if place.row:
        parts.append(words("place.row", row=place.row))
    if place.column and place.row:
        parts.append(words("place.column", column=place.column))
    elif place.column and place.column != finding.numbers.get("at"):
        parts.append(place.column)  # a key of a configuration, or an option
    return " ".join(parts)
