"""A first partition: nodes in the order of a curve that fills the plane, cut into runs of equal demand, each with its best centre."""

from __future__ import annotations

import numpy as np

from orgraph.solver.location.clusters import Clusters, polish_centers, set_up, total_cost, total_excess
from orgraph.solver.location.curve import along_curve
from orgraph.solver.location.distance import MATRIX, cost_list
from orgraph.solver.location.instance import Instance, Ints, Net
from orgraph.solver.location.problem import Floats

NUM_TRIALS = 12
"""Numbers of centres that are tried where the number is free."""


def first_clusters(instance: Instance, penalty: float) -> Clusters:
    """Return clusters whose centres are allowed, the fixed ones among them; where p is free, their number is the cheapest of a few.

    Bounds of clusters may be broken.
    """
    order = _along(instance)
    numbers = sorted({int(x) for x in np.geomspace(instance.least, instance.most, NUM_TRIALS).round()})
    return min(
        (_cut(instance, order, number, penalty) for number in numbers),
        key=lambda c: total_cost(instance.net, c) + penalty * total_excess(instance.net, c),
    )


def clusters_at(instance: Instance, centers: Ints, cluster: Ints | None = None) -> Clusters:
    """Return clusters around these centres; without ``cluster`` every node goes to the nearest one."""
    n, most = instance.num_nodes, min(instance.most, instance.num_nodes)
    c = Clusters(
        cluster=nearest_center(instance.net, centers) if cluster is None else cluster.copy(),
        paid=np.zeros(n),
        center=np.full(most, -1, dtype=np.int64),
        load=np.zeros(most, dtype=np.int64),
        size=np.zeros(most, dtype=np.int64),
        head=np.full(most, -1, dtype=np.int64),
        after=np.full(n, -1, dtype=np.int64),
        before=np.full(n, -1, dtype=np.int64),
    )
    c.center[: len(centers)] = centers
    c.cluster[centers] = np.arange(len(centers))
    set_up(instance.net, c)
    return c


def guided_clusters(instance: Instance, openness: Floats) -> Clusters:
    """Return clusters around centres that a relaxation likes to open: the most liked one first, which uses up one whole centre of liking around it."""
    net, near = instance.net, instance.lists.near
    left = np.where(net.is_allowed & ~net.is_fixed, openness, -1.0)
    centers = [int(j) for j in np.flatnonzero(net.is_fixed)]
    number = min(max(instance.least, round(float(openness.sum()))), instance.most)
    reach = min(near.shape[1], 1 + 2 * instance.num_nodes // number)
    while len(centers) < number:
        j = int(left.argmax())
        around = near[j, :reach]
        used = np.maximum(left[around], 0.0)
        kept = np.minimum(used, np.maximum(1.0 - (np.cumsum(used) - used), 0.0))
        left[around] -= kept
        left[j] = -1.0
        centers.append(j)
    return clusters_at(instance, np.array(sorted(centers), dtype=np.int64))


def clusters_of(instance: Instance, center: Ints) -> Clusters:
    """Return the clusters of a plan, given by the centre of every node."""
    centers, cluster = np.unique(center, return_inverse=True)
    return clusters_at(instance, centers, cluster.astype(np.int64))


def nearest_center(net: Net, centers: Ints) -> Ints:
    """Return for every node the place of its nearest centre."""
    n = len(net.demand)
    best = np.full(n, np.inf)
    cluster = np.zeros(n, dtype=np.int64)
    for place, j in enumerate(centers):
        cost = costs_to(net, int(j))
        closer = cost < best
        best[closer], cluster[closer] = cost[closer], place
    return cluster


def costs_to(net: Net, j: int, nodes: Ints | None = None) -> Floats:
    """Return what the given nodes (all, where none are given) cost when j serves them."""
    if net.metric == MATRIX:
        costs = net.cost[:, j]
        return costs if nodes is None else costs[nodes]
    return cost_list(net.metric, net.cost, net.at, np.arange(len(net.demand)) if nodes is None else nodes, j)


def _cut(instance: Instance, order: Ints, number: int, penalty: float) -> Clusters:
    """Return ``number`` clusters from runs along the curve."""
    net = instance.net
    along = net.demand[order]
    total = max(1, int(along.sum()))
    if along.sum() == 0:
        along = np.ones_like(along)
        total = len(along)
    middle = np.cumsum(along) - along / 2
    run = np.empty(len(order), dtype=np.int64)
    run[order] = np.minimum((middle * number / total).astype(np.int64), number - 1)
    centers = _centers_of_runs(net, order, run, number)
    ordered = np.array(sorted(centers), dtype=np.int64)
    of_run = {int(run[j]): place for place, j in enumerate(ordered)}
    times = np.bincount(run[ordered], minlength=number)
    cluster = np.array([of_run.get(int(r), -1) if times[r] == 1 else -1 for r in run], dtype=np.int64)
    if (cluster < 0).any():
        cluster = np.where(cluster < 0, nearest_center(net, ordered), cluster)
    c = clusters_at(instance, ordered, cluster)
    if len(order) <= number * 200:
        polish_centers(net, c, penalty)
    return c


def _centers_of_runs(net: Net, order: Ints, run: Ints, number: int) -> set[int]:
    """Return ``number`` allowed nodes, the fixed ones and where possible one of every run, its middle one."""
    centers = {int(j) for j in np.flatnonzero(net.is_fixed)}
    has_center = {int(run[j]) for j in centers}
    allowed = [int(j) for j in order if net.is_allowed[j] and not net.is_fixed[j]]
    by_run: dict[int, list[int]] = {}
    for j in allowed:
        by_run.setdefault(int(run[j]), []).append(j)
    for r, members in by_run.items():
        if len(centers) < number and r not in has_center:
            centers.add(members[len(members) // 2])
    spare = [j for j in allowed if j not in centers]
    missing = number - len(centers)
    if missing > 0:
        centers.update(spare[t * len(spare) // missing] for t in range(min(missing, len(spare))))
    return centers


def _along(instance: Instance) -> Ints:
    """Return the nodes in the order of a Hilbert curve; of a matrix, in the order of a walk to the nearest node not yet seen."""
    net = instance.net
    if net.metric == MATRIX and not net.at.any():
        return _walk(net)
    return along_curve(net.at)


def _walk(net: Net) -> Ints:
    n = len(net.demand)
    unseen = np.ones(n, dtype=np.bool_)
    order = [0]
    unseen[0] = False
    for _ in range(n - 1):
        order.append(int(np.argmin(np.where(unseen, net.cost[order[-1]], np.inf))))
        unseen[order[-1]] = False
    return np.array(order, dtype=np.int64)
