"""Put and end nodes inside a writing transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from orgraph.graph import Properties, Value
from orgraph.store.judging import SCOPE_LEVEL, NodeState, is_scope_changed, plan_nodes
from orgraph.store.neo4j.connections import Row
from orgraph.store.neo4j.layout import INSIDE, LABELS, MAX_DEPTH, Label, Stored
from orgraph.store.neo4j.relationships import TYPES, end_all
from orgraph.store.neo4j.scopes import kind_of
from orgraph.store.neo4j.work import Work, pieces
from orgraph.store.port import DeleteNode

_EVERY_TYPE = "|".join(TYPES)


def _only_of_the_present(label: Label, name: str) -> str:
    """Return the assignment that takes away what only a present state has."""
    derived = [f"_key_{field.name}" for field in label.keyed]
    derived += ["_grams", "_folded", "_sort"] if label.searchable else []
    derived.append("_synthetic")
    return "".join(f", {name}.{key} = null" for key in derived)


STATES = {
    kind: f"UNWIND $codes AS code MATCH (n:{kind} {{code: code}})"
    " RETURN n.code, n._id, n._valid_from, n._begun, properties(n)"
    for kind in LABELS
}
_NOTE_ONCE = "n._once_synthetic = coalesce(n._synthetic, n._once_synthetic)"
LAST_ENDS = {
    kind: f"UNWIND $codes AS code MATCH (n:{label.past} {{code: code}}) RETURN code, max(n._valid_to)"
    for kind, label in LABELS.items()
}
_BEGUN = "_valid_from: $day, _begun: $commit, _born: $day, _scope: $scope"
CREATE = {
    kind: f"UNWIND $rows AS row CREATE (n:{kind}:_Identity {{{_BEGUN}}}) SET n += row" for kind in LABELS
}
COME = {
    kind: f"UNWIND $rows AS row MATCH (n:_Identity {{_id: row._id}}) SET n:{kind} SET n += row, n += {{{_BEGUN}}}"
    for kind in LABELS
}
KEEP = {
    kind: f"UNWIND $ids AS id MATCH (n:_Identity {{_id: id}}) CREATE (p:{label.past})-[:_STATE_OF]->(n)"
    f" SET {_NOTE_ONCE}, p = properties(n), p._valid_to = $day, p._ended = $commit{_only_of_the_present(label, 'p')}"
    for kind, label in LABELS.items()
}
CHANGE = (
    "UNWIND $rows AS row MATCH (n:_Identity {_id: row[0]})"
    " SET n += row[1], n._valid_from = $day, n._begun = $commit"
)
END = {
    kind: f"UNWIND $ids AS id MATCH (n:_Identity {{_id: id}})"
    f" SET {_NOTE_ONCE}, n:{label.past}, n._valid_to = $day, n._ended = $commit{_only_of_the_present(label, 'n')}"
    f" REMOVE n:{kind}"
    for kind, label in LABELS.items()
}
END_AS_BEFORE = {
    kind: f"UNWIND $ids AS id MATCH (n:_Identity {{_id: id}})<-[:_STATE_OF]-(p:{label.past} {{_ended: $commit}})"
    f" WITH n, p, properties(p) AS state DETACH DELETE p SET n = state SET n:{label.past} REMOVE n:{kind}"
    for kind, label in LABELS.items()
}
UNDO = "UNWIND $ids AS id MATCH (n:_Identity {_id: id}) DETACH DELETE n"
DOOMED = (
    f"MATCH (root:_Identity {{_id: $root}}) MATCH (root)<-[:{INSIDE}*0..{MAX_DEPTH}]-(n)"
    " RETURN DISTINCT n._id, labels(n), n._valid_from, n._begun"
)
LAST_TIES = (
    f"UNWIND $ids AS id MATCH (n:_Identity {{_id: id}})-[r:{_EVERY_TYPE}]-() RETURN max(r._valid_from)"
)


async def put_nodes(work: Work, kind: str, changes: Mapping[str, Properties]) -> None:
    """Create or change the nodes of one kind; one change per code."""
    label = LABELS[kind]
    stored = await _stored(work, label, await work.can_exist(kind, changes))
    plan = plan_nodes(work.report, kind, changes, stored, await _last_ends(work, kind, changes))
    if plan.changed:
        await _change(work, label, plan.changed)
    if plan.new:
        await _create(work, label, plan.new)


async def _stored(work: Work, label: Label, codes: list[str]) -> dict[str, NodeState]:
    if not codes:
        return {}
    rows = await work.writer.rows(STATES[label.name], codes=codes)
    return {str(row[0]): _state(label, row) for row in rows}


def _state(label: Label, row: Row) -> NodeState:
    code, node_id, valid_from, begun, properties = row
    assert isinstance(properties, dict)
    decoded = label.decode(properties)  # type: ignore[arg-type]
    return NodeState(int(str(node_id)), str(code), int(str(valid_from)), int(str(begun)), decoded)


async def _last_ends(work: Work, kind: str, changes: Mapping[str, Properties]) -> Callable[[str], int] | None:
    if not work.report.is_backdated:
        return None
    rows = await work.writer.rows(LAST_ENDS[kind], codes=list(changes))
    days = {str(code): int(str(day)) for code, day in rows}
    return lambda code: days.get(code, 0)


async def _create(work: Work, label: Label, new: Mapping[str, Properties]) -> None:
    came = work.came(label.name, new)
    fresh = [code for code in new if code not in came]
    ids = {**came, **dict(zip(fresh, work.new_ids(len(fresh)), strict=True))}
    rows = [_row(work, label, ids[code], code, properties) for code, properties in new.items()]
    # of many nodes it is cheaper to say once what all have; where the scope is another one, settling the tree mends it
    same = {**work.state, "scope": work.county}
    for statement, wanted in (
        (CREATE, [r for r in rows if r["code"] not in came]),
        (COME, [r for r in rows if r["code"] in came]),
    ):
        if wanted:
            await work.writer.run(statement[label.name], rows=wanted, **same)
    work.know(label.name, ids)
    work.log.touch_nodes(ids[code] for code in new)
    work.num_put += len(new)


def _row(work: Work, label: Label, node_id: int, code: str, properties: Properties) -> dict[str, Stored]:
    if properties.get("level") == SCOPE_LEVEL:
        work.county = code
    row: dict[str, Stored] = {"code": code, "_id": node_id}
    return row | label.encode(properties) | label.derive(code, properties)


async def _change(work: Work, label: Label, changed: list[tuple[NodeState, dict[str, Value]]]) -> None:
    kept = [old.id for old, _ in changed if old.begun < work.commit]
    if kept:
        await work.writer.run(KEEP[label.name], ids=kept, **work.state)
    rows = [(old.id, _difference(label, old, new)) for old, new in changed]
    await work.writer.run(CHANGE, rows=rows, **work.state)
    work.moved |= {
        old.id for old, new in changed if old.id < work.first_new and is_scope_changed(old.properties, new)
    }
    work.log.touch_nodes(kept)
    work.num_put += len(changed)


def _difference(label: Label, old: NodeState, new: Properties) -> dict[str, Stored]:
    before = label.encode(old.properties) | label.derive(old.code, old.properties)
    after = label.encode(new) | label.derive(old.code, new)
    changed = {name: value for name, value in after.items() if name not in before or before[name] != value}
    return {**dict.fromkeys(before.keys() - after.keys()), **changed}


class _Doomed(NamedTuple):
    """A node that is to end; the kind is empty for a node that has not come yet."""

    id: int
    kind: str
    valid_from: int
    begun: int


async def delete_node(work: Work, change: DeleteNode) -> None:
    """End one node and its relationships; with ``subtree`` all that it contains."""
    label = LABELS.get(change.kind)
    found = await work.stored_ids(change.kind, (change.code,)) if label and change.code.isprintable() else {}
    if change.code not in found:
        work.report.find_nothing_to_delete(change)
        return
    doomed = [
        _Doomed(
            int(str(i)), "" if begun is None else kind_of(labels), int(str(day or 0)), int(str(begun or 0))
        )
        for i, labels, day, begun in await work.writer.rows(DOOMED, root=found[change.code])
    ]
    if work.report.is_kept(change, len(doomed) - 1):
        return
    if not work.report.is_backdated or await _may_end(work, change.code, doomed):
        await _end(work, doomed)


async def _may_end(work: Work, code: str, doomed: list[_Doomed]) -> bool:
    """Return whether nothing that would end has changed on a later day."""
    last = max(node.valid_from for node in doomed)
    for some in pieces(doomed):
        latest = await work.writer.value(LAST_TIES, ids=[node.id for node in some])
        last = max(last, int(str(latest or 0)))
    return not work.report.is_too_early((code,), last)


async def _end(work: Work, doomed: list[_Doomed]) -> None:
    for some in pieces(doomed):
        await end_all(work, [node.id for node in some])
    for kind in sorted({node.kind for node in doomed} - {""}):
        for some in pieces([node for node in doomed if node.kind == kind]):
            await _end_nodes(work, kind, some)
    work.num_deleted += sum(1 for node in doomed if node.kind)
    work.forget()


async def _end_nodes(work: Work, kind: str, nodes: list[_Doomed]) -> None:
    """End nodes of one kind. A state that this commit made leaves nothing: the node ends as it was before, if it was at all."""
    before = [n.id for n in nodes if n.begun < work.commit]
    own = [n.id for n in nodes if n.begun == work.commit and n.id < work.first_new]
    undone = [n.id for n in nodes if n.id >= work.first_new]
    if before:
        await work.writer.run(END[kind], ids=before, **work.state)
    if own:
        await work.writer.run(END_AS_BEFORE[kind], ids=own, commit=work.commit)
    if undone:
        await work.writer.run(UNDO, ids=undone)
    work.log.touch_nodes(before)
