"""Search: bigrams for substrings and pinyin initials, the index of codes for prefixes of a code."""

from __future__ import annotations

from collections.abc import Sequence

import apsw

from orgraph.errors import NotFound
from orgraph.graph import Node, NodeKey
from orgraph.store.bigrams import SEPARATOR, words
from orgraph.store.queries import searched
from orgraph.store.sqlite.binding import fetch
from orgraph.store.sqlite.layout import KIND_MASK, Table
from orgraph.store.sqlite.lens import Lens
from orgraph.store.sqlite.reading import id_of, nodes_by_id
from orgraph.store.sqlite.tree import BEHIND

_AFTER_ALL = "\U0010ffff"


def search(
    connection: apsw.Connection, lens: Lens, text: str, kinds: Sequence[str], within: str | None, limit: int
) -> tuple[Node, ...]:
    """Return what matches: wholly, then by prefix, then anywhere; inside, by pinyin key, code and kind."""
    tables = [lens.layout.tables[k] for k in kinds] or list(lens.layout.tables.values())
    looked_for = searched(text)
    bindings = {
        "text": looked_for,
        "behind": looked_for + _AFTER_ALL,
        "grams": f'"{words(looked_for)}"',
        "whole": f"{SEPARATOR}{looked_for}{SEPARATOR}",
        "start": f"{SEPARATOR}{looked_for}",
        "limit": limit,
        **_unit_bindings(connection, lens, within),
    }
    numbers = ", ".join(str(t.number) for t in tables)
    matches = " UNION ALL ".join([_by_text(numbers), *(_by_code(t) for t in tables)])
    inside = "" if within is None else "JOIN place p ON p.id = m.id AND p.path >= :low AND p.path < :high"
    rows = fetch(
        connection,
        f"SELECT m.id FROM ({matches}) m {inside} GROUP BY m.id ORDER BY min(m.rank), min(m.sort_key), min(m.code),"
        f" {_by_kind(tables)} LIMIT :limit",
        bindings,
    )
    nodes = nodes_by_id(connection, lens, (i for (i,) in rows))
    return tuple(nodes[i] for (i,) in rows)


def _unit_bindings(connection: apsw.Connection, lens: Lens, within: str | None) -> dict[str, bytes]:
    if within is None:
        return {}
    unit = id_of(connection, lens, NodeKey("Unit", within))
    if unit is None:
        raise NotFound("not_found", kind="Unit", code=within)
    low, high = fetch(
        connection, f"SELECT path, {BEHIND.format(path='path')} FROM place WHERE id = ?", (unit,)
    )[0]
    return {"low": low, "high": high}


def _by_text(numbers: str) -> str:
    rank = "CASE WHEN instr(t.folded, :whole) THEN 0 WHEN instr(t.folded, :start) THEN 1 ELSE 2 END"
    return (
        f"SELECT t.id AS id, {rank} AS rank, t.sort_key AS sort_key, t.code AS code FROM search_gram g"
        f" JOIN search_text t ON t.id = g.rowid WHERE g.grams MATCH :grams AND t.id & {KIND_MASK} IN ({numbers})"
    )


def _by_kind(tables: Sequence[Table]) -> str:
    """Return the sort term for the name of a kind: numbers of kinds differ between files."""
    names = sorted(tables, key=lambda table: table.kind.name)
    whens = " ".join(f"WHEN {table.number} THEN {place}" for place, table in enumerate(names))
    return f"CASE m.id & {KIND_MASK} {whens} END"


def _by_code(table: Table) -> str:
    has_name = any(f.name == "name" for f in table.keyed)
    key = "coalesce(n.k_name, n.code)" if has_name else "n.code"
    return (
        f"SELECT n.id, n.code <> :text, {key}, n.code FROM {table.name} n"
        " WHERE n.code >= :text AND n.code < :behind"
    )
