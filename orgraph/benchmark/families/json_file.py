"""Read an instance file that is one JSON object, field by field; what is missing or of the wrong kind is collected, then refused all at once."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from orgraph.errors import InputError
from orgraph.findings import Finding, Json, Place

LARGEST = 2**53


def read_object(path: Path, family: str) -> Fields:
    """Return the fields of a file. Raises ``InputError`` when it cannot be read or is no JSON object."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise _refused([_finding("unreadable", path, reason=str(error.strerror))]) from error
    except (ValueError, RecursionError) as error:
        raise _refused([_finding("not_json", path, reason=str(error))]) from error
    if not isinstance(content, dict):
        raise _refused([_finding("no_object", path, family=family)])
    return Fields(content, path)


class Fields:
    """The fields of a JSON object. Readers return a harmless value where a field is wrong, and note a finding in ``found``."""

    def __init__(
        self, content: Mapping[str, Any], path: Path, at: str = "", found: list[Finding] | None = None
    ) -> None:
        self._content, self._path, self._at = content, path, at
        self.found: list[Finding] = [] if found is None else found

    def refuse(self) -> None:
        """Raise ``InputError`` with all that was found."""
        if self.found:
            place = Place(self._path.name)
            raise _refused([f if f.place else _placed(f, place) for f in self.found])

    def has(self, name: str) -> bool:
        """Return whether a field is there."""
        return self._content.get(name) is not None

    def inner(self, name: str) -> Fields:
        """Return the fields of an object inside this one."""
        value = self._content.get(name)
        if not isinstance(value, dict):
            self._note(name, "an object")
        return Fields(value if isinstance(value, dict) else {}, self._path, f"{self._at}{name}.", self.found)

    def text(self, name: str, default: str) -> str:
        """Return a text."""
        value = self._content.get(name, default)
        if not isinstance(value, str):
            self._note(name, "a text")
            return default
        return value

    def whole(self, name: str, low: int, high: int, default: int | None = None) -> int:
        """Return a whole number within bounds, inclusive."""
        value = self._content.get(name, default)
        if not _is_whole(value) or not low <= value <= high:
            self._note(name, f"a whole number from {low} to {high}")
            return low
        return int(value)

    def texts(self, name: str, default: Sequence[str] | None = None) -> tuple[str, ...]:
        """Return a list of texts."""
        return self._list(name, default, lambda v: isinstance(v, str), "a list of texts")

    def wholes(self, name: str, default: Sequence[int] | None = None) -> tuple[int, ...]:
        """Return a list of whole numbers."""
        return self._list(name, default, _is_whole, "a list of whole numbers")

    def table(self, name: str) -> tuple[tuple[int, ...], ...]:
        """Return rows of whole numbers, all of one length."""
        found = self.rows(name, 0, LARGEST)
        if len({len(row) for row in found}) > 1:
            self._note(name, "rows of one length")
            return ()
        return found

    def rows(
        self, name: str, least: int, most: int, default: Sequence[Any] | None = None
    ) -> tuple[tuple[int, ...], ...]:
        """Return rows of whole numbers, each with at least ``least`` and at most ``most`` of them."""

        def is_row(value: object) -> bool:
            return isinstance(value, list) and least <= len(value) <= most and all(map(_is_whole, value))

        rows = self._list(name, default, is_row, "a list of rows of whole numbers")
        return tuple(tuple(row) for row in rows)

    def flag(self, name: str) -> bool:
        """Return a true or false, false when it is missing."""
        value = self._content.get(name, False)
        if not isinstance(value, bool):
            self._note(name, "true or false")
        return value is True

    def choice(self, name: str, allowed: Sequence[str]) -> str:
        """Return a known name, the first one when it is wrong."""
        value = self._content.get(name)
        if value not in allowed:
            self._note(name, f"one of {', '.join(allowed)}")
            return allowed[0]
        return str(value)

    def objects(self, name: str) -> tuple[Fields, ...]:
        """Return the fields of every object of a list."""
        values = self._list(name, None, lambda v: isinstance(v, dict), "a list of objects")
        return tuple(
            Fields(value, self._path, f"{self._at}{name}[{k}].", self.found) for k, value in enumerate(values)
        )

    def choices(self, name: str, allowed: Sequence[str], default: Sequence[str]) -> tuple[str, ...]:
        """Return a list of known names."""
        return self._list(name, default, lambda v: v in allowed, f"a list of {', '.join(allowed)}")

    def _list(
        self, name: str, default: Sequence[Any] | None, is_right: Callable[[Any], bool], wanted: str
    ) -> tuple[Any, ...]:
        value = self._content.get(name, default)
        if not isinstance(value, list | tuple) or not all(is_right(v) for v in value):
            self._note(name, wanted)
            return ()
        return tuple(value)

    def _note(self, name: str, wanted: str) -> None:
        self.found.append(_finding("field", self._path, field=f"{self._at}{name}", wanted=wanted))


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) <= LARGEST


def _finding(name: str, path: Path, **numbers: Json) -> Finding:
    return Finding(f"instance.{name}", place=Place(path.name), numbers={"file": path.name, **numbers})


def _placed(finding: Finding, place: Place) -> Finding:
    return Finding(finding.code, finding.severity, finding.subject, place, finding.numbers, finding.rule)


def _refused(found: Sequence[Finding]) -> InputError:
    return InputError("invalid_input", findings=found, num_errors=len(found))
