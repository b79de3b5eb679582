"""Findings that need the whole set of changes: missing ends, crowded targets, circles, levels. In one order on every store."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar

from orgraph.graph import Node, NodeKey, containment_findings
from orgraph.schema import RELATIONSHIP_KINDS, Cardinality
from orgraph.store.judging import Report

_SHOWN = 5
T = TypeVar("T")

ONE_SOURCE = tuple(
    name
    for name, kind in RELATIONSHIP_KINDS.items()
    if kind.cardinality in (Cardinality.ONE_TO_MANY, Cardinality.ONE_TO_ONE)
)
"""Kinds of which a target has at most one."""
ACYCLIC = tuple(
    name for name, kind in RELATIONSHIP_KINDS.items() if kind.is_acyclic and not kind.is_containment
)
"""Kinds that forbid circles, apart from containment, whose tree is settled by itself."""


def note_missing_ends(report: Report, ends: Iterable[tuple[str, NodeKey, NodeKey, NodeKey]]) -> None:
    """Note (relationship kind, source, target, missing end) of every relationship whose end did not come."""
    for name, source, target, missing in sorted(ends):
        if missing not in report.excused:
            report.find(
                "graph.end_missing",
                source.code,
                target.code,
                relationship=name,
                source=source.code,
                target=target.code,
                missing=missing.code,
                missing_kind=missing.kind,
            )


def note_crowded(report: Report, crowded: Iterable[tuple[str, NodeKey, Sequence[str]]]) -> None:
    """Note (relationship kind, target, codes of its sources) of every target with more than one source."""
    for name, target, sources in sorted(crowded):
        others = sorted(sources)
        report.find(
            "graph.too_many_sources",
            target.code,
            *others[:_SHOWN],
            kind=target.kind,
            code=target.code,
            relationship=name,
            num_found=len(others),
            others=list(others),
        )


def note_circles(report: Report, name: str, circles: Iterable[Sequence[NodeKey]]) -> None:
    """Note circles of a kind, each once and from its smallest key on."""
    for circle in sorted({_turned(circle) for circle in circles}):
        report.find("graph.cycle", *(key.code for key in circle), relationship=name)


def _turned(circle: Sequence[NodeKey]) -> tuple[NodeKey, ...]:
    first = circle.index(min(circle))
    return (*circle[first:], *circle[:first])


def circle_above(start: T, container_of: Callable[[T], T | None]) -> tuple[T, ...]:
    """Return the circle that the way up from a node runs into; empty when it ends."""
    way: dict[T, None] = {}
    at: T | None = start
    while at is not None and at not in way:
        way[at] = None
        at = container_of(at)
    if at is None:
        return ()
    nodes = tuple(way)
    return nodes[nodes.index(at) :]


def circles_from(starts: Iterable[T], targets_of: Callable[[T], Iterable[T]]) -> list[tuple[T, ...]]:
    """Return the circles that walks from these nodes meet first, depth first; each node is left once, so this is linear."""
    done: set[T] = set()
    found = (_walk(start, targets_of, done) for start in starts)
    return [circle for circle in found if circle]


def _walk(start: T, targets_of: Callable[[T], Iterable[T]], done: set[T]) -> tuple[T, ...]:
    way: list[T] = []
    place: dict[T, int] = {}
    pending = [(start, 0)]
    while pending:
        at, depth = pending.pop()
        for left in way[depth:]:
            del place[left]
            done.add(left)
        del way[depth:]
        if at in place:
            return tuple(way[place[at] :])
        if at in done:
            continue
        place[at] = depth
        way.append(at)
        pending.extend((target, depth + 1) for target in targets_of(at))
    done.update(way)
    return ()


def note_acyclic(
    report: Report, name: str, starts: Iterable[NodeKey], targets: Mapping[NodeKey, Sequence[NodeKey]]
) -> None:
    """Note the circles of a kind below some nodes, walked in the order of keys: the same ones wherever they are stored."""
    ordered = {key: sorted(found, reverse=True) for key, found in targets.items()}
    note_circles(report, name, circles_from(sorted(starts), lambda key: ordered.get(key, ())))


def note_levels(report: Report, pairs: Iterable[tuple[str, str, str, str]]) -> None:
    """Note units that lie in a unit whose level is not above theirs: (code, level, code of the container, its level)."""
    for code, level, container, container_level in sorted(pairs):
        report.note(
            containment_findings(
                Node("Unit", code, {"level": level}), Node("Unit", container, {"level": container_level})
            )
        )
