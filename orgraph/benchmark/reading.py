"""Reading an instance file: the fields that a family needs, by name and shape, with a finding for each that is missing or wrong."""

from __future__ import annotations

import json
from collections.abc import Sequence
from math import isfinite
from pathlib import Path

from orgraph.errors import InputError
from orgraph.findings import Finding, Place

Numbers = list[float]


class Fields:
    """The fields of one JSON file. A field that cannot be used becomes a finding and an empty value; :meth:`refuse` then raises with all of them.

    Raises
    ------
    InputError
        From the constructor, when the file is no JSON object.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._found: list[Finding] = []
        self._fields = self._load()

    def refuse(self) -> None:
        """Raise ``InputError`` with everything found so far, if there is anything."""
        if self._found:
            raise InputError("invalid_input", findings=self._found, num_errors=len(self._found))

    def note(self, key: str, **numbers: int | str) -> None:
        """Add a finding of the benchmark about the file as a whole."""
        self._found.append(self._finding(key, (), **numbers))

    def has(self, name: str) -> bool:
        """Return whether the field is there and not null."""
        return self._fields.get(name) is not None

    def text(self, name: str, default: str) -> str:
        """Return a text."""
        value = self._fields.get(name, default)
        if isinstance(value, str) and value:
            return value
        self._wrong(name, value, "text")
        return default

    def whole(self, name: str, *, at_least: int = 0) -> int:
        """Return a whole number."""
        value = self._fields.get(name)
        if isinstance(value, int) and not isinstance(value, bool) and value >= at_least:
            return value
        self._missing_or_wrong(name, f">= {at_least}")
        return at_least

    def numbers(self, name: str, length: int) -> Numbers:
        """Return a list of so many numbers."""
        return self._row(name, self._fields.get(name), length)

    def wholes(self, name: str, length: int) -> list[int]:
        """Return a list of so many whole numbers of at least 0."""
        values = self._row(name, self._fields.get(name), length)
        for value in values:
            if value < 0 or value != int(value):
                self._wrong(name, value, ">= 0")
                return []
        return [int(value) for value in values]

    def matrix(self, name: str, rows: int, columns: int) -> list[Numbers]:
        """Return so many rows of so many numbers; an empty list when one of them is wrong."""
        value = self._fields.get(name)
        if not isinstance(value, list):
            self._missing_or_wrong(name, "[[...]]")
            return []
        if len(value) != rows:
            self._shape(name, len(value), rows)
            return []
        read = [self._row(name, row, columns) for row in value]
        return read if all(read) or not columns else []

    def pairs(self, name: str, limit: int) -> list[tuple[int, int]]:
        """Return a list of pairs of different whole numbers below ``limit``."""
        value = self._fields.get(name)
        if not isinstance(value, list):
            self._missing_or_wrong(name, "[[i, j], ...]")
            return []
        for pair in value:
            if not _is_pair(pair, limit):
                self._wrong(name, pair, f"[i, j], 0 <= i < j < {limit}")
                return []
        return [(pair[0], pair[1]) for pair in value]

    def _load(self) -> dict[str, object]:
        try:
            loaded = json.loads(self._path.read_text(encoding="utf-8-sig"))
        except OSError:
            self._found.append(self._finding("file_missing", (), path=str(self._path)))
        except (UnicodeDecodeError, ValueError, RecursionError) as error:
            self._found.append(
                self._finding("json_unreadable", (), path=str(self._path), reason=str(error)[:200])
            )
        else:
            if isinstance(loaded, dict):
                return loaded
            self._found.append(self._finding("json_unreadable", (), path=str(self._path), reason="{...}"))
        self.refuse()
        return {}

    def _row(self, name: str, value: object, length: int) -> Numbers:
        if not isinstance(value, list):
            self._missing_or_wrong(name, "[...]")
            return []
        if len(value) != length:
            self._shape(name, len(value), length)
            return []
        for one in value:
            if not isinstance(one, int | float) or isinstance(one, bool) or not isfinite(one):
                self._wrong(name, one, "0.0")
                return []
        return [float(one) for one in value]

    def _missing_or_wrong(self, name: str, wanted: str) -> None:
        if self.has(name):
            self._wrong(name, self._fields[name], wanted)
        else:
            self._found.append(self._finding("field_missing", (name,)))

    def _wrong(self, name: str, value: object, wanted: str) -> None:
        shown = json.dumps(value, ensure_ascii=False, default=str)[:60]
        self._found.append(self._finding("field_value", (name,), value=shown, wanted=wanted))

    def _shape(self, name: str, found: int, wanted: int) -> None:
        self._found.append(self._finding("field_shape", (name,), found=found, wanted=wanted))

    def _finding(self, key: str, subject: Sequence[str], **numbers: int | str) -> Finding:
        return Finding(
            f"benchmark.{key}", subject=tuple(subject), place=Place(self._path.name), numbers=numbers
        )


def _is_pair(pair: object, limit: int) -> bool:
    if not isinstance(pair, list) or len(pair) != 2:
        return False
    are_numbers = all(isinstance(end, int) and not isinstance(end, bool) and 0 <= end < limit for end in pair)
    return are_numbers and pair[0] != pair[1]
