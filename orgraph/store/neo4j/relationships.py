"""Put and end relationships inside a writing transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from orgraph.graph import Properties, Value
from orgraph.schema import NODE_KINDS, RELATIONSHIP_KINDS
from orgraph.store.intake import Ends, ends_of, is_to_one
from orgraph.store.judging import Present, may_end, plan_relationships
from orgraph.store.neo4j.connections import Row
from orgraph.store.neo4j.layout import (
    CONTAINMENT,
    INSIDE,
    decode_relationship,
    encode_relationship,
    past_type,
)
from orgraph.store.neo4j.work import Work
from orgraph.store.port import DeleteRelationship

TYPES = tuple(RELATIONSHIP_KINDS)


class Relation(NamedTuple):
    """A present relationship as it is stored."""

    source: int
    kind: str
    target: int
    valid_from: int
    begun: int
    stored: Mapping[str, Value]

    @property
    def thing(self) -> tuple[int, str, int]:
        """Its entry in the log."""
        return self[:3]


def _group(kind: str) -> str:
    """Return the types of which a source has at most one together."""
    return INSIDE if kind in CONTAINMENT else kind


def _past(kind: str) -> str:
    return "|".join(past_type(name) for name in (CONTAINMENT if kind in CONTAINMENT else (kind,)))


_FOUND = " RETURN a._id, type(r), b._id, r._valid_from, r._begun, properties(r)"
_ENDS = "UNWIND $rows AS row MATCH (a:_Identity {_id: row[0]}) MATCH (b:_Identity {_id: row[1]})"
_BOTH = "UNWIND $rows AS row MATCH (a:_Identity {_id: row[0]})-[r:%s]->(b:_Identity {_id: row[1]})"

OF_SOURCES = {
    kind: f"UNWIND $ids AS id MATCH (a:_Identity {{_id: id}})-[r:{_group(kind)}]->(b){_FOUND}"
    for kind in TYPES
}
OF_PAIRS = {kind: (_BOTH % kind) + _FOUND for kind in TYPES}
CREATE = {kind: f"{_ENDS} CREATE (a)-[:{kind} {{_valid_from: $day, _begun: $commit}}]->(b)" for kind in TYPES}
CREATE_WITH = {
    kind: f"{_ENDS} CREATE (a)-[r:{kind}]->(b) SET r = row[2], r._valid_from = $day, r._begun = $commit"
    for kind in TYPES
}
KEEP = {
    kind: f"{_BOTH % kind} CREATE (a)-[w:{past_type(kind)}]->(b)"
    " SET w = properties(r), w._valid_to = $day, w._ended = $commit"
    for kind in TYPES
}
CHANGE = {kind: f"{_BOTH % kind} SET r += row[2], r._valid_from = $day, r._begun = $commit" for kind in TYPES}
END = {kind: f"{_BOTH % kind} DELETE r" for kind in TYPES}
END_ALL = {
    kind: f"UNWIND $ids AS id MATCH (:_Identity {{_id: id}})-[r:{kind}]-()"
    " WITH DISTINCT r, startNode(r) AS a, endNode(r) AS b"
    " FOREACH (_ IN CASE WHEN r._begun < $commit THEN [1] ELSE [] END |"
    f" CREATE (a)-[w:{past_type(kind)}]->(b) SET w = properties(r), w._valid_to = $day, w._ended = $commit)"
    " DELETE r"
    for kind in TYPES
}
TIES = (
    f"UNWIND $ids AS id MATCH (:_Identity {{_id: id}})-[r:{'|'.join(TYPES)}]-()"
    " WITH DISTINCT r RETURN startNode(r)._id, type(r), endNode(r)._id, r._begun"
)
LAST_OF_SOURCE = {
    kind: f"{_ENDS} OPTIONAL MATCH (a)-[w:{_past(kind)}]->()"
    " RETURN row[0], row[1], a._born, b._born, max(w._valid_to)"
    for kind in TYPES
}
LAST_OF_PAIR = {
    kind: f"{_ENDS} OPTIONAL MATCH (a)-[w:{_past(kind)}]->(b)"
    " RETURN row[0], row[1], a._born, b._born, max(w._valid_to)"
    for kind in TYPES
}


async def put_relationships(work: Work, kind: str, changes: Mapping[Ends, Properties]) -> None:
    """Create or change relationships of one kind. With at most one per source, a source stands at most once among the changes."""
    ids = await _ids_of_ends(work, changes)
    pairs = [(ids[s.kind][s.code], ids[t.kind][t.code]) for s, t in changes]
    present = Present(kind, ids, await _present(work, kind, pairs), await _last_ends(work, kind, pairs))
    plan = plan_relationships(work.report, kind, changes, present)
    await _end(work, plan.ended)
    if plan.changed:
        await _change(work, kind, plan.changed)
    await _create(work, kind, plan.new)


async def _ids_of_ends(work: Work, ends: Iterable[Ends]) -> Mapping[str, Mapping[str, int]]:
    codes: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for source, target in ends:
        codes[source.kind][source.code] = None
        codes[target.kind][target.code] = None
    return {kind: await work.ids(kind, codes[kind]) for kind in codes}


async def _present(work: Work, kind: str, pairs: list[tuple[int, int]]) -> Mapping[int, list[Relation]]:
    """Return what the sources have; of a kind of which they may have many, only what they have with these targets."""
    asked = [pair for pair in pairs if work.may_have(_group(kind), pair[0])]
    if not asked:
        return {}
    if is_to_one(kind):
        rows = await work.writer.rows(OF_SOURCES[kind], ids=list({a for a, _ in asked}))
    else:
        rows = await work.writer.rows(OF_PAIRS[kind], rows=asked)
    present: defaultdict[int, list[Relation]] = defaultdict(list)
    for row in rows:
        relation = _relation(row)
        present[relation.source].append(relation)
    return present


def _relation(row: Row) -> Relation:
    source, kind, target, valid_from, begun, stored = row
    assert isinstance(stored, dict)
    properties = decode_relationship(str(kind), stored)  # type: ignore[arg-type]
    days = int(str(valid_from)), int(str(begun))
    return Relation(int(str(source)), str(kind), int(str(target)), *days, properties)


async def _last_ends(work: Work, kind: str, pairs: list[tuple[int, int]]) -> Callable[[int, int], int] | None:
    if not work.report.is_backdated:
        return None
    query = (LAST_OF_SOURCE if is_to_one(kind) else LAST_OF_PAIR)[kind]
    days = {
        (a, b): max(int(str(day or 0)) for day in found)
        for a, b, *found in await work.writer.rows(query, rows=pairs)
    }
    return lambda a, b: days.get((a, b), 0)


async def _create(work: Work, kind: str, new: list[tuple[int, int, Properties]]) -> None:
    plain = [(a, b) for a, b, properties in new if not properties]
    if plain:
        await work.writer.run(CREATE[kind], rows=plain, **work.state)
    rich = [(a, b, encode_relationship(properties)) for a, b, properties in new if properties]
    if rich:
        await work.writer.run(CREATE_WITH[kind], rows=rich, **work.state)
    work.log.touch_new((a, kind, b) for a, b, _ in new)
    work.linked(_group(kind), (a for a, _, _ in new))
    if kind in CONTAINMENT:
        work.moved |= {a for a, _, _ in new if a < work.first_new}
    work.num_put += len(new)


async def _change(work: Work, kind: str, changed: list[tuple[Relation, dict[str, Value]]]) -> None:
    kept = [old for old, _ in changed if old.begun < work.commit]
    if kept:
        await work.writer.run(KEEP[kind], rows=[(r.source, r.target) for r in kept], **work.state)
    rows = [
        (r.source, r.target, {**dict.fromkeys(r.stored), **encode_relationship(properties)})
        for r, properties in changed
    ]
    await work.writer.run(CHANGE[kind], rows=rows, **work.state)
    work.log.touch_changed(r.thing for r in kept)
    if kind in CONTAINMENT:
        work.moved |= {r.source for r, _ in changed if r.source < work.first_new}
    work.num_put += len(changed)


async def _end(work: Work, ended: Iterable[Relation]) -> None:
    """End present relationships; a state that this commit made leaves nothing."""
    by_kind: defaultdict[str, list[Relation]] = defaultdict(list)
    for old in ended:
        by_kind[old.kind].append(old)
    for kind, relations in by_kind.items():
        if kept := [(r.source, r.target) for r in relations if r.begun < work.commit]:
            await work.writer.run(KEEP[kind], rows=kept, **work.state)
        await work.writer.run(END[kind], rows=[(r.source, r.target) for r in relations])
        for r in relations:
            work.log.touch_ended(r.thing, is_own=r.begun == work.commit)
        if kind in CONTAINMENT:
            work.moved |= {r.source for r in relations if r.source < work.first_new}
        work.num_deleted += len(relations)


async def end_all(work: Work, ids: list[int]) -> None:
    """End every relationship of some nodes that end too."""
    ties = await work.writer.rows(TIES, ids=ids)
    for kind in sorted({str(tie[1]) for tie in ties}):
        await work.writer.run(END_ALL[kind], ids=ids, **work.state)
    before = [tie for tie in ties if int(str(tie[3])) < work.commit]
    work.log.touch_changed((int(str(a)), str(kind), int(str(b))) for a, kind, b, _ in before)
    work.num_deleted += len(ties)


async def delete_relationship(work: Work, change: DeleteRelationship) -> None:
    """End one relationship; its absence is a finding."""
    ends = ends_of(change)
    old = await _find(work, change.kind, ends)
    if may_end(old, work.report, change.kind, ends):
        await _end(work, (old,))


async def _find(work: Work, kind: str, ends: Ends) -> Relation | None:
    if kind not in RELATIONSHIP_KINDS or not all(
        end.kind in NODE_KINDS and end.code.isprintable() for end in ends
    ):
        return None
    found = [(await work.stored_ids(end.kind, (end.code,))).get(end.code) for end in ends]
    rows = [] if None in found else await work.writer.rows(OF_PAIRS[kind], rows=[found])
    return _relation(rows[0]) if rows else None
