"""Settle the tree of containment at the end of a transaction: scopes and parts of what is new or moved, and circles refused.

The part of a node is the unit directly below its scope that holds it; nothing where it hangs on the scope unit itself.
"""

from __future__ import annotations

from orgraph.graph import NodeKey
from orgraph.store.final_findings import circle_above, note_circles
from orgraph.store.neo4j.layout import INSIDE, MAX_DEPTH
from orgraph.store.neo4j.work import Work, pieces

_NEW = "MATCH (n:_Identity) WHERE n._id >= $first_new AND n.code IS NOT NULL"
_MOVED = "UNWIND $ids AS id MATCH (n:_Identity {_id: id}) WHERE n._ended IS NULL"
_ABOVE = "RETURN n._id, coalesce(c._scope, ''), coalesce(c._part, '')"

NEW_TOPS = (
    f"{_NEW} OPTIONAL MATCH (n)-[:{INSIDE}]->(c) WITH n, c WHERE c IS NULL OR c._id < $first_new {_ABOVE}"
)
MOVED_TOPS = (
    f"{_MOVED} OPTIONAL MATCH (n)-[:{INSIDE}]->(c) WITH n, c WHERE c IS NULL OR c._id < $first_new {_ABOVE}"
)
BELOW_UNSETTLED = (
    f"UNWIND $ids AS id MATCH (n:_Identity {{_id: id}})-[:{INSIDE}*1..{MAX_DEPTH}]->(u)"
    " WHERE u._id >= $first_new OR u._id IN $moved RETURN DISTINCT id"
)
DESCEND = (
    f"UNWIND $tops AS top MATCH (t:_Identity {{_id: top[0]}}) MATCH p = (t)<-[:{INSIDE}*0..{MAX_DEPTH}]-(n)"
    " WITH n, reduce(at = [top[1], top[2]], x IN nodes(p) | CASE WHEN NOT x:Unit THEN at"
    " WHEN at[0] = '' OR x.level = 'county' THEN [x.code, ''] WHEN at[1] = '' THEN [at[0], x.code] ELSE at END) AS at"
    " FOREACH (_ IN CASE WHEN n._scope = at[0] AND n._part = at[1] THEN [] ELSE [1] END |"
    " SET n._scope = at[0], n._part = at[1])"
    " RETURN sum(CASE WHEN n._id >= $first_new OR n._id IN $moved THEN 1 ELSE 0 END)"
)
NUM_NEW = f"{_NEW} RETURN count(n)"
NUM_MOVED = f"{_MOVED} RETURN count(n)"
NEW_PLACES = f"{_NEW} MATCH (n)-[:{INSIDE}]->(c) RETURN n._id, c._id"
PLACES = f"UNWIND $ids AS id MATCH (n:_Identity {{_id: id}})-[:{INSIDE}]->(c) RETURN n._id, c._id"


async def settle(work: Work) -> None:
    """Give every new or moved node, and all below it, its scope and its part."""
    tops = await _tops(work)
    num_reached = 0
    moved = list(work.moved)
    for some in pieces(tops):
        num_reached += int(
            str(await work.writer.value(DESCEND, tops=some, first_new=work.first_new, moved=moved))
        )
    if num_reached < await _num_unsettled(work):
        await _find_circles(work)


async def _tops(work: Work) -> list[tuple[int, str, str]]:
    """Return the unsettled nodes with no unsettled node above them, with scope and part of their container."""
    new = work.first_new
    rows = await work.writer.rows(NEW_TOPS, first_new=new) if work.last_id >= new else []
    for some in pieces(work.moved):
        rows += await work.writer.rows(MOVED_TOPS, ids=some, first_new=new)
    tops = {int(str(i)): (str(scope), str(part)) for i, scope, part in rows}
    # only where an old node moved can a container that is settled itself lie below an unsettled one
    for some in pieces(tops) if work.moved else ():
        for (i,) in await work.writer.rows(BELOW_UNSETTLED, ids=some, first_new=new, moved=list(work.moved)):
            del tops[int(str(i))]
    return [(i, *place) for i, place in tops.items()]


async def _num_unsettled(work: Work) -> int:
    num = int(str(await work.writer.value(NUM_NEW, first_new=work.first_new)))
    for some in pieces(work.moved):
        num += int(str(await work.writer.value(NUM_MOVED, ids=some)))
    return num


async def _find_circles(work: Work) -> None:
    """Note every circle of containers: its nodes were never reached from above."""
    rows = await work.writer.rows(NEW_PLACES, first_new=work.first_new)
    starts = {int(str(i)) for i, _ in rows} | work.moved
    containers = {int(str(i)): int(str(c)) for i, c in rows}
    ahead = (work.moved | set(containers.values())) - containers.keys()
    asked = set(containers)
    while ahead:
        asked |= ahead
        for some in pieces(ahead):
            found = await work.writer.rows(PLACES, ids=some)
            containers |= {int(str(i)): int(str(c)) for i, c in found}
        ahead = set(containers.values()) - asked
    circles = {circle_above(start, containers.get) for start in starts} - {()}
    keys = await work.keys({i for circle in circles for i in circle})
    named: list[list[NodeKey]] = [[keys[i] for i in circle] for circle in circles]
    note_circles(work.report, "PART_OF", named)
