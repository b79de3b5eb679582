"""Columns that must not come in: their header announces identity or telephone numbers. Cells are judged by :mod:`orgraph.graph`."""

from __future__ import annotations

from orgraph.exchange.wording import plain
from orgraph.graph.personal_data import has_id_number, has_mobile_number

_ID_WORDS = ("身份证", "证件号", "公民身份号码", "idnumber", "idcard", "identitynumber")
_PHONE_WORDS = ("电话", "手机", "联系方式", "phone", "mobile", "telephone")


def header_problem(header: str) -> str:
    """Return ``"id_column"`` or ``"phone_column"`` when a header announces such numbers, else an empty text."""
    word = plain(header)
    if any(w in word for w in _ID_WORDS):
        return "id_column"
    return "phone_column" if any(w in word for w in _PHONE_WORDS) else ""


def cell_problem(cell: str) -> str:
    """Return ``"id_cell"`` or ``"phone_cell"`` when a text holds such a number, else an empty text."""
    if has_id_number(cell):
        return "id_cell"
    return "phone_cell" if has_mobile_number(cell) else ""
