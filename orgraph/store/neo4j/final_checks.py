"""What can only be judged when all changes of a transaction are in: missing ends, cardinality, circles, levels."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from orgraph.store.final_findings import (
    ACYCLIC,
    ONE_SOURCE,
    circles_from,
    note_acyclic,
    note_crowded,
    note_levels,
    note_missing_ends,
)
from orgraph.store.neo4j.layout import CONTAINMENT, INSIDE
from orgraph.store.neo4j.relationships import TYPES
from orgraph.store.neo4j.work import Work, pieces

TIES_OF_AWAITED = (
    f"UNWIND $ids AS id MATCH (w:_Identity {{_id: id}})-[r:{'|'.join(TYPES)}]-()"
    " RETURN DISTINCT id, type(r), startNode(r)._id, endNode(r)._id"
)
CROWDED = {
    kind: f"UNWIND $ids AS id MATCH (t:_Identity {{_id: id}}) WHERE COUNT {{ (t)<-[:{kind}]-() }} > 1"
    f" MATCH (t)<-[:{kind}]-(s) RETURN id, collect(s._id)"
    for kind in ONE_SOURCE
}
TARGETS = {
    kind: f"UNWIND $ids AS id MATCH (:_Identity {{_id: id}})-[:{kind}]->(b) RETURN id, collect(b._id)"
    for kind in ACYCLIC
}
_LEVELS = "RETURN child.code, child.level, container.code, container.level"
LEVELS_ABOVE = (
    "UNWIND $ids AS id MATCH (child:_Identity {_id: id}) WHERE child:Unit"
    f" MATCH (child)-[:{INSIDE}]->(container:Unit) {_LEVELS}"
)
LEVELS_BELOW = (
    "UNWIND $ids AS id MATCH (container:_Identity {_id: id}) WHERE container:Unit"
    f" MATCH (container)<-[:{INSIDE}]-(child:Unit) {_LEVELS}"
)


async def check_ends(work: Work) -> None:
    """Note every relationship whose end did not come."""
    awaited = work.awaited
    rows = [
        [int(str(i)), kind, int(str(a)), int(str(b))]
        for some in pieces(awaited)
        for i, kind, a, b in await work.writer.rows(TIES_OF_AWAITED, ids=some)
    ]
    keys = await work.keys({int(str(i)) for row in rows for i in row[2:]})
    note_missing_ends(
        work.report,
        ((str(kind), keys[int(str(a))], keys[int(str(b))], awaited[int(str(i))]) for i, kind, a, b in rows),
    )


async def check_cardinality(work: Work) -> None:
    """Note every target with more relationships of a kind than it may have."""
    touched: defaultdict[str, set[int]] = defaultdict(set)
    for _, kind, target in work.log:
        if kind in CROWDED:
            touched[kind].add(target)
    found = [
        (kind, int(str(target)), _ints(sources))
        for kind, targets in touched.items()
        for some in pieces(targets)
        for target, sources in await work.writer.rows(CROWDED[kind], ids=some)
    ]
    keys = await work.keys({i for _, target, sources in found for i in (target, *sources)})
    note_crowded(
        work.report,
        ((kind, keys[target], [keys[s].code for s in sources]) for kind, target, sources in found),
    )


def _ints(values: object) -> list[int]:
    assert isinstance(values, list)
    return [int(value) for value in values]


async def check_circles(work: Work) -> None:
    """Note every circle of a kind that forbids them; containment is checked where its tree is settled."""
    starts: defaultdict[str, set[int]] = defaultdict(set)
    for source, kind, _ in work.log:
        if kind in TARGETS:
            starts[kind].add(source)
    for kind in ACYCLIC:
        if starts[kind]:
            await _check_circles(work, kind, starts[kind])


async def _check_circles(work: Work, kind: str, starts: set[int]) -> None:
    targets = await _reachable(work, kind, starts)
    if circles_from(starts, lambda i: targets.get(i, ())):
        keys = await work.keys({*starts, *targets, *(b for found in targets.values() for b in found)})
        named = {keys[a]: [keys[b] for b in found] for a, found in targets.items()}
        note_acyclic(work.report, kind, (keys[i] for i in starts if i in keys), named)


async def _reachable(work: Work, kind: str, starts: Iterable[int]) -> dict[int, list[int]]:
    """Return the targets of everything that can be reached, asked for step by step."""
    targets: dict[int, list[int]] = {}
    asked: set[int] = set()
    ahead = set(starts)
    while ahead:
        asked |= ahead
        step = {
            int(str(a)): _ints(found)
            for some in pieces(ahead)
            for a, found in await work.writer.rows(TARGETS[kind], ids=some)
        }
        targets |= step
        ahead = {b for found in step.values() for b in found} - asked
    return targets


async def check_levels(work: Work) -> None:
    """Note every unit that lies in a unit of a level that is not above its own."""
    moved: set[int] = set()
    changed: set[int] = set()
    for a, kind, _ in work.log:
        if kind in CONTAINMENT:
            moved.add(a)
        elif not kind and a < work.first_new:
            changed.add(a)
    rows = {
        tuple(str(cell) for cell in row)
        for query, ids in ((LEVELS_ABOVE, moved | changed), (LEVELS_BELOW, changed))
        for some in pieces(ids)
        for row in await work.writer.rows(query, ids=some)
    }
    note_levels(work.report, ((c, level, p, above) for c, level, p, above in rows))
