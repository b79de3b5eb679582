"""Settle the tree of containment at the end of a transaction: paths and scopes of what is new or moved, and circles refused.

Every node has a place: the path of its containers as four bytes each, outermost first, itself last, its scope, and whether it was generated. All that a node contains is one
range of paths, so that pages, roll-ups and snapshots of a unit read one range of an index. (A closure table holds five times as many rows and took
three times as long to load; a recursive query took too long to read.)
"""

from __future__ import annotations

from orgraph.store.final_findings import circle_above, note_circles
from orgraph.store.sqlite.final_checks import key_of
from orgraph.store.sqlite.layout import KIND_BITS, KIND_MASK, Layout
from orgraph.store.sqlite.work import Work

STEP = f"unhex(format('%08X', {{id}} >> {KIND_BITS}))"
"""The four bytes of a node in a path."""

BEHIND = "cast({path} || x'FFFFFFFF' AS BLOB)"
"""The end, exclusive, of the range of paths below a path."""


def synthetic(layout: Layout, node_id: str) -> str:
    """Return the expression that tells whether the present state of a node was generated."""
    whens = (
        f"WHEN {t.number} THEN (SELECT {t.synthetic} FROM {t.name} n WHERE n.id = {node_id})"
        for t in layout.tables.values()
    )
    return f"CASE {node_id} & {KIND_MASK} {' '.join(whens)} END"


def settle(work: Work) -> None:
    """Give every unsettled node, and all below it, its place."""
    _collect_unsettled(work)
    work.run("DELETE FROM place WHERE id IN unsettled")
    _descend(work)
    _find_circles(work)


def _collect_unsettled(work: Work) -> None:
    work.run(
        "INSERT OR IGNORE INTO unsettled SELECT a FROM touched WHERE commit_id = :commit"
        " AND (kind < 0 OR (kind = 0 AND a >= :first_new))"
    )
    work.run("DELETE FROM unsettled WHERE id IN gone OR id IN (SELECT id FROM awaited)")


def _tops(work: Work) -> str:
    """Return the query for unsettled nodes without an unsettled container, with their container."""
    tops = (
        "SELECT u.id, r.target FROM unsettled u LEFT JOIN relationship r ON r.source = u.id AND r.kind < 0"
        " WHERE r.target IS NULL OR r.target NOT IN unsettled"
    )
    if not work.value("SELECT EXISTS (SELECT 1 FROM unsettled WHERE id < :first_new)"):
        return tops
    # only where an old node moved can a container that is settled itself lie below an unsettled one
    above = (
        "WITH RECURSIVE up (id) AS (SELECT t.target UNION SELECT s.target FROM up"
        " JOIN relationship s ON s.source = up.id AND s.kind < 0) SELECT 1 FROM up WHERE id IN unsettled"
    )
    return f"SELECT t.id, t.target FROM ({tops}) t WHERE NOT EXISTS ({above})"


def _descend(work: Work) -> None:
    unit = work.layout.tables["Unit"]
    is_unit = f"({{id}} & {KIND_MASK}) = {unit.number}"
    is_county = f"(SELECT p_level FROM {unit.name} u WHERE u.id = {{id}}) = 'county'"
    scope = (
        f"CASE WHEN {is_unit} AND {is_county} THEN {{id}} WHEN {{above}} <> 0 THEN {{above}}"
        f" WHEN {is_unit} THEN {{id}} ELSE 0 END"
    )
    work.run(
        f"WITH RECURSIVE top (id, container) AS ({_tops(work)}), tree (id, path, scope) AS ("
        f"SELECT t.id, cast(coalesce(p.path, x'') || {STEP.format(id='t.id')} AS BLOB),"
        f" {scope.format(id='t.id', above='coalesce(p.scope, 0)')}"
        " FROM top t LEFT JOIN place p ON p.id = t.container"
        f" UNION ALL SELECT r.source, cast(tree.path || {STEP.format(id='r.source')} AS BLOB),"
        f" {scope.format(id='r.source', above='tree.scope')}"
        " FROM tree JOIN relationship r ON r.target = tree.id AND r.kind < 0)"
        f" INSERT OR REPLACE INTO place SELECT id, id & {KIND_MASK}, path, scope, {synthetic(work.layout, 'tree.id')} FROM tree"
    )


def _find_circles(work: Work) -> None:
    """Note every circle of containers: its nodes were never reached from above."""
    unreached = {i for (i,) in work.rows("SELECT id FROM unsettled WHERE id NOT IN (SELECT id FROM place)")}
    circles = {circle_above(start, lambda i: _container(work, i)) for start in unreached} - {()}
    note_circles(work.report, "PART_OF", [[key_of(work, i) for i in circle] for circle in circles])


def _container(work: Work, node_id: int) -> int | None:
    container: int | None = work.value(
        "SELECT target FROM relationship WHERE source = :id AND kind < 0", id=node_id
    )
    return container
