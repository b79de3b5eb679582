"""Reading an instance file (JSON): every entry that is missing or of the wrong form becomes a finding with its path, and a harmless value is read in its stead."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from math import inf, isfinite
from pathlib import Path
from typing import TypeVar

from orgraph.errors import InputError
from orgraph.findings import Finding, Json, Place, has_errors

T = TypeVar("T")
DefaultT = TypeVar("DefaultT")
EnumT = TypeVar("EnumT", bound=StrEnum)
Index = Mapping[str, int]

LARGEST = 2**53
_FRACTION = re.compile("-?[0-9]{1,9}(/[1-9][0-9]{0,5})?")
_SHOWN = 60


def read_entry(path: Path) -> Entry:
    """Return the JSON object of a file.

    Raises
    ------
    InputError
        When the file cannot be read or holds no JSON object.
    """
    try:
        data: object = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise _refused(path, "file_unreadable", error.strerror or type(error).__name__) from None
    except (ValueError, RecursionError) as error:
        raise _refused(path, "file_not_json", str(error)[:_SHOWN]) from None
    entry = Entry(data, path.name)
    if not isinstance(data, dict):
        entry.report("entry_object")
    entry.refuse()
    return entry


@dataclass(frozen=True)
class Entry:
    """A part of a file: its value, the name of the file, the path inside it (empty for the whole), and what was found wrong so far, shared by all parts."""

    data: object
    file: str
    path: str = ""
    found: list[Finding] = field(default_factory=list, repr=False)

    def report(self, finding: str, **numbers: Json) -> None:
        """Note something wrong with this entry: ``benchmark.<finding>``."""
        place = Place(self.file)
        self.found.append(
            Finding(f"benchmark.{finding}", subject=(self.path or "{}",), place=place, numbers=numbers)
        )

    def refuse(self, further: Iterable[Finding] = ()) -> None:
        """Raise ``InputError`` with everything found in the file, and ``further`` findings about its content, when there are errors."""
        found = [*self.found, *further]
        if has_errors(found):
            raise InputError(
                "invalid_input", findings=found, num_errors=sum(finding.is_error for finding in found)
            )

    def get(self, key: str) -> Entry | None:
        """Return the entry of this name, ``None`` when it is missing or null."""
        if not isinstance(self.data, dict) or self.data.get(key) is None:
            return None
        return Entry(self.data[key], self.file, f"{self.path}.{key}".lstrip("."), self.found)

    def need(self, key: str) -> Entry:
        """Return the entry of this name; a missing one is a finding."""
        entry = self.get(key)
        if entry is None and isinstance(self.data, dict):
            self.report("entry_missing", key=key)
        return entry or Entry(None, self.file, f"{self.path}.{key}".lstrip("."), [])

    def known(self, *keys: str) -> Entry:
        """Return this entry; names other than these are findings."""
        if not isinstance(self.data, dict):
            self.report("entry_object")
        else:
            for key in sorted(set(self.data) - set(keys)):
                self.report("entry_key", key=str(key), keys=[*keys])
        return self

    def items(self) -> list[Entry]:
        """Return the entries of a list."""
        if not isinstance(self.data, list):
            self.report("entry_list")
            return []
        return [Entry(v, self.file, f"{self.path}[{n}]", self.found) for n, v in enumerate(self.data)]

    def optional(self, key: str, read: Callable[[Entry], T], default: DefaultT) -> T | DefaultT:
        """Return what ``read`` makes of an entry, the default when it is missing."""
        entry = self.get(key)
        return default if entry is None else read(entry)

    def list_of(self, key: str, read: Callable[[Entry], T]) -> tuple[T, ...]:
        """Return what ``read`` makes of every entry of a list, nothing when it is missing."""
        entry = self.get(key)
        return () if entry is None else tuple(read(item) for item in entry.items())

    def text(self) -> str:
        """Return a text that is not empty."""
        if not isinstance(self.data, str) or not self.data:
            self.report("entry_text")
            return ""
        return self.data

    def whole(self, least: int = 0, most: int = LARGEST) -> int:
        """Return a whole number within bounds, inclusive."""
        if isinstance(self.data, int) and not isinstance(self.data, bool) and least <= self.data <= most:
            return self.data
        self.report("entry_whole", least=least, most=most)
        return least

    def flag(self) -> bool:
        """Return true or false."""
        if not isinstance(self.data, bool):
            self.report("entry_flag")
        return self.data is True

    def fraction(self) -> Fraction:
        """Return a whole number, or a fraction written as text."""
        matched = _FRACTION.fullmatch(str(self.data)) if isinstance(self.data, int | str) else None
        if matched is None:
            self.report("entry_fraction")
            return Fraction(0)
        return Fraction(matched.group())

    def choice(self, kind: type[EnumT]) -> EnumT:
        """Return a member of an enumeration by its value."""
        return kind(self.one_of([each.value for each in kind]))

    def one_of(self, names: Sequence[str]) -> str:
        """Return one of some names, the first when it is none of them."""
        if self.data in names:
            return str(self.data)
        self.report("entry_choice", choices=[*names])
        return names[0]

    def index(self, names: Index) -> int:
        """Return the number of something that is listed elsewhere by name."""
        if not isinstance(self.data, str) or self.data not in names:
            self.report("entry_unknown", name=str(self.data)[:_SHOWN])
            return 0
        return names[self.data]

    def texts(self) -> tuple[str, ...]:
        """Return a list of texts."""
        return tuple(item.text() for item in self.items())

    def wholes(self, length: int | None = None, *, least: int = 0) -> list[int]:
        """Return a list of whole numbers of at least ``least``; of this length, where one is given."""
        if not self._has_length(length):
            return []
        assert isinstance(self.data, list)
        if all(_is_whole(value) and value >= least for value in self.data):
            return list(self.data)
        self.report("entry_wholes", least=least)
        return []

    def reals(self, length: int | None = None, *, least: float = -inf) -> list[float]:
        """Return a list of numbers of at least ``least``; of this length, where one is given."""
        if not self._has_length(length):
            return []
        assert isinstance(self.data, list)
        if all(_is_real(value) and value >= least for value in self.data):
            return [float(value) for value in self.data]
        self.report("entry_reals" if least == -inf else "entry_reals_least", least=least)
        return []

    def real_rows(self, rows: int, columns: int) -> list[list[float]]:
        """Return so many rows of so many numbers."""
        return self._rows(rows, lambda row: row.reals(columns))

    def whole_rows(self, rows: int, columns: int) -> list[list[int]]:
        """Return so many rows of so many whole numbers."""
        return self._rows(rows, lambda row: row.wholes(columns))

    def whole_table(self, least_columns: int, most_columns: int) -> list[list[int]]:
        """Return rows of whole numbers, each with a number of columns within bounds, inclusive."""
        rows = self.items()
        for row in rows:
            if not isinstance(row.data, list) or not least_columns <= len(row.data) <= most_columns:
                row.report("entry_columns", least=least_columns, most=most_columns)
                return []
        read = [row.wholes(least=-LARGEST) for row in rows]
        return read if all(read) or not least_columns else []

    def pairs(self, limit: int) -> list[tuple[int, int]]:
        """Return pairs of different whole numbers below ``limit``, the smaller first."""
        for item in self.items():
            if not _is_pair(item.data, limit):
                item.report("entry_pair", limit=limit)
                return []
        pairs = self.data if isinstance(self.data, list) else []
        return [(min(pair), max(pair)) for pair in pairs]

    def _rows(self, rows: int, read: Callable[[Entry], list[T]]) -> list[list[T]]:
        return [read(item) for item in self.items()] if self._has_length(rows) else []

    def _has_length(self, length: int | None) -> bool:
        if not isinstance(self.data, list):
            self.report("entry_list")
            return False
        if length is not None and len(self.data) != length:
            self.report("entry_length", wanted=length, found=len(self.data))
            return False
        return True


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) <= LARGEST


def _is_real(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)


def _is_pair(value: object, limit: int) -> bool:
    if not isinstance(value, list) or len(value) != 2:
        return False
    return all(_is_whole(end) and 0 <= end < limit for end in value) and value[0] != value[1]


def _refused(path: Path, finding: str, reason: str) -> InputError:
    place, numbers = Place(path.name), {"path": str(path), "reason": reason}
    return InputError(
        "invalid_input",
        findings=[Finding(f"benchmark.{finding}", place=place, numbers=numbers)],
        num_errors=1,
    )
