"""The proof of one objective with costs to a seat: a tree that can rest and go on, dives for better plans in it, integer programs for its small parts."""

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
from orgraph.solver.districting.seat_guesses import Guesses
from orgraph.solver.districting.seat_tree import LARGE, SeatTree
from orgraph.solver.districting.separators import Cut, repeat_at_homes, separate
from orgraph.solver.districting.stage_model import build_model
from orgraph.solver.districting.state import State
from orgraph.solver.engine import Clock, OnBound, Result
from orgraph.solver.highs import Highs
from orgraph.solver.lexicographic import STAGE_TOLERANCE

MOST_CHOICES = 100
"""A part of the tree with at most this many open pairs beyond one per node is an integer program of its own."""
MANY = 40_000
"""With more pairs than this, one run from known prices has to do."""
MOST_DIVES, MOST_POLISHES = 3, 6
DIVE_CHOICES = 200
DIVE_EVERY = 50
DIVE_S = 3.0
"""A dive for a better plan ends in an integer program of at most so many choices and seconds; there is one before as many branches again."""
LARGEST_WHOLE = 2.0**50
WHOLE_STEP = 0.999
"""Where all costs are whole numbers, a better plan costs less by one: the cutoff lies below the best plan by this, and leaves the rest for rounding."""


class SeatProof:
    """The tree of one stage, its bounds and integer programs.

    What was closed or ruled out held no plan below a cutoff of then, and cutoffs only fall: the tree may rest while better plans are sought, and go on.
    """

    def __init__(self, state: State, stage: int, highs: Highs, most_choices: int = MOST_CHOICES) -> None:
        objective = state.instance.problem.objectives[stage]
        assert isinstance(objective, CenterCost)
        self.state = state
        self.stage = stage
        self.highs = highs
        self.most_choices = most_choices
        self.cost = state.instance.center_cost(objective)
        self.is_whole = bool((self.cost == np.floor(self.cost)).all()) and self.cost.sum() < LARGEST_WHOLE
        self.relaxation = Relaxation(state.instance, self.cost)
        self.tree = SeatTree(self.relaxation, state.clock.is_over)
        self.cuts: dict[Cut, None] = {}
        self.least_unsolved = np.inf
        self.guesses = Guesses()
        self.is_rooted = False
        self.is_large = False
        self.num_branches = 0
        self._least = np.inf
        self._root: Bounded | None = None
        self._improved_to = np.inf

    @property
    def least(self) -> float:
        """Return the least value of this objective that a best plan has had; a later one may be worse by the tolerance."""
        assert self.state.best is not None
        self._least = min(self._least, self.state.best.values[self.stage])
        return self._least

    @property
    def cutoff(self) -> float:
        """Return what a plan may cost to be better than the best one."""
        return self.least - (WHOLE_STEP if self.is_whole else STAGE_TOLERANCE * max(1.0, abs(self.least)))

    def run(self, most_branches: float = inf) -> None:
        """Go on until nothing is open, or before there are more than ``most_branches``, and at once where the root is too large for so few."""
        if not self.num_branches:
            self._work_on_root()
        elif self._root is not None and self.cutoff < self._improved_to:
            self.improved(self._root)
        self.tell(self.tree.bound)
        if most_branches < inf and self.is_large:
            return
        while not self.state.clock.is_over() and (part := self.tree.take(self.cutoff)) is not None:
            self.tell(part.bound)
            if part.num_choices <= self.most_choices:
                self.close(part)
            elif self.num_branches < most_branches:
                self._branch(part)
            else:
                self.tree.put(part)
                return
        self.tell(self.tree.bound)

    def _work_on_root(self) -> None:
        """Bound the root, or again what was left of it, and look for better plans there."""
        root = self._again(self.tree.take(self.cutoff)) if self.is_rooted else self.root()
        self.is_rooted = True
        if root and root.num_choices > self.most_choices:
            root = self._root = self.improved(root)
        self.is_large = root is not None and root.num_choices > LARGE
        if root:
            self.tree.put(root)

    def _branch(self, part: Bounded) -> None:
        self.num_branches += 1
        if self.num_branches % DIVE_EVERY == 0:
            self.dive(part)
        self.tree.branch(part, self.cutoff)

    def improved(self, root: Bounded) -> Bounded | None:
        """Look for better plans with the best plan's seats and where the relaxation leads; return what is left of the root each time."""
        left: Bounded | None = root
        for _ in range(MOST_DIVES):
            before = self.cutoff
            assert left is not None
            self._polish_plan(left)
            self.dive(left)
            if self.cutoff == before or self.state.clock.is_over():
                break
            left = self._again(left)
            if left is None:
                break
        self._improved_to = self.cutoff
        return left

    def _polish_plan(self, root: Bounded) -> None:
        """Look for better plans around the best one, with its seats, as long as there are any."""
        for _ in range(MOST_POLISHES):
            before, seats = self.cutoff, self._plan_seats()
            part = self.tree.with_seats(root, seats, before)
            if part is not None:
                self._polish(part, seats)
            if self.cutoff == before or self.state.clock.is_over():
                return

    def dive(self, part: Bounded) -> None:
        """Look for a better plan where the relaxation leads: first close to the bound, whatever the best plan costs, then farther away."""
        before = self.cutoff
        for guess in self.guesses.up_to(self.cutoff, part.bound):
            small = self.tree.diving(part, DIVE_CHOICES, guess)
            if small is not None:
                self._polish(small)
            is_cut_short = small is not None and small.num_choices > DIVE_CHOICES
            if is_cut_short or self.cutoff < before or self.state.clock.is_over():
                return

    def _polish(self, part: Bounded, plan_seats: list[int] | None = None) -> None:
        """Look for a better plan among the pairs of a part that lift its bound least, and those of the best plan when its seats are given."""
        best = self.state.best
        assert best is not None
        kept = None if plan_seats is None else np.array(plan_seats)[list(best.labels)]
        few = self.tree.cheapest(part, DIVE_CHOICES, kept)
        if few is not None:
            self._search(few, self.state.clock.lap(DIVE_S), lambda _: None)

    def _again(self, root: Bounded | None) -> Bounded | None:
        if root is None or root.pairs is None:
            return None
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
        bound = min(bound, self.least_unsolved)
        if bound >= self.cutoff:
            bound = self.least if self.is_whole else self.cutoff
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
