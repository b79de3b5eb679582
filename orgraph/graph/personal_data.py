"""Recognize numbers that identify a person and must not be stored: identity card numbers and mobile numbers.

GB 11643-1999 gives the form and the check digit of the identity number; Personal Information Protection Law, article 6 (least scope).
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date

_CANDIDATE = re.compile(r"\d[\d -]{9,}")
_ID_NUMBER = re.compile(r"(?<![0-9A-Za-z.])\d{17}[\dXxＸｘ](?![0-9A-Za-z])")
_MOBILE_NUMBER = re.compile(
    r"(?<![0-9A-Za-z.])(?:\+?86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?![0-9A-Za-z]|\.\d)"
)

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_DIGITS = "10X98765432"


def has_id_number(text: str) -> bool:
    """Return whether ``text`` holds an 18-digit identity number: a real birth date and a right check digit."""
    if not _CANDIDATE.search(text):
        return False
    return any(_is_id_number(m.group()) for m in _ID_NUMBER.finditer(text))


def has_mobile_number(text: str) -> bool:
    """Return whether ``text`` holds an 11-digit mobile number of mainland China, with or without country code and spaces."""
    return bool(_CANDIDATE.search(text)) and bool(_MOBILE_NUMBER.search(unicodedata.normalize("NFKC", text)))


def shown_code(code: str) -> str:
    """Return a code as findings may show it: three stars in place of an identity number that was used as a code."""
    return "***" if has_id_number(code) else code


def _is_id_number(digits: str) -> bool:
    number = unicodedata.normalize("NFKC", digits).upper()
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, number[:17], strict=True))
    return number[17] == _CHECK_DIGITS[total % 11] and _is_birth_date(number[6:14])


def _is_birth_date(digits: str) -> bool:
    try:
        day = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return False
    return 1850 <= day.year <= 2150
