"""The location problem: choose centres among nodes and give every node to one of them, within bounds on what a centre serves.

Nodes are indexes ``0 .. n-1``; ``node_ids`` are only names for reasons and findings. With an upper bound and p given this is the capacitated
p-median problem (Mulvey, Beck 1984, "Solving capacitated clustering problems"); with p free and opening costs, single-source facility location.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Metric = Literal["euclidean", "euclidean_floor", "manhattan", "haversine_km"]
METRICS: tuple[Metric, ...] = ("euclidean", "euclidean_floor", "manhattan", "haversine_km")


@dataclass(frozen=True)
class Points:
    """Distances between points. ``xy`` has shape (n, 2), in any unit of length; for ``haversine_km`` it is longitude and latitude in degrees.

    ``euclidean_floor`` is rounded down to an integer, as OR-Library's capacitated p-median instances want it. ``haversine_km`` is the great-circle
    distance on a sphere of 6371.0088 km.
    """

    xy: Floats
    metric: Metric = "euclidean"

    @property
    def num_nodes(self) -> int:
        """Return n."""
        return int(self.xy.shape[0])


@dataclass(frozen=True)
class Matrix:
    """Distances as they are given: ``cost[i, j]`` >= 0 is what node i costs when centre j serves it, shape (n, n); it need not be symmetric."""

    cost: Floats

    @property
    def num_nodes(self) -> int:
        """Return n."""
        return int(self.cost.shape[0])


@dataclass(frozen=True)
class Problem:
    """A location problem: minimize the sum of distances of all nodes to their centres, plus what it costs to open the centres.

    A centre serves itself. Every node, candidate or not, is served by exactly one centre.

    Parameters
    ----------
    node_ids
        Names of the nodes; unique.
    distance
        Points with a metric, or a matrix.
    demand
        Integer demand of every node, entries >= 0: shape (n,). Decimals are scaled by whoever states the problem.
    upper
        The most that each node may serve as a centre, its own demand included: shape (n,). Empty for no bound.
    lower
        The least that each node must serve if it is a centre: shape (n,). Empty for no bound.
    p
        Number of centres; ``None`` leaves it to the opening costs.
    opening
        Cost of each node as a centre, entries >= 0: shape (n,). Empty for none.
    fixed
        Nodes that must be centres.
    forbidden
        Nodes that must not be centres.
    """

    node_ids: tuple[str, ...]
    distance: Points | Matrix
    demand: tuple[int, ...]
    upper: tuple[int, ...] = ()
    lower: tuple[int, ...] = ()
    p: int | None = None
    opening: tuple[float, ...] = ()
    fixed: frozenset[int] = frozenset()
    forbidden: frozenset[int] = frozenset()

    @property
    def num_nodes(self) -> int:
        """Return n."""
        return len(self.node_ids)

    @property
    def total(self) -> int:
        """Return the sum of demands."""
        return sum(self.demand)

    def upper_of(self, node: int) -> int:
        """Return the most that a node may serve as a centre."""
        return self.upper[node] if self.upper else self.total

    def lower_of(self, node: int) -> int:
        """Return the least that a node must serve as a centre."""
        return self.lower[node] if self.lower else 0

    def names(self, nodes: Iterable[int]) -> tuple[str, ...]:
        """Return the ids of nodes."""
        return tuple(self.node_ids[node] for node in nodes)


@dataclass(frozen=True, slots=True)
class Plan:
    """Who is served by whom: ``center[i]`` is the node that serves node i; a centre serves itself."""

    center: tuple[int, ...]

    @property
    def centers(self) -> tuple[int, ...]:
        """Return the centres, ascending."""
        return tuple(sorted(set(self.center)))
