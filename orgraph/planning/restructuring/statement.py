"""From an area and options to the districting problem, and everything that stands in the way of stating it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from orgraph.findings import Finding
from orgraph.planning.restructuring.area import Area, Pair
from orgraph.planning.restructuring.measures import kilometres, scale_of, scaled
from orgraph.planning.restructuring.options import CENTER_OBJECTIVES, ObjectiveName, Options
from orgraph.solver.districting.problem import (
    Band,
    BorderLength,
    CenterCost,
    Change,
    Objective,
    Plan,
    Problem,
)

MOST_NAMED = 8
"""So many units are named in a sentence; the subject of the finding holds all."""


@dataclass
class Statement:
    """An area under options, on the way to a problem. ``findings`` grow while it is built; every part can be asked for alone."""

    area: Area
    options: Options
    findings: list[Finding] = field(default_factory=list)

    @cached_property
    def refused(self) -> frozenset[int]:
        """Return the indexes of the units that stay out."""
        return frozenset(self.area.index[c] for c in self.options.refuse if c in self.area.index)

    @cached_property
    def taking_part(self) -> tuple[int, ...]:
        """Return the indexes of all other units."""
        return tuple(i for i in range(len(self.area.units)) if i not in self.refused)

    @cached_property
    def edges(self) -> Mapping[Pair, float | None]:
        """Return neighbours, extra edges included, with metres of border; an extra edge without a border has 0 metres."""
        edges = dict(self.area.edges)
        for a, b in self.options.extra_edges:
            if a in self.area.index and b in self.area.index:
                i, j = sorted((self.area.index[a], self.area.index[b]))
                edges.setdefault((i, j), self.area.barriers.get((i, j), 0.0))
        return dict(sorted(edges.items()))

    def scale(self, weight: str) -> int:
        """Return the factor that makes a weight whole."""
        return scale_of([v for v in self.area.column(weight) if v is not None])

    def weight(self, name: str) -> tuple[int, ...]:
        """Return one weight as whole numbers; missing values count as 0 here and are findings elsewhere."""
        scale = self.scale(name)
        return tuple(scaled(v or 0, scale) for v in self.area.column(name))

    @cached_property
    def km(self) -> NDArray[np.float64]:
        """Return kilometres between all units, shape (n, n); NaN where a point is missing."""
        nowhere = (float("nan"), float("nan"))
        return kilometres([p or nowhere for p in self.area.points])

    @cached_property
    def has_metres(self) -> bool:
        """Whether every pair of neighbours tells its length of border; otherwise ``border`` counts pairs."""
        return bool(self.area.edges) and None not in self.area.edges.values()

    @cached_property
    def measurable(self) -> tuple[ObjectiveName, ...]:
        """Return the objectives that the data allow for all units that take part, asked for or not."""
        units, area = self.taking_part, self.area
        weight = area.column(self.options.distance_weight)
        is_counted = all(weight[i] is not None for i in units)
        is_placed = is_counted and all(area.points[i] for i in units)
        has_border = self.has_metres or not any(m is not None for m in area.edges.values())
        parts = {self.reference[i] for i in units}
        has_parts = is_counted and None not in parts and len(parts) > 1
        allowed: Mapping[ObjectiveName, bool] = {
            "distance": is_placed,
            "moment": is_placed,
            "border": has_border and bool(area.edges),
            "change": has_parts,
            "moved": is_counted and bool(self.options.current),
        }
        return tuple(name for name, is_allowed in allowed.items() if is_allowed)

    @cached_property
    def seat_objective(self) -> CenterCost | None:
        """Return what decides between seats: the first objective asked for that has a cost to them, else ``distance`` where it can be measured."""
        asked = [name for name in self.options.objectives if name in CENTER_OBJECTIVES]
        usable = [name for name in (*asked, "distance") if name in self.measurable]
        objective = self.objective(usable[0]) if usable else None
        return objective if isinstance(objective, CenterCost) else None

    @cached_property
    def border(self) -> tuple[float, ...]:
        """Return the length of every edge: metres, or 1 for each pair of real neighbours where lengths are not known; 0 for extra edges."""
        if self.has_metres:
            return tuple(float(m or 0) for m in self.edges.values())
        return tuple(1.0 if e in self.area.edges or e in self.area.barriers else 0.0 for e in self.edges)

    @cached_property
    def reference(self) -> tuple[int | None, ...]:
        """Return each unit's part of the reference partition as a number, parts in the order in which they appear."""
        return numbered(self.area.parts(self.options.reference))

    @cached_property
    def current(self) -> tuple[int | None, ...]:
        """Return each unit's district in the plan that is being changed as a number."""
        return numbered([self.options.current.get(code) for code in self.area.codes])

    def objective(self, name: ObjectiveName) -> Objective:
        """Return one objective over this area."""
        options = self.options
        if name == "border":
            return BorderLength(name, self.border)
        if name == "change":
            return Change(name, self.reference, self.weight(options.distance_weight))
        if name == "moved":
            return Change(name, self.current, self.weight(options.distance_weight))
        weight = np.array([v or 0 for v in self.area.column(options.distance_weight)], dtype=np.float64)
        reach = self.km if name == "distance" else self.km**2
        cost = weight[:, None] * reach
        out = sorted(self.refused)
        cost[out, :] = 0.0
        cost[:, out] = 0.0
        return CenterCost(name, cost)

    def band(self, weight: str) -> Band:
        """Return the band of one weight; ``reference`` becomes the narrowest band that every reference part keeps."""
        asked = self.options.balance[weight]
        return (
            reference_band(self.weight(weight), self.reference, self.refused)
            if asked == "reference"
            else asked
        )

    def problem(self) -> Problem:
        """Return the problem; call :func:`check` first."""
        options, at = self.options, self.area.index
        scale = {name: self.scale(name) for name in weights_named(options)}
        return Problem(
            unit_ids=self.area.codes,
            edges=tuple(self.edges),
            k=options.k,
            weights={name: self.weight(name) for name in scale},
            objectives=tuple(self.objective(name) for name in options.objectives),
            bands={name: self.band(name) for name in options.balance},
            minimums={name: _least(m, scale[name]) for name, m in options.minimum.items()},
            scale=scale,
            seats=None if options.seats is None else frozenset(at[c] for c in options.seats),
            together=tuple(tuple(at[c] for c in group) for group in options.together),
            fixed=tuple((at[a], at[b]) for a, b in options.fixed.items()),
            apart=tuple(_pairs([at[c] for c in group] for group in options.apart)),
            refused=self.refused,
        )


def numbered(labels: Sequence[str | None]) -> tuple[int | None, ...]:
    """Return labels as numbers in the order in which they appear."""
    number = {label: i for i, label in enumerate(dict.fromkeys(x for x in labels if x is not None))}
    return tuple(None if label is None else number[label] for label in labels)


def reference_band(weight: Sequence[int], part: Sequence[int | None], refused: frozenset[int]) -> Band:
    """Return the lowest and the highest deviation of any part from the mean of all parts, as exact fractions."""
    totals: dict[int, int] = {}
    for i, p in enumerate(part):
        if p is not None and i not in refused:
            totals[p] = totals.get(p, 0) + weight[i]
    mean = Fraction(sum(totals.values()), len(totals))
    return Band(Fraction(min(totals.values())) / mean - 1, Fraction(max(totals.values())) / mean - 1)


def canonical(labels: Sequence[int | None], seats: Sequence[int]) -> Plan:
    """Return a plan whose districts are numbered by their smallest unit index, seats beside them."""
    order = list(dict.fromkeys(d for d in labels if d is not None))
    new = {old: number for number, old in enumerate(order)}
    return Plan(tuple(None if d is None else new[d] for d in labels), tuple(seats[old] for old in order))


def weights_named(options: Options) -> tuple[str, ...]:
    """Return the weights that a problem needs: balanced, with a minimum, or counted by an objective."""
    counted = (options.distance_weight,) if {*options.objectives} - {"border"} else ()
    return tuple(dict.fromkeys((*options.balance, *options.minimum, *counted)))


def _least(amount: Fraction, scale: int) -> int:
    return -((-amount * scale) // 1)


def _pairs(groups: Iterable[list[int]]) -> Iterator[Pair]:
    for group in groups:
        yield from ((a, b) for n, a in enumerate(group) for b in group[n + 1 :])
