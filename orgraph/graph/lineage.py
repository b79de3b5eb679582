"""Lineage: what became of a unit or an organization, and where it came from (``MERGED_INTO`` and ``CONVERTED_TO``)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from orgraph.graph.orgraph import NodeKey, OrgGraph, Relationship

LINEAGE = ("MERGED_INTO", "CONVERTED_TO")
"""The relationship kinds that lead from a former thing to what it became."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing became (part of) another, on a day (``None``: unknown), by a plan (empty: unknown)."""

    kind: str
    former: NodeKey
    later: NodeKey
    on: date | None
    plan_code: str


def is_former(graph: OrgGraph, key: NodeKey) -> bool:
    """Return whether something became of a thing: it is kept for its lineage, and lies nowhere any more. O(its relationships)."""
    return any(edge[2] in LINEAGE for edge in graph.networkx.out_edges(key, keys=True))


def became(graph: OrgGraph, key: NodeKey, *, until: date | None = None) -> tuple[Step, ...]:
    """Return the steps from a former thing to its present form, oldest first; empty when nothing became of it.

    With ``until``, steps after that day are left out; those without a date count always. O(steps).
    """
    return _walk(key, lambda at: _steps_from(graph, at, until), lambda step: step.later)


def came_from(graph: OrgGraph, key: NodeKey, *, until: date | None = None) -> tuple[Step, ...]:
    """Return every step that led to a thing, latest first, then by former code; empty when it was there from the start. O(steps)."""
    return _walk(key, lambda at: _steps_to(graph, at, until), lambda step: step.former)


def present_forms(graph: OrgGraph, key: NodeKey, *, until: date | None = None) -> tuple[NodeKey, ...]:
    """Return what a thing is today (or was on ``until``): the ends of its lineage by key, itself when nothing became of it."""
    steps = became(graph, key, until=until)
    left = {step.former for step in steps}
    return tuple(sorted({key, *(step.later for step in steps)} - left))


def origins(graph: OrgGraph, key: NodeKey, *, until: date | None = None) -> tuple[NodeKey, ...]:
    """Return what a thing was made of in the beginning: the starts of its lineage by key, itself when it came from nothing."""
    steps = came_from(graph, key, until=until)
    made = {step.later for step in steps}
    return tuple(sorted({key, *(step.former for step in steps)} - made))


def _walk(
    start: NodeKey, steps_at: Callable[[NodeKey], Iterable[Step]], onward: Callable[[Step], NodeKey]
) -> tuple[Step, ...]:
    steps: list[Step] = []
    seen, waiting = {start}, [start]
    for at in waiting:
        for step in steps_at(at):
            steps.append(step)
            if (key := onward(step)) not in seen:
                seen.add(key)
                waiting.append(key)
    return tuple(steps)


def _steps_from(graph: OrgGraph, key: NodeKey, until: date | None) -> list[Step]:
    if key not in graph:
        return []
    found = graph.networkx.out_edges(key, keys=True)
    return _steps(graph, (edge for edge in found if edge[2] in LINEAGE), until)


def _steps_to(graph: OrgGraph, key: NodeKey, until: date | None) -> list[Step]:
    if key not in graph:
        return []
    found = graph.networkx.in_edges(key, keys=True)
    return _steps(graph, (edge for edge in found if edge[2] in LINEAGE), until)


def _steps(graph: OrgGraph, edges: Iterable[tuple[NodeKey, NodeKey, str]], until: date | None) -> list[Step]:
    steps = [_step(graph.networkx.edges[edge]["relationship"]) for edge in edges]
    known = [s for s in steps if until is None or s.on is None or s.on <= until]
    return sorted(known, key=lambda s: (s.former, s.later))


def _step(relationship: Relationship) -> Step:
    day = relationship.properties.get("date")
    return Step(
        relationship.kind,
        relationship.source,
        relationship.target,
        date.fromisoformat(day) if isinstance(day, str) else None,
        str(relationship.properties.get("plan_code") or ""),
    )
