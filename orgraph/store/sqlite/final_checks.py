"""What can only be judged when all changes of a transaction are in: missing ends, cardinality, circles, levels."""

from __future__ import annotations

from orgraph.graph import Node, NodeKey, containment_findings
from orgraph.schema import Cardinality
from orgraph.store.sqlite.work import Work

_SHOWN = 5


def check_ends(work: Work) -> None:
    """Note every relationship whose end did not come."""
    if not work.has_awaited:
        return
    for end, other in (("source", "target"), ("target", "source")):
        rows = work.rows(
            f"SELECT r.kind, w.kind, w.code, r.{other} FROM awaited w JOIN relationship r ON r.{end} = w.id"
        )
        for number, kind, code, other_id in rows:
            if NodeKey(kind, code) in work.excused:
                continue
            known = key_of(work, other_id)
            ends = (code, known.code) if end == "source" else (known.code, code)
            name = work.layout.relationship_by_number[number].name
            work.find(
                "graph.end_missing",
                *ends,
                relationship=name,
                source=ends[0],
                target=ends[1],
                missing=code,
                missing_kind=kind,
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
    to_one = [
        n
        for n, kind in work.layout.relationship_by_number.items()
        if kind.cardinality in (Cardinality.ONE_TO_MANY, Cardinality.ONE_TO_ONE)
    ]
    crowded = work.rows(
        "SELECT DISTINCT t.kind, t.b FROM touched t WHERE t.commit_id = :commit"
        f" AND t.kind IN ({', '.join(map(str, to_one))})"
        " AND EXISTS (SELECT 1 FROM relationship r WHERE r.target = t.b AND r.kind = t.kind LIMIT 1 OFFSET 1)"
    )
    for number, target in crowded:
        sources = work.rows(
            "SELECT source FROM relationship WHERE target = :target AND kind = :kind",
            target=target,
            kind=number,
        )
        key = key_of(work, target)
        others = sorted(key_of(work, s).code for (s,) in sources)
        work.find(
            "graph.too_many_sources",
            key.code,
            *others[:_SHOWN],
            kind=key.kind,
            code=key.code,
            relationship=work.layout.relationship_by_number[number].name,
            num_found=len(others),
            others=list(others),
        )


def check_circles(work: Work) -> None:
    """Note every circle of a kind that forbids them; containment is checked where its tree is settled."""
    for number, kind in work.layout.relationship_by_number.items():
        if kind.is_acyclic and not kind.is_containment:
            _check_circles(work, number)


def _check_circles(work: Work, number: int) -> None:
    """Walk from every touched source; each node is left once, so the walk is linear in what can be reached."""
    starts = work.rows(
        "SELECT DISTINCT a FROM touched WHERE commit_id = :commit AND kind = :kind", kind=number
    )
    done: set[int] = set()
    for (start,) in starts:
        circle = _walk(work, number, start, done)
        if circle:
            codes = [key_of(work, i).code for i in circle]
            work.find("graph.cycle", *codes, relationship=work.layout.relationship_by_number[number].name)


def _walk(work: Work, number: int, start: int, done: set[int]) -> list[int]:
    """Return the first circle that a walk along relationships of one kind meets, depth first; empty when there is none."""
    way: list[int] = []
    place: dict[int, int] = {}
    pending = [(start, 0)]
    while pending:
        at, depth = pending.pop()
        for left in way[depth:]:
            del place[left]
            done.add(left)
        del way[depth:]
        if at in place:
            return way[place[at] :]
        if at in done:
            continue
        place[at] = depth
        way.append(at)
        targets = work.rows(
            "SELECT target FROM relationship WHERE source = :at AND kind = :kind", at=at, kind=number
        )
        pending.extend((t, depth + 1) for (t,) in targets)
    done.update(way)
    return []


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
    for code, level, parent_code, parent_level in rows:
        child, container = (
            Node("Unit", code, {"level": level}),
            Node("Unit", parent_code, {"level": parent_level}),
        )
        work.note(containment_findings(child, container))
