"""Chinese order and folding, the same on every store: the pinyin key of a text, its initials, its folded form.

A key is the toneless pinyin of each character, divided by spaces, so that 西安 (xi an) comes before 仙 (xian); other
characters keep their folded form. Texts with equal keys are ordered by code. The readings are pypinyin's; the
override table ``pinyin_overrides.toml`` is data and wins.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import cache, lru_cache
from importlib.resources import files

MAX_KEY = 1_000
"""Characters of a sort key: an index of Neo4j holds no more than some 8,000 bytes of a key and a code."""
_OTHER = "\x00"
"""Marks what pypinyin has no reading for; a folded text never holds it."""
_ODD = re.compile(r"[\x00-\x1f\x7f]+")


def fold(text: str) -> str:
    """Return a text as search compares it: compatibility forms and letter case unified, control characters and outer space dropped."""
    if text.isascii() and text.isprintable():
        return text.casefold().strip()
    return _ODD.sub(" ", unicodedata.normalize("NFKC", text)).casefold().strip()


@lru_cache(maxsize=65_536)
def sort_key(text: str) -> str:
    """Return the key by which texts are ordered, cut at ``MAX_KEY``. Equal keys for texts that read the same."""
    return " ".join(part for part, _ in _parts(fold(text)))[:MAX_KEY]


@lru_cache(maxsize=65_536)
def initials(text: str) -> str:
    """Return the first letters of the pinyin of a text (嘉和新村 -> jhxc); other characters are kept, white space is dropped."""
    return "".join(part[0] if is_reading else part for part, is_reading in _parts(fold(text)))


def _parts(folded: str) -> list[tuple[str, bool]]:
    """Return the readings of Chinese characters, and the words of other characters as they are (false)."""
    if folded.isascii():
        return [(word, False) for word in folded.split()]
    start = next((w for w in _overrides() if folded.startswith(w)), "")
    known = [(reading, True) for reading in _overrides().get(start, ())]
    return known + _read(folded[len(start) :])


def _read(text: str) -> list[tuple[str, bool]]:
    from pypinyin import Style, lazy_pinyin  # a quarter of a second: only for those who sort Chinese

    parts: list[tuple[str, bool]] = []
    for reading in lazy_pinyin(text, style=Style.NORMAL, errors=lambda run: _OTHER + run):
        if reading.startswith(_OTHER):
            parts += [(word, False) for word in reading[1:].split()]
        else:
            parts.append((reading, True))
    return parts


@cache
def _overrides() -> dict[str, tuple[str, ...]]:
    """Return readings of words at the start of a name, longest word first."""
    source = files("orgraph.store").joinpath("pinyin_overrides.toml").read_text(encoding="utf-8")
    table = tomllib.loads(source)["start_of_name"]
    return {word: tuple(table[word].split()) for word in sorted(table, key=len, reverse=True)}
