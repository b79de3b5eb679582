"""Put and end relationships inside a writing transaction."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import partial
from typing import NamedTuple

from orgraph.graph import NodeKey, Properties, Value
from orgraph.schema import RELATIONSHIP_KINDS, ValueType
from orgraph.store.intake import Ends, ends_of, is_to_one
from orgraph.store.judging import Present, may_end, plan_relationships
from orgraph.store.port import DeleteRelationship
from orgraph.store.sqlite.binding import bound_ids, fetch
from orgraph.store.sqlite.work import Work


class _State(NamedTuple):
    """A present relationship as it is stored."""

    source: int
    kind: int
    target: int
    valid_from: int
    begun: int
    properties: str | None
    name: str

    @property
    def stored(self) -> dict[str, Value]:
        """Its properties."""
        return decode_properties(self.name, self.properties)


def decode_properties(kind: str, stored: str | None) -> dict[str, Value]:
    """Return the properties of a stored relationship."""
    if stored is None:
        return {}
    fields = RELATIONSHIP_KINDS[kind].field_by_name
    return {
        name: tuple(value) if name in fields and fields[name].type is ValueType.CODES else value
        for name, value in json.loads(stored).items()
    }


def encode_properties(properties: Properties) -> str | None:
    """Return the properties of a relationship as they are stored."""
    return json.dumps(dict(properties), ensure_ascii=False) if properties else None


def put_relationships(work: Work, kind: str, changes: Mapping[Ends, Properties]) -> None:
    """Create or change relationships of one kind. With at most one per source, a source stands at most once among the changes."""
    number = work.layout.relationship_numbers[kind]
    ids = _ids_of_ends(work, changes)
    held = _present(work, kind, number, {ids[s.kind][s.code] for s, _ in changes})
    last_end = partial(_last_end, work, kind) if work.report.is_backdated else None
    plan = plan_relationships(work.report, kind, changes, Present(number, ids, held, last_end))
    for old in plan.ended:
        end_relationship(work, old)
    for old, properties in plan.changed:
        _change(work, old, encode_properties(properties))
    _insert(work, number, plan.new)


def _ids_of_ends(work: Work, ends: Iterable[Ends]) -> Mapping[str, Mapping[str, int]]:
    codes: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for source, target in ends:
        codes[source.kind][source.code] = None
        codes[target.kind][target.code] = None
    return {kind: work.ids(kind, codes[kind]) for kind in codes}


def _present(work: Work, kind: str, number: int, sources: set[int]) -> Mapping[int, list[_State]]:
    """Return what relationships of this kind the sources have; for containment, of every kind of containment."""
    same = "r.kind < 0" if RELATIONSHIP_KINDS[kind].is_containment else "r.kind = ?"
    bindings = (bound_ids(sources),) + (() if number < 0 else (number,))
    rows = fetch(
        work.connection,
        "SELECT r.source, r.kind, r.target, r.valid_from, r.begun, r.properties"
        f" FROM carray(?) c CROSS JOIN relationship r ON r.source = c.value AND {same}",
        bindings,
    )
    present: defaultdict[int, list[_State]] = defaultdict(list)
    for a, held, b, valid_from, begun, properties in rows:
        name = work.layout.relationship_by_number[held].name
        present[a].append(_State(a, held, b, valid_from, begun, properties, name))
    return present


def _last_end(work: Work, kind: str, *ids: int) -> int:
    """Return the day on which the past of this relationship ended, or one of its ends began, whichever is later."""
    number = work.layout.relationship_numbers[kind]
    same = "kind < 0" if number < 0 else "kind = :kind"
    last = work.value(
        f"SELECT max(valid_to) FROM past_relationship WHERE source = :a AND {same}"
        + ("" if is_to_one(kind) else " AND target = :b"),
        kind=number,
        a=ids[0],
        b=ids[1],
    )
    born = [work.value(f"SELECT born FROM {work.layout.table_of(i).name} WHERE id = :id", id=i) for i in ids]
    return max((day for day in (last, *born) if day is not None), default=0)


def _insert(work: Work, number: int, new: list[tuple[int, int, Properties]]) -> None:
    day, commit = work.report.day, work.commit
    work.connection.executemany(
        "INSERT INTO relationship VALUES (?, ?, ?, ?, ?, ?)",
        ((a, number, b, day, commit, encode_properties(properties)) for a, b, properties in new),
    )
    work.touch((a, number, b) for a, b, _ in new)
    work.num_put += len(new)


def _change(work: Work, old: _State, properties: str | None) -> None:
    _keep(work, old)
    work.run(
        "UPDATE relationship SET valid_from = :day, begun = :commit, properties = :properties"
        " WHERE source = :a AND kind = :kind AND target = :b",
        a=old.source,
        kind=old.kind,
        b=old.target,
        properties=properties,
    )
    work.touch([(old.source, old.kind, old.target)])
    work.num_put += 1


def _keep(work: Work, old: _State) -> None:
    """Enter the present state into the past, unless this very commit made it."""
    if old.begun < work.commit:
        work.connection.execute(
            "INSERT INTO past_relationship VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (*old[:6], work.report.day, work.commit),
        )


def end_relationship(work: Work, old: _State) -> None:
    """End a present relationship."""
    _keep(work, old)
    work.connection.execute("DELETE FROM relationship WHERE source = ? AND kind = ? AND target = ?", old[:3])
    work.touch([old[:3]])
    work.num_deleted += 1


def delete_relationship(work: Work, change: DeleteRelationship) -> None:
    """End one relationship; its absence is a finding."""
    ends = ends_of(change)
    old = _find(work, change.kind, *ends)
    if may_end(old, work.report, change.kind, ends):
        end_relationship(work, old)


def _find(work: Work, kind: str, source: NodeKey, target: NodeKey) -> _State | None:
    tables = work.layout.tables
    if kind not in RELATIONSHIP_KINDS or source.kind not in tables or target.kind not in tables:
        return None
    a = work.stored_ids(source.kind, (source.code,)).get(source.code)
    b = work.stored_ids(target.kind, (target.code,)).get(target.code)
    number = work.layout.relationship_numbers[kind]
    if a is None or b is None:
        return None
    held = _present(work, kind, number, {a}).get(a, ())
    return next((r for r in held if (r.kind, r.target) == (number, b)), None)
