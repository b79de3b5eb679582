"""Check single values against their field's declaration. Each field is compiled once into one function; a good value costs well under a microsecond."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import date
from math import isfinite
from typing import TypeAlias

from orgraph.findings import Json
from orgraph.graph.orgraph import Value
from orgraph.graph.personal_data import has_id_number, has_mobile_number
from orgraph.schema import Field, ValueType

Problem: TypeAlias = tuple[str, Mapping[str, Json]]
"""What is wrong with a value: the name of the finding (below ``graph.``) and its numbers."""

ValueCheck: TypeAlias = Callable[[Value], Problem | None]

_LARGE = 10**10
"""Whole numbers from here on have enough digits to be a mobile number; no count of the domain reaches it."""

_MAX_SHOWN = 40

_GEOMETRIES = frozenset(
    {"Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon", "GeometryCollection"}
)


def value_check(field: Field) -> ValueCheck:
    """Return the function that judges a value of ``field``: ``None`` when it is good. Missing values are not its business."""
    return _CHECKS[field.type](field)


def number_check(value: Value) -> Problem | None:
    """Judge a value of an open weight: any finite number."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        return _wrong_type(value, ValueType.DECIMAL)
    return _personal_number(value)


def personal_data(text: str, *, is_code: bool = False) -> Problem | None:
    """Judge a text: identity and mobile numbers are refused. Codes may look like mobile numbers (11-digit division codes do)."""
    if has_id_number(text):
        return "id_number", {}
    if not is_code and has_mobile_number(text):
        return "mobile_number", {}
    return None


def _text_check(field: Field) -> ValueCheck:
    matches = re.compile(field.pattern, re.DOTALL).fullmatch if field.pattern else None
    is_code = field.type is ValueType.CODE

    def check(value: Value) -> Problem | None:
        if not isinstance(value, str):
            return _wrong_type(value, field.type)
        if problem := personal_data(value, is_code=is_code):
            return problem
        if matches and not matches(value):
            return "pattern_broken", {"value": _short(value)}
        return None

    return check


def _codes_check(field: Field) -> ValueCheck:
    check_one = _text_check(field)

    def check(value: Value) -> Problem | None:
        if not isinstance(value, tuple):
            return _wrong_type(value, ValueType.CODES)
        return next((problem for code in value if (problem := check_one(code))), None)

    return check


def _integer_check(field: Field) -> ValueCheck:
    low, high = _bounds(field)

    def check(value: Value) -> Problem | None:
        if type(value) is not int:
            return _wrong_type(value, ValueType.INTEGER)
        if low <= value <= high and value < _LARGE:
            return None
        return _personal_number(value) or _outside(value, field)

    return check


def _decimal_check(field: Field) -> ValueCheck:
    low, high = _bounds(field)

    def check(value: Value) -> Problem | None:
        if problem := number_check(value):
            return problem
        if isinstance(value, int | float) and not low <= value <= high:
            return _outside(value, field)
        return None

    return check


def _boolean_check(_field: Field) -> ValueCheck:
    def check(value: Value) -> Problem | None:
        return None if isinstance(value, bool) else _wrong_type(value, ValueType.BOOLEAN)

    return check


def _date_check(_field: Field) -> ValueCheck:
    def check(value: Value) -> Problem | None:
        if not isinstance(value, str):
            return _wrong_type(value, ValueType.DATE)
        return None if _is_iso_date(value) else _wrong_type(value, ValueType.DATE)

    return check


def _enum_check(field: Field) -> ValueCheck:
    values = frozenset(choice.value for choice in field.choices)
    listed: list[Json] = [f"{choice.value}（{choice.label.zh}）" for choice in field.choices]

    def check(value: Value) -> Problem | None:
        if isinstance(value, str) and value in values:
            return None
        if problem := personal_data(_digits(value)):
            return problem
        return "choice_unknown", {"value": _short(value), "choices": listed}

    return check


def _document_check(field: Field) -> ValueCheck:
    is_geometry = field.type is ValueType.GEOMETRY

    def check(value: Value) -> Problem | None:
        if not isinstance(value, str):
            return _wrong_type(value, field.type)
        if not is_geometry and (problem := personal_data(value)):
            return problem
        document = _parsed(value)
        is_good = _is_geometry(document) if is_geometry else document is not None
        return None if is_good else ("document_invalid", {"type": field.type.value})

    return check


_CHECKS: Mapping[ValueType, Callable[[Field], ValueCheck]] = {
    ValueType.TEXT: _text_check,
    ValueType.CODE: _text_check,
    ValueType.INTEGER: _integer_check,
    ValueType.DECIMAL: _decimal_check,
    ValueType.BOOLEAN: _boolean_check,
    ValueType.DATE: _date_check,
    ValueType.ENUM: _enum_check,
    ValueType.CODES: _codes_check,
    ValueType.GEOMETRY: _document_check,
    ValueType.JSON: _document_check,
}


def _bounds(field: Field) -> tuple[float, float]:
    low = float("-inf") if field.minimum is None else field.minimum
    high = float("inf") if field.maximum is None else field.maximum
    return low, high


def _outside(value: float, field: Field) -> Problem | None:
    if field.minimum is not None and value < field.minimum:
        return "below_minimum", {"value": value, "minimum": field.minimum}
    if field.maximum is not None and value > field.maximum:
        return "above_maximum", {"value": value, "maximum": field.maximum}
    return None


def _personal_number(value: float) -> Problem | None:
    return personal_data(_digits(value)) if value >= _LARGE else None


def _wrong_type(value: Value, expected: ValueType) -> Problem:
    return personal_data(_digits(value)) or ("type_wrong", {"value": _short(value), "type": expected.value})


def _digits(value: Value) -> str:
    """Return a value as text; a whole number without the point that spreadsheets give it."""
    is_whole = isinstance(value, float) and value.is_integer()
    return f"{value:.0f}" if is_whole else str(value)


def _short(value: Value) -> str:
    shown = str(value)
    return shown if len(shown) <= _MAX_SHOWN else shown[:_MAX_SHOWN] + "…"


def _is_iso_date(text: str) -> bool:
    if len(text) != 10 or text[4] != "-":
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _parsed(text: str) -> object | None:
    try:
        document: object = json.loads(text)
    except ValueError:
        return None
    return document


def _is_geometry(document: object) -> bool:
    if not isinstance(document, dict) or document.get("type") not in _GEOMETRIES:
        return False
    return "coordinates" in document or "geometries" in document
