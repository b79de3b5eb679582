"""Put and end relationships inside a writing transaction."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple, TypeAlias

from orgraph.graph import NodeKey, Properties, Value, relationship_findings
from orgraph.schema import RELATIONSHIP_KINDS, Cardinality, ValueType
from orgraph.store.port import DeleteRelationship, PutRelationship
from orgraph.store.sqlite.binding import bound_ids, fetch
from orgraph.store.sqlite.work import Work
from orgraph.store.storable import storage_findings

Ends: TypeAlias = tuple[NodeKey, NodeKey]


_SYMMETRIC = frozenset(name for name, kind in RELATIONSHIP_KINDS.items() if kind.is_symmetric)


class _State(NamedTuple):
    """A present relationship as it is stored."""

    source: int
    kind: int
    target: int
    valid_from: int
    begun: int
    properties: str | None


def ends_of(change: PutRelationship | DeleteRelationship) -> Ends:
    """Return the ends in the order in which they are stored: a symmetric kind has the smaller key first."""
    if change.kind in _SYMMETRIC and change.source > change.target:
        return change.target, change.source
    return change.source, change.target


def is_to_one(kind: str) -> bool:
    """Return whether a source has at most one relationship of this kind."""
    return RELATIONSHIP_KINDS[kind].cardinality in (Cardinality.MANY_TO_ONE, Cardinality.ONE_TO_ONE)


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
    present = _present(work, kind, number, {ids[s.kind][s.code] for s, _ in changes})
    new: list[tuple[int, int, str | None]] = []
    for (source, target), given in changes.items():
        a, b = ids[source.kind][source.code], ids[target.kind][target.code]
        others = present.get(a, ())
        old = next((r for r in others if r.target == b and r.kind == number), None) if others else None
        properties = _merged(kind, old, given) if given else given
        if not _is_sound(work, kind, source, target, properties):
            continue
        encoded = encode_properties(properties) if given or old is None else old.properties
        if old is not None:
            _change(work, old, encoded, (source, target))
        elif not (others or work.is_backdated) or _is_free(work, kind, (source, target), (a, b), others):
            new.append((a, b, encoded))
    _insert(work, number, new)


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
    for row in rows:
        present[row[0]].append(_State(*row))
    return present


def _merged(kind: str, old: _State | None, given: Properties) -> Properties:
    if old is None and None not in given.values():
        return given
    stored = decode_properties(kind, old.properties) if old else {}
    return {name: v for name, v in {**stored, **given}.items() if v is not None}


def _is_sound(work: Work, kind: str, source: NodeKey, target: NodeKey, properties: Properties) -> bool:
    findings = relationship_findings(kind, source, target, properties)
    if not findings and properties:
        findings = storage_findings(kind, source.code, properties)
    work.note(findings)
    return not findings


def _is_free(work: Work, kind: str, ends: Ends, ids: tuple[int, int], others: Iterable[_State]) -> bool:
    """Make room for a new relationship: end the one that a source with at most one has. False when a date forbids it."""
    subject = (ends[0].code, ends[1].code)
    to_one = is_to_one(kind)
    if work.is_backdated and (ended := _last_end(work, kind, ids, to_one)) > work.day:
        work.find_too_early(subject, ended)
        return False
    for other in others if to_one else ():
        if other.valid_from > work.day:
            work.find_too_early(subject, other.valid_from)
            return False
        end_relationship(work, other)
    return True


def _last_end(work: Work, kind: str, ids: tuple[int, int], to_one: bool) -> int:
    """Return the day on which the past of this relationship ended, or one of its ends began, whichever is later."""
    number = work.layout.relationship_numbers[kind]
    same = "kind < 0" if number < 0 else "kind = :kind"
    last = work.value(
        f"SELECT max(valid_to) FROM past_relationship WHERE source = :a AND {same}"
        + ("" if to_one else " AND target = :b"),
        kind=number,
        a=ids[0],
        b=ids[1],
    )
    born = [work.value(f"SELECT born FROM {work.layout.table_of(i).name} WHERE id = :id", id=i) for i in ids]
    return max((day for day in (last, *born) if day is not None), default=0)


def _insert(work: Work, number: int, new: list[tuple[int, int, str | None]]) -> None:
    day, commit = work.day, work.commit
    work.connection.executemany(
        "INSERT INTO relationship VALUES (?, ?, ?, ?, ?, ?)",
        ((a, number, b, day, commit, properties) for a, b, properties in new),
    )
    work.touch((a, number, b) for a, b, _ in new)
    work.num_put += len(new)


def _change(work: Work, old: _State, properties: str | None, ends: Ends) -> None:
    if properties == old.properties:
        return
    if old.valid_from > work.day:
        work.find_too_early((ends[0].code, ends[1].code), old.valid_from)
        return
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
            "INSERT INTO past_relationship VALUES (?, ?, ?, ?, ?, ?, ?, ?)", (*old, work.day, work.commit)
        )


def end_relationship(work: Work, old: _State) -> None:
    """End a present relationship."""
    _keep(work, old)
    work.connection.execute("DELETE FROM relationship WHERE source = ? AND kind = ? AND target = ?", old[:3])
    work.touch([old[:3]])
    work.num_deleted += 1


def delete_relationship(work: Work, change: DeleteRelationship) -> None:
    """End one relationship; its absence is a finding."""
    source, target = ends_of(change)
    old = _find(work, change.kind, source, target)
    if old is None:
        work.find(
            "store.no_relationship_to_delete",
            source.code,
            target.code,
            relationship=change.kind,
            source=source.code,
            target=target.code,
        )
    elif old.valid_from > work.day:
        work.find_too_early((source.code, target.code), old.valid_from)
    else:
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
    return next((r for r in _present(work, kind, number, {a}).get(a, ()) if r.target == b), None)
