"""From the text of a cell to a value of the type that the schema declares.

What is understood beside the plain forms, because files in use hold it: full-width digits, thousands separators, a closing 万 (ten thousand), a
closing ``.0`` that a spreadsheet added to a whole number, dates as 2020-08-03, 2020/8/3, 2020.8.3, 20200803 and 2020年8月3日, yes and no in words. A
single dash or slash in a cell that is no text means empty. A code is text: leading zeros stay; a code that a spreadsheet turned into 3.70503E+11 is
lost and refused.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache

from orgraph.exchange.wording import plain
from orgraph.findings import Json
from orgraph.graph import Value
from orgraph.schema import Choice, Field, ValueType

MAX_INTEGER = 2**63 - 1
_MAX_DIGITS = 30
_FORMULA = "=+-@\t\r'"
_LIST_BREAK = re.compile(r"[\s、，,；;|]+")
_NUMBER = re.compile(r"[+-]?(\d+|\d{1,3}(,\d{3})+)?(\.\d+)?(e[+-]?\d{1,3})?", re.IGNORECASE | re.ASCII)
_DATE = re.compile(
    r"(\d{4})(?:-(\d{1,2})-(\d{1,2})|/(\d{1,2})/(\d{1,2})|\.(\d{1,2})\.(\d{1,2})|年(\d{1,2})月(\d{1,2})日|(\d\d)(\d\d))",
    re.ASCII,
)
_SCIENTIFIC_CODE = re.compile(r"\d(\.\d+)?E\+\d{2,}", re.IGNORECASE | re.ASCII)
_KEPT_AS_TEXT = re.compile(r"""'(\d.*)|="([^"]+)\"""", re.DOTALL)
"""A code that somebody kept from becoming a number: an apostrophe before it, or written as a formula."""
_DECIMAL_CODE = re.compile(r"(\d{6,})\.0+", re.ASCII)
_EMPTY_MARKS = frozenset({"-", "--", "—", "——", "/", "\\"})
_TRUE = frozenset({"是", "有", "对", "真", "√", "true", "t", "yes", "y", "1", "1.0"})
_FALSE = frozenset({"否", "无", "错", "假", "×", "false", "f", "no", "n", "0", "0.0"})
_CODES = frozenset({ValueType.CODE, ValueType.CODES})
_AS_WRITTEN = frozenset({ValueType.TEXT, ValueType.GEOMETRY, ValueType.JSON})


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a cell cannot be read: the name of a finding below ``exchange.`` and what its text names."""

    code: str
    numbers: Mapping[str, Json] = field(default_factory=dict)


def parse(column: Field, written: str) -> Value | Problem:
    """Return the value of a cell, ``None`` for an empty one, or the problem with it."""
    raw = written.strip("\ufeff \t\r\n\u3000\xa0")
    if not raw or (raw in _EMPTY_MARKS and column.type not in _AS_WRITTEN):
        return None
    if column.type in _CODES and (kept := _KEPT_AS_TEXT.fullmatch(raw)):
        return _PARSERS[column.type](column, kept[1] or kept[2])
    return _PARSERS[column.type](column, unescape(raw))


def unescape(cell: str) -> str:
    """Undo the apostrophe that keeps a spreadsheet from running a text as a formula."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] and cell[1] in _FORMULA else cell


def escape(cell: str) -> str:
    """Put an apostrophe before a text that a spreadsheet would run as a formula (or that starts with an apostrophe itself)."""
    return "'" + cell if cell[:1] and cell[0] in _FORMULA else cell


def parse_number(cell: str) -> Decimal | None:
    """Return the exact number that a text means, or ``None``."""
    half = unicodedata.normalize("NFKC", cell).replace("−", "-").replace(" ", "")
    factor = 1
    if half[-1:] in ("万", "萬"):
        half, factor = half[:-1], 10_000
    if (
        not half
        or len(half) > _MAX_DIGITS
        or not _NUMBER.fullmatch(half)
        or not any(c.isdigit() for c in half)
    ):
        return None
    if half[0] in "eE" or half.lstrip("+-")[:1] in ("e", "E"):
        return None
    return Decimal(half.replace(",", "")) * factor


def _text(column: Field, cell: str) -> Value | Problem:
    cleaned = re.sub(r"\s*[\r\n]+\s*", " ", cell) if column.pattern else cell
    return _matched(column, cleaned)


def _code(column: Field, cell: str) -> Value | Problem:
    half = cell if cell.isascii() else unicodedata.normalize("NFKC", cell)
    if "+" in half and _SCIENTIFIC_CODE.fullmatch(half):
        return Problem("code_scientific", {"value": half})
    if "." in half and (whole := _DECIMAL_CODE.fullmatch(half)):
        half = whole[1]
    return _matched(column, half)


def _codes(column: Field, cell: str) -> Value | Problem:
    codes: list[str] = []
    for part in _LIST_BREAK.split(cell):
        if part:
            code = _code(column, part)
            if not isinstance(code, str):
                return code
            codes.append(code)
    return tuple(dict.fromkeys(codes))


def _matched(column: Field, cell: str) -> Value | Problem:
    if column.pattern and not re.fullmatch(column.pattern, cell):
        return Problem("value_malformed", {"value": shown(cell)})
    return cell


def _integer(column: Field, cell: str) -> Value | Problem:
    number = parse_number(cell)
    if number is None or number != number.to_integral_value():
        return Problem("value_not_integer", {"value": shown(cell)})
    if abs(number) > MAX_INTEGER:
        return Problem("value_too_large", {"value": shown(cell)})
    return _in_range(column, int(number))


def _decimal(column: Field, cell: str) -> Value | Problem:
    number = parse_number(cell)
    if number is None:
        return Problem("value_not_number", {"value": shown(cell)})
    return _in_range(column, float(number))


def _in_range(column: Field, number: int | float) -> Value | Problem:
    if column.minimum is not None and number < column.minimum:
        return Problem("value_too_small", {"value": number, "minimum": column.minimum})
    if column.maximum is not None and number > column.maximum:
        return Problem("value_above", {"value": number, "maximum": column.maximum})
    return number


def _boolean(column: Field, cell: str) -> Value | Problem:
    word = plain(cell)
    if word in _TRUE:
        return True
    return False if word in _FALSE else Problem("value_not_boolean", {"value": shown(cell)})


def _date(column: Field, cell: str) -> Value | Problem:
    found = _DATE.fullmatch(unicodedata.normalize("NFKC", cell).replace(" ", ""))
    if found:
        year, month, day = (int(g) for g in found.groups() if g is not None)
        try:
            return date(year, month, day).isoformat()
        except ValueError:
            pass
    return Problem("value_not_date", {"value": shown(cell)})


def _enum(column: Field, cell: str) -> Value | Problem:
    found = _choice_words(column.choices).get(plain(cell))
    if found is not None:
        return found
    zh = "、".join(f"{c.value}（{c.label.zh}）" for c in column.choices)
    allowed: dict[str, Json] = {
        "zh": zh,
        "en": ", ".join(f"{c.value} ({c.label.en})" for c in column.choices),
    }
    return Problem("value_unknown_choice", {"value": shown(cell), "allowed": allowed})


@cache
def _choice_words(choices: tuple[Choice, ...]) -> Mapping[str, str]:
    """Return every word, plain, that means a choice; an earlier choice wins."""
    return {
        plain(word): choice.value
        for choice in reversed(choices)
        for word in (choice.value, choice.label.zh, choice.label.en, *choice.aliases)
    }


def _document(column: Field, cell: str) -> Value | Problem:
    try:
        json.loads(cell)
    except (ValueError, RecursionError):
        return Problem("value_not_json")
    return cell


def shown(cell: str) -> str:
    """Return a cell as a message shows it: at most 40 characters."""
    return cell if len(cell) <= 40 else cell[:39] + "…"


_PARSERS: Mapping[ValueType, Callable[[Field, str], Value | Problem]] = {
    ValueType.TEXT: _text,
    ValueType.CODE: _code,
    ValueType.CODES: _codes,
    ValueType.INTEGER: _integer,
    ValueType.DECIMAL: _decimal,
    ValueType.BOOLEAN: _boolean,
    ValueType.DATE: _date,
    ValueType.ENUM: _enum,
    ValueType.GEOMETRY: _document,
    ValueType.JSON: _document,
}
