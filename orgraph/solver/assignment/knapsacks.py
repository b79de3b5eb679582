"""The classical problem: prices, tabu search, Lagrangian bound and fixing, and integer programs on the pairs that are left, in turns."""

from __future__ import annotations

import numpy as np

from orgraph.solver.assignment.bound import Lagrangian, candidates
from orgraph.solver.assignment.core import Core, build_core
from orgraph.solver.assignment.heuristic import Search
from orgraph.solver.assignment.model import Model
from orgraph.solver.assignment.prices import linear_prices
from orgraph.solver.assignment.problem import Costs, Mask
from orgraph.solver.assignment.state import State
from orgraph.solver.cp_sat import solve_cp_sat
from orgraph.solver.engine import Result

PAIRS_PER_TASK = 6
MOVES_PER_ROUND = 500
ROUNDS_PER_TURN = 10
STEPS_PER_TURN = 40
FIRST_EFFORT = 1.0


def solve_knapsacks(state: State) -> None:
    """Solve a problem with a classical core: to proof, to infeasible, or until the time is over."""
    run = _Turns(state, build_core(state.problem))
    while not run.is_done():
        run.search()
        run.bound()
        if not run.is_done() and run.is_ready():
            run.prove()


class _Turns:
    """The parts of the method, each of which takes a turn."""

    def __init__(self, state: State, core: Core) -> None:
        self.state = state
        self.core = core
        prices = linear_prices(core, state.clock)
        self.reduced: Costs = prices.reduced(core)
        self.lagrangian = Lagrangian(core, prices.task)
        self.tabu = Search(core, prices.room, state.seed)
        self.effort = FIRST_EFFORT
        self.num_turns = 0
        state.engines += ["GLOP", "Lagrangian"]
        if state.best is not None:
            self.tabu.value = state.values[0]
            self.tabu.best = np.array([core.num_agents if a is None else a for a in state.best.agent])

    def is_done(self) -> bool:
        """Return whether nothing is left to do, or no time."""
        state = self.state
        return state.is_infeasible or state.clock.is_over() or (state.best is not None and state.is_proven(0))

    def is_ready(self) -> bool:
        """Return whether an integer program is due: when the prices do not get better any more."""
        return self.lagrangian.is_exhausted or self.num_turns % 4 == 0

    def search(self) -> None:
        """Do some rounds of tabu search on the pairs of small reduced cost."""
        m = len(self.core.capacity)
        share = np.quantile(self.reduced[self.core.allowed], min(1.0, PAIRS_PER_TASK / m))
        pairs = candidates(self.reduced, self.core.allowed, float(share), 2)
        self.tabu.use(pairs, self.reduced.argmin(axis=0))
        self.num_turns += 1
        for _ in range(ROUNDS_PER_TURN):
            if self.state.clock.is_over():
                return
            self.state.num_rounds += 1
            if self.tabu.run(MOVES_PER_ROUND, 3) and self.tabu.best is not None:
                self.state.offer(self.core.plan(self.tabu.best), "plan")

    def bound(self) -> None:
        """Better the prices, and take out what they show to be useless."""
        state = self.state
        target = state.values[0] if state.best else 1.05 * float(np.abs(self.reduced).max() + 1)
        self.lagrangian.climb(STEPS_PER_TURN, target, state.clock)
        state.prove(0, self.lagrangian.bound, "bound")
        if state.best is not None and not state.clock.is_over():
            self.lagrangian.fix(self.core.cutoff(state.values[0]))
            if not self._has_pairs():
                state.prove(0, state.values[0], "bound")

    def prove(self) -> None:
        """Solve the integer program of the pairs that are left, with growing effort."""
        state = self.state
        model = Model(state.problem, self._pairs())
        model.add_rules()
        model.minimize(state.problem.objectives[0])
        cutoff = None if state.best is None else self.core.cutoff(state.values[0])
        state.engines.append("CP-SAT")
        outcome = solve_cp_sat(model.mip, state.clock, seed=state.seed, cutoff=cutoff, effort=self.effort)
        self.effort *= 2
        if outcome.x is not None:
            plan = model.plan(outcome.x)
            if state.offer(plan, "proof"):
                self.tabu.best = np.array([self.core.num_agents if a is None else a for a in plan.agent])
                self.tabu.value = state.values[0]
        if outcome.result is Result.INFEASIBLE:
            state.is_infeasible = state.best is None
            if state.best is not None:
                state.prove(0, state.values[0], "proof")
        elif outcome.bound is not None:
            state.prove(0, outcome.bound, "proof")

    def _has_pairs(self) -> bool:
        return bool(self.lagrangian.allowed.any(axis=0).all())

    def _pairs(self) -> Mask:
        return self.lagrangian.allowed[: self.core.num_agents]
