"""Small tables that people fill in beside a scenario: UTF-8 or GB18030, a header, one row per village."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from orgraph.errors import InputError
from orgraph.findings import Finding, Place


@dataclass(frozen=True, slots=True)
class CsvRow:
    """One row: its number in the file, and its cells by header."""

    number: int
    cells: dict[str, str]


def read_rows(path: Path, needed: Sequence[str], known: Sequence[str]) -> list[CsvRow]:
    """Return the rows of a table that are not empty.

    Raises
    ------
    InputError
        When the file cannot be read, lacks a column that is needed, or has one that is not known.
    """
    reader = csv.reader(io.StringIO(read_text(path), newline=""))
    header = [cell.strip().lower() for cell in next(reader, [])]
    missing = [name for name in needed if name not in header]
    strange = [name for name in header if name not in known]
    findings = [
        Finding("cli.column_missing", place=Place(path.name, 1, n), numbers={"column": n}) for n in missing
    ]
    findings += [
        Finding(
            "cli.column_unknown", place=Place(path.name, 1, n), numbers={"column": n, "known": list(known)}
        )
        for n in strange
    ]
    if findings:
        raise InputError("invalid_input", findings=findings, num_errors=len(findings))
    rows = []
    for cells in reader:
        values = dict(zip(header, (cell.strip() for cell in cells), strict=False))
        if any(values.values()):
            rows.append(CsvRow(reader.line_num, values))
    return rows


def read_text(path: Path) -> str:
    """Return the text of a file.

    Raises
    ------
    InputError
        When there is no such file, or it is no text.
    """
    try:
        content = path.read_bytes()
    except OSError:
        raise _refused("config_missing", path) from None
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise _refused("config_encoding", path)


def _refused(name: str, path: Path) -> InputError:
    finding = Finding(f"exchange.{name}", place=Place(path.name), numbers={"path": str(path)})
    return InputError("invalid_input", findings=[finding], num_errors=1)
