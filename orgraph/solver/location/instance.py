"""A location problem as arrays for kernels: distances that are computed where they are needed, and for every node the nodes near it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from orgraph.solver.location.counting import candidates, num_centers
from orgraph.solver.location.curve import along_curve, reordered
from orgraph.solver.location.distance import CODES, MATRIX, cost_matrix, embedding, listed_back, nearest
from orgraph.solver.location.problem import Floats, Matrix, Plan, Problem

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]
Indexes = NDArray[np.int32]

DENSE = 1000
"""Up to so many nodes the distances between points are kept as a matrix; beyond, it is faster to compute them."""
ALL_NEAR = 1500
"""Up to so many nodes the list of near nodes is complete; that of a matrix always is."""
FEW_NEAR, MOST_NEAR = 64, 400
NEAR_PER_CLUSTER = 4
"""Length of a list of near nodes, in mean sizes of a cluster."""
AROUND = 24
"""Near nodes among which the search looks for moves."""


class Net(NamedTuple):
    """What kernels need to know of a problem. Shapes: ``cost`` (n, n) or (0, 0), ``at`` (n, 3), ``around`` (n, at most AROUND), the rest (n,)."""

    metric: int
    cost: Floats
    at: Floats
    around: Indexes
    demand: Ints
    lower: Ints
    upper: Ints
    opening: Floats
    is_allowed: Mask
    is_fixed: Mask


class Lists(NamedTuple):
    """Pairs of a centre and a node that kernels of the bound look at.

    ``near[j]`` are the nodes that are cheapest to serve from j, ascending by ``near_cost[j]``, j itself first; shape (n, K). Where that is not everybody,
    ``back[back_start[j] : back_start[j + 1]]`` are the other nodes that list j, with ``back_cost``.
    """

    near: Indexes
    near_cost: Floats
    back_start: Ints
    back: Indexes
    back_cost: Floats


@dataclass(frozen=True)
class Instance:
    """The problem, its arrays, and the least and the greatest number of centres that its bounds allow (p twice, where it is given).

    Inside, node i is the ``order[i]``-th of the problem as stated; ``problem`` is the reordered one.
    """

    problem: Problem
    order: Ints
    net: Net
    lists: Lists
    least: int
    most: int

    @property
    def num_nodes(self) -> int:
        """Return n."""
        return self.problem.num_nodes

    @property
    def is_complete(self) -> bool:
        """Return whether ``near`` lists all nodes."""
        return bool(self.lists.near.shape[1] == self.num_nodes)

    @property
    def is_whole(self) -> bool:
        """Return whether every cost is a whole number, so that a bound can be rounded up."""
        problem = self.problem
        if any(not float(cost).is_integer() for cost in problem.opening):
            return False
        if isinstance(problem.distance, Matrix):
            return bool((problem.distance.cost == np.floor(problem.distance.cost)).all())
        return problem.distance.metric == "euclidean_floor"

    def plan(self, center: Ints) -> Plan:
        """Return the plan of the problem as stated, from the centre of every node inside."""
        outside = np.empty_like(center)
        outside[self.order] = self.order[center]
        return Plan(tuple(int(j) for j in outside))

    def center(self, plan: Plan) -> Ints:
        """Return the centre of every node inside, from a plan of the problem as stated."""
        place = np.argsort(self.order)
        return place[np.array(plan.center, dtype=np.int64)[self.order]]


def build_instance(stated: Problem) -> Instance:
    """Return the arrays of a well-formed problem.

    Notes
    -----
    O(n^2) for matrices and up to ``DENSE`` points, else about O(n K log K) for lists of K near nodes. A node that could not serve itself within its
    bounds is no candidate.
    """
    order = _order(stated)
    problem = reordered(stated, order)
    n, total = problem.num_nodes, problem.total
    demand = np.array(problem.demand, dtype=np.int64)
    lower = np.array(problem.lower or (0,) * n, dtype=np.int64)
    upper = np.minimum(np.array(problem.upper or (total,) * n, dtype=np.int64), total)
    is_allowed = np.zeros(n, dtype=np.bool_)
    is_allowed[candidates(problem)] = True
    is_fixed = np.zeros(n, dtype=np.bool_)
    is_fixed[sorted(problem.fixed)] = True
    least, most = _span(problem)
    metric, cost, at = _distances(problem)
    is_complete = n <= ALL_NEAR or isinstance(problem.distance, Matrix)
    width = n if is_complete else min(MOST_NEAR, max(FEW_NEAR, NEAR_PER_CLUSTER * n // max(1, least)))
    near, near_cost = _near(metric, cost, at, width)
    around = _around(metric, cost, near)
    net = Net(
        metric=metric,
        cost=cost,
        at=at,
        around=around,
        demand=demand,
        lower=lower,
        upper=upper,
        opening=np.array(problem.opening or (0.0,) * n, dtype=np.float64),
        is_allowed=is_allowed,
        is_fixed=is_fixed,
    )
    return Instance(problem, order, net, Lists(near, near_cost, *listed_back(near, near_cost)), least, most)


def _order(stated: Problem) -> Ints:
    """Return the order of nodes inside: that of a curve for many points, so that what is near is near in memory; else as stated."""
    if isinstance(stated.distance, Matrix) or stated.num_nodes <= DENSE:
        return np.arange(stated.num_nodes)
    return along_curve(embedding(stated.distance))


def _span(problem: Problem) -> tuple[int, int]:
    """Return the least and the greatest number of centres; p twice, where it is given."""
    least, most = num_centers(problem, candidates(problem))
    return (least, most) if problem.p is None else (max(least, problem.p), min(most, problem.p))


def _distances(problem: Problem) -> tuple[int, Floats, Floats]:
    n = problem.num_nodes
    if isinstance(problem.distance, Matrix):
        return MATRIX, np.ascontiguousarray(problem.distance.cost, dtype=np.float64), np.zeros((n, 3))
    metric = CODES[problem.distance.metric]
    at = embedding(problem.distance)
    if n <= DENSE:
        return MATRIX, cost_matrix(metric, at), at
    return metric, np.zeros((0, 0)), at


def _near(metric: int, cost: Floats, at: Floats, width: int) -> tuple[Indexes, Floats]:
    if metric != MATRIX:
        return nearest(metric, at, width)
    n = len(cost)
    by_center = cost.T.copy()
    by_center[range(n), range(n)] = -1.0
    near = np.argsort(by_center, axis=1, kind="stable")[:, :width]
    by_center[range(n), range(n)] = cost[range(n), range(n)]
    return near.astype(np.int32), np.take_along_axis(by_center, near, axis=1)


def _around(metric: int, cost: Floats, near: Indexes) -> Indexes:
    """Return the near nodes of every node, itself left out; of a matrix by the sum of both directions."""
    if metric == MATRIX and len(cost) > 1:
        both = cost + cost.T
        both[range(len(cost)), range(len(cost))] = -1.0
        near = np.argsort(both, axis=1, kind="stable").astype(np.int32)
    return np.ascontiguousarray(near[:, 1 : AROUND + 1])
