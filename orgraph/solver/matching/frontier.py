"""The trade-off between weight and stability as a small frontier: each point with its blocking pairs and its distance to the weight optimum."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from orgraph.solver.engine import Clock
from orgraph.solver.matching.check import blocking_pairs, weight
from orgraph.solver.matching.instance import Flags, build_instance
from orgraph.solver.matching.methods import MODEL_PAIRS, BonusFlows, stable_plans
from orgraph.solver.matching.problem import Blend, Plan, Problem, Stability, Weight
from orgraph.solver.matching.solve import solve
from orgraph.solver.matching.state import State
from orgraph.solver.solution import Limits, OnProgress, Solution, Status


@dataclass(frozen=True, slots=True)
class Point:
    """A plan of the frontier. ``distance`` is what it weighs less than the weight optimum, ``share`` the same as a share of the optimum.

    ``most_weight`` is a proven bound of the weight of any plan with at most as many blocking pairs; ``is_proven`` when the plan reaches it.
    """

    plan: Plan
    weight: int
    blocking_pairs: int
    distance: int
    share: float
    most_weight: int

    @property
    def is_proven(self) -> bool:
        """Return whether no heavier plan has at most as many blocking pairs."""
        return self.weight >= self.most_weight


@dataclass(frozen=True)
class Frontier:
    """Points from the fewest blocking pairs to the greatest weight, none worse than another in both; ``optimum`` solves for weight alone."""

    points: tuple[Point, ...]
    optimum: Solution[Plan]


def frontier(
    problem: Problem,
    *,
    limits: Limits | None = None,
    seed: int = 0,
    num_points: int = 5,
    on_progress: OnProgress | None = None,
) -> Frontier:
    """Return the trade-off between weight and blocking pairs; the objective of ``problem`` is not looked at.

    Parameters
    ----------
    num_points
        At most so many points, at least 2.

    Notes
    -----
    Up to 4,000 candidate pairs the two ends come first; then the widest step is cut at the price of a blocking pair that is its slope (Aneja, Nair 1979), or, where
    that finds nothing, by a limit on blocking pairs in its middle. A bound at one price bounds the weight at every number of blocking pairs. Above, points are
    flows in which the pairs of a stable matching carry a bonus, proven only at the weight optimum. Blocking pairs are counted by the independent checker.
    """
    clock = Clock(limits or Limits())
    base = replace(problem, objective=Weight())
    optimum = solve(base, limits=clock.limits, seed=seed, on_progress=on_progress)
    if optimum.plan is None or optimum.bound is None:
        return Frontier((), optimum)
    search = _Search(problem, clock, seed)
    search.take(optimum, 0, None)
    if problem.pairs.size <= MODEL_PAIRS:
        search.stable_end()
        search.fill(max(num_points, 2))
    else:
        search.by_flows(3 * num_points)
    return Frontier(_spread(search.points(-optimum.bound), max(num_points, 2)), optimum)


class _Search:
    """Plans by (blocking pairs, weight), and what has been proven of weights: by a price of blocking pairs, or within a limit on them."""

    def __init__(self, problem: Problem, clock: Clock, seed: int) -> None:
        self._problem = problem
        self._clock = clock
        self._seed = seed
        self._plans: dict[tuple[int, int], Plan] = {}
        self._proofs: list[tuple[int, int | None, float]] = []
        self._closed: set[tuple[int, int]] = set()

    def take(self, solution: Solution[Plan], price: int, most_blocking: int | None) -> None:
        """Keep the plan of a solution for that price and limit, and its bound."""
        if solution.plan is not None:
            self.keep(solution.plan)
        if solution.bound is not None and solution.status is not Status.INFEASIBLE:
            self._proofs.append((price, most_blocking, -solution.bound))

    def keep(self, plan: Plan) -> tuple[int, int]:
        """Keep a plan by its figures, which the checker counts, and return them."""
        key = len(blocking_pairs(self._problem, plan)), weight(self._problem, plan)
        self._plans[key] = plan
        return key

    def stable_end(self) -> None:
        """Find the heaviest plan with the fewest blocking pairs."""
        fewest = solve(replace(self._problem, objective=Stability()), limits=self._lap(3), seed=self._seed)
        if fewest.plan is not None:
            self.keep(fewest.plan)
            self._solve(0, len(blocking_pairs(self._problem, fewest.plan)), 2)

    def fill(self, num_points: int) -> None:
        """Cut the widest step of the frontier until there are enough points: by the price that is its slope, then by a limit in its middle."""
        while not self._clock.is_over() and len(front := self._front()) < num_points:
            steps = [(right[0] - left[0], left, right) for left, right in pairwise(front)]
            open_steps = [
                step for step in steps if step[0] > 1 and (step[1][0], step[2][0]) not in self._closed
            ]
            if not open_steps:
                return
            wide, left, right = max(open_steps)
            self._solve((right[1] - left[1]) // wide, None, num_points - len(front) + 1)
            if len(self._between(left, right)) == 0:
                self._solve(0, (left[0] + right[0]) // 2, num_points - len(front) + 1)
            if len(self._between(left, right)) == 0:
                self._closed.add((left[0], right[0]))

    def by_flows(self, num_flows: int) -> None:
        """Keep stable matchings and flows between one of them and the heaviest plan, each next one where the last ones are furthest apart."""
        state = State(
            build_instance(replace(self._problem, objective=Blend())), self._clock, self._seed, None
        )
        for made in stable_plans(state):
            self._keep_flags(made)
        flows = BonusFlows(state)
        found = {0: (0, 0), flows.widest: (0, 0)}
        for bonus in found:
            found[bonus] = self._keep_flags(flows.plan(bonus))
        for _ in range(num_flows):
            low, high = max(pairwise(sorted(found)), key=lambda pair: _apart(found, *pair))
            if self._clock.is_over() or high - low < 2:
                return
            found[(low + high) // 2] = self._keep_flags(flows.plan((low + high) // 2))

    def _keep_flags(self, made: Flags | None) -> tuple[int, int]:
        """Keep a plan and return its figures; of no plan, zeros."""
        if made is None:
            return 0, 0
        return self.keep(Plan(tuple(np.flatnonzero(made).tolist())))

    def points(self, optimum: float) -> list[Point]:
        """Return the points that no other one beats in both, from the fewest blocking pairs on."""
        return [self._point(key, int(optimum)) for key in self._front()]

    def _solve(self, price: int, most_blocking: int | None, num_left: int) -> None:
        priced = replace(self._problem, objective=Blend(price, most_blocking))
        self.take(solve(priced, limits=self._lap(num_left), seed=self._seed), price, most_blocking)

    def _lap(self, num_left: int) -> Limits:
        return self._clock.lap(self._clock.left_s / num_left).limits

    def _front(self) -> list[tuple[int, int]]:
        kept: list[tuple[int, int]] = []
        for blocking, value in sorted(self._plans, key=lambda key: (key[0], -key[1])):
            if not kept or value > kept[-1][1]:
                kept.append((blocking, value))
        return kept

    def _between(self, left: tuple[int, int], right: tuple[int, int]) -> list[tuple[int, int]]:
        return [key for key in self._front() if left[0] < key[0] < right[0]]

    def _point(self, key: tuple[int, int], optimum: int) -> Point:
        blocking, value = key
        proven = [
            most + price * blocking
            for price, limit, most in self._proofs
            if limit is None or blocking <= limit
        ]
        share = (optimum - value) / max(abs(optimum), 1)
        most_weight = int(min([optimum, *proven]))
        return Point(self._plans[key], value, blocking, optimum - value, share, most_weight)


def _spread(points: list[Point], most: int) -> tuple[Point, ...]:
    """Return at most so many points, the two ends among them, the others evenly by their place."""
    if len(points) <= most:
        return tuple(points)
    return tuple(points[round(k * (len(points) - 1) / (most - 1))] for k in range(most))


def _apart(found: Mapping[int, tuple[int, int]], low: int, high: int) -> float:
    """Return how far apart two plans are, in both figures, as shares of all there is between the ends; 0 when no bonus lies between."""
    if high - low < 2:
        return 0.0
    spans = [max(max(column) - min(column), 1) for column in zip(*found.values(), strict=True)]
    apart: list[float] = [
        abs(a - b) / span for a, b, span in zip(found[low], found[high], spans, strict=True)
    ]
    return sum(apart)
