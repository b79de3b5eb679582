"""Tabu search for the classical problem: move a task, or exchange two, on pairs of small reduced cost; loads may exceed capacities at a price.

The price of an excess is a multiple of the linear relaxation's price of capacity; the multiple rises while plans stay infeasible and falls while they are
feasible, as in Yagiura, Ibaraki, Glover (2004), "An ejection chain approach for the generalized assignment problem". Every round starts from the best
plan with a few tasks moved at random.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from orgraph.solver.assignment.core import Core, Ints
from orgraph.solver.assignment.problem import Costs, Mask
from orgraph.solver.compiled import compiled

LEAST_TENURE, MOST_TENURE = 5, 15
"""For so many moves, at least and less than, a task does not go back."""
OSCILLATION = 5
"""After so many feasible, or infeasible, plans in a row the multiple of the price of an excess changes."""
FIRST_MULTIPLE, LEAST_MULTIPLE, MOST_MULTIPLE = 2.0, 0.5, 50.0
GROWTH = 1.1
"""By what the multiple changes."""
TIE = 1e-9
"""Costs that differ by less are equal."""


class Search:
    """Rounds of tabu search on a set of pairs; holds the best plan it has seen."""

    def __init__(self, core: Core, room_price: Costs, seed: int) -> None:
        self._core = core
        self._price = np.maximum(room_price, 1e-6 + 1e-3 * float(np.abs(room_price).max(initial=0.0)))
        self._seed = seed
        self._rng = np.random.default_rng(seed)
        self._num_rounds = 0
        self._pairs: Mask = core.allowed
        self.best: Ints | None = None
        self.value = np.inf

    def use(self, pairs: Mask, start: Ints) -> None:
        """Search on these pairs, and those of the best plan; ``start`` (on these pairs) is where a round starts while there is no plan."""
        self._pairs = pairs.copy()
        self._start = start.astype(np.int64)
        self._admit(self._start if self.best is None else self.best)

    def run(self, num_moves: int, num_kicked: int) -> bool:
        """Do one round from the best plan with some tasks moved at random; return whether it has found a better plan."""
        return self._round(self._kicked(num_kicked), num_moves)

    def polish(self, state: Ints, num_moves: int) -> bool:
        """Do one round from ``state``, which may exceed capacities; return whether it has found a better plan."""
        self._admit(state)
        return self._round(state.copy(), num_moves)

    def take(self, state: Ints, value: float) -> None:
        """Take a plan that was found elsewhere as the best one."""
        self.best, self.value = state, value
        self._admit(state)

    def _admit(self, state: Ints) -> None:
        self._pairs[state, np.arange(len(state))] = True
        self._cost = np.where(self._pairs, self._core.cost, np.inf)
        self._agents = np.nonzero(self._pairs.T)[1].astype(np.int64)
        self._first = np.concatenate([[0], np.cumsum(self._pairs.sum(axis=0))]).astype(np.int64)

    def _round(self, state: Ints, num_moves: int) -> bool:
        self._num_rounds += 1
        found = np.empty_like(state)
        value = _tabu(
            self._cost,
            self._core.load,
            self._core.capacity,
            self._price,
            self._first,
            self._agents,
            state,
            found,
            num_moves,
            (self._seed * 1_000_003 + self._num_rounds) % 2**31,
        )
        is_better = value < self.value - 1e-9
        if value <= self.value and np.isfinite(value):
            self.best, self.value = found, float(value)
        return is_better

    def _kicked(self, num_kicked: int) -> Ints:
        state = (self._start if self.best is None else self.best).copy()
        for t in self._rng.choice(len(state), min(num_kicked, len(state)), replace=False):
            choice = self._agents[self._first[t] : self._first[t + 1]]
            state[t] = choice[self._rng.integers(len(choice))]
        return state


class _Walk(NamedTuple):
    """What moves. ``state`` and ``place`` have shape (tasks,), ``size`` and ``used`` (agents,), ``member`` and ``until`` (agents, tasks)."""

    state: Ints
    member: Ints
    """The tasks of agent ``a`` are ``member[a, :size[a]]``."""
    size: Ints
    place: Ints
    """Where a task stands among those of its agent."""
    used: Ints
    until: Ints
    """The step up to which a task does not go back to an agent."""


@compiled
def _tabu(
    cost: Costs,
    load: Ints,
    capacity: Ints,
    price: NDArray[np.float64],
    first: Ints,
    agents: Ints,
    state: Ints,
    found: Ints,
    num_moves: int,
    seed: int,
) -> float:
    """Walk from ``state``; return the value of the best feasible plan, which is written to ``found``, or infinity.

    The search for a move stands in here: as a function of its own it is a few percent slower.
    """
    np.random.seed(seed)
    m, n = cost.shape
    member = np.empty((m, n), np.int64)
    size = np.zeros(m, np.int64)
    place = np.empty(n, np.int64)
    used = np.zeros(m, np.int64)
    until = np.zeros((m, n), np.int64)
    walk = _Walk(state, member, size, place, used, until)
    total = 0.0
    for t in range(n):
        _join(load, walk, t, state[t])
        total += cost[state[t], t]
    excess = 0
    for a in range(m):
        excess += _over(used, capacity, a)
    best, multiple, run = np.inf, FIRST_MULTIPLE, 0
    for step in range(1, num_moves + 1):
        if excess == 0 and total < best - TIE:
            best = total
            found[:] = state
        run = max(run, 0) + 1 if excess == 0 else min(run, 0) - 1
        multiple, run = _oscillated(multiple, run)
        # Of the moves that change priced cost least, one at random: a task to another agent, and perhaps one of that agent's back.
        least, ties, moved, to, back = np.inf, 1, -1, -1, -1
        for t in range(n):
            a = state[t]
            room_a = capacity[a] - used[a] + load[a, t]
            over_a, price_a = max(0, used[a] - capacity[a]), price[a] * multiple
            for k in range(first[t], first[t + 1]):
                b = agents[k]
                if b == a:
                    continue
                room_b = capacity[b] - used[b] - load[b, t]
                over_b, price_b = max(0, used[b] - capacity[b]), price[b] * multiple
                base = cost[b, t] - cost[a, t] - price_a * over_a - price_b * over_b
                is_tabu = until[b, t] > step
                for q in range(-1, size[b]):
                    if q < 0:
                        u, change = -1, base
                        more_a, more_b = max(0, -room_a), max(0, -room_b)
                        is_barred = is_tabu
                    else:
                        u = member[b, q]
                        if u < t or cost[a, u] == np.inf:
                            continue
                        change = base + cost[a, u] - cost[b, u]
                        more_a, more_b = max(0, load[a, u] - room_a), max(0, -room_b - load[b, u])
                        is_barred = is_tabu or until[a, u] > step
                    worth = change + price_a * more_a + price_b * more_b
                    if worth > least + TIE:
                        continue
                    if is_barred:  # Unless it leads to the best plan so far.
                        true = change + price_a * over_a + price_b * over_b
                        if excess - over_a - over_b + more_a + more_b > 0 or total + true >= best - TIE:
                            continue
                    if worth < least - TIE:
                        ties = 1
                    else:
                        ties += 1
                        if np.random.randint(ties) > 0:
                            continue
                    least, moved, to, back = worth, t, b, u
        if moved < 0:
            multiple = min(multiple * GROWTH, MOST_MULTIPLE)
            continue
        left = state[moved]
        excess -= _over(used, capacity, left) + _over(used, capacity, to)
        total += _move(cost, load, walk, moved, to, step)
        if back >= 0:
            total += _move(cost, load, walk, back, left, step)
        excess += _over(used, capacity, left) + _over(used, capacity, to)
    return best


@compiled
def _over(used: Ints, capacity: Ints, a: int) -> int:
    """Return by how much the load of an agent exceeds its capacity."""
    return int(max(0, used[a] - capacity[a]))


@compiled
def _oscillated(multiple: float, run: int) -> tuple[float, int]:
    """Return the multiple of the price of an excess after a run of feasible plans, or infeasible ones (negative), and what the run goes on with."""
    if run >= OSCILLATION:
        return max(multiple / GROWTH, LEAST_MULTIPLE), 0
    if run <= -OSCILLATION:
        return min(multiple * GROWTH, MOST_MULTIPLE), 0
    return multiple, run


@compiled
def _move(cost: Costs, load: Ints, walk: _Walk, t: int, b: int, step: int) -> float:
    """Move a task to agent ``b``, from where it does not go back for some steps; return by what the cost changes."""
    a = walk.state[t]
    _leave(load, walk, t, a)
    _join(load, walk, t, b)
    walk.state[t] = b
    walk.until[a, t] = step + np.random.randint(LEAST_TENURE, MOST_TENURE)
    return float(cost[b, t] - cost[a, t])


@compiled
def _leave(load: Ints, walk: _Walk, t: int, a: int) -> None:
    """Take a task from its agent; the last one of the agent's tasks comes in its place."""
    last = walk.member[a, walk.size[a] - 1]
    walk.member[a, walk.place[t]], walk.place[last] = last, walk.place[t]
    walk.size[a] -= 1
    walk.used[a] -= load[a, t]


@compiled
def _join(load: Ints, walk: _Walk, t: int, a: int) -> None:
    walk.member[a, walk.size[a]], walk.place[t] = t, walk.size[a]
    walk.size[a] += 1
    walk.used[a] += load[a, t]
