"""Put and end nodes inside a writing transaction."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from orgraph.graph import Properties, is_synthetic
from orgraph.store.judging import NodeState, is_scope_changed, plan_nodes
from orgraph.store.port import DeleteNode
from orgraph.store.sqlite.binding import bound_codes, fetch
from orgraph.store.sqlite.layout import KIND_MASK, Table
from orgraph.store.sqlite.search_index import drop_texts, put_texts
from orgraph.store.sqlite.work import Work


def put_nodes(work: Work, kind: str, changes: Mapping[str, Properties]) -> None:
    """Create or change the nodes of one kind; one change per code."""
    table = work.layout.tables[kind]
    stored = _stored(work, table, tuple(changes))
    plan = plan_nodes(
        work.report,
        kind,
        changes,
        stored,
        partial(_last_end, work, table) if work.report.is_backdated else None,
    )
    for old, properties in plan.changed:
        _change(work, table, old, properties)
    if plan.new:
        _insert(work, table, plan.new)


def _stored(work: Work, table: Table, codes: tuple[str, ...]) -> dict[str, NodeState]:
    rows = fetch(
        work.connection,
        f"SELECT id, code, valid_from, begun, {', '.join(table.value_columns)} FROM {table.name}"
        " WHERE code IN (SELECT value FROM carray(?))",
        (bound_codes(codes),),
    )
    return {
        code: NodeState(id_, code, valid_from, begun, table.decode(values))
        for id_, code, valid_from, begun, *values in rows
    }


def _last_end(work: Work, table: Table, code: str) -> int:
    return int(work.value(f"SELECT max(valid_to) FROM {table.past} WHERE code = :code", code=code) or 0)


def _insert(work: Work, table: Table, new: Mapping[str, Properties]) -> None:
    kind, day, commit, encode = table.kind.name, work.report.day, work.commit, table.encode
    awaited = work.awaited_ids(kind, new)
    ids = {code: awaited.get(code) or work.new_id(table) for code in new}
    places = ", ".join("?" * len(table.columns))
    work.connection.executemany(
        f"INSERT INTO {table.name} VALUES ({places})",
        [(ids[code], code, day, commit, day, *encode(properties)) for code, properties in new.items()],
    )
    if table.searchable:
        put_texts(work.connection, table, ((ids[code], code, properties) for code, properties in new.items()))
    work.no_longer_await(kind, awaited)
    work.touch((id_, 0, 0) for id_ in ids.values())
    work.know(kind, ids)
    work.num_put += len(new)


def _change(work: Work, table: Table, old: NodeState, merged: Properties) -> None:
    if old.begun < work.commit:
        _keep(work, table, f"id = {old.id}")
    columns = table.columns[5:]
    work.connection.execute(
        f"UPDATE {table.name} SET valid_from = ?, begun = ?, {', '.join(f'{c} = ?' for c in columns)} WHERE id = ?",
        (work.report.day, work.commit, *table.encode(merged), old.id),
    )
    if table.searchable:
        drop_texts(work.connection, "id = :id", {"id": old.id})
        put_texts(work.connection, table, ((old.id, old.code, merged),))
    if is_scope_changed(old.properties, merged):
        work.run("INSERT OR IGNORE INTO unsettled VALUES (:id)", id=old.id)
    if is_synthetic(old.properties) != is_synthetic(merged):
        work.run("UPDATE place SET synthetic = :flag WHERE id = :id", flag=is_synthetic(merged), id=old.id)
    work.touch([(old.id, 0, 0)])
    work.num_put += 1


def _keep(work: Work, table: Table, condition: str) -> None:
    """Copy present states into the past; they were true until today's effective day."""
    columns = ", ".join(table.columns)
    work.run(
        f"INSERT INTO {table.past} ({columns}, valid_to, ended)"
        f" SELECT {columns}, :day, :commit FROM {table.name} WHERE {condition}"
    )


def delete_node(work: Work, change: DeleteNode) -> None:
    """End one node and its relationships; with ``subtree`` all that it contains."""
    table = work.layout.tables.get(change.kind)
    node_id = work.stored_ids(change.kind, (change.code,)).get(change.code) if table else None
    if node_id is None:
        work.report.find_nothing_to_delete(change)
        return
    work.run("DELETE FROM doomed")
    work.run(
        "WITH RECURSIVE inside (id) AS (SELECT :root UNION SELECT r.source FROM inside i"
        " JOIN relationship r ON r.target = i.id AND r.kind < 0) INSERT INTO doomed SELECT id FROM inside",
        root=node_id,
    )
    if work.report.is_kept(change, work.value("SELECT count(*) - 1 FROM doomed")):
        return
    if not work.report.is_backdated or _may_end(work, change.code):
        _end_doomed(work)


def _may_end(work: Work, code: str) -> bool:
    """Return whether nothing that would end has changed on a later day."""
    latest = work.rows(
        "SELECT max(valid_from) FROM relationship WHERE source IN doomed"
        " UNION ALL SELECT max(valid_from) FROM relationship WHERE target IN doomed"
    )
    for number in _doomed_kinds(work):
        table = work.layout.table_by_number[number]
        latest += work.rows(f"SELECT max(valid_from) FROM {table.name} WHERE id IN doomed")
    last = max((row[0] for row in latest if row[0] is not None), default=0)
    return not work.report.is_too_early((code,), last)


def _doomed_kinds(work: Work) -> list[int]:
    return [n for (n,) in work.rows(f"SELECT DISTINCT id & {KIND_MASK} FROM doomed")]


def _end_doomed(work: Work) -> None:
    for end in ("source", "target"):
        condition = f"{end} IN doomed"
        work.run(
            f"INSERT OR IGNORE INTO touched SELECT :commit, source, kind, target FROM relationship WHERE {condition}"
        )
        work.run(
            "INSERT INTO past_relationship SELECT source, kind, target, valid_from, begun, properties, :day, :commit"
            f" FROM relationship WHERE {condition} AND begun < :commit"
        )
        work.run(f"DELETE FROM relationship WHERE {condition}")
        work.num_deleted += work.connection.changes()
    for number in _doomed_kinds(work):
        table = work.layout.table_by_number[number]
        _keep(work, table, "id IN doomed AND begun < :commit")
        work.run(f"DELETE FROM {table.name} WHERE id IN doomed")
        work.num_deleted += work.connection.changes()
    drop_texts(work.connection, "id IN doomed", {})
    work.run("INSERT OR IGNORE INTO touched SELECT :commit, id, 0, 0 FROM doomed")
    work.run("INSERT OR IGNORE INTO gone SELECT id FROM doomed")
    work.forget()
