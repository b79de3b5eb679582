"""One number for everything that a store holds, whichever store holds it and in whatever order it tells it.

Every record is one line of a :class:`~orgraph.graph.digest.LineSum`, in which identities are replaced by what they stand for: kind, code and first
commit of the node.
"""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Mapping

from orgraph.findings import Json
from orgraph.graph.digest import LineSum, encode, plain
from orgraph.store.dump import (
    COUNTED,
    DumpedCommit,
    DumpEnd,
    DumpHead,
    DumpRecord,
    NodeState,
    RelationshipState,
    Touched,
)

_PAGE_BITS = 12


class DumpDigest:
    """Adds up the records of a dump. Eight bytes are kept for every node."""

    def __init__(self) -> None:
        self._lines = LineSum()
        self._names = _Names()

    @property
    def counts(self) -> Mapping[str, int]:
        """How many records of each kind were added."""
        return {name: self._lines.counts.get(name, 0) for name in COUNTED.values()}

    @property
    def hex(self) -> str:
        """The digest of the records so far."""
        return self._lines.hex

    def add(self, record: DumpRecord) -> None:
        """Add the next record, in the order of the dump."""
        match record:
            case Touched(commit, scope, a, kind, b):
                ends = (self._names.get(a), self._names.get(b) if kind else "")
                self._lines.add("touched", commit, scope, kind, *ends)
            case RelationshipState(kind, source, target):
                ends = (self._names.get(source), self._names.get(target))
                self._lines.add("relationship_states", kind, *ends, *_state(record))
            case NodeState(identity, kind, code):
                name = self._names.of(identity, kind, code, record.begun)
                born = record.born.isoformat()
                self._lines.add("node_states", name, kind, code, born, *_state(record))
            case DumpedCommit():
                self._lines.add("commits", *_commit(record))
            case DumpHead():
                latest = record.latest_day.isoformat() if record.latest_day else None
                self._lines.add("head", record.format, record.num_commits, latest)
            case DumpEnd():
                pass


def _state(state: NodeState | RelationshipState) -> tuple[Json, ...]:
    until = state.valid_to.isoformat() if state.valid_to else None
    return plain(state.properties), state.valid_from.isoformat(), until, state.begun, state.ended


def _commit(commit: DumpedCommit) -> tuple[Json, ...]:
    day = commit.effective.isoformat()
    return commit.number, commit.at, commit.by, commit.reason, day, dict(commit.versions)


class _Names:
    """What identities stand for: 64 bits each, in pages, since their numbers may have gaps."""

    def __init__(self) -> None:
        self._pages: dict[int, array[int]] = {}

    def of(self, identity: int, kind: str, code: str, begun: int) -> str:
        """Return the name of an identity; the first of its states that comes gives it."""
        page = self._pages.get(identity >> _PAGE_BITS)
        if page is None:
            page = self._pages[identity >> _PAGE_BITS] = array("Q", bytes(8 << _PAGE_BITS))
        at = identity & (1 << _PAGE_BITS) - 1
        if not page[at]:
            text = encode([kind, code, begun]).encode()
            page[at] = int.from_bytes(hashlib.blake2b(text, digest_size=8).digest()) | 1
        return f"{page[at]:x}"

    def get(self, identity: int) -> str:
        """Return the name of an identity that came before, an empty text for one that did not."""
        page = self._pages.get(identity >> _PAGE_BITS)
        return f"{page[identity & (1 << _PAGE_BITS) - 1]:x}" if page is not None else ""
