"""Take a stream of changes in pieces that a store can write at once, the same on every store.

Puts of different things may change places with each other; a deletion, or a second change of the same thing, first hands over what was
collected. What no store could even look for, a kind that is none or a code that is none, is judged here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TypeAlias

from orgraph.findings import Finding
from orgraph.graph import NodeKey, Properties, node_findings, relationship_findings
from orgraph.schema import NODE_KINDS, RELATIONSHIP_KINDS, Cardinality
from orgraph.store.port import Change, DeleteNode, DeleteRelationship, PutNode, PutRelationship
from orgraph.store.storable import storage_findings

BATCH = 5_000
"""Puts handed over at once."""

Ends: TypeAlias = tuple[NodeKey, NodeKey]

_NODE_KINDS, _RELATIONSHIP_KINDS = frozenset(NODE_KINDS), frozenset(RELATIONSHIP_KINDS)
_SYMMETRIC = frozenset(name for name, kind in RELATIONSHIP_KINDS.items() if kind.is_symmetric)


@dataclass(frozen=True)
class Request:
    """What ``apply`` was asked."""

    changes: Iterable[Change]
    expected: Mapping[str, int]
    effective: date
    by: str
    reason: str


@dataclass(frozen=True)
class Batch:
    """Puts to write at once, nodes first: by kind, each thing once; with at most one per source, a source stands once in its kind.

    ``findings`` and ``excused`` (nodes that came, but were faulty) are what collecting them found.
    """

    nodes: Mapping[str, Mapping[str, Properties]]
    relationships: Mapping[str, Mapping[Ends, Properties]]
    num_puts: int
    findings: tuple[Finding, ...] = ()
    excused: frozenset[NodeKey] = frozenset()


Step: TypeAlias = Batch | DeleteNode | DeleteRelationship


def ends_of(change: PutRelationship | DeleteRelationship) -> Ends:
    """Return the ends in the order in which they are stored: a symmetric kind has the smaller key first."""
    if change.kind in _SYMMETRIC and change.source > change.target:
        return change.target, change.source
    return change.source, change.target


def is_to_one(kind: str) -> bool:
    """Return whether a source has at most one relationship of this kind."""
    return RELATIONSHIP_KINDS[kind].cardinality in (Cardinality.MANY_TO_ONE, Cardinality.ONE_TO_ONE)


def steps(changes: Iterable[Change], size: int = BATCH) -> Iterator[Step]:
    """Yield what is to be done, in order. The changes are read as they are needed."""
    intake = _Intake(size)
    ready = intake.ready
    for change in changes:
        intake.add(change)
        if ready:
            yield from ready
            ready.clear()
    intake.hand_over()
    yield from ready


@dataclass
class _Intake:
    """Collects changes by kind; what is complete is ``ready``."""

    size: int
    ready: list[Step] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._sources: dict[str, set[NodeKey]] = {
            name: set() for name in RELATIONSHIP_KINDS if is_to_one(name)
        }
        self._begin()

    def _begin(self) -> None:
        self._nodes: defaultdict[str, dict[str, Properties]] = defaultdict(dict)
        self._relationships: defaultdict[str, dict[Ends, Properties]] = defaultdict(dict)
        self._findings: list[Finding] = []
        self._excused: set[NodeKey] = set()
        self._num_waiting = 0
        for sources in self._sources.values():
            sources.clear()

    def add(self, change: Change) -> None:
        """Take one change."""
        if isinstance(change, PutNode):
            self._add_node(change)
        elif isinstance(change, PutRelationship):
            self._add_relationship(change)
        else:
            self.hand_over()
            self.ready.append(change)
        if self._num_waiting >= self.size:
            self.hand_over()

    def hand_over(self) -> None:
        """Complete the batch."""
        if self._num_waiting or self._findings:
            self.ready.append(
                Batch(
                    self._nodes,
                    self._relationships,
                    self._num_waiting,
                    tuple(self._findings),
                    frozenset(self._excused),
                )
            )
            self._begin()

    def _add_node(self, change: PutNode) -> None:
        if change.kind not in _NODE_KINDS or not change.code.isprintable():
            findings = node_findings(change.kind, change.code, change.properties)
            self._findings += findings or storage_findings(change.kind, change.code, {})
            self._excused.add(NodeKey(change.kind, change.code))
            return
        if change.code in self._nodes[change.kind]:
            self.hand_over()
        self._nodes[change.kind][change.code] = change.properties
        self._num_waiting += 1

    def _add_relationship(self, change: PutRelationship) -> None:
        kind, ends = change.kind, ends_of(change)
        if not self._is_known(kind, ends):
            return
        sources = self._sources.get(kind)
        if ends in self._relationships[kind] or (sources is not None and ends[0] in sources):
            self.hand_over()
        self._relationships[kind][ends] = change.properties
        if sources is not None:
            sources.add(ends[0])
        self._num_waiting += 1

    def _is_known(self, kind: str, ends: Ends) -> bool:
        source, target = ends
        if (
            kind in _RELATIONSHIP_KINDS
            and source[0] in _NODE_KINDS
            and target[0] in _NODE_KINDS
            and source[1].isprintable()
            and target[1].isprintable()
        ):
            return True
        self._findings += relationship_findings(kind, source, target) or (
            *storage_findings(source.kind, source.code, {}),
            *storage_findings(target.kind, target.code, {}),
        )
        return False
