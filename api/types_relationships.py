"""Relationship fields of every node type, in both directions, named by one table; what a relationship says stands beside its other end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

import strawberry
from strawberry.types import Info
from strawberry.types.field import StrawberryField

from api.context import Context
from api.cursors import decode, encode
from api.loaders import Ties, TiesAsked
from api.types_access import LISTED, is_shown
from api.types_making import nullable, resolved
from api.types_nodes import NODE_TYPES, ByName, MoreField, NodeView, Seen
from api.types_pages import PageInfo, Window
from api.types_scalars import Day
from api.types_words import both, field_words, root_name, said, snake, type_name
from orgraph.graph import Node, Relationship
from orgraph.messages import Text
from orgraph.schema import NODE_KINDS, RELATIONSHIP_KINDS, Cardinality, Field, RelationshipKind, ValueType
from orgraph.store.port import Direction, Neighbour

_NAMES: dict[str, tuple[str, str]] = {
    "PART_OF": ("part_of", ""),
    "LOCATED_IN": ("located_in", ""),
    "RECORDED_FOR": ("scenario", ""),
    "ADJACENT": ("adjacent", "adjacent"),
    "MERGED_INTO": ("merged_into", "merged_from"),
    "SUBORDINATE_TO": ("subordinate_to", "subordinates"),
    "CONVERTED_TO": ("converted_to", "converted_from"),
    "HAS_ORGANIZATION": ("organizations", "organization_of"),
    "CHECKS_IN_AT": ("checks_in_at", "check_ins"),
    "POST_IN": ("post_in", "posts"),
    "COVERS": ("covers", "covered_by"),
    "BACKS_UP": ("backs_up", "backed_up_by"),
    "PAIRED_WITH": ("paired_with", "paired_by"),
    "HAS_NEED": ("needs", "needed_by"),
    "OFFERS": ("offers", "offered_by"),
    "MEETS": ("meets", "met_by"),
    "TAKES_PART_IN": ("takes_part_in", "participants"),
    "ADDRESSES": ("addresses", "addressed_by"),
    "USES": ("uses", "used_by"),
    "BRANCHED_FROM": ("branched_from", "branches"),
    "PROPOSES": ("plans", "scenario"),
    "HAS_RUN": ("runs", "scenario"),
    "PRODUCES": ("plans", "run"),
}
"""Field names at the source and at the target. Without one at the target there is a field per kind of source: ``insideGrids``, ``consents``."""


@dataclass(frozen=True, slots=True)
class Link:
    """One relationship field of a node kind: where it leads to, and how its condition is written for the store."""

    name: str
    relationship: str
    direction: Direction
    kinds: tuple[str, ...]
    is_one: bool
    is_by_kind: bool = False

    @property
    def path(self) -> str:
        """Return the field of a store condition that asks whether there is any."""
        way = "in" if self.direction is Direction.IN else "out"
        return ":".join((way, self.relationship, *(self.kinds if self.is_by_kind else ())))

    @property
    def words(self) -> Text:
        """Return the description."""
        kind = RELATIONSHIP_KINDS[self.relationship]
        ends = [NODE_KINDS[end].label for end in self.kinds]
        zh, en = "、".join(end.zh for end in ends), ", ".join(end.en for end in ends)
        arrow = {Direction.OUT: "→", Direction.IN: "←", Direction.BOTH: "↔"}[self.direction]
        return Text(f"{kind.label.zh} {arrow} {zh}", f"{kind.label.en} {arrow} {en}")


@cache
def links_of(kind: str) -> tuple[Link, ...]:
    """Return the relationship fields of a node kind."""
    return tuple(link for r in RELATIONSHIP_KINDS.values() for link in _links(kind, r))


def _links(kind: str, r: RelationshipKind) -> Iterator[Link]:
    ends = [(source, target) for source, target in r.ends if is_shown(r.name, source, target)]
    targets = tuple(dict.fromkeys(target for source, target in ends if source == kind))
    sources = tuple(dict.fromkeys(source for source, target in ends if target == kind))
    if not targets and not sources:
        return
    out, back = _NAMES[r.name]
    if r.is_symmetric:
        yield Link(out, r.name, Direction.BOTH, targets, is_one=False)
        return
    if targets:
        is_one = r.cardinality in (Cardinality.MANY_TO_ONE, Cardinality.ONE_TO_ONE)
        yield Link(out, r.name, Direction.OUT, targets, is_one)
    if sources and back:
        is_one = r.cardinality in (Cardinality.ONE_TO_MANY, Cardinality.ONE_TO_ONE)
        yield Link(back, r.name, Direction.IN, sources, is_one)
    if sources and not back:
        for source in sources:
            yield Link(_back_name(r, source), r.name, Direction.IN, (source,), is_one=False, is_by_kind=True)


def _back_name(r: RelationshipKind, source: str) -> str:
    plural = snake(root_name(NODE_KINDS[source].plural))
    return f"inside_{plural}" if r.is_containment else plural


_TYPES = {
    ValueType.CODE: str,
    ValueType.DECIMAL: float,
    ValueType.BOOLEAN: bool,
    ValueType.DATE: Day,
}


def _relationship_type() -> type:
    """Return the type of all that relationships say: every field that any of them has."""
    fields = {
        f.name: f for kind in RELATIONSHIP_KINDS.values() for f in kind.fields if f.name != "is_synthetic"
    }
    annotations: dict[str, object] = {"kind": str, "is_synthetic": bool}
    made = type("Relationship", (), {})
    for name, field in fields.items():
        annotations[name] = nullable(_TYPES[field.type])
        setattr(made, name, strawberry.field(description=_field_words(field)))
    made.__annotations__ = annotations
    return strawberry.type(made, description=said("type.relationship"))


def _field_words(field: Field) -> str:
    carriers = [kind.name for kind in RELATIONSHIP_KINDS.values() if field.name in kind.field_by_name]
    return f"{field_words(field)} ({', '.join(carriers)})"


class SeenRelationship(ByName):
    """What a relationship says."""

    __slots__ = ("_relationship",)

    def __init__(self, relationship: Relationship) -> None:
        self._relationship = relationship

    def value(self, name: str) -> object:
        """Return the value of a field."""
        if name == "kind":
            return self._relationship.kind
        found = self._relationship.properties.get(name)
        return bool(found) if name == "is_synthetic" else found


RelationshipView = _relationship_type()


@dataclass(frozen=True, slots=True)
class Related:
    """The node at the other end, and the relationship."""

    node: Seen
    relationship: SeenRelationship
    cursor: str


@dataclass(frozen=True, slots=True)
class RelatedPage:
    """Some of the nodes at the other end."""

    edges: list[Related]
    nodes: list[Seen]
    page_info: PageInfo
    total_count: int


async def _ties(self: Seen, info: Info[Context, None], link: Link) -> Ties:
    asked = TiesAsked(self.node.key, link.relationship, link.direction, self.as_of)
    found = await info.context["loaders"].ties.load(asked)
    return tuple(n for n in found if n.node.kind in link.kinds)


def _page(found: Ties, window: Window, seen: Seen, link: Link) -> RelatedPage:
    """Cut a page out of all neighbours, which are by key."""
    size, place = window.size, f"{seen.node.kind} {seen.node.code} {link.name}"
    start = 0
    if window.after is not None:
        after = decode(window.after, place)
        start = sum(_values(n.node) <= after for n in found)
    rows = found[start : start + size]
    edges = [_edge(n, seen, place) for n in rows]
    info = PageInfo(
        has_next_page=start + size < len(found),
        has_previous_page=start > 0,
        start_cursor=edges[0].cursor if edges else None,
        end_cursor=edges[-1].cursor if edges else None,
    )
    return RelatedPage(edges, [edge.node for edge in edges], info, len(found))


def _edge(neighbour: Neighbour, seen: Seen, place: str) -> Related:
    node = Seen(neighbour.node, seen.as_of)
    return Related(node, SeenRelationship(neighbour.relationship), encode(_values(neighbour.node), place))


def _values(node: Node) -> tuple[str, str]:
    return node.kind, node.code


@cache
def _page_type(kind: str) -> type:
    """Return the type of pages of related nodes: of one kind, or of any (empty)."""
    node: type = NODE_TYPES.get(kind, NodeView)
    related = type(
        type_name("Related", kind or "Node"),
        (),
        {"__annotations__": {"node": node, "relationship": RelationshipView, "cursor": str}},
    )
    strawberry.type(related, description=said("type.related"))
    annotations = {"edges": list[related], "nodes": list[node], "page_info": PageInfo, "total_count": int}  # type: ignore[valid-type]
    made = type(type_name("Related", kind or "Node", "Connection"), (), {"__annotations__": annotations})
    return strawberry.type(made, description=said("type.related_page"))


def _one(link: Link) -> Callable[..., object]:
    async def resolve(self: Seen, info: Info[Context, None]) -> object:
        found = await _ties(self, info, link)
        return Seen(found[0].node, self.as_of) if found else None

    return resolve


def _many(link: Link) -> Callable[..., object]:
    async def resolve(
        self: Seen, info: Info[Context, None], first: int | None = None, after: str | None = None
    ) -> object:
        window = Window(first, after)
        return _page(await _ties(self, info, link), window, self, link)

    return resolve


def _field(link: Link) -> StrawberryField:
    kind = link.kinds[0] if len(link.kinds) == 1 else ""
    node = NODE_TYPES.get(kind, NodeView)
    resolve = _one(link) if link.is_one else _many(link)
    answer = nullable(node) if link.is_one else _page_type(kind)
    return resolved(resolve, both(link.words), {"return": answer})


def relationship_fields() -> dict[str, list[MoreField]]:
    """Return the relationship fields of every node type, by kind."""
    return {kind: [MoreField(link.name, _field(link)) for link in links_of(kind)] for kind in LISTED}
