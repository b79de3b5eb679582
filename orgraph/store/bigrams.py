"""Search by bigrams, the same on every store: a text is found by any substring of two characters or more.

A field is cut into overlapping pairs of characters; each pair is written as a word of hexadecimal digits, so that no tokenizer folds
or splits it and no text can be read as an operator. Consecutive pairs in a row are a substring, exactly.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from orgraph.store.collation import fold, initials

SEPARATOR = "\x1f"
"""Stands around every field of a folded text; :func:`~orgraph.store.collation.fold` never leaves one inside."""
_GAP = "0"


def folded_fields(values: Iterable[str]) -> str:
    """Return the folded fields of a node and their pinyin initials, each between separators."""
    fields: dict[str, None] = {}
    for value in values:
        fields[fold(value)] = None
        fields[initials(value)] = None
    return SEPARATOR + "".join(f + SEPARATOR for f in fields if f) if fields else ""


def index_words(folded: str) -> str:
    """Return the words to index for a text of :func:`folded_fields`; a gap word keeps fields apart."""
    return f" {_GAP} ".join(words(field) for field in folded.split(SEPARATOR) if field)


def words(text: str) -> str:
    """Return the bigrams of one folded text as words, divided by spaces; none for a single character."""
    return " ".join(f"{ord(a):x}x{ord(b):x}" for a, b in pairwise(text))
