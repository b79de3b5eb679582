"""Scalars and enumerations: days, and the closed lists of values of the schema."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from enum import EnumMeta
from functools import cache
from typing import NewType

import strawberry
from graphql import GraphQLError
from strawberry.scalars import JSON
from strawberry.types.scalar import ScalarDefinition

from api.types_access import SEARCHED
from api.types_making import enum_type
from api.types_words import both, said, snake, type_name
from orgraph.schema import COVERAGE_MEASURES, NODE_KINDS

Day = NewType("Day", str)
"""A day as text, ``YYYY-MM-DD``; the graph holds days in this form."""


def _day(given: object) -> Day:
    try:
        is_day = isinstance(given, str) and date.fromisoformat(given).isoformat() == given
    except ValueError:
        is_day = False
    if not is_day:
        raise GraphQLError("a day is written YYYY-MM-DD")
    return Day(str(given))


SCALARS: Mapping[object, ScalarDefinition] = {
    Day: strawberry.scalar(name="Date", description=said("scalar.date"), serialize=str, parse_value=_day),
    JSON: strawberry.scalar(name="JSON", description=said("scalar.json"), serialize=lambda v: v),
}
"""The scalars beside those of GraphQL, as the schema's configuration takes them."""


def day(given: Day | None) -> date | None:
    """Return the day that a client gave."""
    return date.fromisoformat(given) if given else None


@cache
def enum_of(kind: str, name: str) -> EnumMeta:
    """Return the enumeration of a field of a node kind; its values are those of the schema, described by their labels."""
    field = NODE_KINDS[kind].field_by_name[name]
    members = {c.value: (c.value, both(c.label)) for c in field.choices}
    return enum_type(type_name(kind, name), members, both(field.label))


def _kinds(name: str, kinds: Iterable[str]) -> EnumMeta:
    members = {kind: (kind, both(NODE_KINDS[kind].label)) for kind in kinds}
    return enum_type(name, members, said(f"type.{snake(name)}"))


Level = enum_of("Unit", "level")
Measure = enum_type(
    "CoverageMeasure",
    {m.name: (m.name, both(m.label)) for m in COVERAGE_MEASURES.values()},
    said("type.coverage_measure"),
)
SearchedKind = _kinds("SearchedKind", SEARCHED)
LineageKind = _kinds("LineageKind", ("Unit", "PartyOrganization"))
