"""Cuts for solutions whose districts are not connected: sets of nodes that a district must pass to reach a piece of it."""

from __future__ import annotations

from collections.abc import Sequence

from orgraph.solver.districting.instance import Instance, pieces_of
from orgraph.solver.districting.model import ABSENT, Model


def broken_districts(instance: Instance, labels: Sequence[int]) -> dict[int, list[set[int]]]:
    """Return the pieces of every district that has more than one."""
    links = {v: set(around) for v, around in enumerate(instance.neighbors)}
    districts: dict[int, set[int]] = {}
    for node, label in enumerate(labels):
        districts.setdefault(label, set()).add(node)
    pieces = {label: pieces_of(nodes, links) for label, nodes in districts.items()}
    return {label: parts for label, parts in pieces.items() if len(parts) > 1}


def separate(model: Model, labels: Sequence[int]) -> int:
    """Add the cuts that the partition ``labels`` breaks to the model; return how many.

    A separator found for one label holds for every label: it is added for all that have the same home side.
    """
    num_rows = len(model.mip.rows)
    for label, parts in broken_districts(model.instance, labels).items():
        home = model.layout.home[label]
        main = max(parts, key=len) if home is None else next(p for p in parts if home in p)
        for part in parts:
            if part is not main:
                _cut_off(model, label, part, main)
    return len(model.mip.rows) - num_rows


def _cut_off(model: Model, label: int, part: set[int], main: set[int]) -> None:
    instance = model.instance
    home = model.layout.home[label]
    separator, side = minimal_separator(instance, part, home if home is not None else min(main))
    if home is not None:
        for node in sorted(part):
            _add(model, label, [node], separator)
        return
    for other in range(model.layout.num_labels):
        _add(model, other, [_heaviest(instance, part), _heaviest(instance, main & side)], separator)


def minimal_separator(instance: Instance, part: set[int], target: int) -> tuple[set[int], set[int]]:
    """Return the neighbours of ``part`` that also border the side of ``target`` once they are removed, and that side.

    Fischetti et al. (2017), "Thinning out Steiner trees", section on node separators. Linear in the size of the graph.
    """
    around = {v for u in part for v in instance.neighbors[u]} - part
    side, stack = {target}, [target]
    while stack:
        for v in instance.neighbors[stack.pop()]:
            if v not in around and v not in side:
                side.add(v)
                stack.append(v)
    return {v for v in around if any(u in side for u in instance.neighbors[v])}, side


def _add(model: Model, label: int, ends: list[int], separator: set[int]) -> None:
    columns = [int(model.x[node, label]) for node in ends]
    if ABSENT in columns:
        return
    between = [int(model.x[v, label]) for v in sorted(separator) if model.x[v, label] != ABSENT]
    terms = [*((c, 1.0) for c in columns), *((c, -1.0) for c in between)]
    model.mip.row(terms, at_most=len(columns) - 1)


def _heaviest(instance: Instance, nodes: set[int]) -> int:
    if not len(instance.weights):
        return min(nodes)
    return max(sorted(nodes), key=lambda v: int(instance.weights[0, v]))
