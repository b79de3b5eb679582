"""Lists of names inside a sentence."""

from __future__ import annotations

from collections.abc import Sequence


def joined(names: Sequence[str], most: int | None = None) -> str:
    """Return names as one text, the first ``most`` of them: with the Chinese enumeration mark between Chinese names, else with commas."""
    shown = names[:most]
    mark = "、" if any("\u4e00" <= c <= "\u9fff" for name in shown for c in name) else ", "
    return mark.join(shown) + ("…" if len(shown) < len(names) else "")
