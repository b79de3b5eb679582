"""What one transaction touched: the entries of the change log, in memory at 17 bytes each until their scopes are known."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from typing import TypeAlias

from orgraph.schema import RELATIONSHIP_KINDS
from orgraph.store.neo4j.layout import CONTAINMENT

Thing: TypeAlias = tuple[int, str, int]
"""(node, "", 0), or (source, kind, target)."""

Columns: TypeAlias = tuple[list[int], list[str], list[int]]
"""Things as three columns."""

_NAMES = ("", *CONTAINMENT, *(name for name in RELATIONSHIP_KINDS if name not in CONTAINMENT))
_NUMBERS = {name: number for number, name in enumerate(_NAMES)}


class Log:
    """Things in the order in which they were first touched, each once.

    A state that this commit made was touched when it was made, so only what it ended and makes again has to be remembered.
    """

    def __init__(self) -> None:
        self._a, self._kinds, self._b = array("q"), bytearray(), array("q")
        self._ended: set[Thing] = set()

    def __len__(self) -> int:
        return len(self._a)

    def __iter__(self) -> Iterator[Thing]:
        return ((a, _NAMES[k], b) for a, k, b in zip(self._a, self._kinds, self._b, strict=True))

    def touch_nodes(self, ids: Iterable[int]) -> None:
        """Enter nodes whose state before this commit ended, or that it created."""
        self._enter((i, "", 0) for i in ids)

    def touch_changed(self, things: Iterable[Thing]) -> None:
        """Enter relationships that this commit changes for the first time."""
        self._enter(things)

    def touch_new(self, things: Iterable[Thing]) -> None:
        """Enter new relationships."""
        self._enter(thing for thing in things if thing not in self._ended) if self._ended else self._enter(
            things
        )

    def touch_ended(self, thing: Thing, *, is_own: bool) -> None:
        """Enter a relationship that ends; ``is_own``: this commit made the state that ends."""
        if not is_own:
            self._enter((thing,))
        self._ended.add(thing)

    def _enter(self, things: Iterable[Thing]) -> None:
        for a, kind, b in things:
            self._a.append(a)
            self._kinds.append(_NUMBERS[kind])
            self._b.append(b)

    def chunks(self, size: int) -> Iterator[Columns]:
        """Yield the things in their order, by column and many at a time: much cheaper than one by one."""
        for start in range(0, len(self), size):
            part = slice(start, start + size)
            yield self._a[part].tolist(), [_NAMES[k] for k in self._kinds[part]], self._b[part].tolist()

    def ids(self) -> set[int]:
        """Return the identifiers of every node that is or ends something touched."""
        return {*self._a, *self._b} - {0}

    def in_order(self) -> list[Thing]:
        """Return the things by node, kinds of containment first."""
        return sorted(self, key=lambda thing: (thing[0], _NUMBERS[thing[1]], thing[2]))
