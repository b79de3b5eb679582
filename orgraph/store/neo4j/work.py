"""What the parts of one writing transaction share: where they write, what they found wrong, which identifiers they know."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from orgraph.graph import NodeKey
from orgraph.store.judging import Report
from orgraph.store.neo4j.connections import Writer
from orgraph.store.neo4j.layout import LABELS
from orgraph.store.neo4j.log import Log
from orgraph.store.neo4j.scopes import kind_of

BATCH = 20_000
"""Rows of one statement."""
_MAX_KNOWN = 300_000
"""Identifiers kept in memory; more are looked up."""

T = TypeVar("T")

HAS_ANY = {kind: f"RETURN EXISTS {{ (:{kind}) }}" for kind in LABELS}
IDS = {kind: f"UNWIND $codes AS code MATCH (n:{kind} {{code: code}}) RETURN n.code, n._id" for kind in LABELS}
AWAIT = "UNWIND $ids AS id CREATE (:_Identity {_id: id})"
KEYS = "UNWIND $ids AS id MATCH (n:_Identity {_id: id}) WHERE n.code IS NOT NULL RETURN id, labels(n), n.code"


def pieces(things: Iterable[T], size: int = BATCH) -> Iterator[list[T]]:
    """Yield lists of at most ``size``."""
    all_things = things if isinstance(things, Sequence) else list(things)
    for start in range(0, len(all_things), size):
        yield list(all_things[start : start + size])


@dataclass
class Work:
    """State of one transaction."""

    writer: Writer
    commit: int
    report: Report
    last_id: int
    num_put: int = 0
    num_deleted: int = 0
    county: str = ""
    """The county that was put last: new nodes probably lie in it."""
    log: Log = field(default_factory=Log)
    moved: set[int] = field(default_factory=set)
    """Nodes from before this transaction whose container changed, or that became or ceased to be a scope."""

    def __post_init__(self) -> None:
        self.first_new = self.last_id + 1
        """Identifiers from here on were made by this transaction."""
        self.has_forgotten = False
        self._known: defaultdict[str, dict[str, int]] = defaultdict(dict)
        self._awaited: defaultdict[str, dict[str, int]] = defaultdict(dict)
        self._was_empty: dict[str, bool] = {}
        self._num_known = 0
        self._linked: defaultdict[str, set[int]] = defaultdict(set)
        self._num_linked = 0

    @property
    def state(self) -> dict[str, int]:
        """What statements that write a state are given."""
        return {"day": self.report.day, "commit": self.commit}

    def new_ids(self, num: int) -> range:
        """Return identifiers that were never used."""
        self.last_id += num
        return range(self.last_id - num + 1, self.last_id + 1)

    def know(self, kind: str, ids: Mapping[str, int]) -> None:
        """Remember identifiers by code."""
        if self._num_known + len(ids) > _MAX_KNOWN:
            self.forget()
        self._known[kind].update(ids)
        self._num_known += len(ids)

    def forget(self) -> None:
        """Forget all identifiers: some of them ended, or there are too many."""
        self._known.clear()
        self._num_known = 0
        self.has_forgotten = True

    async def can_exist(self, kind: str, codes: Iterable[str]) -> list[str]:
        """Return the codes under which there can be a node: none but known ones where this transaction began with none."""
        if self.has_forgotten:
            return list(codes)
        if kind not in self._was_empty:
            self._was_empty[kind] = not self._known[kind] and not await self.writer.value(HAS_ANY[kind])
        if not self._was_empty[kind]:
            return list(codes)
        return [code for code in codes if code in self._known[kind]]

    async def ids(self, kind: str, codes: Collection[str]) -> Mapping[str, int]:
        """Return identifiers by code for all codes; a node that has not come yet gets one and is awaited."""
        known = self._known[kind]
        unknown = [code for code in codes if code not in known]
        if not unknown:
            return known
        found = await self.stored_ids(kind, await self.can_exist(kind, unknown))
        awaited = await self._await(kind, [code for code in unknown if code not in found])
        kept = {code: known[code] for code in codes if code in known}
        self.know(kind, found)
        return {**kept, **found, **awaited}

    async def stored_ids(self, kind: str, codes: Sequence[str]) -> dict[str, int]:
        """Return identifiers by code of those nodes that exist."""
        if not codes:
            return {}
        return {str(code): int(str(i)) for code, i in await self.writer.rows(IDS[kind], codes=codes)}

    async def _await(self, kind: str, codes: Sequence[str]) -> Mapping[str, int]:
        waiting = self._awaited[kind]
        new = [code for code in codes if code not in waiting]
        if new:
            ids = self.new_ids(len(new))
            waiting.update(zip(new, ids, strict=True))
            await self.writer.run(AWAIT, ids=list(ids))
        return {code: waiting[code] for code in codes}

    def came(self, kind: str, codes: Iterable[str]) -> dict[str, int]:
        """Return and forget the identifiers under which relationships already name these nodes."""
        waiting = self._awaited[kind]
        return {code: waiting.pop(code) for code in codes if code in waiting} if waiting else {}

    def linked(self, group: str, sources: Iterable[int]) -> None:
        """Remember which new nodes now have a relationship of a group of kinds."""
        if self._num_linked < _MAX_KNOWN:
            self._linked[group].update(i for i in sources if i >= self.first_new)
            self._num_linked = sum(map(len, self._linked.values()))

    def may_have(self, group: str, source: int) -> bool:
        """Return whether a node may have relationships of a group of kinds: one from before this transaction may."""
        return (
            source < self.first_new or self._num_linked >= _MAX_KNOWN or source in self._linked.get(group, ())
        )

    @property
    def awaited(self) -> dict[int, NodeKey]:
        """The nodes that have not come, by identifier."""
        return {i: NodeKey(kind, code) for kind, ids in self._awaited.items() for code, i in ids.items()}

    async def keys(self, ids: Iterable[int]) -> dict[int, NodeKey]:
        """Return the keys of nodes that exist, existed or are awaited."""
        found = self.awaited
        for some in pieces(ids):
            for i, labels, code in await self.writer.rows(KEYS, ids=some):
                found[int(str(i))] = NodeKey(kind_of(labels), str(code))
        return found
