"""Pages: connections with cursors over what a question leads to, and the arguments that say which page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import strawberry
from strawberry.types import Info

from api.context import Context
from api.cursors import CursorValues, decode, encode
from api.limits_measure import LIST_SIZE
from api.types_nodes import Seen
from api.types_words import said
from orgraph.errors import InputError
from orgraph.service.lookup import MAX_PAGE
from orgraph.store.port import Condition, Cursor, Order, Page

_BEHIND_ALL = "\U0010ffff" * 4
"""A code behind all codes; with missing sort values, which come last, the end of every order."""


@strawberry.type(description=said("type.page_info"))
class PageInfo:
    """Where a page stands, as in the Relay connection specification."""

    has_next_page: bool
    has_previous_page: bool
    start_cursor: str | None
    end_cursor: str | None


def page_size(size: int) -> int:
    """Return how many entries a page holds.

    Raises
    ------
    InputError
        When it is none, or more than a page may hold.
    """
    if not 1 <= size <= MAX_PAGE:
        raise InputError("page_size", first=size, most=MAX_PAGE)
    return size


@dataclass(frozen=True, slots=True)
class Window:
    """Which page: the first or last so many, after or before a cursor."""

    first: int | None = None
    after: str | None = None
    last: int | None = None
    before: str | None = None

    @property
    def size(self) -> int:
        """Return how many entries it holds.

        Raises
        ------
        InputError
            When it is asked from both ends, or for too many.
        """
        if (self.first is not None or self.after is not None) and (
            self.last is not None or self.before is not None
        ):
            raise InputError("page_both_ways")
        given = self.last if self.first is None else self.first
        return page_size(LIST_SIZE if given is None else given)


@dataclass(frozen=True, slots=True)
class Question:
    """What a connection walks over: nodes of one kind, filtered, inside a unit, on a day, in an order."""

    kind: str
    where: Sequence[Condition] = ()
    within: str | None = None
    order: Sequence[Order] = ()
    as_of: date | None = None

    @property
    def place(self) -> str:
        """Return what a cursor belongs to: kind and order. Filters may change between two pages, since cursors are values."""
        return " ".join((self.kind, *(f"{o.field}{'-' if o.is_descending else '+'}" for o in self.order)))


class Edge:
    """An entry of a page; its cursor is written when it is asked for."""

    __slots__ = ("_place", "_values", "node")

    def __init__(self, node: Seen, values: CursorValues, place: str) -> None:
        self.node = node
        self._values = values
        self._place = place

    @property
    def cursor(self) -> str:
        """Return the cursor."""
        return encode(self._values, self._place)


@dataclass(frozen=True)
class Connection:
    """One page of a question."""

    question: Question
    page: Page

    @cached_property
    def nodes(self) -> list[Seen]:
        """Return the nodes."""
        day = self.question.as_of
        return [Seen(node, day) for node in self.page.nodes]

    @property
    def edges(self) -> list[Edge]:
        """Return nodes with cursors."""
        place = self.question.place
        return [Edge(node, values, place) for node, values in zip(self.nodes, self.page.cursors, strict=True)]

    @property
    def page_info(self) -> PageInfo:
        """Return where it stands."""
        cursors, place = self.page.cursors, self.question.place
        return PageInfo(
            has_next_page=self.page.has_next,
            has_previous_page=self.page.has_previous,
            start_cursor=encode(cursors[0], place) if cursors else None,
            end_cursor=encode(cursors[-1], place) if cursors else None,
        )


def cursor_in(given: str | None, question: Question) -> Cursor | None:
    """Return the sort values of a cursor of a question."""
    return None if given is None else decode(given, question.place)


async def page_of(info: Info[Context, None], question: Question, window: Window) -> Connection:
    """Read one page, in one store call."""
    size = window.size
    after, before = (cursor_in(cursor, question) for cursor in (window.after, window.before))
    if window.last is not None and before is None:
        before = (*(None for _ in question.order), _BEHIND_ALL)
    found = await info.context["lookup"].page(
        question.kind,
        where=question.where,
        within=question.within,
        order=question.order,
        after=after,
        before=before,
        limit=size,
        as_of=question.as_of,
    )
    return Connection(question, found)


async def _total(self: Connection, info: Info[Context, None]) -> int:
    question = self.question
    return await info.context["lookup"].count(
        question.kind, where=question.where, within=question.within, as_of=question.as_of
    )


def connection_type(node: type, name: str) -> type:
    """Return the connection type of a node type."""
    edge = type(f"{name}Edge", (), {"__annotations__": {"cursor": str, "node": node}})
    strawberry.type(edge, description=said("type.edge"))
    made = type(
        f"{name}Connection",
        (),
        {
            "__annotations__": {"edges": list[edge], "nodes": list[node], "page_info": PageInfo},  # type: ignore[valid-type]
            "total_count": strawberry.field(resolver=_total, description=said("field.total_count")),
        },
    )
    return strawberry.type(made, description=said("type.connection"))
