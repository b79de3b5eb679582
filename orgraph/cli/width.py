"""How wide a text is on a terminal, where it may be broken, and how it is filled up: Chinese characters take two columns."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

_WIDE = "\u2e80-\ufaff\ufe30-\uffef"
_CLOSING = "，。；：、！？）》」』”’％"
_OPENING = "（《「『“‘"
# A piece that must not be broken: a word with the marks after it, or one Chinese character with the marks around it.
_PIECE = re.compile(
    rf"\s+|[{_OPENING}]*(?:[^\s{_WIDE}{_OPENING}{_CLOSING}]+|[{_WIDE}])?[{_CLOSING}]*(?=.|$)", re.DOTALL
)


def width(text: str) -> int:
    """Return the number of terminal columns that ``text`` takes."""
    return sum(_columns(character) for character in text)


def pad(text: str, columns: int, *, to_right: bool = False) -> str:
    """Fill ``text`` with spaces up to ``columns``; a longer text stays as it is."""
    spaces = " " * (columns - width(text))
    return spaces + text if to_right else text + spaces


def wrap(text: str, columns: int) -> list[str]:
    """Break ``text`` into lines of at most ``columns``, between words or Chinese characters, never before a closing mark."""
    lines = [""]
    for piece in _pieces(text):
        if width(lines[-1]) + width(piece.rstrip()) <= columns:
            lines[-1] += piece
        elif not piece.isspace():
            lines[-1] = lines[-1].rstrip()
            lines.append(piece)
    return [line.rstrip() for line in lines]


def _pieces(text: str) -> Iterator[str]:
    return (match.group() for match in _PIECE.finditer(text) if match.group())


def _columns(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in ("Cf", "Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
