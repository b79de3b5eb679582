"""Which units contain anything that was generated: the present knows it of every place, a day looks at the states that held."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import apsw

from orgraph.store.sqlite.binding import bound_ids, fetch, value
from orgraph.store.sqlite.layout import Table
from orgraph.store.sqlite.lens import Lens
from orgraph.store.sqlite.tree import BEHIND

RANGES = (
    f"(SELECT s.id AS unit, s.path AS low, {BEHIND.format(path='s.path')} AS high"
    " FROM carray(:units) c CROSS JOIN place s ON s.id = c.value) u"
)
"""The ranges of paths below ``:units``."""

_INSIDE = (
    "EXISTS (SELECT 1 FROM place p INDEXED BY place_synthetic"
    " WHERE p.synthetic = 1 AND p.kind {kind} AND p.path >= u.low AND p.path < u.high)"
)
_KINDS = (
    f"SELECT k.value FROM {RANGES} CROSS JOIN carray(:numbers) k WHERE {_INSIDE.format(kind='= k.value')}"
)
_UNITS = f"SELECT u.unit FROM {RANGES} WHERE {_INSIDE.format(kind='IN (SELECT value FROM carray(:numbers))')}"


def generated_units(
    connection: apsw.Connection, root: int, units: Sequence[int], tables: Iterable[Table]
) -> set[int]:
    """Return which units, all inside ``root``, contain a present node of these kinds that was generated."""
    numbers = bound_ids(table.number for table in tables)
    kinds = [k for (k,) in fetch(connection, _KINDS, {"units": bound_ids([root]), "numbers": numbers})]
    if not kinds:
        return set()
    rows = fetch(connection, _UNITS, {"units": bound_ids(units), "numbers": bound_ids(kinds)})
    return {unit for (unit,) in rows}


def generated_on_day(connection: apsw.Connection, tables: Iterable[Table]) -> str:
    """Return the expression ``generated`` for the identifiers of nodes whose state on ``:day`` was generated; empty where no state ever was."""
    states = [state for table in tables for state in _states(connection, table)]
    return f"generated (id) AS ({' UNION ALL '.join(states)})" if states else ""


def units_of_generated_units(
    connection: apsw.Connection, lens: Lens, units: Sequence[int], tables: Iterable[Table]
) -> set[int]:
    """Return which units are or contain a generated unit on the day, if that matters: a short way, and it ends where one is found."""
    unit = lens.layout.tables["Unit"]
    generated = generated_on_day(connection, [table for table in tables if table == unit])
    if not generated:
        return set()
    inside = lens.downward("id", "SELECT c.value", "r.source", through=unit)
    query = (
        f"{lens.over(further=generated)} SELECT c.value FROM carray(:units) c"
        f" WHERE EXISTS (WITH RECURSIVE {inside} SELECT 1 FROM inside WHERE id IN generated)"
    )
    rows = fetch(connection, query, {**lens.bindings, "units": bound_ids(units)})
    return {found for (found,) in rows}


def _states(connection: apsw.Connection, table: Table) -> Iterator[str]:
    marked = "place p INDEXED BY place_synthetic"
    is_marked = f"p.synthetic = 1 AND p.kind = {table.number}"
    if value(connection, f"SELECT EXISTS (SELECT 1 FROM {marked} WHERE {is_marked})"):
        node = f"CROSS JOIN main.{table.name} n ON n.id = p.id"
        yield f"SELECT p.id FROM {marked} {node} WHERE {is_marked} AND n.valid_from <= :day"
    past = f"main.{table.past} INDEXED BY {table.past}_synthetic WHERE {table.synthetic}"
    if value(connection, f"SELECT EXISTS (SELECT 1 FROM {past})"):
        yield f"SELECT id FROM {past} AND valid_from <= :day AND valid_to > :day"
