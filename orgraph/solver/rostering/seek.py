"""The steps between the first roster and the proof: bound by the linear relaxation, roster along it, roster with a proof."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import floor, isfinite
from typing import Protocol

from orgraph.solver.cp_sat import solve_cp_sat
from orgraph.solver.engine import Clock, OnBound, Outcome, Result
from orgraph.solver.highs import Highs
from orgraph.solver.mip import Mip
from orgraph.solver.rostering.heuristic import draw
from orgraph.solver.rostering.instance import build_instance, groups_of_alike
from orgraph.solver.rostering.model import Model, build_model
from orgraph.solver.rostering.problem import Plan
from orgraph.solver.rostering.state import State

MOST_COLUMNS_EXACT = 400
"""Up to this size CP-SAT is tried first, whose proofs are exact and which needs no process of its own."""
WHOLE = 1e-6
SHARE = 0.25
"""Of the time that is left, for a step that need not succeed."""


class Engine(Protocol):
    """What solves a program: CP-SAT or a process of HiGHS."""

    def __call__(
        self, mip: Mip, clock: Clock, *, seed: int = 0, cutoff: float | None = None, on_bound: OnBound = ...
    ) -> Outcome:
        """Minimize ``mip``."""
        ...


def find_and_prove(state: State, highs: Highs, hint: Plan | None) -> None:
    """Find a roster and prove it best, as far as the limits let."""
    if hint is not None:
        state.offer(hint)
    single = build_model(build_instance(state.problem))
    state.offer(draw(single.instance))
    groups = groups_of_alike(state.problem)
    alike = None
    if len(groups) < len(state.problem.people):
        alike = build_model(build_instance(state.problem, groups))
    if single.mip.num_columns <= MOST_COLUMNS_EXACT:
        search(
            Steps(state, solve_cp_sat, "CP-SAT", state.clock.lap(state.clock.left_s * SHARE)), single, alike
        )
    relax_and_search(Steps(state, highs.solve, "HiGHS", state.clock), single, alike)


def relax_and_search(steps: Steps, single: Model, alike: Model | None) -> None:
    """Bound by the linear relaxation and look for a roster along it, then search."""
    summed = alike or single
    steps.follow(single, summed, steps.relax(summed))
    search(steps, single, alike)


def search(steps: Steps, single: Model, alike: Model | None) -> None:
    """Solve the sums over people who are alike and look for a roster along them, then solve the whole."""
    if alike is not None:
        steps.follow(single, alike, steps.add_up(alike))
    steps.prove(single)


@dataclass(frozen=True)
class Steps:
    """The steps of a search with one engine; each does nothing once there is a proof or no time."""

    state: State
    engine: Engine
    name: str
    clock: Clock

    def relax(self, alike: Model) -> Outcome | None:
        """Solve the linear relaxation.

        It loses nothing by the sums over people who are alike, since the mean over all their orders is as good a point.
        """
        if self._is_over():
            return None
        program = replace(alike.mip, is_integer=[False] * alike.mip.num_columns)
        outcome = self.engine(program, self.clock, seed=self.state.seed)
        if outcome.result in (Result.OPTIMAL, Result.INFEASIBLE):
            self.state.learn(alike, outcome, None, is_relaxed=True)
        return outcome

    def add_up(self, alike: Model) -> Outcome | None:
        """Solve the rules summed up over people who are alike as an integer program: a relaxation, and a small one."""
        if self._is_over():
            return None
        outcome = self.engine(alike.mip, self._lap(), seed=self.state.seed)
        self.state.learn(alike, outcome, None, is_relaxed=True)
        return outcome

    def follow(self, single: Model, alike: Model, relaxed: Outcome | None) -> None:
        """Look for a roster that does what is whole in a point of a relaxation."""
        if relaxed is None or relaxed.x is None or self._is_over():
            return
        pinned = replace(single.mip, rows=[*single.mip.rows])
        cells = dict(zip(single.instance.duties, single.x, strict=True))
        members = {group[0]: group for group in alike.instance.groups}
        for duty, column in zip(alike.instance.duties, alike.x, strict=True):
            if least := floor(relaxed.x[column] + WHOLE):
                own = [(cells[replace(duty, person=i)], 1.0) for i in members[duty.person]]
                pinned.row(own, at_least=float(least))
        cutoff = self.state.cutoff(single)
        outcome = self.engine(pinned, self._lap(), seed=self.state.seed, cutoff=cutoff)
        if outcome.x is not None:
            self.state.take(single, outcome.x)

    def prove(self, single: Model) -> None:
        """Solve the whole problem with the best roster as cutoff."""
        if self._is_over():
            return
        cutoff = self.state.cutoff(single)

        def tell(cost: float) -> None:
            if isfinite(cost):
                self.state.lift(single.objective(cost))

        outcome = self.engine(single.mip, self.clock, seed=self.state.seed, cutoff=cutoff, on_bound=tell)
        self.state.learn(single, outcome, cutoff, is_relaxed=False)

    def _is_over(self) -> bool:
        is_over = self.state.is_over or self.clock.is_over()
        if not is_over:
            self.state.engines.append(self.name)
        return is_over

    def _lap(self) -> Clock:
        return self.clock.lap(self.clock.left_s * SHARE)
