"""Coverage: which share of the grids has a worker, which share of the villages an organization, and which ones lack it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from orgraph.graph.hierarchy import contents
from orgraph.graph.orgraph import Node, NodeKey, OrgGraph
from orgraph.schema import COVERAGE_MEASURES, CoverageMeasure


@dataclass(frozen=True, slots=True)
class Coverage:
    """Coverage of what one unit contains, itself included.

    ``rates``: per measure (covered, total). ``gaps``: per measure the keys of what is not covered, sorted.
    """

    unit: Node
    rates: Mapping[str, tuple[int, int]]
    gaps: Mapping[str, tuple[NodeKey, ...]]

    def rate(self, measure: str) -> float | None:
        """Return covered / total, or ``None`` where there is nothing to cover."""
        covered, total = self.rates[measure]
        return covered / total if total else None


def coverage(
    graph: OrgGraph, scope: str, level: str | None = None, *, measures: Sequence[str] = ()
) -> tuple[Coverage, ...]:
    """Count coverage below a unit.

    A node counts for a measure when it is of the measure's kind (and passes its ``where``); it is covered when it has at least one
    relationship of the measure, whatever the other end is. The same numbers come from a store's roll-up.

    Parameters
    ----------
    scope
        Code of the unit.
    level
        One answer per unit of this level inside the scope (itself included), by code; ``None``: one for the scope.
    measures
        Names of :data:`orgraph.schema.COVERAGE_MEASURES`; empty: all.

    Raises
    ------
    NotFound
        When the graph does not hold the unit.

    Notes
    -----
    O(n log n + m).
    """
    root = graph.node("Unit", scope)
    chosen = [COVERAGE_MEASURES[name] for name in measures or COVERAGE_MEASURES]
    holder = _holders(graph, root.key, level)
    totals: Counter[tuple[NodeKey, str]] = Counter()
    gaps: dict[tuple[NodeKey, str], list[NodeKey]] = {}
    for measure in chosen:
        covered = _covered(graph, measure)
        for node in _counted(graph, measure):
            if unit := holder.get(node.key):
                totals[unit, measure.name] += 1
                if node.key not in covered:
                    gaps.setdefault((unit, measure.name), []).append(node.key)
    return tuple(_row(graph, unit, chosen, totals, gaps) for unit in _units(graph, root, level, holder))


def _row(
    graph: OrgGraph,
    unit: NodeKey,
    measures: Iterable[CoverageMeasure],
    totals: Mapping[tuple[NodeKey, str], int],
    gaps: Mapping[tuple[NodeKey, str], list[NodeKey]],
) -> Coverage:
    missing = {m.name: tuple(sorted(gaps.get((unit, m.name), ()))) for m in measures}
    total = {name: totals.get((unit, name), 0) for name in missing}
    rates = {name: (total[name] - len(keys), total[name]) for name, keys in missing.items()}
    return Coverage(graph.node(*unit), rates, missing)


def _covered(graph: OrgGraph, measure: CoverageMeasure) -> set[NodeKey]:
    is_out = measure.direction == "out"
    edges = graph.networkx.edges(keys=True)
    ends = ((s, t) if is_out else (t, s) for s, t, kind in edges if kind == measure.relationship)
    return {counted for counted, other in ends if measure.other_kind in ("", other.kind)}


def _counted(graph: OrgGraph, measure: CoverageMeasure) -> Iterable[Node]:
    if measure.where is None:
        return graph.nodes(measure.kind)
    field, values = measure.where
    return (n for n in graph.nodes(measure.kind) if n.properties.get(field) in values)


def _units(
    graph: OrgGraph, root: Node, level: str | None, holder: Mapping[NodeKey, NodeKey]
) -> tuple[NodeKey, ...]:
    if level is None:
        return (root.key,)
    return tuple(sorted(key for key, unit in holder.items() if key == unit))


def _holders(graph: OrgGraph, root: NodeKey, level: str | None) -> Mapping[NodeKey, NodeKey]:
    """Return for every node inside ``root`` the unit that it counts for: the root, or the unit of the level that it lies in."""
    held = contents(graph)
    holder: dict[NodeKey, NodeKey] = {}
    seen: set[NodeKey] = set()
    waiting: list[tuple[NodeKey, NodeKey | None]] = [(root, None)]
    while waiting:
        key, unit = waiting.pop()
        if key in seen:
            continue
        seen.add(key)
        if _is_answer(graph, key, root, level):
            unit = key
        if unit is not None:
            holder[key] = unit
        waiting.extend((child, unit) for child in held.get(key, ()))
    return holder


def _is_answer(graph: OrgGraph, key: NodeKey, root: NodeKey, level: str | None) -> bool:
    if level is None:
        return key == root
    if key.kind != "Unit" or key not in graph:
        return False
    node: Node | None = graph.networkx.nodes[key].get("node")
    return node is not None and node.properties.get("level") == level
