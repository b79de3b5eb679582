"""Write tables as CSV that a spreadsheet opens rightly and that :func:`orgraph.exchange.read` reads back; and empty templates.

UTF-8 with a byte-order mark, commas, one header row. A file is written beside its place and moved there when it is complete.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from orgraph.errors import InputError
from orgraph.exchange.assembly import EDGE_KINDS
from orgraph.exchange.tables import ADJACENT, Table, tables
from orgraph.exchange.values import escape
from orgraph.graph import Node, NodeKey, OrgGraph, Value
from orgraph.messages import Lang, Text, text
from orgraph.schema import RELATIONSHIP_KINDS, Field, NodeKind, ValueType

_MAX_CHOICES = 8


def write_csv(graph: OrgGraph, kind: str, path: str | Path, *, lang: Lang | None = None) -> int:
    """Write all nodes of one kind, or all edges, and return how many rows.

    Parameters
    ----------
    kind
        Plural of a node kind (``units``), or ``edges``.
    lang
        Language of the header; field names by default. Values are written the same in every language.

    Raises
    ------
    InputError
        ``table_unknown`` for a kind that does not exist, ``file_not_written`` when the disk refuses.
    """
    table = _table(kind)
    rows = list(_node_rows(graph, table.kind) if table.kind else _edge_rows(graph))
    weights = _weights(rows, table)
    header = [_title(f, lang) for f in table.columns] + weights
    names = [f.name for f in table.columns] + weights
    _write(Path(path), [header, *([_cell(row.get(name)) for name in names] for row in rows)])
    return len(rows)


def template(kind: str, path: str | Path, *, lang: Lang = "zh") -> None:
    """Write an empty table: the header in the language asked for, and a row of notes that reading skips.

    Raises
    ------
    InputError
        As :func:`write_csv`.
    """
    table = _table(kind)
    notes = [_note(f).in_(lang) for f in table.columns]
    notes[0] = f"# {text('exchange.note.title').in_(lang)}: {notes[0]}"
    _write(Path(path), [[_title(f, lang) for f in table.columns], notes])


def _table(kind: str) -> Table:
    if kind not in tables():
        raise InputError("table_unknown", kind=kind, kinds=[*tables()])
    return tables()[kind]


def _node_rows(graph: OrgGraph, kind: NodeKind) -> Iterator[Mapping[str, Value]]:
    for node in graph.nodes(kind.name):
        row: dict[str, Value] = {"code": node.code, **node.properties}
        for column in kind.fields:
            if column.reference:
                row[column.name] = _reference(graph, node, column)
        yield row


def _reference(graph: OrgGraph, node: Node, column: Field) -> Value:
    """Return the codes that a reference column holds. A container that lies higher up counts, so that a required one is never empty."""
    ends = _ends(graph, node.key, column)
    if not ends and RELATIONSHIP_KINDS[column.reference].is_containment and column.is_required:
        ends = _container(graph, node.key, column.reference_kind)
    codes = tuple(key.code for key in ends)
    return codes if column.type is ValueType.CODES else next(iter(codes), None)


def _ends(graph: OrgGraph, key: NodeKey, column: Field) -> list[NodeKey]:
    drawn = graph.networkx
    if column.is_incoming:
        found = [s for s, _, kind in drawn.in_edges(key, keys=True) if kind == column.reference]
    else:
        found = [t for _, t, kind in drawn.out_edges(key, keys=True) if kind == column.reference]
    return sorted(k for k in found if not column.reference_kind or k.kind == column.reference_kind)


def _container(graph: OrgGraph, key: NodeKey, kind: str) -> list[NodeKey]:
    """Return the nearest container of a kind, climbing; a cycle ends the climb."""
    seen: set[NodeKey] = set()
    while key not in seen:
        seen.add(key)
        above = [
            t for _, t, k in graph.networkx.out_edges(key, keys=True) if RELATIONSHIP_KINDS[k].is_containment
        ]
        if not above:
            return []
        key = min(above)
        if key.kind == kind:
            return [key]
    return []


def _edge_rows(graph: OrgGraph) -> Iterator[Mapping[str, Value]]:
    for edge in graph.relationships(ADJACENT):
        if edge.source.kind in EDGE_KINDS:
            yield {"a": edge.source.code, "b": edge.target.code, **edge.properties}


def _weights(rows: Sequence[Mapping[str, Value]], table: Table) -> list[str]:
    declared = {f.name for f in table.columns}
    return (
        list(dict.fromkeys(n for row in rows for n in row if n not in declared))
        if table.has_open_weights
        else []
    )


def _title(column: Field, lang: Lang | None) -> str:
    return column.label.in_(lang) if lang else column.name


def _cell(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return escape(" ".join(value))
    return escape(value) if isinstance(value, str) else repr(value)


def _note(column: Field) -> Text:
    need = text("exchange.note.required" if column.is_required else "exchange.note.optional")
    choices = column.choices[:_MAX_CHOICES]
    kind = text(
        f"exchange.note.{column.type.value}",
        choices=Text("、".join(c.label.zh for c in choices), ", ".join(c.label.en for c in choices)),
    )
    unit = f", {column.unit}" if column.unit else ""
    return Text(f"{need.zh}；{kind.zh}", f"{need.en}; {kind.en}{unit}")


def _write(path: Path, rows: Iterable[Sequence[str]]) -> None:
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with beside.open("x", encoding="utf-8-sig", newline="") as file:
            csv.writer(file, lineterminator="\r\n").writerows(rows)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise InputError("file_not_written", file=str(path), reason=error.strerror or "") from error
