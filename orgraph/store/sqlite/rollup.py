"""Roll-ups, computed in SQLite: one grouped scan per node kind over the ranges of paths below the units."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import apsw

from orgraph.errors import NotFound
from orgraph.graph import NodeKey
from orgraph.schema import COVERAGE_MEASURES, CoverageMeasure
from orgraph.store.port import RollupRow
from orgraph.store.rollup_request import Request
from orgraph.store.sqlite.binding import bound_ids, fetch
from orgraph.store.sqlite.conditions import exists_sql
from orgraph.store.sqlite.generated import (
    RANGES,
    generated_on_day,
    generated_units,
    units_of_generated_units,
)
from orgraph.store.sqlite.layout import KIND_MASK, Table
from orgraph.store.sqlite.lens import Lens
from orgraph.store.sqlite.reading import id_of, nodes_by_id
from orgraph.store.sqlite.tree import BEHIND

__all__ = ["Request", "rollup"]


@dataclass
class _Sums:
    """What one unit adds up to."""

    counts: dict[str, int] = field(default_factory=dict)
    sums: dict[str, float] = field(default_factory=dict)
    coverage: dict[str, tuple[int, int]] = field(default_factory=dict)
    is_synthetic: bool = False


def rollup(connection: apsw.Connection, lens: Lens, request: Request) -> tuple[RollupRow, ...]:
    """Return one row per unit of the level inside the scope, by code, or one for the scope itself."""
    root, units = _units(connection, lens, request)
    found: defaultdict[int, _Sums] = defaultdict(_Sums)
    counted = request.counted
    concerned = [lens.layout.tables[kind] for kind in request.concerned]
    measures = [COVERAGE_MEASURES[name] for name in request.measures]
    summed = dict.fromkeys((*(k for k, _ in request.sums), *(m.kind for m in measures)))
    if lens.day is not None:
        _count_on_day(connection, lens, found, units, concerned)
    for kind in summed if lens.day is not None else dict.fromkeys((*counted, *summed)):
        fields = list(dict.fromkeys(name for k, name in request.sums if k == kind))
        _add_kind(connection, lens, kind, fields, [m for m in measures if m.kind == kind], found, units)
    if lens.day is None:
        for unit in generated_units(connection, root, units, concerned):
            found[unit].is_synthetic = True
    nodes = nodes_by_id(connection, lens, units)
    return tuple(
        RollupRow(
            nodes[unit],
            {kind: found[unit].counts.get(kind, 0) for kind in counted},
            {f"{k}.{name}": found[unit].sums.get(f"{k}.{name}", 0) for k, name in request.sums},
            {m.name: found[unit].coverage.get(m.name, (0, 0)) for m in measures},
            found[unit].is_synthetic,
        )
        for unit in units
    )


def _units(connection: apsw.Connection, lens: Lens, request: Request) -> tuple[int, list[int]]:
    """Return the scope and the units asked for."""
    root = id_of(connection, lens, NodeKey("Unit", request.scope))
    if root is None:
        raise NotFound("not_found", kind="Unit", code=request.scope)
    if request.level is None:
        return root, [root]
    unit = lens.layout.tables["Unit"]
    if lens.day is None:
        inside = (
            "inside (id) AS (SELECT p.id FROM place s JOIN place p ON p.kind = :kind AND p.path >= s.path"
        )
        inside += f" AND p.path < {BEHIND.format(path='s.path')} WHERE s.id = :root)"
    else:
        inside = lens.subtree()
    rows = fetch(
        connection,
        f"{lens.over(unit, relationships=True, further=inside)} SELECT u.id FROM inside i JOIN {unit.name} u"
        " ON u.id = i.id WHERE u.p_level = :level ORDER BY u.code",
        {**lens.bindings, "root": root, "level": request.level, "kind": unit.number},
    )
    return root, [i for (i,) in rows]


def _count_on_day(
    connection: apsw.Connection,
    lens: Lens,
    found: defaultdict[int, _Sums],
    units: Sequence[int],
    concerned: Sequence[Table],
) -> None:
    """Count the nodes of every kind at once: on a day, what lies inside a unit takes longer to find than to count."""
    flagged = units_of_generated_units(connection, lens, units, concerned)
    generated = generated_on_day(connection, concerned) if flagged < set(units) else ""
    inside = lens.downward("unit, id", "SELECT value, value FROM carray(:units)", "i.unit, r.source")
    head = lens.over(further=f"{inside}, {generated}" if generated else inside)
    flag = "max(id IN generated)" if generated else "0"
    query = f"{head} SELECT unit, id & {KIND_MASK}, count(*), {flag} FROM inside GROUP BY 1, 2"
    for unit, number, num, is_generated in fetch(
        connection, query, {**lens.bindings, "units": bound_ids(units)}
    ):
        if unit:
            found[unit].counts[lens.layout.table_by_number[number].kind.name] = num
            found[unit].is_synthetic |= unit in flagged or bool(is_generated)


def _add_kind(
    connection: apsw.Connection,
    lens: Lens,
    kind: str,
    fields: Sequence[str],
    measures: Sequence[CoverageMeasure],
    found: defaultdict[int, _Sums],
    units: Sequence[int],
) -> None:
    """Add what one kind contributes to every unit."""
    table = lens.layout.tables[kind]
    columns = ["count(*)", *(f"sum(n.{table.column(name)})" for name in fields)]
    for measure in measures:
        columns += _coverage_columns(lens, table, measure)
    needs_node = bool(fields) or any(m.where for m in measures)
    head, source = _source(lens, table, needs_node)
    bindings = {**lens.bindings, "units": bound_ids(units), "number": table.number}
    if not units:
        return
    for unit, num, *values in fetch(
        connection, f"{head} SELECT unit, {', '.join(columns)} FROM {source} GROUP BY unit", bindings
    ):
        sums = found[unit]
        sums.counts[kind] = num
        sums.sums |= {f"{kind}.{name}": v or 0 for name, v in zip(fields, values, strict=False)}
        pairs = values[len(fields) :]
        for i, measure in enumerate(measures):
            sums.coverage[measure.name] = (pairs[2 * i], pairs[2 * i + 1])


def _coverage_columns(lens: Lens, table: Table, measure: CoverageMeasure) -> Iterable[str]:
    covered = exists_sql(lens.layout, "p.id", measure.direction, measure.relationship, measure.other_kind)
    if measure.where is None:
        return f"sum({covered})", "count(*)"
    name, values = measure.where
    listed = ", ".join(f"'{v}'" for v in values if v.isidentifier())
    counted = f"coalesce(n.{table.column(name)} IN ({listed}), 0)"
    return f"sum({counted} AND {covered})", f"sum({counted})"


def _source(lens: Lens, table: Table, needs_node: bool) -> tuple[str, str]:
    """Return the head of the query, and FROM: rows (unit, p.id) with their node ``n`` where it is needed."""
    node = f" CROSS JOIN {table.name} n ON n.id = p.id" if needs_node else ""
    if lens.day is None:
        inside = "p.kind = :number AND p.path >= u.low AND p.path < u.high"
        return "", f"{RANGES} CROSS JOIN place p INDEXED BY place_path ON {inside}{node}"
    inside = lens.downward("unit, id", "SELECT value, value FROM carray(:units)", "i.unit, r.source")
    head = lens.over(table, relationships=True, further=inside)
    return head, f"(SELECT unit, id FROM inside WHERE id & {KIND_MASK} = :number) p{node}"
