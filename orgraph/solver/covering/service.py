"""Which open group serves which unit: a maximum flow from units by their needs to groups by their capacities."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from ortools.graph.python.max_flow import SimpleMaxFlow

from orgraph.solver.covering.problem import Opening


def serve(problem: Opening, groups: Collection[int]) -> tuple[tuple[int, ...], ...]:
    """Return of every unit the groups that serve it, existing ones and ``groups``, as many services in all as possible, no unit more than it needs."""
    n = problem.num_units
    source, sink = n + len(problem.groups), n + len(problem.groups) + 1
    is_open = [group.is_existing or g in groups for g, group in enumerate(problem.groups)]
    links = [(u, g) for g, group in enumerate(problem.groups) if is_open[g] for u in group.units]
    engine = SimpleMaxFlow()
    for u, need in enumerate(problem.needs):
        engine.add_arc_with_capacity(source, u, need)
    arcs = [engine.add_arc_with_capacity(u, n + g, 1) for u, g in links]
    for g, group in enumerate(problem.groups):
        most = len(group.units) if group.capacity is None else group.capacity
        engine.add_arc_with_capacity(n + g, sink, most if is_open[g] else 0)
    engine.solve(source, sink)
    flows = engine.flows(np.array(arcs, dtype=np.int64)).tolist() if arcs else []
    served: list[list[int]] = [[] for _ in range(n)]
    for (u, g), flow in zip(links, flows, strict=True):
        if flow:
            served[u].append(g)
    return tuple(tuple(sorted(by)) for by in served)


def missing(problem: Opening, served_by: Collection[tuple[int, ...]]) -> int:
    """Return how many services are missing."""
    return sum(need - len(by) for need, by in zip(problem.needs, served_by, strict=True))
