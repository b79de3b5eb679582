"""Unit loads: where every task asks the same of an agent, capacities count tasks, and the problem is a minimum-cost flow, solved exactly.

A preference for even loads is exact too: for every level of the greatest share a flow, until the level alone costs too much.
"""

from __future__ import annotations

from fractions import Fraction
from math import floor, inf, log2

import numpy as np
from numpy.typing import NDArray
from ortools.graph.python import min_cost_flow

from orgraph.solver.assignment.instance import allowed_pairs, is_whole, pair_costs, skip_costs
from orgraph.solver.assignment.problem import Costs, Mask, Plan, Problem
from orgraph.solver.assignment.state import State

Ints = NDArray[np.int64]
LARGEST_COST = 2**40
"""Costs that are not whole are scaled up to this and rounded down, so that the bound stays one."""


def has_unit_loads(problem: Problem) -> bool:
    """Return whether this is a single stage without backups where, for every agent, all tasks that it may have ask the same."""
    if problem.backup is not None or len(problem.objectives) > 1:
        return False
    allowed = allowed_pairs(problem)
    return all(
        len(set(load[a, allowed[a]].tolist())) <= 1
        for load in problem.loads.values()
        for a in range(problem.num_agents)
    )


def solve_flow(state: State) -> None:
    """Solve a problem of unit loads: to proof, or to infeasible."""
    flow = _Flow(state.problem)
    state.engines.append("network flow")
    bound, plan = flow.solve(flow.room)
    state.num_rounds += 1
    if plan is None:
        state.is_infeasible = True
        return
    state.offer(plan, "plan")
    least = inf
    for level in flow.levels:
        if bound + flow.weight * float(level) >= state.values[0]:
            least = min(least, bound + flow.weight * float(level))
            break
        if state.clock.is_over():
            state.prove(0, min(least, bound + flow.weight * float(level)), "proof")
            return
        cheapest, plan = flow.solve(flow.room_at(level))
        state.num_rounds += 1
        if plan is not None:
            least = min(least, cheapest + flow.weight * float(level))
            state.offer(plan, "plan")
    state.prove(0, min(least, state.values[0]) if flow.levels else bound, "proof")


class _Flow:
    """The network: tasks to agents to the sink, and from optional tasks straight to the sink."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.allowed: Mask = allowed_pairs(problem)
        (stage,) = problem.objectives
        self.cost: Costs = pair_costs(problem, stage)
        self.skip: Costs = skip_costs(problem, stage)
        self.scale = _scale(self.cost, self.skip)
        self.room = np.full(problem.num_agents, problem.num_tasks, dtype=np.int64)
        for name in problem.loads:
            self.room = np.minimum(self.room, self._room(name, Fraction(1)))
        fairness = problem.fairness if "fairness" in stage else None
        self.weight = 0.0 if fairness is None else fairness.weight
        self.levels = self._levels(fairness.resource) if fairness and fairness.weight else []

    def room_at(self, level: Fraction) -> Ints:
        """Return how many tasks every agent may have when no share exceeds ``level``."""
        assert self.problem.fairness is not None
        return np.minimum(self.room, self._room(self.problem.fairness.resource, level))

    def solve(self, room: Ints) -> tuple[float, Plan | None]:
        """Return a bound and a cheapest plan with so many tasks per agent, no plan when there is none."""
        m, n = self.cost.shape
        sink = n + m
        agents, tasks = np.nonzero(self.allowed)
        optional = np.flatnonzero(np.isfinite(self.skip))
        network = min_cost_flow.SimpleMinCostFlow()
        tails = np.concatenate([tasks, optional, n + np.arange(m)])
        heads = np.concatenate([n + agents, np.full(len(optional), sink), np.full(m, sink)])
        most = np.concatenate([np.ones(len(tasks) + len(optional), dtype=np.int64), room])
        price = np.concatenate([self.cost[agents, tasks], self.skip[optional], np.zeros(m)])
        whole = np.floor(price * self.scale).astype(np.int64)
        arcs = network.add_arcs_with_capacity_and_unit_cost(tails, heads, most, whole)
        network.set_nodes_supplies(np.arange(n + m + 1), np.array([1] * n + [0] * m + [-n]))
        if network.solve() != network.OPTIMAL:
            return inf, None
        used = network.flows(arcs[: len(tasks)])
        placed: list[int | None] = [None] * n
        for arc in np.flatnonzero(used):
            placed[int(tasks[arc])] = int(agents[arc])
        return network.optimal_cost() / self.scale, Plan(tuple(placed), (None,) * n)

    def _levels(self, name: str) -> list[Fraction]:
        """Return every share that an agent can have, ascending."""
        shares = {Fraction(0)}
        for a, capacity in enumerate(self.problem.capacities[name]):
            if capacity > 0 and (unit := self._unit(name, a)):
                shares |= {Fraction(unit * k, int(capacity)) for k in range(1, int(self.room[a]) + 1)}
        return sorted(shares)

    def _room(self, name: str, level: Fraction) -> Ints:
        room = []
        for a, capacity in enumerate(self.problem.capacities[name]):
            unit = self._unit(name, a)
            room.append(self.problem.num_tasks if unit == 0 else floor(level * int(capacity) / unit))
        return np.array(room, dtype=np.int64)

    def _unit(self, name: str, agent: int) -> int:
        """Return what every task asks of an agent."""
        asked = self.problem.loads[name][agent, self.allowed[agent]]
        return int(asked[0]) if len(asked) else 0


def _scale(cost: Costs, skip: Costs) -> float:
    if is_whole(cost) and is_whole(skip):
        return 1.0
    largest = max(float(cost.max(initial=0.0)), float(skip[np.isfinite(skip)].max(initial=0.0)))
    return float(2 ** floor(log2(LARGEST_COST / largest)))
