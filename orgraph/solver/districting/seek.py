"""Find plans: first one at all, or the proof that there is none; then better ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from itertools import count
from random import Random

from orgraph.solver.districting.check import violations
from orgraph.solver.districting.feasibility import prove_feasibility
from orgraph.solver.districting.halving import can_halve
from orgraph.solver.districting.heuristic import Found
from orgraph.solver.districting.problem import BorderLength, Plan
from orgraph.solver.districting.prospects import is_provable
from orgraph.solver.districting.state import State
from orgraph.solver.engine import Result

FIRST_PROOF_S = 0.5
SHARE_FOR_PLAN = 0.6
SHARE_TO_IMPROVE, SHARE_BEYOND_PROOF = 0.3, 0.5
"""Of the time that is left, the share that the search for a first plan may take, and that improving it may: more where a proof is out of reach."""
NUM_ELITES = 4
MOST_DISTRICTS = 9
REHEATS = (0.25, 0.4, 0.5, 0.65)
"""First temperatures of runs from a plan, as a share of a fresh start's."""
MILD_REHEATS = (0.05, 0.12, 0.25)
WARM_TURNS = 4
"""With many districts on a large map, all but one of so many runs warm up the whole of the best plan, this much: a fresh start does not get as far in time."""
ENOUGH_HITS = 4
SMALL = 40
"""The search ends when so many fresh starts have met the best value, after at least one run for every two nodes above the smallest maps."""
BORDER_SHARE = 0.5
"""A border that is hard to prove must be met by such a share of fresh starts, too: where the best one is rare, many meet the second best."""
TURNS, BORDER_TURNS = 2, 4
"""One of so many runs starts from a plan of the elite; a border depends more on the start."""
RUNS_PER_EFFORT = 16
"""Runs grow longer by one length after so many."""
TIE, GAIN = 1e-9, 1e-6
"""Values are met again within the first, and better by more than the second; relative."""


def find_plan(state: State, hint: Plan | None) -> None:
    """Take the hint, or search for a plan; where the search finds none, ask CP-SAT for one or for the proof that there is none, in turns."""
    if hint is not None:
        take_hint(state, hint)
    until = state.clock.lap(SHARE_FOR_PLAN * state.clock.left_s).is_over
    proof_s = FIRST_PROOF_S
    while state.best is None and not state.is_infeasible and not until():
        state.engines.append("annealing")
        for found in state.search.fresh(f"{state.seed}/{state.num_starts}", until):
            state.take(found)
        state.num_starts += 1
        if state.best is None:
            _ask(state, proof_s)
            proof_s *= 2


def take_hint(state: State, hint: Plan) -> None:
    """Take a plan to start from, unless it breaks a rule."""
    if not violations(state.instance.problem, hint):
        labels = state.instance.labels(hint)
        if labels is not None:
            state.offer(labels, "plan")


def improve_plan(state: State) -> None:
    """Search from fresh starts and from some districts of the best plans in turn, until the best value was met often enough or nothing better was for long."""
    if state.best is None or state.is_proven(0):
        return
    state.engines.append("annealing")
    share = SHARE_TO_IMPROVE if is_provable(state.instance) else SHARE_BEYOND_PROOF
    rounds = _Rounds(state, state.clock.lap(share * state.clock.left_s).is_over)
    if state.clock.limits.workers > 1:
        rounds.run_side_by_side(state.clock.limits.workers)
    else:
        rounds.run()


class _Rounds:
    """Runs from fresh starts and from the best plans so far (the elite), one after another or side by side."""

    def __init__(self, state: State, until: Callable[[], bool]) -> None:
        assert state.best is not None
        self.state, self.until = state, until
        self.random = Random(f"{state.seed}/rounds")
        self.elite = [state.best]
        self.num_hits, self.num_fresh, self.num_idle, self.num_runs = 1, 1, 0, 0
        num_nodes, is_halved = state.instance.num_nodes, can_halve(state.instance)
        is_border = isinstance(state.instance.problem.objectives[0], BorderLength)
        self.turns = BORDER_TURNS if is_border else TURNS
        self.is_warmed = not is_border and not is_provable(state.instance)
        self.least_share = BORDER_SHARE if is_border and not is_halved else 0.0
        self.least_runs = 0 if is_halved else (num_nodes - SMALL) // 2
        self.patience = 8 + (num_nodes if self.least_share else num_nodes // 2)

    def run(self) -> None:
        """Run one after another."""
        for number in count():
            if self._is_done():
                return
            parent, run = self._next(number)
            best = None
            for best in run:
                self.state.take(best)
            self._learn(parent, best)

    def run_side_by_side(self, num_threads: int) -> None:
        """Run in threads; plans are taken in this one."""
        numbers = count()
        running: dict[Future[Found | None], Found | None] = {}
        with ThreadPoolExecutor(num_threads) as pool:
            while not self._is_done() or running:
                while len(running) < num_threads and not self._is_done():
                    parent, run = self._next(next(numbers))
                    running[pool.submit(_last, run)] = parent
                for done in wait(running, return_when=FIRST_COMPLETED).done:
                    parent, best = running.pop(done), done.result()
                    if best is not None:
                        self.state.take(best)
                    self._learn(parent, best)

    def _is_done(self) -> bool:
        enough = max(ENOUGH_HITS, self.least_share * self.num_fresh)
        is_met_again = self.num_hits >= enough and self.num_runs >= self.least_runs
        return is_met_again or self.num_idle >= self.patience or self.until() or self.state.is_proven(0)

    def _next(self, number: int) -> tuple[Found | None, Iterator[Found]]:
        """Return the plan that the next run starts from, ``None`` for a fresh start, and the run."""
        state = self.state
        seed = f"{state.seed}/{state.num_starts + number}"
        if self.is_warmed and number % WARM_TURNS:
            parent, hot = self.elite[0], self.random.choice(MILD_REHEATS)
            return parent, state.search.again(parent.labels, state.instance.k, hot, seed, self.until)
        effort = 1 + number // RUNS_PER_EFFORT
        if number % self.turns != 1 or state.instance.k == 1:
            return None, state.search.fresh(seed, self.until, effort)
        parent = self.elite[int(len(self.elite) * self.random.random() ** 2)]
        size = min(state.instance.k, self.random.randint(2, MOST_DISTRICTS))
        hot = self.random.choice(REHEATS)
        return parent, state.search.again(parent.labels, size, hot, seed, self.until, effort)

    def _learn(self, parent: Found | None, found: Found | None) -> None:
        """Count what a run has met, and let its plan replace the one that it came from, or the worst of the elite."""
        self.num_idle += 1
        self.num_runs += 1
        self.num_fresh += parent is None
        if found is None:
            return
        value, least = found.values[0], self.elite[0].values[0]
        if value < least - GAIN * abs(least):
            self.num_hits, self.num_idle = int(parent is None), 0
            self.num_fresh = self.num_hits
        elif parent is None and value <= least + TIE * abs(least):
            self.num_hits += 1
        out = parent if parent in self.elite else self.elite[-1]
        if parent is None and len(self.elite) < NUM_ELITES:
            self.elite.append(found)
        elif out is not None and found.values <= out.values:
            self.elite[self.elite.index(out)] = found
        self.elite.sort(key=lambda plan: plan.values)


def _last(run: Iterator[Found]) -> Found | None:
    plans = list(run)
    return plans[-1] if plans else None


def _ask(state: State, seconds: float) -> None:
    """Let CP-SAT look for a plan or for the proof that there is none."""
    state.engines.append("CP-SAT")
    result, labels = prove_feasibility(state.instance, state.clock.lap(seconds), seed=state.seed)
    state.is_infeasible = result is Result.INFEASIBLE
    if labels is not None:
        state.offer(labels, "plan")
