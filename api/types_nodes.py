"""Node types, one per node kind, made from the schema; the view of a node that resolvers hand to them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import cast

import strawberry
from strawberry.scalars import JSON
from strawberry.types.field import StrawberryField

from api.cursors import encode_id
from api.types_access import LISTED, is_document, shown_fields
from api.types_making import nullable
from api.types_scalars import Day, enum_of
from api.types_words import both, field_words, said
from orgraph.graph import Node
from orgraph.schema import NODE_KINDS, Field, NodeKind, ValueType


class ByName:
    """Something whose fields are read by their name in Python."""

    __slots__ = ()

    def value(self, name: str) -> object:
        """Return the value of a field."""
        raise NotImplementedError(name)


class Seen(ByName):
    """A node as it was on a day (``None``: now): no object is made per node and field."""

    __slots__ = ("as_of", "node")

    def __init__(self, node: Node, as_of: date | None = None) -> None:
        self.node = node
        self.as_of = as_of

    def value(self, name: str) -> object:
        """Return the value of a field."""
        reader = _READERS.get(name)
        return self.node.properties.get(name) if reader is None else reader(self.node)


def read_field(source: object, name: str) -> object:
    """Return the value of a field without a resolver: of a node, or of any other object."""
    return source.value(name) if isinstance(source, ByName) else getattr(source, name)


@strawberry.type(description=said("type.weight"))
class Weight:
    """One number of a node beyond the fields of its kind."""

    name: str = strawberry.field(description=said("field.weight_name"))
    value: float


@strawberry.interface(name="Node", description=said("type.node"))
class NodeView:
    """What all nodes have."""

    id: strawberry.ID = strawberry.field(description=said("field.id"))
    code: str = strawberry.field(description=said("field.code"))
    node_kind: str = strawberry.field(description=said("field.node_kind"))
    is_synthetic: bool = strawberry.field(description=said("field.is_synthetic"))

    @classmethod
    def resolve_type(cls, source: Seen, *_: object) -> str:
        """Return the type of a node: its kind."""
        return source.node.kind


def shown(node: Node, as_of: date | None = None) -> NodeView:
    """Return a node as it was on a day, where its type in GraphQL is the interface."""
    return cast(NodeView, Seen(node, as_of))


_TYPES: Mapping[ValueType, object] = {
    ValueType.TEXT: str,
    ValueType.CODE: str,
    ValueType.INTEGER: int,
    ValueType.DECIMAL: float,
    ValueType.BOOLEAN: bool,
    ValueType.DATE: Day,
    ValueType.CODES: list[str],
    ValueType.GEOMETRY: JSON,
    ValueType.JSON: JSON,
}


def _document(name: str) -> Callable[[Node], object]:
    def read(node: Node) -> object:
        text = node.properties.get(name)
        return json.loads(text) if isinstance(text, str) else None

    return read


def _codes(name: str) -> Callable[[Node], object]:
    return lambda node: node.properties.get(name) or ()


def _weights(node: Node) -> list[Weight]:
    declared = NODE_KINDS[node.kind].field_by_name
    return [
        Weight(name=name, value=value)
        for name, value in node.properties.items()
        if name not in declared and isinstance(value, int | float)
    ]


_READERS: dict[str, Callable[[Node], object]] = {
    "id": lambda node: encode_id(node.key),
    "code": lambda node: node.code,
    "node_kind": lambda node: node.kind,
    "is_synthetic": lambda node: node.is_synthetic,
    "weights": _weights,
}
for _kind in LISTED.values():
    for _field in shown_fields(_kind):
        if is_document(_field):
            _READERS[_field.name] = _document(_field.name)
        elif _field.type is ValueType.CODES:
            _READERS[_field.name] = _codes(_field.name)


def leaf(name: str) -> Callable[..., object]:
    """Return the resolver of a field of nodes that has none of its own: the value, without the library's steps around it."""
    reader = _READERS.get(name)

    if reader is None:
        return lambda source, _info: source.node.properties.get(name)
    return lambda source, _info: reader(source.node)


def field_type(kind: str, field: Field) -> object:
    """Return the type of a field's value, without regard to whether it may be missing."""
    return enum_of(kind, field.name) if field.type is ValueType.ENUM else _TYPES[field.type]


def _annotation(kind: str, field: Field) -> object:
    known = field_type(kind, field)
    is_always = field.is_required or field.type is ValueType.CODES
    return known if is_always else nullable(known)


@dataclass(frozen=True)
class MoreField:
    """A field beside those of the schema: its name in Python, and the field with its resolver."""

    name: str
    field: StrawberryField


NODE_TYPES: dict[str, type] = {name: type(name, (NodeView,), {}) for name in LISTED}
"""The class of every node type, by kind. They may refer to each other; :func:`complete` gives them their fields."""


def complete(more: Mapping[str, Iterable[MoreField]]) -> None:
    """Give every node type its fields: those of the schema, and ``more`` by kind."""
    for name, kind in LISTED.items():
        _complete(kind, more.get(name, ()))


def _complete(kind: NodeKind, more: Iterable[MoreField]) -> None:
    made = NODE_TYPES[kind.name]
    annotations: dict[str, object] = {}
    for field in shown_fields(kind):
        annotations[field.name] = _annotation(kind.name, field)
        setattr(made, field.name, strawberry.field(description=field_words(field)))
    if kind.has_open_weights:
        annotations["weights"] = list[Weight]
        made.weights = strawberry.field(description=said("field.weights"))  # type: ignore[attr-defined]
    for added in more:
        assert added.name not in annotations, (kind.name, added.name)
        annotations[added.name] = added.field.type_annotation
        setattr(made, added.name, added.field)
    made.__annotations__ = annotations
    name = kind.name
    made.is_type_of = classmethod(lambda cls, source, info: source.node.kind == name)  # type: ignore[attr-defined]
    strawberry.type(made, name=name, description=f"{both(kind.label)}: {both(kind.description)}")
