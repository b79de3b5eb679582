"""Filters and orders, one input type per node kind, made from the schema; their translation into conditions of the store."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum
from functools import cache
from typing import Any, cast

import strawberry

from api.types_access import LISTED, is_personal, shown_fields
from api.types_making import enum_type, nullable
from api.types_nodes import field_type
from api.types_relationships import links_of
from api.types_scalars import Day
from api.types_words import both, field_words, said, type_name
from orgraph.graph import Value
from orgraph.schema import NODE_KINDS, Field, NodeKind, ValueType
from orgraph.store.port import Condition, Direction, Operator, Order

_OPERATORS = {
    "eq": Operator.EQ,
    "ne": Operator.NE,
    "in_": Operator.IN,
    "lt": Operator.LT,
    "le": Operator.LE,
    "gt": Operator.GT,
    "ge": Operator.GE,
    "is_missing": Operator.IS_MISSING,
}
_RANGES = ("lt", "le", "gt", "ge")


def _filter_type(name: str, value: object, *, has_ranges: bool, has_in: bool = True) -> type:
    """Return the input type of conditions on a value of one type."""
    names = ["eq", "ne", *(["in_"] if has_in else ()), *(_RANGES if has_ranges else ()), "is_missing"]
    types = {"in_": list[value], "is_missing": bool}  # type: ignore[valid-type]
    return _input(
        name,
        said("type.filter"),
        {n: (types.get(n, value), said(f"operator.{n.rstrip('_')}")) for n in names},
    )


def _input(name: str, description: str, fields: Mapping[str, tuple[object, str]]) -> type:
    """Return an input type whose fields, given with type and description, may all be left out; an underscore behind a name is for Python alone."""
    made = type(name, (), {})
    made.__annotations__ = {n: nullable(type_) for n, (type_, _) in fields.items()}
    for n, (_, words) in fields.items():
        own = n.rstrip("_") if n.endswith("_") else None
        setattr(made, n, strawberry.field(name=own, default=None, description=words))
    return strawberry.input(made, name=name, description=description)


_TEXT_FILTER = _filter_type("TextFilter", str, has_ranges=True)
_FILTERS: dict[ValueType, type] = {
    ValueType.TEXT: _TEXT_FILTER,
    ValueType.CODE: _TEXT_FILTER,
    ValueType.INTEGER: _filter_type("IntFilter", int, has_ranges=True),
    ValueType.DECIMAL: _filter_type("FloatFilter", float, has_ranges=True),
    ValueType.DATE: _filter_type("DateFilter", Day, has_ranges=True),
    ValueType.BOOLEAN: _filter_type("BooleanFilter", bool, has_ranges=False, has_in=False),
}


@cache
def _enum_filter(kind: str, name: str) -> type:
    field = NODE_KINDS[kind].field_by_name[name]
    return _filter_type(type_name(kind, name, "Filter"), field_type(kind, field), has_ranges=False)


def _asked(kind: NodeKind, flag: str) -> list[Field]:
    """Return the fields that may be filtered (sorted) by: the key, and what is shown."""
    key = kind.field_by_name["code"]
    return [f for f in (key, *shown_fields(kind)) if getattr(f, flag) and (f.is_key or not is_personal(f))]


def _conditions_on(kind: NodeKind, field: Field) -> type:
    return _enum_filter(kind.name, field.name) if field.type is ValueType.ENUM else _FILTERS[field.type]


def _has_type(kind: NodeKind) -> type | None:
    links = [link for link in links_of(kind.name) if link.direction is not Direction.BOTH]
    if not links:
        return None
    return _input(
        f"{kind.name}Has", said("type.has"), {link.name: (bool, both(link.words)) for link in links}
    )


@cache
def filter_type(kind: str) -> type:
    """Return the input type of filters on nodes of a kind."""
    declared = LISTED[kind]
    fields = {
        f.name: (_conditions_on(declared, f), field_words(f)) for f in _asked(declared, "is_filterable")
    }
    has = _has_type(declared)
    if has is not None:
        fields["has"] = (has, said("field.has"))
    return _input(f"{kind}Filter", said("type.kind_filter"), fields)


@strawberry.enum(description=said("type.direction"))
class OrderDirection(Enum):
    """Which way."""

    ASC = "asc"
    DESC = "desc"


@cache
def order_type(kind: str) -> type:
    """Return the input type of one term of an order."""
    members = {f.name.upper(): (f.name, field_words(f)) for f in _asked(LISTED[kind], "is_sortable")}
    fields = enum_type(f"{kind}OrderField", members, said("type.order_field"))
    made = type(f"{kind}Order", (), {"__annotations__": {"field": fields, "direction": OrderDirection}})
    made.direction = strawberry.field(default=OrderDirection.ASC, description=said("type.direction"))  # type: ignore[attr-defined]
    return strawberry.input(made, name=f"{kind}Order", description=said("type.order"))


def conditions(kind: str, where: object | None) -> Iterator[Condition]:
    """Yield the conditions of a filter; what is null is not asked."""
    if where is None:
        return
    for field in _asked(LISTED[kind], "is_filterable"):
        for name, value in _given(getattr(where, field.name)):
            yield Condition(field.name, _OPERATORS[name], _plain(value))
    links = {link.name: link for link in links_of(kind)}
    for name, value in _given(getattr(where, "has", None)):
        yield Condition(links[name].path, Operator.HAS, bool(value))


def orders(kind: str, given: list[Any] | None) -> tuple[Order, ...]:
    """Return the order that a client asks for; without one by name, where there is one, else by code."""
    if given:
        return tuple(
            Order(str(term.field.value), is_descending=term.direction is OrderDirection.DESC)
            for term in given
        )
    has_name = any(f.name == "name" for f in _asked(LISTED[kind], "is_sortable"))
    return (Order("name"),) if has_name else ()


def _given(asked: object | None) -> Iterator[tuple[str, object]]:
    if asked is not None:
        yield from ((name, value) for name, value in vars(asked).items() if value is not None)


def _plain(value: object) -> Value:
    """Return a value as the store takes it; of a list its texts or numbers."""
    if isinstance(value, list):
        return cast(Value, tuple(_plain(one) for one in value))
    if isinstance(value, Enum):
        return str(value.value)
    assert isinstance(value, bool | int | float | str)
    return value
