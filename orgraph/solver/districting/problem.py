"""The districting problem: partition the units of a graph into k connected districts, within bands on their weights.

All that is asked stands here as data, so that the model, the heuristic, the search for reasons and the checker read the same statement.
Units are indexes ``0 .. n-1``; ``unit_ids`` are only names for reasons and findings.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil, floor

import numpy as np
from numpy.typing import NDArray

Costs = NDArray[np.float64]
EARTH_RADIUS_KM = 6371.0088
"""Of the sphere on which degrees are measured."""


@dataclass(frozen=True, slots=True)
class CenterCost:
    """Sum over units of ``cost[i, j]``, j the chosen seat of the unit's district. ``cost`` has shape (n, n), entries >= 0.

    Hess, Weaver, Siegfeldt, Whelan, Zitlau (1965), "Nonpartisan political redistricting by computer".
    """

    name: str
    cost: Costs


@dataclass(frozen=True, slots=True)
class PointCost:
    """Sum over units of ``weight[i] * km(i, j) ** power``, j the chosen seat of the unit's district: a cost to a seat that needs no matrix.

    ``x`` and ``y`` have shape (n,): kilometres east and north in a plane or, ``in_degrees``, longitude and latitude on a sphere of
    :data:`EARTH_RADIUS_KM`, where km is the way along its surface. ``weight`` has shape (n,), entries >= 0; ``power`` is 1 or 2.
    """

    name: str
    x: Costs
    y: Costs
    weight: Costs
    power: int = 1
    in_degrees: bool = False


@dataclass(frozen=True, slots=True)
class BorderLength:
    """Sum of ``length[e]`` over the edges whose ends lie in different districts. ``length`` has shape (num edges,), entries >= 0."""

    name: str
    length: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """Weight that moves: units whose district is not the one matched with their part of a reference partition.

    Districts and parts are matched one to one so that the weight that stays is largest; what is not matched moved. ``part[i]`` is the index of unit
    i's part, ``None`` for a unit without one (it always counts as moved). ``weight`` has shape (n,).
    """

    name: str
    part: tuple[int | None, ...]
    weight: tuple[int, ...]


LARGEST_MATRIX = 2_000
"""Units up to which costs by distance are written out as a matrix; larger maps have their own method."""

Objective = CenterCost | PointCost | BorderLength | Change


@dataclass(frozen=True, slots=True)
class Band:
    """Two-sided balance: the total of every district lies in [(1 + low) * mean, (1 + high) * mean], mean = total / k.

    ``low`` and ``high`` are exact fractions (-1/10 and 1/10 for ten percent). Bounds are rounded inward to integers.
    """

    low: Fraction
    high: Fraction


@dataclass(frozen=True)
class Problem:
    """A districting problem.

    Parameters
    ----------
    unit_ids
        Names of the units, for reasons and findings; unique.
    edges
        Pairs (i, j), i < j, of adjacent units; each pair once. Extra edges that a planner adds are already in here.
    k
        Number of districts, refused units not counted.
    weights
        Integer weight of every unit, by name: shape (n,), entries >= 0.
    scale
        For weights made from decimals: the factor they were multiplied with.
    bands
        Balance by name of weight.
    minimums
        Least total per district by name of weight.
    objectives
        At least one; with several, the first is most important (lexicographic).
    seats
        Units that may be a seat; ``None`` for all. Every district has a seat among its own members, also for objectives without seats.
    together
        Groups of units that share a district.
    fixed
        Pairs (unit, with): the unit goes to the district of the other. Means the same as ``together``; named apart in reasons.
    apart
        Pairs of units in different districts.
    refused
        Units that stay out: in no district, not in any total, and no district is connected through them.
    differences
        Plans that the wanted one must differ from, each with the least number of units that sit differently.
    is_contiguous
        Whether every district must be connected; dropped only to find out why no plan exists.
    """

    unit_ids: tuple[str, ...]
    edges: tuple[tuple[int, int], ...]
    k: int
    weights: Mapping[str, tuple[int, ...]]
    objectives: tuple[Objective, ...]
    bands: Mapping[str, Band] = field(default_factory=dict)
    minimums: Mapping[str, int] = field(default_factory=dict)
    scale: Mapping[str, int] = field(default_factory=dict)
    seats: frozenset[int] | None = None
    together: tuple[tuple[int, ...], ...] = ()
    fixed: tuple[tuple[int, int], ...] = ()
    apart: tuple[tuple[int, int], ...] = ()
    refused: frozenset[int] = frozenset()
    differences: tuple[Difference, ...] = ()
    is_contiguous: bool = True

    @property
    def num_units(self) -> int:
        """Return n, refused units included."""
        return len(self.unit_ids)

    @property
    def is_large(self) -> bool:
        """Return whether costs by distance are too many for a matrix."""
        return self.num_units > LARGEST_MATRIX and any(isinstance(o, PointCost) for o in self.objectives)

    def total(self, weight: str) -> int:
        """Return the sum of a weight over the units that are not refused."""
        return sum(w for i, w in enumerate(self.weights[weight]) if i not in self.refused)

    def bounds(self, weight: str) -> tuple[int, int]:
        """Return the least and the greatest total of a district, inclusive: band and minimum together, rounded inward."""
        total = self.total(weight)
        low, high = 0, total
        if band := self.bands.get(weight):
            low = ceil((1 + band.low) * Fraction(total, self.k))
            high = floor((1 + band.high) * Fraction(total, self.k))
        return max(low, self.minimums.get(weight, 0)), high


@dataclass(frozen=True, slots=True)
class Difference:
    """At least ``num_units`` units sit differently than in ``plan``: districts matched one to one so that as many units as possible sit alike.

    ``plan[i]`` is a district index, ``None`` for a refused unit (never counted).
    """

    plan: tuple[int | None, ...]
    num_units: int


@dataclass(frozen=True, slots=True)
class Plan:
    """Who goes where. ``district[i]`` in ``0 .. k-1`` or ``None`` for refused units; ``seats[d]`` is the seat of district d, one of its members.

    Districts are numbered by their smallest unit index, so equal partitions are equal plans.
    """

    district: tuple[int | None, ...]
    seats: tuple[int, ...]
