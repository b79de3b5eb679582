"""Texts in both languages, and what is found wrong, as GraphQL types."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Self, cast

import strawberry
from strawberry.scalars import JSON

from api.types_words import said
from orgraph.findings import Finding as FindingRecord
from orgraph.findings import Json
from orgraph.messages import Text


@strawberry.type(name="Text", description=said("type.text"))
class BothTexts:
    """One text in both languages."""

    zh: str
    en: str

    @classmethod
    def of(cls, text: Text) -> Self:
        """Return the view of a text."""
        return cls(zh=text.zh, en=text.en)

    @classmethod
    def read(cls, stored: Json) -> Self:
        """Return the view of a text as it is kept in JSON."""
        known = cast(Mapping[str, str], stored)
        return cls(zh=known["zh"], en=known["en"])


@strawberry.type(description=said("type.finding"))
class Finding:
    """One thing wrong in the input, or one rule that a plan does not meet."""

    code: str
    severity: str
    rule: str | None
    subject: list[str]
    text: BothTexts
    todo: BothTexts | None
    numbers: JSON
    source: JSON | None = strawberry.field(description=said("field.source"))

    @classmethod
    def of(cls, finding: FindingRecord) -> Self:
        """Return the view of a finding."""
        return cls.read(finding.to_json())

    @classmethod
    def read(cls, stored: Json) -> Self:
        """Return the view of a finding as it is kept in JSON."""
        known = cast(Mapping[str, Json], stored)
        todo = known.get("todo")
        return cls(
            code=str(known["code"]),
            severity=str(known["severity"]),
            rule=str(known["rule"]) if known.get("rule") else None,
            subject=[str(code) for code in cast(list[Json], known["subject"])],
            text=BothTexts.read(known["text"]),
            todo=BothTexts.read(todo) if todo else None,
            numbers=cast(JSON, known["numbers"]),
            source=cast("JSON | None", known.get("source")),
        )
