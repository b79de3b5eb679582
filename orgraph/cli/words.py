"""`Words`: the command line's own texts in one language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from orgraph.findings import Json
from orgraph.messages import Lang, Text, text


@dataclass(frozen=True, slots=True)
class Words:
    """Texts below ``cli.`` in one language, and numbers as people read them."""

    lang: Lang

    def __call__(self, key: str, /, **values: object) -> str:
        """Return the text ``cli.<key>``."""
        return text(f"cli.{key}", **values).in_(self.lang)

    def pick(self, both: Text) -> str:
        """Return a text of another room in this language."""
        return both.in_(self.lang)

    def label(self, both: Text) -> str:
        """Return a label of another room in this language, to stand alone: with a capital in English."""
        shown = self.pick(both)
        return shown[:1].upper() + shown[1:]

    def join(self, parts: Sequence[str]) -> str:
        """Join parts of a list."""
        return ("、" if self.lang == "zh" else ", ").join(parts)

    def number(self, value: Json | float, digits: int = 0) -> str:
        """Write a number with thousands separators and, unless it is whole, ``digits`` decimals; a dash for nothing."""
        if value is None:
            return "-"
        if not isinstance(value, int | float):
            return str(value)
        return f"{value:,.{0 if float(value).is_integer() else digits}f}"

    def share(self, value: float | None, digits: int = 1, *, signed: bool = False) -> str:
        """Write a fraction as percent."""
        if value is None:
            return "-"
        return f"{100 * value:{'+' if signed else ''}.{digits}f} %"

    def seconds(self, value: float | None) -> str:
        """Write a time."""
        return "-" if value is None else self("seconds", seconds=f"{value:.1f}")

    def day(self, value: date) -> str:
        """Write a date."""
        return f"{value.year}年{value.month}月{value.day}日" if self.lang == "zh" else value.isoformat()
