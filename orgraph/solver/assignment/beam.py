"""Plans from the bound: give agents their knapsacks one by one, price what is left again after each, and go on with the partial plans of least bound.

A partial plan fixes the tasks of some agents. Its bound is the cost of these and the Lagrangian bound of the rest, so packing that goes wrong shows early. As diving
in column generation (Sadykov, Vanderbeck, Pessoa, Tahiri, Uchoa 2019, "Primal heuristics for branch and price: the assets of diving methods"), with subgradient
steps in place of a linear master, and a beam in place of one dive.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from orgraph.solver.assignment.core import Core, Ints
from orgraph.solver.assignment.knapsack import solve_knapsack
from orgraph.solver.assignment.problem import Costs, Mask
from orgraph.solver.compiled import compiled
from orgraph.solver.engine import Clock

STEPS = 15
MOST_WORK = 100_000_000
"""Cells of knapsack tables that one call of the kernel may fill, about a tenth of a second."""
STEP, SHORT_STEP = 0.3, 0.05
NOISE = 0.1
CONFLICT = 0.3


@dataclass(frozen=True, slots=True)
class Node:
    """A partial plan. ``agent[t]`` is -1 for open tasks; ``open_agents`` have no knapsack yet. ``bound`` holds for all plans that complete it (``cost`` is what is fixed).

    ``price``, ``average`` (how often a pair was taken lately) and ``columns`` (the knapsacks at these prices) are those of the last steps.
    """

    bound: float
    cost: float
    agent: Ints
    open_agents: Mask
    price: Costs
    average: Costs
    columns: Mask


class Beam:
    """A beam search over partial plans of a core."""

    def __init__(self, core: Core, clock: Clock) -> None:
        self._core = core
        self._clock = clock
        self._cost = core.cost
        self.work = 0
        """Open agents times open tasks of all partial plans priced so far: what the time goes into, and equal in equal runs."""
        work = int((core.capacity + 1).sum()) * core.cost.shape[1]
        self._num_steps = max(2, min(STEPS, MOST_WORK // work))

    def use(self, allowed: Mask) -> None:
        """Open tasks go only to agents of these pairs from now on."""
        self._cost = np.where(allowed, self._core.cost, np.inf)

    def root(self, price: Costs, target: float, agent: Ints, open_agents: Mask) -> Node:
        """Return the partial plan in which only ``open_agents`` are free to choose."""
        fixed = np.where(open_agents[agent], -1, agent)
        tasks = np.flatnonzero(fixed >= 0)
        cost = float(self._core.cost[fixed[tasks], tasks].sum())
        average = np.zeros_like(self._core.cost)
        node = Node(0.0, cost, fixed, open_agents, price, average, np.zeros_like(average, dtype=np.bool_))
        for _ in range(4):
            node = self._priced(node, target, SHORT_STEP, 0.05)
        return node

    def run(
        self,
        root: Node,
        most: float,
        target: float,
        width: int,
        num_branches: int,
        rng: np.random.Generator,
    ) -> list[Node]:
        """Return complete plans, best bound first; some tasks may be left over (agent -1). Fewer, or none, when the time is over.

        Parameters
        ----------
        most
            Partial plans with a bound above this are dropped.
        target
            About what a plan costs, for the length of the steps.
        width, num_branches
            Partial plans kept per level, and children of each.
        """
        level = [root]
        for _ in range(int(root.open_agents.sum())):
            children: dict[bytes, Node] = {}
            for node in level:
                for a in self._promising(node, num_branches, rng):
                    child = self._child(node, a)
                    children.setdefault(child.agent.tobytes(), child)
            priced = self._all_priced(list(children.values()), target)
            if self._clock.is_over():
                return []
            ordered = sorted(priced, key=lambda node: node.bound)
            level = [node for node in ordered if node.bound <= most][:width]
            if not level:
                return ordered[:1] if not ordered[0].open_agents.any() else []
        return level

    def _all_priced(self, nodes: list[Node], target: float) -> list[Node]:
        """Return the partial plans priced, in their order; the threads share the work. Not all are when the time is over."""

        def priced(node: Node) -> Node:
            return node if self._clock.is_over() else self._priced(node, target, STEP, 0.15)

        self.work += sum(int((n.agent < 0).sum()) * int(n.open_agents.sum()) for n in nodes)
        num_threads = self._clock.limits.workers
        if num_threads == 1:
            return [priced(node) for node in nodes]
        with ThreadPoolExecutor(num_threads) as threads:
            return list(threads.map(priced, nodes))

    def _promising(self, node: Node, num_branches: int, rng: np.random.Generator) -> list[int]:
        """Return the agents whose knapsacks were taken most steadily and share the fewest tasks, with some noise."""
        agents = np.flatnonzero(node.open_agents)
        columns = node.columns[agents]
        size = np.maximum(columns.sum(axis=1), 1)
        is_shared = columns.sum(axis=0) > 1
        steady = (node.average[agents] * columns).sum(axis=1) / size
        score = steady - CONFLICT * (columns & is_shared).sum(axis=1) / size + NOISE * rng.random(len(agents))
        return [int(a) for a in agents[np.argsort(-score, kind="stable")[:num_branches]]]

    def _child(self, node: Node, a: int) -> Node:
        """Return the partial plan in which the agent keeps its knapsack."""
        tasks = node.columns[a] & (node.agent < 0)
        open_agents = node.open_agents.copy()
        open_agents[a] = False
        cost = node.cost + float(self._core.cost[a, tasks].sum())
        agent = np.where(tasks, a, node.agent)
        return Node(node.bound, cost, agent, open_agents, node.price, node.average, node.columns)

    def _priced(self, node: Node, target: float, step: float, memory: float) -> Node:
        """Return the partial plan after some steps of its prices. Open tasks without open agents count their prices."""
        core, open_tasks = self._core, node.agent < 0
        price, average = node.price.copy(), node.average.copy()
        columns = np.zeros_like(node.columns)
        value = _descend(
            self._cost,
            core.load,
            core.capacity,
            price,
            node.open_agents,
            open_tasks,
            average,
            columns,
            target - node.cost,
            self._num_steps,
            step,
            memory,
        )
        return Node(node.cost + value, node.cost, node.agent, node.open_agents, price, average, columns)


@compiled
def _descend(
    cost: Costs,
    load: Ints,
    capacity: Ints,
    price: Costs,
    open_agents: Mask,
    open_tasks: Mask,
    average: Costs,
    columns: Mask,
    target: float,
    num_steps: int,
    step: float,
    memory: float,
) -> float:
    """Take subgradient steps from ``price``; return the best value, and write the prices and knapsacks of it over ``price`` and ``columns``."""
    m, n = cost.shape
    table = np.empty((n + 1, capacity.max() + 1))
    items = np.empty(n, dtype=np.int64)
    chosen = np.zeros((m, n), dtype=np.bool_)
    trial = price.copy()
    direction = np.zeros(n)
    best = -np.inf
    for _ in range(num_steps):
        slope = np.zeros(n)
        value = 0.0
        for t in range(n):
            if open_tasks[t]:
                slope[t] = 1.0
                value += trial[t]
        for a in range(m):
            if not open_agents[a]:
                continue
            value -= solve_knapsack(cost[a], load[a], capacity[a], trial, open_tasks, items, table, chosen[a])
            for t in range(n):
                average[a, t] *= 1.0 - memory
                if chosen[a, t]:
                    slope[t] -= 1.0
                    average[a, t] += memory
        if value > best:
            best = value
            price[:] = trial
            columns[:] = chosen
        direction = 0.6 * direction + 0.4 * slope
        norm = (direction * direction).sum()
        if norm < 1e-12:
            break
        trial += step * max(1.003 * target - value, 0.5) / norm * direction
    return best
