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
CENTER_WORK, RELOCATE_WORK = 4.0, 0.5
MOST_CENTER, MOST_RELOCATE = 0.15, 0.02
"""Moves of centres look at all members of a cluster: their share is the work over the mean size of a cluster, up to a limit."""
NUM_QUENCHES = 6


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
        net = self.instance.net
        self.keep(c)
        num_slices = max(40, num_moves // SLICE)
        mean = max(total_cost(net, c) / self.instance.num_nodes, 1e-9)
        unit = mean * self.instance.num_nodes / max(1, net.demand.sum())
        penalty = 2.0 * unit
        done, number = 0.0, 0
        while done < 1.0 and not is_over():
            heat = mean * exp(log(hot) + (log(COLD) - log(hot)) * done)
            self._slice(c, num_moves // num_slices, heat, penalty)
            if total_excess(net, c):
                penalty = min(penalty * HARDEN, 1e4 * unit)
            else:
                penalty = max(penalty / SOFTEN, 0.5 * unit)
            number += 1
            done = max(number / num_slices, progress())
        for _ in range(NUM_QUENCHES):
            penalty = max(4.0 * penalty, 10.0 * unit)
            self._quench(c, num_moves // num_slices, penalty)
            if is_over():
                return

    def _slice(self, c: Clusters, num_moves: int, heat: float, penalty: float) -> None:
        instance = self.instance
        size = instance.num_nodes / max(1, int((c.center >= 0).sum()))
        share_center = min(MOST_CENTER, CENTER_WORK / size)
        share_relocate = min(MOST_RELOCATE, RELOCATE_WORK / size)
        anneal(
            instance.net,
            c,
            instance.least,
            instance.most,
            num_moves,
            heat,
            penalty,
            share_center,
            share_relocate,
            self._rng,
            self._trail,
        )

    def _quench(self, c: Clusters, num_moves: int, penalty: float) -> None:
        """Go downhill, hard on the bounds, and keep what is within them."""
        self._slice(c, num_moves, 0.0, penalty)
        polish_centers(self.instance.net, c, penalty)
        repair(self.instance.net, c, MOST_CHAINS)
        self.keep(c)

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
