"""`Loaders`: what one request reads of nodes and their neighbours, collected into one store call per batch."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple, TypeAlias

from strawberry.dataloader import DataLoader

from orgraph.graph import Node, NodeKey
from orgraph.store.port import Direction, Neighbour, Store


class NodeAsked(NamedTuple):
    """A node, as it was on a day (``None``: now)."""

    key: NodeKey
    as_of: date | None


class TiesAsked(NamedTuple):
    """The neighbours of a node by one relationship kind, on a day (``None``: now)."""

    key: NodeKey
    relationship: str
    direction: Direction
    as_of: date | None


Ties: TypeAlias = tuple[Neighbour, ...]


class Loaders:
    """Reads of one request. Equal questions are asked once; those of one moment, of the same day and relationship kind, in one store call."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.nodes: DataLoader[NodeAsked, Node | None] = DataLoader(self._nodes)
        self.ties: DataLoader[TiesAsked, Ties] = DataLoader(self._ties)

    async def _nodes(self, asked: list[NodeAsked]) -> Sequence[Node | None]:
        found: dict[NodeAsked, Node | None] = {}
        for day in dict.fromkeys(a.as_of for a in asked):
            those = [a for a in asked if a.as_of == day]
            nodes = await self._store.get_many([a.key for a in those], as_of=day)
            found.update(zip(those, nodes, strict=True))
        return [found[a] for a in asked]

    async def _ties(self, asked: list[TiesAsked]) -> Sequence[Ties]:
        found: dict[TiesAsked, Ties] = {}
        for question in dict.fromkeys(a[1:] for a in asked):
            relationship, direction, day = question
            those = [a for a in asked if a[1:] == question]
            ties = await self._store.neighbours(
                [a.key for a in those], relationship, direction=direction, as_of=day
            )
            found.update(zip(those, ties, strict=True))
        return [found[a] for a in asked]
