"""Read single values of options exactly as they are written; what cannot be read names what was expected."""

from __future__ import annotations

from datetime import date, datetime
from fractions import Fraction

from orgraph.planning.restructuring.options import Balance
from orgraph.solver.districting.problem import Band

MOST_ALTERNATIVES = 20
SMALLEST, LARGEST = 1e-12, 1e15


class UnreadableError(ValueError):
    """A value that cannot be read; its text is the last part of the catalogue key, ``planning.finding.option_<text>``."""


def read_text(value: object) -> str:
    """Read a text that is not empty."""
    if not isinstance(value, str) or not value.strip():
        raise UnreadableError("text")
    return value.strip()


def read_whole(value: object) -> int:
    """Read a whole number of at least 1."""
    number = read_number(value, "whole")
    if number.denominator != 1 or number < 1:
        raise UnreadableError("whole")
    return int(number)


def read_count(value: object) -> int:
    """Read a number of alternatives."""
    number = read_number(value, "count")
    if number.denominator != 1 or not 0 <= number <= MOST_ALTERNATIVES:
        raise UnreadableError("count")
    return int(number)


def read_share(value: object) -> Fraction:
    """Read a share above 0 and at most 1; ``20%`` is one too."""
    number = read_number(value, "share")
    if not 0 < number <= 1:
        raise UnreadableError("share")
    return number


def read_amount(value: object) -> Fraction:
    """Read a number of at least 0."""
    number = read_number(value, "amount")
    if number < 0:
        raise UnreadableError("amount")
    return number


def read_date(value: object) -> date:
    """Read a date, or its ISO text."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value).strip())
    except ValueError:
        raise UnreadableError("date") from None


def read_band(value: object) -> Balance | None:
    """Read a balance: a share either way, ``low:high``, ``reference``, or ``none`` (``None``)."""
    text = str(value).strip().lower()
    if text == "reference":
        return "reference"
    if text == "none":
        return None
    low, colon, high = text.partition(":")
    if colon:
        band = Band(read_number(low, "band"), read_number(high, "band"))
    else:
        share = read_number(value, "band")
        band = Band(-share, share)
    if not -1 <= band.low <= band.high:
        raise UnreadableError("band")
    return band


def read_number(value: object, expected: str) -> Fraction:
    """Read a number as it is written: 0.1 is one tenth. Sizes that no quantity here has are refused before they are computed."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise UnreadableError(expected)
    digits = str(value).strip()
    number, percent = digits.removesuffix("%"), digits.endswith("%")
    try:
        size = abs(float(number))
        if size and not SMALLEST <= size <= LARGEST:
            raise UnreadableError(expected)
        return Fraction(number if size else 0) / (100 if percent else 1)
    except (ValueError, OverflowError):
        raise UnreadableError(expected) from None
