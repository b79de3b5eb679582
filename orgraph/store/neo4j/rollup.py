"""Roll-ups, computed on the server: one statement for all units and all that is asked (:mod:`orgraph.store.neo4j.rollup_queries`)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import fsum
from typing import cast

from orgraph.errors import NotFound
from orgraph.graph import Node
from orgraph.store.neo4j.connections import Cell, Reader, Row
from orgraph.store.neo4j.generated import PARTS
from orgraph.store.neo4j.layout import LABELS, Stored
from orgraph.store.neo4j.lens import Lens
from orgraph.store.neo4j.rollup_queries import Parts, root_query, totals_query, units_query
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
    root = await _root(reader, lens, request)
    units = await _units(reader, lens, request.level, root)
    parts = Parts.of(request)
    where = {"scopes": root.scopes, "parts": await _parts(reader, root)}
    given = {"units": list(units), **where, **parts.bindings, **lens.bindings}
    query = totals_query(lens, parts, root.generated)
    rows = await reader.gathered(query, **given) if units else []
    columns = _Columns((*parts.containers, *parts.by_degree(lens)), parts.grouped(lens))
    found = {cast(int, unit): _read(columns, parts, values) for unit, *values in rows}
    return tuple(_row(node, request, found[unit]) for unit, node in units.items())


@dataclass(frozen=True)
class _Root:
    """The unit asked for: ``scopes`` are those that something below it is in, ``generated`` the kinds with generated nodes in them."""

    identity: Cell
    state: dict[str, Cell]
    scopes: list[Cell]
    generated: list[str]


async def _root(reader: Reader, lens: Lens, request: Request) -> _Root:
    given = {"code": request.scope, "county": _COUNTY, "kinds": request.concerned, **lens.bindings}
    roots = await reader.rows(root_query(lens), **given)
    if not roots:
        raise NotFound("not_found", kind="Unit", code=request.scope)
    identity, state, scopes, generated = roots[0]
    known = cast("dict[str, Cell]", state)
    return _Root(identity, known, cast("list[Cell]", scopes), cast("list[str]", generated))


async def _parts(reader: Reader, root: _Root) -> list[Cell]:
    """Return the parts below the root that can hold what was generated."""
    if not (root.generated and root.scopes):
        return []
    part = root.state["_part"]
    if part and len(root.scopes) == 1:
        return [part]
    return cast("list[Cell]", await reader.value(PARTS, scopes=root.scopes, generated=root.generated))


async def _units(reader: Reader, lens: Lens, level: str | None, root: _Root) -> dict[int, Node]:
    """Return the units asked for by identity, in the order of their codes."""
    rows: list[Row] = [[root.identity, root.state]]
    if level is not None:
        given = {"root": root.identity, "level": level, "scopes": root.scopes, **lens.bindings}
        rows = await reader.gathered(units_query(lens), **given)
    unit = LABELS["Unit"]
    return {cast(int, i): unit.node(cast("dict[str, Stored]", p)) for i, p in rows}


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
    is_synthetic: bool


def _read(columns: _Columns, parts: Parts, values: Row) -> _Totals:
    """Return what the columns of one unit say."""
    given = iter(values)
    totals = _Totals({}, {}, {}, is_synthetic=bool(next(given)))
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
    return RollupRow(
        unit,
        {kind: totals.counts.get(kind, 0) for kind in request.counted},
        {f"{k}.{name}": totals.sums[f"{k}.{name}"] for k, name in request.sums},
        {name: totals.coverage[name] for name in request.measures},
        totals.is_synthetic,
    )
