"""Files in, graph out: one call reads all files together and returns everything that was found."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TypeAlias

from orgraph.errors import InputError
from orgraph.exchange.adjacency import DEFAULT_TOLERANCE_M
from orgraph.exchange.assembly import Assembly, OutsideReference
from orgraph.exchange.edges import add_edges, judge_connection
from orgraph.exchange.geojson import Areas, read_geojson
from orgraph.exchange.header import SEARCHED_ROWS, Header, Rows, find_header
from orgraph.exchange.mapping import add_areas, add_points, derive_edges, judge_faults
from orgraph.exchange.rows import Sheet, read_rows
from orgraph.exchange.source import DELIMITERS, BrokenRowError, TextFile, open_text
from orgraph.exchange.tables import EDGES, GEOMETRY, tables
from orgraph.exchange.wording import plain, tables_by_file_name
from orgraph.findings import Finding, Json, Place, Severity, has_errors
from orgraph.graph import OrgGraph, Value

GEOJSON_ENDINGS = frozenset({".geojson", ".json"})


@dataclass(frozen=True, slots=True)
class Source:
    """A file, and the kind of table it holds where the caller knows (the plural of a node kind, ``edges`` or ``geometry``)."""

    path: Path
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class ReadResult:
    """What files hold. ``graph`` is ``None`` exactly when a finding is an error.

    ``outside`` lists references to nodes that are in none of the files: only with ``is_partial``, for a store to look up.
    """

    graph: OrgGraph | None
    findings: tuple[Finding, ...]
    outside: tuple[OutsideReference, ...] = ()


PathLike: TypeAlias = "str | Path | Source"


def read(
    paths: Iterable[PathLike],
    *,
    kind: str | None = None,
    is_partial: bool = False,
    tolerance_m: float = DEFAULT_TOLERANCE_M,
) -> ReadResult:
    """Read CSV and GeoJSON files as one graph.

    Parameters
    ----------
    paths
        Files, in any order. What each holds is told by its :class:`Source`, else ``kind``, its name, or its header.
    kind
        Kind of every table file that does not tell its own; never overrides a GeoJSON file.
    is_partial
        The files are a part of something larger, such as a store: references to nodes elsewhere are kept and listed, not refused.
    tolerance_m
        Snapping tolerance in metres when adjacency is derived from polygons, which happens when there are polygons and no edges.

    Returns
    -------
    ReadResult
        With all findings of all files, errors first by file and row.
    """
    sheets: list[Sheet] = []
    areas: list[Areas] = []
    findings: list[Finding] = []
    for source in (_source(p, kind) for p in paths):
        loaded = _load(source)
        if isinstance(loaded, Sheet):
            sheets.append(loaded)
        elif isinstance(loaded, Areas):
            areas.append(loaded)
        else:
            findings.append(loaded)
    is_complete = not findings and all(sheet.is_whole for sheet in sheets)
    findings += [f for sheet in sheets for f in sheet.findings] + [f for a in areas for f in a.findings]
    assembly = Assembly(is_partial or not is_complete)
    provenance = _assemble(assembly, sheets, areas, tolerance_m, is_sound=not has_errors(findings))
    ordered = tuple(sorted((*findings, *assembly.findings), key=_order))
    graph = None if has_errors(ordered) else assembly.graph(provenance)
    return ReadResult(graph, ordered, tuple(assembly.outside))


def read_graph(paths: Iterable[PathLike], *, kind: str | None = None) -> OrgGraph:
    """Read files as one graph, or refuse.

    Raises
    ------
    InputError
        ``invalid_input`` with every finding, when one of them is an error.
    """
    result = read(paths, kind=kind)
    if result.graph is None:
        num_errors = sum(f.is_error for f in result.findings)
        raise InputError("invalid_input", findings=result.findings, num_errors=num_errors)
    return result.graph


def _source(path: PathLike, kind: str | None) -> Source:
    if isinstance(path, Source):
        return path if path.kind else Source(path.path, kind)
    return Source(Path(path), kind)


def _load(source: Source) -> Sheet | Areas | Finding:
    file = open_text(source.path)
    if isinstance(file, Finding):
        return file
    if source.kind == GEOMETRY or source.path.suffix.casefold() in GEOJSON_ENDINGS:
        return read_geojson(file)
    return _load_table(file, source)


def _load_table(file: TextFile, source: Source) -> Sheet | Finding:
    names = _possible_tables(source)
    if not names:
        return _finding(file, "kind_unknown", {"kind": source.kind or "", "kinds": _all_kinds()})
    try:
        return _read_table(file, names)
    except BrokenRowError as error:
        return Finding(
            "exchange.csv_broken",
            place=Place(file.name, error.row),
            numbers={"file": file.name, "row": error.row},
        )


def _possible_tables(source: Source) -> Sequence[str]:
    """Return the tables that a file may hold: the one it is said to hold, else those its name means, else all."""
    if source.kind:
        word = plain(source.kind)
        named = [
            n
            for n, t in tables().items()
            if word in {plain(w) for w in (n, t.label.zh, t.label.en, *t.aliases)}
        ]
        return named[:1]
    return tables_by_file_name(source.path.stem) or tuple(tables())


def _read_table(file: TextFile, names: Sequence[str]) -> Sheet | Finding:
    found = [
        (delimiter, h) for delimiter in DELIMITERS for h in find_header(_first_rows(file, delimiter), names)
    ]
    if not found:
        required = [f.name for f in tables()[names[0]].required] if len(names) == 1 else ["code", "name"]
        about: dict[str, Json] = {
            "kind": names[0] if len(names) == 1 else "",
            "required": ", ".join(required),
        }
        return _finding(file, "header_not_found", about)
    most = max(len(h.fields) for _, h in found)
    best = [(delimiter, h) for delimiter, h in found if len(h.fields) == most]
    if len({h.table.name for _, h in best}) > 1:
        return _finding(file, "kind_ambiguous", {"kinds": [h.table.name for _, h in best]}, best[0][1])
    delimiter, header = best[0]
    return read_rows(file.name, header, file.rows(delimiter))


def _first_rows(file: TextFile, delimiter: str) -> Rows:
    try:
        return list(islice(file.rows(delimiter), SEARCHED_ROWS))
    except BrokenRowError:
        if delimiter == DELIMITERS[0]:
            raise
        return []


def _finding(file: TextFile, code: str, numbers: dict[str, Json], header: Header | None = None) -> Finding:
    row = header.row if header else 0
    return Finding(f"exchange.{code}", place=Place(file.name, row), numbers={"file": file.name, **numbers})


def _all_kinds() -> list[Json]:
    return [*tables(), GEOMETRY]


def _assemble(
    assembly: Assembly, sheets: Sequence[Sheet], areas: Sequence[Areas], tolerance_m: float, *, is_sound: bool
) -> dict[str, Value]:
    """Put everything together and return the provenance; polygons are only laid out when every file could be read."""
    assembly.add_nodes(sheets)
    assembly.add_references(sheets)
    add_edges(assembly, sheets)
    drawn = add_areas(assembly, areas)
    provenance: dict[str, Value] = {"files": tuple([s.name for s in sheets] + [a.name for a in areas])}
    if is_sound and drawn:
        judge_faults(assembly, drawn)
        add_points(assembly, drawn)
        if not any(s.header.table.name == EDGES for s in sheets):
            derive_edges(assembly, drawn, tolerance_m)
            provenance |= {"adjacency": "derived", "tolerance_m": tolerance_m}
    if is_sound:
        judge_connection(assembly)
    if any(values.get("is_synthetic") is True for values in assembly.nodes.values()):
        provenance["is_synthetic"] = True
    return provenance


def _order(finding: Finding) -> tuple[bool, str, int, str]:
    place = finding.place or Place()
    return (finding.severity is Severity.WARNING, place.file, place.row, place.column)
