"""The query roots of node kinds: one connection per kind, one field per kind for a single node, both made from the schema."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import strawberry
from strawberry.types import Info
from strawberry.types.field import StrawberryField

from api.context import Context
from api.loaders import NodeAsked
from api.types_access import LISTED
from api.types_filters import conditions, filter_type, order_type, orders
from api.types_making import nullable, resolved
from api.types_nodes import NODE_TYPES, Seen
from api.types_pages import Connection, Question, Window, connection_type, page_of
from api.types_scalars import Day, day
from api.types_words import both, root_name, said, snake
from orgraph.graph import NodeKey
from orgraph.messages import text
from orgraph.schema import NODE_KINDS, NodeKind
from orgraph.store.port import Condition, Operator


def node_roots() -> Iterator[tuple[str, StrawberryField]]:
    """Yield every root by its name in Python."""
    for name, kind in NODE_KINDS.items():
        plural = snake(root_name(kind.plural))
        if name in LISTED:
            yield plural, _connection(kind)
            yield snake(name), _single(kind)
        else:
            yield plural, _number(kind)


def _connection(kind: NodeKind) -> StrawberryField:
    resolve = _about(kind.name) if _is_proposal(kind) else _inside(kind.name)
    types = {
        "where": nullable(filter_type(kind.name)),
        "order_by": nullable(list[order_type(kind.name)]),  # type: ignore[misc]
        "return": connection_type(NODE_TYPES[kind.name], kind.name),
    }
    return resolved(resolve, both(text("graphql.root.connection", label=kind.label)), types)


def _is_proposal(kind: NodeKind) -> bool:
    """Return whether nodes of a kind lie in no unit, and name the unit that they are about."""
    field = kind.field_by_name.get("unit_code")
    return field is not None and not field.reference


def _inside(kind: str) -> Callable[..., object]:
    async def resolve(
        info: Info[Context, None],
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
        where: object | None = None,
        order_by: list[object] | None = None,
        within: str | None = None,
        as_of: Day | None = None,
    ) -> Connection:
        asked = Question(kind, (*conditions(kind, where),), within, orders(kind, order_by), day(as_of))
        return await page_of(info, asked, Window(first, after, last, before))

    return resolve


def _about(kind: str) -> Callable[..., object]:
    async def resolve(
        info: Info[Context, None],
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
        where: object | None = None,
        order_by: list[object] | None = None,
        unit_code: str | None = None,
        as_of: Day | None = None,
    ) -> Connection:
        about = () if unit_code is None else (Condition("unit_code", Operator.EQ, unit_code),)
        asked = Question(kind, (*about, *conditions(kind, where)), None, orders(kind, order_by), day(as_of))
        return await page_of(info, asked, Window(first, after, last, before))

    return resolve


def _single(kind: NodeKind) -> StrawberryField:
    name = kind.name

    async def resolve(info: Info[Context, None], code: str, as_of: Day | None = None) -> Seen | None:
        return await seen(info, NodeKey(name, code), as_of)

    words = both(text("graphql.root.single", label=kind.label))
    return resolved(resolve, words, {"return": nullable(NODE_TYPES[name])})


@strawberry.type(description=said("type.count_only"))
class Counted:
    """Nodes that are counted only."""

    total_count: int


def _number(kind: NodeKind) -> StrawberryField:
    name = kind.name

    async def resolve(
        info: Info[Context, None], within: str | None = None, as_of: Day | None = None
    ) -> Counted:
        return Counted(total_count=await info.context["lookup"].count(name, within=within, as_of=day(as_of)))

    return resolved(resolve, both(text("graphql.root.count", label=kind.label)), {})


async def seen(info: Info[Context, None], key: NodeKey, as_of: Day | None) -> Seen | None:
    """Return a node as it was on a day; all that are asked for together are one store call."""
    node = await info.context["loaders"].nodes.load(NodeAsked(key, day(as_of)))
    return Seen(node, day(as_of)) if node is not None else None
