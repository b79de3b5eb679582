"""What can only be judged when all changes of a transaction are in: missing ends, cardinality, circles, levels."""

from __future__ import annotations

from collections.abc import Iterable

from orgraph.graph import NodeKey
from orgraph.store.final_findings import (
    ACYCLIC,
    ONE_SOURCE,
    circles_from,
    note_acyclic,
    note_crowded,
    note_levels,
    note_missing_ends,
)
from orgraph.store.sqlite.work import Work


def check_ends(work: Work) -> None:
    """Note every relationship whose end did not come."""
    if not work.has_awaited:
        return
    rows = work.rows(
        "SELECT r.kind, r.source, r.target, w.kind, w.code FROM awaited w"
        " JOIN relationship r ON w.id IN (r.source, r.target)"
    )
    names = work.layout.relationship_by_number
    note_missing_ends(
        work.report,
        (
            (names[number].name, key_of(work, source), key_of(work, target), NodeKey(kind, code))
            for number, source, target, kind, code in rows
        ),
    )


def key_of(work: Work, node_id: int) -> NodeKey:
    """Return the key of a node that exists or is awaited."""
    kind = work.layout.table_of(node_id).kind.name
    code = work.value(
        f"SELECT code FROM node_{kind} WHERE id = :id UNION ALL SELECT code FROM awaited WHERE id = :id",
        id=node_id,
    )
    return NodeKey(kind, str(code))


def check_cardinality(work: Work) -> None:
    """Note every target with more relationships of a kind than it may have."""
    names = {work.layout.relationship_numbers[name]: name for name in ONE_SOURCE}
    crowded = work.rows(
        "SELECT DISTINCT t.kind, t.b FROM touched t WHERE t.commit_id = :commit"
        f" AND t.kind IN ({', '.join(map(str, names))})"
        " AND EXISTS (SELECT 1 FROM relationship r WHERE r.target = t.b AND r.kind = t.kind LIMIT 1 OFFSET 1)"
    )
    note_crowded(
        work.report,
        ((names[number], key_of(work, target), _sources(work, number, target)) for number, target in crowded),
    )


def _sources(work: Work, number: int, target: int) -> list[str]:
    rows = work.rows(
        "SELECT source FROM relationship WHERE target = :target AND kind = :kind", target=target, kind=number
    )
    return [key_of(work, source).code for (source,) in rows]


def check_circles(work: Work) -> None:
    """Note every circle of a kind that forbids them; containment is checked where its tree is settled."""
    for name in ACYCLIC:
        _check_circles(work, name)


def _check_circles(work: Work, name: str) -> None:
    number = work.layout.relationship_numbers[name]
    starts = [
        start
        for (start,) in work.rows(
            "SELECT DISTINCT a FROM touched WHERE commit_id = :commit AND kind = :kind", kind=number
        )
    ]
    met: dict[int, list[int]] = {}

    def targets_of(source: int) -> Iterable[int]:
        rows = work.rows(
            "SELECT target FROM relationship WHERE source = :at AND kind = :kind", at=source, kind=number
        )
        met[source] = [target for (target,) in rows]
        return met[source]

    if circles_from(starts, targets_of):
        keys = {i: key_of(work, i) for i in {*met, *(t for targets in met.values() for t in targets)}}
        note_acyclic(
            work.report,
            name,
            (keys[start] for start in starts),
            {keys[a]: [keys[b] for b in targets] for a, targets in met.items()},
        )


def check_levels(work: Work) -> None:
    """Note every unit that lies in a unit of a level that is not above its own."""
    unit = work.layout.tables["Unit"]
    touched = (
        "SELECT a FROM touched WHERE commit_id = :commit AND kind < 0 UNION SELECT r.source FROM touched t"
        " JOIN relationship r ON r.target = t.a AND r.kind < 0 WHERE t.commit_id = :commit AND t.kind = 0"
        " AND t.a < :first_new UNION SELECT a FROM touched WHERE commit_id = :commit AND kind = 0 AND a < :first_new"
    )
    rows = work.rows(
        f"SELECT c.code, c.p_level, p.code, p.p_level FROM ({touched}) t JOIN {unit.name} c ON c.id = t.a"
        f" JOIN relationship r ON r.source = c.id AND r.kind < 0 JOIN {unit.name} p ON p.id = r.target"
    )
    note_levels(work.report, ((str(c), str(level), str(p), str(above)) for c, level, p, above in rows))
