"""Answers of villages from a table: all rows are read, and everything wrong with them is told at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from orgraph.cli.csv_rows import CsvRow, read_rows
from orgraph.errors import InputError
from orgraph.findings import Finding, Place
from orgraph.service.scenarios.consulting import Answer, Consent

NEEDED = ("code", "answer")
COLUMNS = (
    *NEEDED,
    "meeting",
    "notice_date",
    "meeting_date",
    "entitled",
    "attended",
    "votes_for",
    "reason",
    "name",
)
"""Columns of the table; ``name`` is for the reader alone."""
MEETINGS = ("villagers", "representatives", "residents")


@dataclass(frozen=True)
class ConsentTable:
    """What a table says, and the row of each village."""

    file: str
    consents: tuple[Consent, ...]
    row_by_unit: Mapping[str, int]

    def placed(self, error: InputError) -> InputError:
        """Return an error whose findings name the rows that they are about."""
        return type(error)(
            error.code, findings=[self._placed(f) for f in error.findings], **dict(error.details)
        )

    def _placed(self, finding: Finding) -> Finding:
        row = self.row_by_unit.get(finding.subject[0], 0) if finding.subject else 0
        return replace(finding, place=Place(self.file, row))


@dataclass
class _Reader:
    file: str
    findings: list[Finding] = field(default_factory=list)

    def consent(self, row: CsvRow) -> Consent:
        days = {name: self._day(row, name) for name in ("notice_date", "meeting_date")}
        numbers = {name: self._number(row, name) for name in ("entitled", "attended", "votes_for")}
        return Consent(
            row.cells.get("code", ""),
            Answer(self._one_of(row, "answer", tuple(Answer)) or Answer.PENDING),
            self._one_of(row, "meeting", MEETINGS),
            days["notice_date"],
            days["meeting_date"],
            numbers["entitled"],
            numbers["attended"],
            numbers["votes_for"],
            row.cells.get("reason", ""),
        )

    def _one_of(self, row: CsvRow, column: str, choices: Sequence[str]) -> str:
        value = row.cells.get(column, "")
        if value.lower() in choices:
            return value.lower()
        if value or column in NEEDED:
            self._note("cell_choice", row, column, value, choices=", ".join(choices))
        return ""

    def _day(self, row: CsvRow, column: str) -> date | None:
        value = row.cells.get(column, "")
        try:
            return date.fromisoformat(value) if value else None
        except ValueError:
            self._note("cell_day", row, column, value)
            return None

    def _number(self, row: CsvRow, column: str) -> int | None:
        value = row.cells.get(column, "")
        if value and not (value.isascii() and value.isdigit()):
            self._note("cell_number", row, column, value)
            return None
        return int(value) if value else None

    def _note(self, name: str, row: CsvRow, column: str, value: str, **more: str) -> None:
        place = Place(self.file, row.number, column)
        self.findings.append(
            Finding(
                f"cli.{name}",
                subject=(row.cells.get("code", ""),),
                place=place,
                numbers={"value": value, **more},
            )
        )


def read_consents(path: Path) -> ConsentTable:
    """Return the answers of a table.

    Raises
    ------
    InputError
        With a finding per cell that cannot be read.
    """
    rows = read_rows(path, NEEDED, COLUMNS)
    reader = _Reader(path.name)
    found = tuple(reader.consent(row) for row in rows)
    findings = reader.findings
    if not rows:
        findings = [Finding("cli.table_empty", place=Place(path.name))]
    if findings:
        raise InputError("invalid_input", findings=findings, num_errors=len(findings))
    return ConsentTable(path.name, found, {row.cells["code"]: row.number for row in rows})
