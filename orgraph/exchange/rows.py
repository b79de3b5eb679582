"""Read the rows below a header into records: values by field, references by field, what other columns hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from orgraph.exchange.header import Header
from orgraph.exchange.privacy import cell_problem, header_problem
from orgraph.exchange.values import Problem, parse, parse_number, shown
from orgraph.exchange.wording import other_unit, plain
from orgraph.findings import Finding, Json, Place, Severity
from orgraph.graph import Value, node_findings
from orgraph.schema import Field, ValueType

_NOTHING: Mapping[str, Json] = {}
MAX_ROWS = 500_000
"""Per file: more than any county has households; half a million rows take about 1.5 GB of memory."""
MAX_FINDINGS = 2_000
"""Per file. What is wrong everywhere is said often enough by then."""

_SHORTEST_PERSONAL = 11
_TOTALS = frozenset(
    {"合计", "总计", "小计", "共计", "累计", "total", "totals", "sum", "grandtotal", "subtotal"}
)
_NOTES = ("说明", "注:", "注：", "备注:", "备注：", "填表", "note:", "notes:")
_CODE_ENDINGS = ("code", "代码", "编码", "编号")
_NUMBERING = frozenset({"序号", "编次", "no", "no.", "#", "行号"})


@dataclass(slots=True)
class Record:
    """One row: where it stands, its code (empty for edges), its values, references and other cells."""

    place: Place
    code: str = ""
    values: dict[str, Value] = field(default_factory=dict)
    references: list[tuple[Field, tuple[str, ...]]] = field(default_factory=list)
    others: dict[int, str] | None = None


@dataclass
class Sheet:
    """All records of one file, its header, and everything found."""

    name: str
    header: Header
    records: list[Record] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    is_whole: bool = True
    """Whether every row has been read: not when the header is wrong or too much was found."""

    def add(
        self,
        code: str,
        row: int = 0,
        column: str = "",
        numbers: Mapping[str, Json] = _NOTHING,
        *,
        warn: bool = False,
    ) -> None:
        """Add a finding about this file."""
        severity = Severity.WARNING if warn else Severity.ERROR
        about: dict[str, Json] = {"file": self.name, "row": row, "column": column, **numbers}
        self.findings.append(Finding(f"exchange.{code}", severity, (), Place(self.name, row, column), about))


def read_rows(name: str, header: Header, rows: Iterable[tuple[int, Sequence[str]]]) -> Sheet:
    """Return the records of all rows after the header, with every finding (at most :data:`MAX_FINDINGS`)."""
    sheet = Sheet(name, header)
    _judge_header(sheet)
    if any(f.is_error for f in sheet.findings):
        sheet.is_whole = False
        return sheet
    for number, cells in rows:
        if number > header.row and not _is_skipped(sheet, number, cells):
            _read_row(sheet, number, cells)
        if len(sheet.records) > MAX_ROWS:
            sheet.add("too_many_rows", number, numbers={"limit": MAX_ROWS})
            sheet.is_whole = False
            break
        if len(sheet.findings) >= MAX_FINDINGS:
            sheet.add("too_many_findings", number, numbers={"limit": MAX_FINDINGS})
            sheet.is_whole = False
            break
    if not sheet.records and not any(f.is_error for f in sheet.findings):
        sheet.add("no_rows", header.row, warn=True)
    _judge_other_columns(sheet)
    return sheet


def _judge_header(sheet: Sheet) -> None:
    header = sheet.header
    if header.num_skipped:
        sheet.add("rows_before_header", header.row, numbers={"num_rows": header.num_skipped}, warn=True)
    for column in header.missing:
        label: dict[str, Json] = dict(column.label.to_json())
        sheet.add("column_missing", header.row, numbers={"name": column.name, "label": label})
    for column in header.repeated:
        sheet.add("column_twice", header.row, header.title(column), {"name": column.name})
    for position, column in header.fields.items():
        if unit := other_unit(header.cells[position], column):
            about: dict[str, Json] = {"name": column.name, "unit": unit}
            sheet.add("column_unit", header.row, header.cells[position].strip(), about)
    for title in header.others.values():
        if problem := header_problem(title):
            sheet.add(problem, header.row, title.strip())


def _is_skipped(sheet: Sheet, number: int, cells: Sequence[str]) -> bool:
    """Return whether a row is no data: a note, a total, the header once more. A row with a code of its own is data."""
    filled = [c.strip() for c in cells if c.strip()]
    first, key = filled[0], _key_cell(sheet.header, cells)
    if first.startswith(("# ", "＃ ")):
        return True
    if key and [plain(c) for c in cells] == [plain(c) for c in sheet.header.cells]:
        sheet.add("row_is_header", number, warn=True)
        return True
    if _is_note(sheet, number, cells, key) or (
        (not key or key == first) and first.casefold().startswith(_NOTES)
    ):
        sheet.add("row_is_note", number, numbers={"value": shown(first)}, warn=True)
        return True
    if (not key or plain(key) in _TOTALS) and any(plain(c) in _TOTALS for c in filled[:3]):
        sheet.add("row_is_total", number, numbers={"value": shown(first)}, warn=True)
        return True
    return False


def _key_cell(header: Header, cells: Sequence[str]) -> str:
    """Return what stands in the column of the code (of the first end, for edges)."""
    position = header.key_position
    return cells[position].strip() if position < len(cells) else ""


def _is_note(sheet: Sheet, number: int, cells: Sequence[str], key: str) -> bool:
    """Right below the header, without a digit in its code: two or more filled cells of typed columns, none of which can be read."""
    if number != sheet.header.row + 1 or any(c.isdigit() for c in key):
        return False
    typed = [(f, cells[i]) for i, f in sheet.header.fields.items() if i < len(cells) and cells[i].strip()]
    judged = [
        isinstance(parse(f, c), Problem) for f, c in typed if f.type.value not in ("text", "code", "codes")
    ]
    return len(judged) > 1 and all(judged)


def _read_row(sheet: Sheet, number: int, cells: Sequence[str]) -> None:
    before = len(sheet.findings)
    record = Record(Place(sheet.name, number))
    if any(c.strip() for c in cells[len(sheet.header.cells) :]):
        widths: dict[str, Json] = {"num_cells": len(cells), "num_columns": len(sheet.header.cells)}
        sheet.add("row_too_long", number, numbers=widths)
    for position, column in sheet.header.fields.items():
        _read_cell(sheet, record, column, cells[position] if position < len(cells) else "")
    for position in sheet.header.others:
        if position < len(cells) and (other := cells[position].strip()):
            record.others = {**(record.others or {}), position: other}
            if problem := cell_problem(other):
                sheet.add(problem, number, sheet.header.others[position])
    if len(sheet.findings) == before:
        sheet.findings.extend(_conformity(sheet, record))
    sheet.records.append(record)


def _read_cell(sheet: Sheet, record: Record, column: Field, written: str) -> None:
    value = parse(column, written)
    if refused := _refused(column, written, value):
        sheet.add(refused, record.place.row, sheet.header.title(column))
    elif isinstance(value, Problem):
        sheet.add(value.code, record.place.row, sheet.header.title(column), value.numbers)
    elif value is None or value == ():
        if column.is_required:
            sheet.add("value_missing", record.place.row, sheet.header.title(column))
    elif column.is_key:
        record.code = str(value)
    elif column.reference:
        record.references.append((column, value if isinstance(value, tuple) else (str(value),)))
    else:
        record.values[column.name] = value


def _refused(column: Field, written: str, value: Value | Problem) -> str:
    """Return why a cell must not even be repeated in a message: it identifies a person. Codes may look like telephone numbers."""
    if len(written) < _SHORTEST_PERSONAL or column.type in (ValueType.GEOMETRY, ValueType.JSON):
        return ""
    problem = cell_problem(written)
    return problem if problem == "id_cell" or isinstance(value, Problem) else ""


def _conformity(sheet: Sheet, record: Record) -> Iterator[Finding]:
    """Yield what the schema says against the whole row, with the column's own title."""
    kind = sheet.header.table.kind
    if kind is None:
        return
    titles = {f.name: f for f in sheet.header.fields.values()}
    for finding in node_findings(kind.name, record.code, record.values, place=record.place):
        column = titles.get(str(finding.numbers.get("field")))
        title = sheet.header.title(column) if column else ""
        yield replace(finding, place=replace(record.place, column=title))


def _judge_other_columns(sheet: Sheet) -> None:
    """Turn further numeric columns into weights where the kind allows them; name the rest, which is ignored."""
    for position, title in sheet.header.others.items():
        if plain(title) in _NUMBERING:
            continue
        filled = [(r, r.others[position]) for r in sheet.records if r.others and position in r.others]
        bad = next(((r, cell) for r, cell in filled if not _is_weight(cell)), None)
        is_code = plain(title).endswith(_CODE_ENDINGS)
        if sheet.header.table.has_open_weights and filled and bad is None and not is_code:
            for record, cell in filled:
                number = parse_number(cell)
                if number is not None:
                    record.values[title] = (
                        int(number) if number == number.to_integral_value() else float(number)
                    )
        else:
            sheet.add("column_ignored", sheet.header.row, title, warn=True)
    for record in sheet.records:
        record.others = None


def _is_weight(cell: str) -> bool:
    """Return whether a cell is a number; digits with a leading zero are a code."""
    number = parse_number(cell)
    return number is not None and abs(number) < 10**15 and not (cell[:1] == "0" and cell[1:2].isdigit())
