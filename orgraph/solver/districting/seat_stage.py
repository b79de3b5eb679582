"""Prove an objective with costs to a seat: relax, branch on seats, and leave small parts of the tree to an integer program."""

from __future__ import annotations

from dataclasses import replace
from math import ceil, inf

import numpy as np

from orgraph.solver.districting.bound import MARGIN, Bounded, Relaxation
from orgraph.solver.districting.layout import Layout
from orgraph.solver.districting.measure import cheapest_seats, incidence
from orgraph.solver.districting.model import Model
from orgraph.solver.districting.naming import seats_allowed
from orgraph.solver.districting.pairs import pairs_of
from orgraph.solver.districting.problem import CenterCost
from orgraph.solver.districting.seat_tree import LARGE, SeatTree
from orgraph.solver.districting.separators import Cut, repeat_at_homes, separate
from orgraph.solver.districting.stage_model import build_model
from orgraph.solver.districting.state import STAGE_TOLERANCE, State
from orgraph.solver.engine import Clock, OnBound, Result
from orgraph.solver.highs import Highs

MOST_CHOICES = 100
"""A part of the tree with at most this many open pairs beyond one per node is an integer program of its own."""
FEW_NODES = 24
"""Up to this size all possible districts are written down first, also where costs to a seat alone decide."""
FEW_BRANCHES = 250
MANY = 40_000
"""With more pairs than this, one run from known prices has to do."""
MOST_DIVES = 3
DIVE_CHOICES = 200
DIVE_EVERY = 50
DIVE_S = 3.0
"""A dive for a better plan ends in an integer program of at most so many choices and seconds; there is one before as many branches again."""
LARGEST_WHOLE = 2.0**50
WHOLE_STEP = 0.999
"""Where all costs are whole numbers, a better plan costs less by one: the cutoff lies below the best plan by this, and leaves the rest for rounding."""


def try_first(state: State, highs: Highs) -> None:
    """Prove the first objective if that takes a few branches only: then no better plan need be sought."""
    objective = state.instance.problem.objectives[0]
    if state.best is not None and isinstance(objective, CenterCost) and state.instance.num_nodes > FEW_NODES:
        prove_by_seats(state, 0, highs, most_branches=FEW_BRANCHES)


def prove_by_seats(
    state: State,
    stage: int,
    highs: Highs,
    *,
    most_choices: int = MOST_CHOICES,
    most_branches: float = inf,
) -> None:
    """Prove objective number ``stage``, which has costs to a seat, the objectives before it held; a plan must be known.

    A part of the tree with at most ``most_choices`` open pairs beyond one per node becomes an integer program. The search ends early when it would branch more
    often than ``most_branches``, or at once when the root is too large for so few.
    """
    proof = _SeatProof(state, stage, highs)
    tree = SeatTree(proof.relaxation, state.clock.is_over)
    proof.tree = tree
    root = proof.root()
    if root and root.num_choices > most_choices:
        root = proof.improved(root)
    if root and most_branches < inf and root.num_choices > LARGE:
        proof.tell(root.bound)
        return
    if root:
        tree.put(root)
    proof.tell(tree.bound)
    num_branches = 0
    while not state.clock.is_over() and (part := tree.take(proof.cutoff)) is not None:
        proof.tell(part.bound)
        if part.num_choices > most_choices:
            num_branches += 1
            if num_branches > most_branches:
                return
            if num_branches % DIVE_EVERY == 0:
                proof.dive(part)
            tree.branch(part, proof.cutoff)
        else:
            proof.close(part)
    proof.tell(tree.bound)


class _SeatProof:
    """The bounds and integer programs of one stage's tree."""

    def __init__(self, state: State, stage: int, highs: Highs) -> None:
        objective = state.instance.problem.objectives[stage]
        assert isinstance(objective, CenterCost)
        self.state = state
        self.stage = stage
        self.highs = highs
        self.cost = state.instance.center_cost(objective)
        self.is_whole = bool((self.cost == np.floor(self.cost)).all()) and self.cost.sum() < LARGEST_WHOLE
        self.relaxation = Relaxation(state.instance, self.cost)
        self.tree: SeatTree
        self.cuts: dict[Cut, None] = {}
        self.least_unsolved = np.inf

    @property
    def cutoff(self) -> float:
        """Return what a plan may cost to be better than the best one."""
        assert self.state.best is not None
        value = self.state.best.values[self.stage]
        return value - (WHOLE_STEP if self.is_whole else STAGE_TOLERANCE * max(1.0, abs(value)))

    def improved(self, root: Bounded) -> Bounded | None:
        """Look for better plans with the best plan's seats and where the relaxation leads; return what is left of the root each time."""
        left: Bounded | None = root
        for _ in range(MOST_DIVES):
            before = self.cutoff
            assert left is not None
            part = self.tree.with_seats(left, self._plan_seats(), self.cutoff)
            if part is not None:
                self._polish(part)
            self.dive(left)
            if self.cutoff == before or self.state.clock.is_over():
                break
            left = self._again(left)
            if left is None:
                break
        return left

    def dive(self, part: Bounded) -> None:
        """Look for a better plan where the relaxation leads."""
        small = self.tree.diving(part, DIVE_CHOICES, self.cutoff)
        if small is not None:
            self._polish(small)

    def _polish(self, part: Bounded) -> None:
        """Look for a better plan among the pairs of a part that lift its bound least."""
        few = self.tree.cheapest(part, DIVE_CHOICES)
        if few is not None:
            self._search(few, self.state.clock.lap(DIVE_S), lambda _: None)

    def _again(self, root: Bounded) -> Bounded | None:
        assert root.pairs is not None
        again = self.relaxation.explore(
            root.pairs,
            self.cutoff,
            self.state.clock.is_over,
            root.multipliers,
            is_brief=root.pairs.num_pairs > MANY,
        )
        return None if again.pairs is None else replace(again, bound=max(again.bound, root.bound))

    def _plan_seats(self) -> list[int]:
        best = self.state.best
        assert best is not None
        inside = incidence(self.state.instance, best.labels)
        return [s for s in cheapest_seats(self.state.instance, inside, [self.cost]) if s is not None]

    def root(self) -> Bounded | None:
        """Return the bound of the whole tree, ``None`` when it holds no better plan."""
        state = self.state
        pairs = pairs_of(state.instance, self.cost, seats_allowed(state, self.stage))
        known = state.prices.get(self.stage)
        state.engines += ["Lagrangian", "HiGHS"]
        root = self.relaxation.explore(
            pairs,
            self.cutoff,
            state.clock.is_over,
            None if known is None else known.of_seats(pairs.seat),
            is_brief=pairs.num_pairs > MANY,
        )
        return None if root.pairs is None else root

    def tell(self, bound: float) -> None:
        """Raise the stage's bound to that of all that is open and unsolved."""
        assert self.state.best is not None
        bound = min(bound, self.least_unsolved)
        if bound >= self.cutoff:
            bound = self.state.best.values[self.stage] if self.is_whole else self.cutoff
        elif self.is_whole and bound > -np.inf:
            bound = ceil(bound - MARGIN * abs(bound))
        self.state.prove(self.stage, bound)

    def close(self, part: Bounded) -> None:
        """Solve a part as an integer program; what could not be solved holds the bound back."""
        others = min(self.tree.bound, self.least_unsolved)
        unsolved = self._search(part, self.state.clock, lambda bound: self.tell(min(bound, others)))
        self.least_unsolved = min(self.least_unsolved, unsolved)

    def _search(self, part: Bounded, clock: Clock, on_bound: OnBound) -> float:
        """Solve a part, cut off what is not connected, solve again; offer the plans found, and return the bound of what is not solved."""
        state = self.state
        model = self._model(part)
        while True:
            state.num_rounds += 1
            outcome = self.highs.solve(
                model.mip,
                clock,
                seed=state.seed,
                cutoff=self.cutoff - model.constant,
                on_bound=lambda bound: on_bound(max(part.bound, bound + model.constant)),
            )
            if outcome.result is Result.INFEASIBLE:
                return np.inf
            labels = None if outcome.x is None else model.labels(outcome.x)
            cuts = [] if labels is None else self._separated(model, labels)
            if labels is not None and not cuts:
                number = {label: d for d, label in enumerate(dict.fromkeys(labels))}
                state.offer([number[label] for label in labels])
            if outcome.result is not Result.OPTIMAL:
                return (
                    part.bound if outcome.bound is None else max(part.bound, outcome.bound + model.constant)
                )
            if not cuts:
                return np.inf

    def _separated(self, model: Model, labels: list[int]) -> list[Cut]:
        if not self.state.instance.problem.is_contiguous:
            return []
        cuts = separate(model, labels)
        repeat_at_homes(model, cuts)
        self.cuts |= dict.fromkeys(cuts)
        return cuts

    def _model(self, part: Bounded) -> Model:
        assert part.pairs is not None
        instance = self.state.instance
        allowed = part.pairs.mask(self.cost.shape)
        everything = Layout(tuple(range(len(instance.seats))), instance.home, allowed)
        model = build_model(self.state, everything.restricted(allowed), self.stage)
        repeat_at_homes(model, self.cuts)
        return model
