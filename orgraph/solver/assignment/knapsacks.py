"""The classical problem, by parts that take turns: prices, tabu search, Lagrangian bound and fixing, beam search, integer programs on the pairs left."""

from __future__ import annotations

from math import ceil

import numpy as np

from orgraph.solver.assignment.beam import Beam
from orgraph.solver.assignment.bound import Lagrangian, candidates
from orgraph.solver.assignment.core import Core, Ints, build_core
from orgraph.solver.assignment.heuristic import Search
from orgraph.solver.assignment.model import Model
from orgraph.solver.assignment.prices import linear_prices
from orgraph.solver.assignment.problem import Costs, Mask, Plan
from orgraph.solver.assignment.scip import WHOLE_MARGIN, solve_scip, suits_scip
from orgraph.solver.assignment.state import State
from orgraph.solver.cp_sat import solve_cp_sat
from orgraph.solver.engine import Outcome, Result

PAIRS_PER_TASK = 6
FIRST_ROUNDS = 10
LEAST_MOVES, MOST_MOVES = 50, 500
MOST_EVALUATIONS = 20_000_000
"""A round of tabu search looks at about so many changes, well under 0.2 s."""
MOST_POLISHED = 8
NUM_KICKED = 3
STEPS_PER_TURN = 50
FIRST_WIDTH, MOST_WIDTH = 4, 64
MOST_CELLS = 5_000_000
"""Pairs times width up to this keep a beam within some 200 MB."""
NUM_BRANCHES = 4
MOST_REFINEMENTS = 200
MOST_FREED = 0.6
FIRST_EFFORT = 0.5
BEAMS_PER_EFFORT = 3
WORK_PER_EFFORT = 1_200_000
"""About as much beam search as an integer program of the same effort takes time."""
SUPPOSITIONS = 3
TINY = 300
"""So few pairs are one integer program, whatever their share."""
NODES_PER_EFFORT = 150
PROVABLE_PAIRS_PER_TASK = 3.0
"""An integer program is tried when no more pairs than this are left, beyond the one that every task needs, and later at twice as many; with more, it would
not end."""


def solve_knapsacks(state: State) -> None:
    """Solve a problem with a classical core: to proof, to infeasible, or until the time is over."""
    turns = _Turns(state, build_core(state.problem))
    turns.search()
    turns.bound()
    while not turns.is_done():
        turns.improve()
        if not turns.is_done():
            turns.bound()
        if not turns.is_done():
            turns.prove()


class _Turns:
    """The parts of the method, each of which takes a turn."""

    def __init__(self, state: State, core: Core) -> None:
        self.state = state
        self.core = core
        prices = linear_prices(core, state.clock)
        self.reduced: Costs = prices.reduced(core)
        self.lagrangian = Lagrangian(core, prices.task)
        self.beam = Beam(core, state.clock)
        self.tabu = Search(core, prices.room, state.seed)
        m, n = core.cost.shape
        per_move = n * PAIRS_PER_TASK * (n // m + 1) // 2
        self.num_moves = max(LEAST_MOVES, min(MOST_MOVES, MOST_EVALUATIONS // per_move))
        self.rng = np.random.default_rng(state.seed)
        self.width = FIRST_WIDTH
        self.most_width = max(FIRST_WIDTH, min(MOST_WIDTH, MOST_CELLS // (m * n)))
        self.effort = FIRST_EFFORT
        state.engines += ["GLOP", "Lagrangian"]
        share = np.quantile(self.reduced[core.allowed], min(1.0, PAIRS_PER_TASK / len(core.capacity)))
        self.tabu.use(candidates(self.reduced, core.allowed, float(share), 2), self.reduced.argmin(axis=0))
        if state.best is not None:
            self._take(state.best)

    def is_done(self) -> bool:
        """Return whether nothing is left to do, or no time."""
        state = self.state
        return state.is_infeasible or state.clock.is_over() or (state.best is not None and state.is_proven(0))

    def improve(self) -> None:
        """Search for a better plan: on all agents, then for as long on some of them at a time. Where loads are too fine for exact knapsacks, by tabu search."""
        if self.state.best is None or self.lagrangian.grain > 1:
            self.search()
        if self.lagrangian.grain > 1:
            self.width = self.most_width
            return
        start = self.beam.work
        for _ in range(BEAMS_PER_EFFORT * round(self.effort / FIRST_EFFORT)):
            before = self.beam.work
            self.dive()
            self.refine(self.beam.work - before)
            if self.is_done() or self.beam.work - start > WORK_PER_EFFORT * self.effort:
                return

    def search(self) -> None:
        """Do some rounds of tabu search."""
        for _ in range(FIRST_ROUNDS):
            if self.state.clock.is_over():
                return
            self.state.num_rounds += 1
            self._offer(self.tabu.run(self.num_moves, NUM_KICKED))

    def bound(self) -> None:
        """Better the prices as far as they go, and take out the pairs that they show to be useless."""
        state = self.state
        self.lagrangian.restart()
        while not self.lagrangian.is_exhausted and not self.is_done():
            target = state.values[0] if state.best else 1.05 * abs(self.lagrangian.value) + 1.0
            self.lagrangian.climb(STEPS_PER_TURN, target, state.clock)
            state.prove(0, self.lagrangian.bound, "bound")
            if self.lagrangian.bound >= target:
                break
        self._fix()

    def dive(self) -> None:
        """Do one beam search over all agents, each time a wider one."""
        everyone = np.ones(len(self.core.capacity), dtype=np.bool_)
        start = np.zeros(self.core.cost.shape[1], dtype=np.int64)
        self._beam(start, everyone, self.width)
        self.width = min(2 * self.width, self.most_width)

    def refine(self, work: int) -> None:
        """Free some agents of the best plan and do a beam search over them, again and again until so much work is done."""
        m = len(self.core.capacity)
        end = self.beam.work + work
        for _ in range(MOST_REFINEMENTS):
            if self.is_done() or self.tabu.best is None or self.beam.work >= end:
                return
            freed = np.zeros(m, dtype=np.bool_)
            num_freed = int(self.rng.integers(min(3, m), max(3, round(MOST_FREED * m)) + 1))
            freed[self.rng.choice(m, min(m, num_freed), replace=False)] = True
            self._beam(self.tabu.best, freed, max(2, self.width // 2))

    def prove(self) -> None:
        """Solve integer programs with growing effort: first whether a plan costs the bound, then whether one is better than the best.

        While many pairs are left, wide beams do more for the plan, so they come first.
        """
        state = self.state
        if self.width < self.most_width and not self._is_small(self.lagrangian.allowed):
            return
        is_tiny = self.lagrangian.allowed.sum() <= TINY
        while not is_tiny and self.core.step and state.best is not None and not self.is_done():
            if not self._refute(state.bounds[0]):
                break
        if not self.is_done() and self._is_small(self.lagrangian.allowed):
            cutoff = None if state.best is None else self.core.cutoff(state.values[0])
            self._solve(self.lagrangian.allowed, cutoff)
        self.effort *= 2

    def _refute(self, level: float) -> bool:
        """Return whether it could be proven that every plan costs more than ``level``, a whole number; few pairs are left for such a plan."""
        state = self.state
        supposed = self.lagrangian.supposing(level)
        for _ in range(SUPPOSITIONS):
            supposed.climb(STEPS_PER_TURN, level + 1.0, state.clock)
            if supposed.bound > level or not supposed.allowed.any(axis=0).all():
                state.prove(0, level + 1.0, "bound")
                return True
            supposed = supposed.supposing(level)
        if state.clock.is_over() or not self._is_small(supposed.allowed):
            return False
        if self._solve(supposed.allowed, level) is Result.INFEASIBLE:
            state.prove(0, level + 1.0, "proof")
        return state.bounds[0] > level

    def _solve(self, allowed: Mask, cutoff: float | None) -> Result:
        """Solve the integer program of these pairs, which are all that plans up to ``cutoff`` may use."""
        state = self.state
        model = Model(state.problem, allowed[: self.core.num_agents])
        model.add_rules()
        model.minimize(state.problem.objectives[0])
        outcome = self._run(model, cutoff)
        if outcome.x is not None:
            plan = model.plan(outcome.x)
            if state.offer(plan, "proof"):
                self._take(plan)
        if outcome.result is not Result.INFEASIBLE:
            self._prove_up_to(outcome.bound, cutoff)
        elif cutoff is None:
            state.is_infeasible = True
        elif state.best is not None and cutoff >= self.core.cutoff(state.values[0]):
            state.prove(0, state.values[0], "proof")
        self._fix()
        return outcome.result

    def _run(self, model: Model, cutoff: float | None) -> Outcome:
        """Solve with SCIP where it suits and there is a plan; to show that there is none, the proof must be exact."""
        state = self.state
        is_scip = cutoff is not None and suits_scip(model.mip)
        state.engines.append("SCIP" if is_scip else "CP-SAT")
        if is_scip:
            num_nodes = round(NODES_PER_EFFORT * self.effort)
            return solve_scip(model.mip, state.clock, seed=state.seed, cutoff=cutoff, num_nodes=num_nodes)
        return solve_cp_sat(model.mip, state.clock, seed=state.seed, cutoff=cutoff, effort=self.effort)

    def _prove_up_to(self, bound: float | None, cutoff: float | None) -> None:
        """Take a bound of plans up to ``cutoff`` as one of all plans."""
        if bound is None:
            return
        whole = float(ceil(bound - WHOLE_MARGIN)) if self.core.step else bound
        self.state.prove(0, whole if cutoff is None else min(whole, cutoff), "proof")

    def _is_small(self, allowed: Mask) -> bool:
        """Return whether few pairs are left for an integer program, or there is no plan yet."""
        spare = float(allowed.sum()) / self.core.cost.shape[1] - 1
        most = PROVABLE_PAIRS_PER_TASK * (2 if self.width == self.most_width else 1)
        return self.state.best is None or spare <= most or bool(allowed.sum() <= TINY)

    def _beam(self, start: Ints, freed: np.ndarray[tuple[int], np.dtype[np.bool_]], width: int) -> None:
        state, core = self.state, self.core
        target = core.cutoff(state.values[0]) + 1e-6 if state.best else np.inf
        scale = state.values[0] if state.best else 1.05 * abs(self.lagrangian.value) + 1.0
        root = self.beam.root(self.lagrangian.prices, scale, start, freed)
        state.num_rounds += 1
        nodes = self.beam.run(root, target, scale, width, NUM_BRANCHES, self.rng)
        for node in nodes[:MOST_POLISHED]:
            if state.clock.is_over():
                return
            whole = np.where(node.agent < 0, self.reduced.argmin(axis=0), node.agent)
            self._offer(self.tabu.polish(whole, self.num_moves))

    def _fix(self) -> None:
        state = self.state
        if self.is_done() or state.best is None:
            return
        self.lagrangian.allowed = self.lagrangian.fixed(self.core.cutoff(state.values[0]))
        self.beam.use(self.lagrangian.allowed)
        if not self.lagrangian.allowed.any(axis=0).all():
            state.prove(0, state.values[0], "bound")

    def _offer(self, is_better: bool) -> None:
        if is_better and self.tabu.best is not None:
            self.state.offer(self.core.plan(self.tabu.best), "plan")

    def _take(self, plan: Plan) -> None:
        agent = np.array([self.core.num_agents if a is None else a for a in plan.agent], dtype=np.int64)
        self.tabu.take(agent, self.state.values[0])
