"""Search by annealing: runs from a first partition or from the best one, cooled step by step; the caller looks at the clock between the steps."""

from __future__ import annotations

from collections.abc import Callable
from math import exp, log

import numpy as np

from orgraph.solver.location.annealing import anneal
from orgraph.solver.location.clusters import Clusters, polish_centers, total_cost, total_excess
from orgraph.solver.location.instance import Instance, Ints
from orgraph.solver.location.repair import repair

HOT = 0.4
"""First temperature of a run, in mean costs of a node; a run from a known plan starts lower."""
COLD = 0.02
HARDEN, SOFTEN = 1.3, 1.06
MOST_CHAINS = 1000
"""Chains that one repair may move."""
SLICE = 200_000
"""Moves in one call of the kernel, at most."""
CENTER_WORK = 4.0
"""Moves of centres look at all members of a cluster: their share is this over the mean size of a cluster."""


class Search:
    """Annealing of one problem; ``best`` is the cheapest partition within all bounds, as the centre of every node."""

    def __init__(self, instance: Instance, seed: str) -> None:
        self.instance = instance
        self.best: Ints | None = None
        self.best_cost = np.inf
        state = np.frombuffer(seed.encode().ljust(8, b"-"), dtype=np.uint8)
        mixed = np.uint64(1469598103934665603)
        for byte in state:
            mixed = np.uint64((int(mixed) ^ int(byte)) * 1099511628211 % 2**64)
        self._rng = np.array([mixed | np.uint64(1)], dtype=np.uint64)
        self._trail = np.zeros(4 * instance.num_nodes + 4, dtype=np.int64)

    def run(
        self,
        c: Clusters,
        num_moves: int,
        hot: float,
        is_over: Callable[[], bool],
        progress: Callable[[], float],
    ) -> None:
        """Cool ``c`` from ``hot`` mean costs down, in ``num_moves`` moves or in the time of which ``progress`` tells the share that is gone."""
        net, instance = self.instance.net, self.instance
        n = instance.num_nodes
        self.keep(c)
        num_slices = max(40, num_moves // SLICE)
        mean = max(total_cost(net, c) / n, 1e-9)
        unit = mean * n / max(1, net.demand.sum())
        penalty = 2.0 * unit
        size = n / max(1, int((c.center >= 0).sum()))
        share_center = min(0.15, CENTER_WORK / size)
        share_relocate = min(0.02, 0.5 / size) if instance.least < n else 0.0
        done = 0.0
        number = 0
        while done < 1.0 and not is_over():
            heat = mean * exp(log(hot) + (log(COLD) - log(hot)) * done)
            anneal(
                net, c, instance.least, instance.most, num_moves // num_slices, heat, penalty,
                share_center, share_relocate, self._rng, self._trail,
            )  # fmt: skip
            penalty = (
                min(penalty * HARDEN, 1e4 * unit)
                if total_excess(net, c)
                else max(penalty / SOFTEN, 0.5 * unit)
            )
            number += 1
            done = max(number / num_slices, progress())
        self._quench(c, penalty, unit, size, num_moves // num_slices, is_over)

    def _quench(
        self,
        c: Clusters,
        penalty: float,
        unit: float,
        size: float,
        num_moves: int,
        is_over: Callable[[], bool],
    ) -> None:
        """Go downhill, ever harder on the bounds, and keep what is within them."""
        net, instance = self.instance.net, self.instance
        for _ in range(6):
            penalty = max(4.0 * penalty, 10.0 * unit)
            anneal(
                net, c, instance.least, instance.most, num_moves, 0.0, penalty,
                min(0.15, CENTER_WORK / size), 0.01, self._rng, self._trail,
            )  # fmt: skip
            polish_centers(net, c, penalty)
            repair(net, c, MOST_CHAINS)
            self.keep(c)
            if is_over():
                return

    def keep(self, c: Clusters) -> None:
        """Take the partition as the best one if it obeys the bounds and is cheaper."""
        net, instance = self.instance.net, self.instance
        number = int((c.center >= 0).sum())
        cost = total_cost(net, c)
        if (
            cost < self.best_cost - 1e-9
            and not total_excess(net, c)
            and instance.least <= number <= instance.most
        ):
            self.best_cost = cost
            self.best = c.center[c.cluster].copy()
