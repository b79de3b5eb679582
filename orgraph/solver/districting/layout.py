"""What a district is called in a model: by its seat, by its first node in an order, or by the part of a reference partition it continues.

A layout also says which nodes may go to which label at all, as far as connectedness and the upper bounds alone decide it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from orgraph.solver.districting.instance import Instance
from orgraph.solver.districting.problem import Change
from orgraph.solver.districting.reach import reachable

Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Layout:
    """Labels of districts.

    ``names[l]`` is what label ``l`` stands for: index of a seat, node, or part. ``home[l]`` is the node that a district of that name always holds,
    ``None`` for labels without one. ``allowed`` (nodes, labels) is false where no feasible district of that name holds the node. ``named_by`` is the
    objective whose parts the labels stand for, if they do.
    """

    names: tuple[int, ...]
    home: tuple[int | None, ...]
    allowed: Mask
    named_by: Change | None = None
    order: tuple[int, ...] = ()
    """Where labels stand for nothing but their rank: the nodes in the order in which their first nodes rank the districts."""

    @property
    def num_labels(self) -> int:
        """Return the number of labels."""
        return len(self.home)

    def restricted(self, allowed: Mask) -> Layout:
        """Return the layout with the pairs that ``allowed`` rules out removed, and the labels that lose their home."""
        both = self.allowed & allowed
        labels = [label for label, home in enumerate(self.home) if home is None or both[home, label]]
        return Layout(
            tuple(self.names[label] for label in labels),
            tuple(self.home[label] for label in labels),
            both[:, labels],
            self.named_by,
            self.order,
        )


def seat_layout(instance: Instance) -> Layout:
    """Name a district by its seat (Hess et al. 1965)."""
    columns = [_reachable(instance, h, np.ones(instance.num_nodes, dtype=bool)) for h in instance.home]
    return _layout(range(len(instance.seats)), instance.home, _mask(instance, columns))


def root_layout(instance: Instance) -> Layout:
    """Name a district by its first node in an order, so that every partition has one name only.

    Nodes that can hardly be first stand last: what follows them in the order falls into pieces below the lower bound.
    """
    order = root_order(instance)
    later = np.ones(instance.num_nodes, dtype=bool)
    columns: list[Mask] = []
    for root in order:
        columns.append(_reachable(instance, root, later))
        later[root] = False
    return _layout(order, order, _mask(instance, columns))


def rank_layout(instance: Instance) -> Layout:
    """Name a district by its rank among all k, ranked by their first nodes in an order; few labels, and a weaker relaxation than with roots."""
    order = root_order(instance)
    rank = np.empty(instance.num_nodes, dtype=np.int64)
    rank[order] = np.arange(len(order))
    allowed: Mask = rank[:, None] >= np.arange(instance.k)
    home = (order[0], *(None for _ in range(instance.k - 1)))
    return Layout(tuple(range(instance.k)), home, allowed, order=tuple(order))


def part_layout(instance: Instance, objective: Change, most_change: float) -> Layout:
    """Name a district by the reference part that it is matched with; further labels serve when there are fewer parts than districts.

    A node that must stay when at most ``most_change`` of the weight moves is the home of its part.
    """
    allowed = may_join(instance, objective, most_change)
    home: list[int | None] = [None] * allowed.shape[1]
    for node in reversed(_by_weight(instance, np.flatnonzero(allowed.sum(axis=1) == 1).tolist())):
        home[int(allowed[node].argmax())] = node
    return Layout(tuple(range(len(home))), tuple(home), allowed, objective)


def may_join(instance: Instance, objective: Change, most_change: float) -> Mask:
    """Return which part a node may be matched with when at most ``most_change`` of all weight moves: shape (nodes, parts), at least k parts."""
    kept = instance.kept(objective)
    stays = np.zeros((instance.num_nodes, max(kept.shape[1], instance.k)), dtype=np.int64)
    stays[:, : kept.shape[1]] = kept
    most = stays.max(axis=1, initial=0)
    never_stays = sum(objective.weight[u] for units in instance.members for u in units) - int(most.sum())
    allowed: Mask = never_stays + most[:, None] - stays <= most_change
    return allowed


def root_order(instance: Instance) -> list[int]:
    """Return all nodes, those that serve as roots first.

    Greedy: light, weakly connected nodes are put last as long as no connected piece of the last ones could be a district by itself.
    """
    last = np.zeros(instance.num_nodes, dtype=bool)
    if not instance.problem.is_contiguous or not (instance.low > 0).any():
        return _by_weight(instance, range(instance.num_nodes))
    for node in sorted(range(instance.num_nodes), key=lambda v: (len(instance.neighbors[v]), v)):
        last[node] = True
        if not _is_below(instance, _piece(instance, node, last)):
            last[node] = False
    first = _by_weight(instance, np.flatnonzero(~last).tolist())
    return first + [int(v) for v in np.flatnonzero(last)]


def _layout(names: Iterable[int], home: Iterable[int | None], allowed: Mask) -> Layout:
    return Layout(tuple(names), tuple(home), allowed).restricted(allowed)


def _by_weight(instance: Instance, nodes: Iterable[int]) -> list[int]:
    weight = instance.weights[0] if len(instance.weights) else np.zeros(instance.num_nodes)
    return sorted(nodes, key=lambda v: (-weight[v], v))


def _piece(instance: Instance, start: int, inside: Mask) -> list[int]:
    seen, stack = {start}, [start]
    while stack:
        for v in instance.neighbors[stack.pop()]:
            if inside[v] and v not in seen:
                seen.add(v)
                stack.append(v)
    return sorted(seen)


def _is_below(instance: Instance, nodes: list[int]) -> bool:
    return bool((instance.weights[:, nodes].sum(axis=1) < instance.low).any())


def _reachable(instance: Instance, home: int, inside: Mask) -> Mask:
    """Return the nodes that some connected set within ``inside`` and the upper bounds joins to ``home``; none when it stays below a lower bound."""
    if instance.problem.is_contiguous:
        return reachable(home, inside, *instance.adjacency, instance.weights, instance.low, instance.high)
    reached: Mask = inside & _fits(instance, home)
    if _is_below(instance, np.flatnonzero(reached).tolist()):
        reached = np.zeros_like(reached)
    return reached


def _fits(instance: Instance, home: int) -> Mask:
    both = instance.weights + instance.weights[:, [home]]
    both[:, home] = instance.weights[:, home]
    fits: Mask = np.all(both <= instance.high[:, None], axis=0)
    return fits


def _mask(instance: Instance, columns: list[Mask]) -> Mask:
    if not columns:
        return np.zeros((instance.num_nodes, 0), dtype=bool)
    return np.stack(columns, axis=1)
