"""Findings on the screen: what, where, what to do."""

from __future__ import annotations

from collections.abc import Sequence

from orgraph.cli.screen import Screen
from orgraph.cli.words import Words
from orgraph.findings import Finding
from orgraph.schema import RULES


def show_findings(screen: Screen, findings: Sequence[Finding], *, limit: int | None = None) -> None:
    """Write findings, each with its severity, place, text, source and advice; beyond ``limit`` only their number."""
    words = screen.words
    for finding in findings[:limit]:
        place = place_text(words, finding)
        parts = [words(f"severity.{finding.severity.value}"), f"[{finding.rule or finding.code}]"]
        if place:
            parts.append(place)
        screen.line(f"{' '.join(parts)}{words('colon')}{_told(words, finding)}", indent=1)
        if finding.todo is not None:
            screen.line(f"→ {words.pick(finding.todo)}", indent=2)
    if limit is not None and len(findings) > limit:
        screen.line(words("findings.rest", num=len(findings) - limit), indent=1)


def _told(words: Words, finding: Finding) -> str:
    """Return the text, with document and article where it rests on a rule."""
    told, rule = words.pick(finding.text), RULES.get(finding.rule)
    if rule is None:
        return told
    source = words("source", document=words.pick(rule.document), article=words.pick(rule.article))
    return words("in_brackets", text=told, more=source)


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
