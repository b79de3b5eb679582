"""How headers, names and choices are compared: without regard to width, case, spaces and remarks in brackets."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache

from orgraph.exchange.tables import Table, tables
from orgraph.schema import Field

_SPACES = re.compile(r"[\s\u200b\ufeff*]+")
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_BETWEEN_WORDS = re.compile(r"[\s_.\-()\d]+")
_MIN_AFFIX = 2
_UNITS: Mapping[str, frozenset[str]] = {
    "person": frozenset({"人", "名", "口", "person", "persons", "people"}),
    "household": frozenset({"户", "household", "households"}),
    "mu": frozenset({"亩", "mu"}),
    "km2": frozenset({"平方公里", "平方千米", "km2", "sqkm"}),
    "m": frozenset({"米", "m", "metre", "metres", "meters"}),
    "h": frozenset({"小时", "时", "h", "hour", "hours"}),
    "CNY": frozenset({"元", "cny"}),
    "degree": frozenset({"度", "°", "degree", "degrees"}),
}
_PREFIXES = {"units": ("村", "行政村", "村居", "社区", "行政区划", "统计用区划")}
"""Beside the kind's own names: words that stand before "code" and "name" in headers."""
_SHORT_WORDS = {"name": ("名",)}
_ALL_UNITS = frozenset(
    {
        "公顷",
        "平方米",
        "万亩",
        "万人",
        "万户",
        "万元",
        "亿元",
        "千米",
        "公里",
        "里",
        "天",
        "日",
        "ha",
        "m2",
        "km",
        "acre",
        "day",
        "days",
    }
).union(*_UNITS.values())


@lru_cache(maxsize=65_536)
def plain(written: str) -> str:
    """Return a text in half width, lower case, without spaces and asterisks: ``"面 积（亩）* "`` -> ``"面积(亩)"``."""
    return _SPACES.sub("", unicodedata.normalize("NFKC", written)).casefold().replace("_", "")


def column_words(field: Field) -> tuple[str, ...]:
    """Return every header, plain, that means this field."""
    labels = (field.label.zh, field.label.en)
    short = tuple(_BRACKETS.sub("", plain(label)) for label in labels)
    return tuple(dict.fromkeys(plain(w) for w in (field.name, *labels, *short, *field.aliases) if w))


def column_of(header: str, columns: Mapping[str, Field]) -> Field | None:
    """Return the field that a header means; a remark in brackets is ignored when the whole header means nothing."""
    word = plain(header)
    return columns.get(word) or columns.get(_BRACKETS.sub("", word))


def other_unit(header: str, field: Field) -> str:
    """Return the unit that a header gives in brackets where it is not the field's own (``面积（亩）`` for km2), else an empty text."""
    for bracket in _BRACKETS.findall(plain(header)):
        word = bracket[1:-1]
        if word in _ALL_UNITS and word not in _UNITS.get(field.unit, ()):
            return str(word)
    return ""


def columns_by_word(table: Table) -> Mapping[str, Field]:
    """Return the fields of a table by every header that means them; names win over labels, labels over aliases, first over later."""
    words: dict[str, Field] = {plain(f.name): f for f in table.columns}
    for field in table.columns:
        for label in (field.label.zh, field.label.en):
            words.setdefault(plain(label), field)
    for field in table.columns:
        for word in column_words(field):
            words.setdefault(word, field)
    chinese = (w for w in (table.label.zh, *table.aliases, *_PREFIXES.get(table.name, ())) if not w.isascii())
    for prefix in chinese:
        for field in table.columns:
            if field.is_key or field.name == "name":
                for word in (*column_words(field), *_SHORT_WORDS.get(field.name, ())):
                    words.setdefault(plain(prefix) + word, field)
    return words


def tables_by_file_name(stem: str) -> tuple[str, ...]:
    """Return the names of the tables that a file name means: whole, else as one of its words, else at its start or end."""
    words = {name: _table_words(table) for name, table in tables().items()}
    whole = plain(stem)
    parts = {plain(p) for p in _BETWEEN_WORDS.split(stem) if p}
    for fits in (
        lambda w: w == whole,
        lambda w: w in parts,
        lambda w: len(w) >= _MIN_AFFIX and (whole.startswith(w) or whole.endswith(w)) and not w.isascii(),
    ):
        if found := tuple(name for name, own in words.items() if any(fits(w) for w in own)):
            return found
    return ()


def _table_words(table: Table) -> Iterable[str]:
    written = (table.name, table.label.zh, table.label.en, *table.aliases)
    return {plain(w) for w in written}
