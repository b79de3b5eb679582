"""Cuts for solutions whose districts are not connected: sets of nodes that a district must pass to reach a piece of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from orgraph.solver.districting.instance import Instance, pieces_of
from orgraph.solver.districting.model import ABSENT, Model


@dataclass(frozen=True, slots=True)
class Cut:
    """What lies in ``part`` reaches ``far``, or any other node of the far side, only through ``separator``; true of every district."""

    part: frozenset[int]
    far: int
    side: frozenset[int]
    separator: frozenset[int]


def broken_districts(instance: Instance, labels: Sequence[int]) -> dict[int, list[set[int]]]:
    """Return the pieces of every district that has more than one."""
    links = {v: set(around) for v, around in enumerate(instance.neighbors)}
    districts: dict[int, set[int]] = {}
    for node, label in enumerate(labels):
        districts.setdefault(label, set()).add(node)
    pieces = {label: pieces_of(nodes, links) for label, nodes in districts.items()}
    return {label: parts for label, parts in pieces.items() if len(parts) > 1}


def separate(model: Model, labels: Sequence[int]) -> list[Cut]:
    """Add the cuts that the partition ``labels`` breaks to the model; return them, none when every district is connected.

    In a district with a home all of a piece is cut off from it, in that district. Without homes one node of the piece is cut off from one of the largest piece,
    in every district.
    """
    found: list[Cut] = []
    for label, parts in broken_districts(model.instance, labels).items():
        home = model.layout.home[label]
        main = max(parts, key=len) if home is None else next(p for p in parts if home in p)
        for part in parts:
            if part is not main:
                cut = minimal_cut(
                    model.instance, part, home if home is not None else _heaviest(model.instance, main)
                )
                _add(model, cut, [label])
                found.append(cut)
    return found


def repeat_cuts(model: Model, cuts: Iterable[Cut]) -> None:
    """Add cuts found in another model of the same instance where they hold for labels without homes."""
    for cut in cuts:
        _add(model, cut, [])


def repeat_at_homes(model: Model, cuts: Iterable[Cut]) -> None:
    """Add cuts to every district whose home lies on the far side."""
    for cut in cuts:
        for label, home in enumerate(model.layout.home):
            if home in cut.side:
                for node in sorted(cut.part):
                    _row(model, label, [node], cut.separator)


def minimal_cut(instance: Instance, part: set[int], far: int) -> Cut:
    """Return the neighbours of ``part`` that also border the side of ``far`` once they are removed.

    Fischetti et al. (2017), "Thinning out Steiner trees", section on node separators. Linear in the size of the graph.
    """
    around = {v for u in part for v in instance.neighbors[u]} - part
    side, stack = {far}, [far]
    while stack:
        for v in instance.neighbors[stack.pop()]:
            if v not in around and v not in side:
                side.add(v)
                stack.append(v)
    separator = {v for v in around if any(u in side for u in instance.neighbors[v])}
    return Cut(frozenset(part), far, frozenset(side), frozenset(separator))


def _add(model: Model, cut: Cut, labels: list[int]) -> None:
    """Add a cut to the districts ``labels``; where there are labels without homes, to all for which it holds."""
    near = _heaviest(model.instance, cut.part)
    is_shared = any(home is None for home in model.layout.home)
    for label, home in enumerate(model.layout.home):
        if home is None:
            _row(model, label, [near, cut.far], cut.separator)
        elif label in labels or (is_shared and home in cut.side):
            for node in sorted(cut.part):
                _row(model, label, [node], cut.separator)


def _row(model: Model, label: int, ends: list[int], separator: frozenset[int]) -> None:
    columns = [int(model.x[node, label]) for node in ends]
    if ABSENT in columns:
        return
    between = [int(model.x[v, label]) for v in sorted(separator) if model.x[v, label] != ABSENT]
    terms = [*((c, 1.0) for c in columns), *((c, -1.0) for c in between)]
    model.mip.row(terms, at_most=len(columns) - 1 if len(columns) > 1 else 0)


def _heaviest(instance: Instance, nodes: Iterable[int]) -> int:
    weight = instance.weights[0] if len(instance.weights) else None
    return max(sorted(nodes), key=lambda v: 0 if weight is None else int(weight[v]))
