"""Every set of nodes that could be a district, where there are few enough to write them all down: small units, towns of up to about sixty.

A set is a bit mask. What a rule says of one district decides here whether a set belongs; what rules say of several districts is left to the partition.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from orgraph.solver.districting.instance import Floats, Instance, Ints
from orgraph.solver.districting.layout import Mask

MOST_NODES = 63
ASK_EVERY = 50_000
CHUNK = 16

Masks = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Pool:
    """All sets that districts of a plan of interest may be: ``masks`` has shape (sets,), bit ``i`` for node ``i``."""

    masks: Masks

    def chosen(self, keep: Mask) -> Pool:
        """Return the pool of the sets that ``keep`` (sets,) names."""
        return Pool(self.masks[keep])

    def chosen_at(self, numbers: Sequence[int]) -> Pool:
        """Return the pool of the sets with these numbers, in their order."""
        return Pool(self.masks[list(numbers)])

    def find(self, instance: Instance, labels: Sequence[int]) -> list[int]:
        """Return the numbers of the sets that are the districts of a partition."""
        wanted = [sum(1 << v for v, own in enumerate(labels) if own == d) for d in range(instance.k)]
        return [int(np.flatnonzero(self.masks == mask)[0]) for mask in wanted]

    def sums(self, value: Floats | Ints) -> Floats:
        """Return the sum of a value of nodes over every set: shape (sets,). Four table look-ups per set."""
        total = np.zeros(len(self.masks))
        for start in range(0, len(value), CHUNK):
            table = np.zeros(1)
            for one in value[start : start + CHUNK]:
                table = np.concatenate([table, table + one])
            total += table[(self.masks >> start) & (len(table) - 1)]
        return total

    def has(self, node: int) -> Mask:
        """Return which sets hold a node: shape (sets,)."""
        held: Mask = (self.masks >> node) & 1 == 1
        return held

    def perimeter(self, lengths: dict[tuple[int, int], float]) -> Floats:
        """Return the length of the edges with one end in the set: shape (sets,)."""
        total = np.zeros(len(self.masks))
        for (a, b), length in lengths.items():
            if length:
                total += length * (self.has(a) != self.has(b))
        return total

    def incidence(self, num_nodes: int) -> Floats:
        """Return which set holds which node, as 0-1: shape (sets, nodes). For small pools."""
        return ((self.masks[:, None] >> np.arange(num_nodes)) & 1).astype(np.float64)


def build_pool(instance: Instance, most_sets: int, is_over: Callable[[], bool]) -> Pool | None:
    """Return every set that obeys what rules say of one district; ``None`` when more than ``most_sets`` are connected and not too heavy, or time ends.

    Notes
    -----
    O(degree) per connected set.
    """
    if instance.num_nodes > MOST_NODES or not instance.problem.is_contiguous or not len(instance.weights):
        return None
    masks: list[int] = []
    for number, mask in enumerate(_connected_sets(instance)):
        if number >= most_sets or (number % ASK_EVERY == 0 and is_over()):
            return None
        if mask:
            masks.append(mask)
    pool = Pool(np.array(masks, dtype=np.int64))
    return pool.chosen(_obeys(instance, pool))


def _connected_sets(instance: Instance) -> Iterator[int]:
    """Yield every connected set that is not too heavy, once: grown from its first node by nodes that no earlier branch has taken. 0 stands for one too light."""
    around = [sum(1 << v for v in near) for near in instance.neighbors]
    weight: list[int] = instance.weights[0].tolist()
    low, high = int(instance.low[0]), int(instance.high[0])
    node_of = {1 << v: v for v in range(instance.num_nodes)}
    for root, own in enumerate(weight):
        if own > high:
            continue
        banned = (1 << (root + 1)) - 1
        stack = [(1 << root, around[root] & ~banned, banned, own)]
        while stack:
            inside, front, banned, load = stack.pop()
            yield inside if load >= low else 0
            while front:
                bit = front & -front
                front ^= bit
                banned |= bit
                node = node_of[bit]
                if load + weight[node] <= high:
                    stack.append(
                        (inside | bit, (front | around[node]) & ~banned, banned, load + weight[node])
                    )


def _obeys(instance: Instance, pool: Pool) -> Mask:
    """Return which sets keep all bounds, hold a candidate seat, split no bundle and hold no pair that is apart."""
    obeys = pool.sums(instance.has_seat().astype(np.float64)) > 0
    for weight, low, high in zip(instance.weights, instance.low, instance.high, strict=True):
        load = pool.sums(weight)
        obeys &= (load >= low) & (load <= high)
    for first, *others in instance.bundles:
        for other in others:
            obeys &= pool.has(first) == pool.has(other)
    for a, b in instance.apart:
        obeys &= ~(pool.has(a) & pool.has(b))
    return obeys
