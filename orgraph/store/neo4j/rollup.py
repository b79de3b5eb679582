"""Roll-ups, computed on the server: one statement for all units and all that is asked (:mod:`orgraph.store.neo4j.rollup_queries`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import fsum
from typing import cast

from orgraph.errors import NotFound
from orgraph.graph import Node
from orgraph.schema import NODE_KINDS
from orgraph.store.neo4j.connections import Cell, Reader, Row
from orgraph.store.neo4j.layout import LABELS, Stored
from orgraph.store.neo4j.lens import Lens, identity_query
from orgraph.store.neo4j.rollup_queries import SCOPED_ROOT, Parts, totals_query, units_query
from orgraph.store.neo4j.scopes import kind_of
from orgraph.store.port import RollupRow
from orgraph.store.rollup_request import Request

__all__ = ["Request", "rollup"]

_COUNTY = "county"


async def rollup(reader: Reader, day: int | None, request: Request) -> tuple[RollupRow, ...]:
    """Return one row per unit of the level inside the scope, by code, or one for the scope itself.

    Raises
    ------
    NotFound
        When there is no such unit (on the day).
    """
    lens = Lens(day)
    units, scopes = await _units(reader, lens, request)
    parts = Parts.of(request)
    given = {"units": list(units), "scopes": scopes, **parts.bindings, **lens.bindings}
    rows = await reader.gathered(totals_query(lens, parts), **given) if units else []
    columns = _Columns((*parts.containers, *parts.by_degree(lens)), parts.grouped(lens))
    found = {cast(int, unit): _read(columns, parts, values) for unit, *values in rows}
    return tuple(_row(node, request, found[unit]) for unit, node in units.items())


async def _units(reader: Reader, lens: Lens, request: Request) -> tuple[dict[int, Node], list[Cell]]:
    """Return the units asked for by identity, in the order of their codes, and every scope that something below the root is in."""
    query = SCOPED_ROOT if lens.day is None else identity_query(lens, "Unit")
    roots = await reader.rows(query, code=request.scope, county=_COUNTY, **lens.bindings)
    if not roots:
        raise NotFound("not_found", kind="Unit", code=request.scope)
    root, state, *scopes = roots[0]
    below = cast("list[Cell]", scopes[0]) if scopes else []
    rows: list[Row] = [[root, state]]
    if request.level is not None:
        listed = units_query(lens)
        rows = await reader.gathered(listed, root=root, level=request.level, scopes=below, **lens.bindings)
    unit = LABELS["Unit"]
    nodes = {cast(int, i): unit.node(cast("dict[str, Stored]", p)) for i, p in rows}
    return nodes, below


@dataclass(frozen=True)
class _Columns:
    """The kinds that have a column each, and those that share one, in the order of the row: the same for every unit."""

    single: tuple[str, ...]
    grouped: tuple[str, ...]


@dataclass
class _Totals:
    """What one unit adds up to."""

    counts: dict[str, int]
    sums: dict[str, float]
    coverage: dict[str, tuple[int, int]]


def _read(columns: _Columns, parts: Parts, values: Row) -> _Totals:
    """Return what the columns of one unit say."""
    totals = _Totals({}, {}, {})
    given = iter(values)
    for kind in columns.single:
        totals.counts[kind] = cast(int, next(given))
    if columns.grouped:
        totals.counts |= _read_grouped(columns.grouped, cast("list[tuple[Cell, int]]", next(given)))
    for kind in parts.fields:
        _read_kind(parts, kind, cast("list[Cell]", next(given)), totals)
    return totals


def _read_grouped(kinds: Sequence[str], pairs: Iterable[tuple[Cell, int]]) -> dict[str, int]:
    """Return how many nodes of these kinds the pairs of labels and number tell; nodes that ended have other labels."""
    counts = dict.fromkeys(kinds, 0)
    for labels, num in pairs:
        kind = kind_of(labels)
        if kind in counts:
            counts[kind] += num
    return counts


def _read_kind(parts: Parts, kind: str, values: Sequence[Cell], totals: _Totals) -> None:
    """Read the column of one kind that was looked at: its number, its sums, and pairs of numbers for its measures."""
    num, *rest = values
    totals.counts[kind] = cast(int, num)
    fields, measures = parts.fields[kind], parts.by_kind[kind]
    totals.sums |= {f"{kind}.{name}": _sum(value) for name, value in zip(fields, rest, strict=False)}
    pairs = cast("list[int]", rest[len(fields) :])
    for measure, *pair in zip(measures, pairs[::2], pairs[1::2], strict=True):
        totals.coverage[measure.name] = (pair[0], pair[1])


def _sum(value: Cell) -> float:
    """Return the sum that came, or that of the values that came: fractions are added up without rounding on the way."""
    if not isinstance(value, list):
        return cast("int | float", value)
    numbers = cast("list[int | float]", value)
    return (fsum(numbers) if any(isinstance(n, float) for n in numbers) else sum(numbers)) or 0


def _row(unit: Node, request: Request, totals: _Totals) -> RollupRow:
    """Return what was asked for, in the order in which it was."""
    counted: Mapping[str, object] = dict.fromkeys(request.kinds or NODE_KINDS)
    return RollupRow(
        unit,
        {kind: totals.counts.get(kind, 0) for kind in counted},
        {f"{k}.{name}": totals.sums[f"{k}.{name}"] for k, name in request.sums},
        {name: totals.coverage[name] for name in request.measures},
    )
