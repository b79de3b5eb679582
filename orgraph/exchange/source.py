"""From a path to rows of text: is it a file, is it text, in which encoding, with which delimiter. Nothing here knows a table."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from orgraph.findings import Finding, Json, Place

MAX_FILE_BYTES = 256 * 1024 * 1024
"""Larger files are refused: they are no lists of an area."""
MAX_CELL_CHARS = 4_000_000
"""Longest cell, for geometries inside tables."""
DELIMITERS = (",", "\t", ";")

_CHUNK = 1 << 16
_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0"
_MIN_UTF8_PROOF = 4
"""Text whose first part holds this many valid multi-byte characters is UTF-8, however broken the rest."""


class BrokenRowError(ValueError):
    """A row that cannot be cut into cells: quotes do not match, or a cell is too long. ``row`` counts from 1."""

    def __init__(self, row: int) -> None:
        self.row = row
        super().__init__(f"row {row}")


@dataclass(frozen=True, slots=True)
class TextFile:
    """A readable text file: where it is, what findings call it, how its bytes are decoded."""

    path: Path
    name: str
    encoding: str

    def rows(self, delimiter: str) -> Iterator[tuple[int, list[str]]]:
        """Yield (row number from 1, cells) of every row, blank rows left out but counted.

        Raises
        ------
        BrokenRowError
            Where quotes do not match, or a cell is too long.
        """
        csv.field_size_limit(MAX_CELL_CHARS)
        number = 0
        with self.path.open(encoding=self.encoding, newline="") as file:
            try:
                for number, cells in enumerate(csv.reader(file, delimiter=delimiter, strict=True), start=1):
                    if any(cell.strip() for cell in cells):
                        yield number, cells
            except csv.Error as error:
                raise BrokenRowError(number + 1) from error

    def text(self) -> str:
        """Return everything."""
        return self.path.read_text(encoding=self.encoding)


def open_text(path: Path, *, max_bytes: int = MAX_FILE_BYTES) -> TextFile | Finding:
    """Return the file ready to be read, or what keeps it from being read."""
    name = path.name or str(path)
    try:
        if problem := _kind_of_path(path, name, max_bytes):
            return problem
        with path.open("rb") as file:
            start = file.read(4096)
        if problem := _kind_of_bytes(start, name):
            return problem
        return _decide_encoding(path, name, start)
    except OSError as error:
        return _finding("file_unreadable", name, reason=error.strerror or "")
    except ValueError:
        return _finding("file_missing", name)


def _kind_of_path(path: Path, name: str, max_bytes: int) -> Finding | None:
    if path.is_dir():
        return _finding("file_is_folder", name)
    if not path.exists():
        return _finding("file_missing", name)
    if not path.is_file():
        return _finding("file_not_regular", name)
    size = path.stat().st_size
    if size == 0:
        return _finding("file_empty", name)
    if size > max_bytes:
        return _finding(
            "file_too_large", name, megabytes=round(size / 1e6), limit_megabytes=round(max_bytes / 1e6)
        )
    return None


def _kind_of_bytes(start: bytes, name: str) -> Finding | None:
    if start.startswith((_ZIP, _OLE)):
        return _finding("file_is_workbook", name)
    has_utf16_mark = start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    if b"\0" in start and not has_utf16_mark:
        return _finding("file_binary", name)
    return None


def _decide_encoding(path: Path, name: str, start: bytes) -> TextFile | Finding:
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        position, _ = _first_bad_byte(path, "utf-16")
        return TextFile(path, name, "utf-16") if position is None else _undecodable(name, position)
    bad_utf8, num_wide = _first_bad_byte(path, "utf-8")
    if bad_utf8 is None:
        return TextFile(path, name, "utf-8-sig")
    if num_wide >= _MIN_UTF8_PROOF or start.startswith(codecs.BOM_UTF8):
        return _undecodable(name, bad_utf8)
    bad_gb, _ = _first_bad_byte(path, "gb18030")
    return TextFile(path, name, "gb18030") if bad_gb is None else _undecodable(name, max(bad_utf8, bad_gb))


def _first_bad_byte(path: Path, encoding: str) -> tuple[int | None, int]:
    """Return the position of the first byte that does not decode, and how many wide characters came before it."""
    decoder = codecs.getincrementaldecoder(encoding)()
    done = num_wide = 0
    with path.open("rb") as file:
        while True:
            chunk = file.read(_CHUNK)
            pending = len(decoder.getstate()[0])
            try:
                decoded = decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                before = error.object[: error.start].decode(encoding, "ignore")
                return done - pending + error.start, num_wide + _num_wide(before)
            num_wide += _num_wide(decoded)
            done += len(chunk)
            if not chunk:
                return None, num_wide


def _num_wide(decoded: str) -> int:
    return 0 if decoded.isascii() else sum(c > "\x7f" and c != "\ufeff" for c in decoded)


def _undecodable(name: str, position: int) -> Finding:
    return _finding("file_undecodable", name, byte=position)


def _finding(code: str, name: str, **numbers: Json) -> Finding:
    return Finding(f"exchange.{code}", place=Place(name), numbers={"file": name, **numbers})
