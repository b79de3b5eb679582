"""The records of a dump as lines of a backup: one JSON list each, its first item a letter that tells the kind."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from orgraph.graph import Value
from orgraph.graph.digest import plain
from orgraph.store.dump import (
    DumpedCommit,
    DumpEnd,
    DumpHead,
    DumpRecord,
    NodeState,
    RelationshipState,
    Touched,
)

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
Fields = list[Any]
"""What stands behind the letter; what each item is, is known by the kind of record."""


def line_of(record: DumpRecord) -> str:
    """Return the line of a record, without its end."""
    match record:
        case Touched(commit, scope, a, kind, b):
            return _encode(["t", commit, scope, a, kind, b])
        case RelationshipState(kind, source, target, properties, start, end, begun, ended):
            days = (start.isoformat(), _iso(end))
            return _encode(["r", kind, source, target, plain(properties), *days, begun, ended])
        case NodeState(identity, kind, code, properties, start, end, begun, ended, born):
            days = (start.isoformat(), _iso(end))
            return _encode(
                ["n", identity, kind, code, plain(properties), *days, begun, ended, born.isoformat()]
            )
        case DumpedCommit(number, at, by, reason, effective, versions):
            return _encode(["c", number, at, by, reason, effective.isoformat(), dict(versions)])
        case DumpHead(number, num_commits, latest):
            return _encode(["h", number, num_commits, _iso(latest)])
        case DumpEnd(counts):
            return _encode(["e", dict(counts)])


def record_of(line: str) -> DumpRecord:
    """Return the record that a line stands for.

    Raises
    ------
    ValueError, TypeError, KeyError
        When it stands for none.
    """
    letter, *fields = json.loads(line)
    return _READERS[letter](fields)


def _touched(fields: Fields) -> Touched:
    commit, scope, a, kind, b = fields
    return Touched(_whole(commit), _text(scope), _whole(a), _text(kind), _whole(b))


def _relationship(fields: Fields) -> RelationshipState:
    kind, source, target, properties, start, end, begun, ended = fields
    return RelationshipState(
        _text(kind),
        _whole(source),
        _whole(target),
        _properties(properties),
        date.fromisoformat(start),
        _day(end),
        _whole(begun),
        None if ended is None else _whole(ended),
    )


def _node(fields: Fields) -> NodeState:
    identity, kind, code, properties, start, end, begun, ended, born = fields
    return NodeState(
        _whole(identity),
        _text(kind),
        _text(code),
        _properties(properties),
        date.fromisoformat(start),
        _day(end),
        _whole(begun),
        None if ended is None else _whole(ended),
        date.fromisoformat(born),
    )


def _commit(fields: Fields) -> DumpedCommit:
    number, at, by, reason, effective, versions = fields
    return DumpedCommit(
        _whole(number), _text(at), _text(by), _text(reason), date.fromisoformat(effective), _counts(versions)
    )


def _head(fields: Fields) -> DumpHead:
    number, num_commits, latest = fields
    return DumpHead(_whole(number), _whole(num_commits), _day(latest))


def _end(fields: Fields) -> DumpEnd:
    (counts,) = fields
    return DumpEnd(_counts(counts))


_READERS: Mapping[str, Callable[[Fields], DumpRecord]] = {
    "h": _head,
    "c": _commit,
    "n": _node,
    "r": _relationship,
    "t": _touched,
    "e": _end,
}


def _whole(value: object) -> int:
    if type(value) is not int:
        raise TypeError
    return value


def _text(value: object) -> str:
    if type(value) is not str:
        raise TypeError
    return value


def _counts(value: dict[str, object]) -> dict[str, int]:
    return {_text(name): _whole(number) for name, number in value.items()}


def _properties(value: dict[str, Any]) -> dict[str, Value]:
    return {name: tuple(v) if type(v) is list else v for name, v in value.items()}


def _day(value: str | None) -> date | None:
    return None if value is None else date.fromisoformat(value)


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
