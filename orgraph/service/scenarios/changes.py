"""From the difference of two graphs to changes of a store, and changes as JSON, so that they can be kept and applied later."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias, cast

from orgraph.findings import Json
from orgraph.graph import Difference, NodeKey, Properties, Value
from orgraph.store.port import Change, DeleteNode, DeleteRelationship, PutNode, PutRelationship

Thing: TypeAlias = tuple[str, ...]
"""What a change is about: (kind, code), or (kind, kind and code of the source, kind and code of the target)."""


def changes_of(difference: Difference) -> tuple[Change, ...]:
    """Return the changes that make a difference, in an order in which nothing stands in the way of what comes after."""
    return (
        *(DeleteRelationship(*ends) for ends in difference.relationships_gone),
        *(DeleteNode(*key) for key in difference.nodes_gone),
        *(PutNode(n.kind, n.code, n.properties) for n in difference.nodes),
        *(PutRelationship(r.kind, r.source, r.target, r.properties) for r in difference.relationships),
    )


def thing_of(change: Change) -> Thing:
    """Return what a change is about."""
    if isinstance(change, PutNode | DeleteNode):
        return change.kind, change.code
    return change.kind, *change.source, *change.target


def changes_json(changes: Iterable[Change]) -> list[Json]:
    """Return changes as JSON."""
    return [_json(change) for change in changes]


def read_changes(stored: Iterable[Json]) -> tuple[Change, ...]:
    """Return the changes that :func:`changes_json` wrote."""
    return tuple(_read(cast(list[Json], change)) for change in stored)


def _json(change: Change) -> Json:
    if isinstance(change, PutNode):
        return ["put", *thing_of(change), _listed(change.properties)]
    if isinstance(change, PutRelationship):
        return ["tie", *thing_of(change), _listed(change.properties)]
    return ["end" if isinstance(change, DeleteNode) else "untie", *thing_of(change)]


def _listed(properties: Properties) -> dict[str, Json]:
    return {name: list(v) if isinstance(v, tuple) else v for name, v in properties.items()}


def _read(stored: list[Json]) -> Change:
    sign, *rest = stored
    codes = [str(part) for part in rest if isinstance(part, str)]
    if sign == "put":
        return PutNode(codes[0], codes[1], _tupled(rest[2]))
    if sign == "end":
        return DeleteNode(codes[0], codes[1])
    source, target = NodeKey(codes[1], codes[2]), NodeKey(codes[3], codes[4])
    if sign == "tie":
        return PutRelationship(codes[0], source, target, _tupled(rest[5]))
    return DeleteRelationship(codes[0], source, target)


def _tupled(stored: Json) -> Properties:
    properties = cast(dict[str, Value | list[str]], stored)
    return {name: tuple(v) if isinstance(v, list) else v for name, v in properties.items()}
