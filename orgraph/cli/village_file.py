"""Codes and names of the new villages as a file that people edit: TOML or CSV, by seat."""

from __future__ import annotations

import csv
import io
import json
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path

from orgraph.cli.csv_rows import read_rows, read_text
from orgraph.cli.usage import UsageFault
from orgraph.errors import InputError
from orgraph.findings import Finding, Place
from orgraph.planning.restructuring import NewVillage

COLUMNS = ("seat", "code", "name")
SUFFIXES = (".toml", ".csv")


def require_form(path: Path) -> None:
    """Refuse a file that is neither TOML nor CSV by its name.

    Raises
    ------
    UsageFault
        As a wrong command line.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise UsageFault("village_file", path=path)


def villages_text(path: Path, villages: Iterable[NewVillage]) -> str:
    """Return the file for new villages in the form that its name asks for."""
    rows = [(village.seat, village.code, village.name) for village in villages]
    if path.suffix.lower() == ".csv":
        written = io.StringIO()
        csv.writer(written, lineterminator="\r\n").writerows([COLUMNS, *rows])
        return "\ufeff" + written.getvalue()
    tables = (
        f"[{_quoted(seat)}]\ncode = {_quoted(code)}\nname = {_quoted(name)}\n" for seat, code, name in rows
    )
    return "\n".join(tables)


def read_villages(path: Path) -> Mapping[str, NewVillage]:
    """Return the new villages of a file by their seats.

    Raises
    ------
    InputError
        With a finding per entry that lacks its code or name.
    """
    require_form(path)
    entries = _csv_entries(path) if path.suffix.lower() == ".csv" else _toml_entries(path)
    findings = [
        Finding(
            "cli.village_incomplete",
            subject=(seat,),
            place=Place(path.name, row),
            numbers={"seat": seat or "-"},
        )
        for seat, code, name, row in entries
        if not (seat and code and name)
    ]
    seats = [seat for seat, *_ in entries]
    findings += [
        Finding("cli.village_twice", subject=(seat,), place=Place(path.name), numbers={"seat": seat})
        for seat in dict.fromkeys(seats)
        if seats.count(seat) > 1
    ]
    if findings:
        raise InputError("invalid_input", findings=findings, num_errors=len(findings))
    return {seat: NewVillage(code, name, seat) for seat, code, name, _ in entries}


def _csv_entries(path: Path) -> list[tuple[str, str, str, int]]:
    rows = read_rows(path, COLUMNS, COLUMNS)
    return [(*(row.cells.get(c, "") for c in COLUMNS), row.number) for row in rows]  # type: ignore[misc]


def _toml_entries(path: Path) -> list[tuple[str, str, str, int]]:
    try:
        tables = tomllib.loads(read_text(path))
    except tomllib.TOMLDecodeError as error:
        finding = Finding(
            "exchange.config_unreadable",
            place=Place(path.name),
            numbers={"path": str(path), "reason": str(error)},
        )
        raise InputError("invalid_input", findings=[finding], num_errors=1) from None
    return [(seat, _word(table, "code"), _word(table, "name"), 0) for seat, table in tables.items()]


def _word(table: object, name: str) -> str:
    value = table.get(name) if isinstance(table, Mapping) else None
    return value.strip() if isinstance(value, str) else ""


def _quoted(value: str) -> str:
    """Return a text as a basic string of TOML, which JSON's strings are."""
    return json.dumps(value, ensure_ascii=False)
