"""The trade-off between weight and stability as a small frontier: each point with its blocking pairs and its distance to the weight optimum."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from orgraph.solver.engine import Clock
from orgraph.solver.matching.check import blocking_pairs, weight
from orgraph.solver.matching.instance import build_instance
from orgraph.solver.matching.methods import MODEL_PAIRS, between
from orgraph.solver.matching.problem import Blend, Plan, Problem, Weight
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
        At most so many points, at least 2: the limits on blocking pairs are spread evenly from 0 to those of the heaviest plan.

    Notes
    -----
    Up to 4,000 candidate pairs every point is one integer program, the heaviest plan within a limit on blocking pairs; above, points are flows in which the pairs
    of a stable matching carry a bonus (a parametric flow), proven only at the weight optimum. Blocking pairs are counted by the independent checker.
    """
    limits = limits or Limits()
    clock = Clock(limits)
    optimum = solve(replace(problem, objective=Weight()), limits=limits, seed=seed, on_progress=on_progress)
    if optimum.plan is None or optimum.bound is None:
        return Frontier((), optimum)
    search = _limited if problem.pairs.size <= MODEL_PAIRS else _parametric
    most = len(blocking_pairs(problem, optimum.plan))
    found = [(optimum.plan, -optimum.bound), *search(problem, clock, seed, most, num_points)]
    points = _undominated(_point(problem, plan, most_weight, -optimum.bound) for plan, most_weight in found)
    return Frontier(_spread(points, max(num_points, 2)), optimum)


def _limited(
    problem: Problem, clock: Clock, seed: int, most: int, num_points: int
) -> Iterator[tuple[Plan, float]]:
    """Yield the heaviest plan within every limit on blocking pairs, with its bound."""
    steps = max(num_points - 1, 1)
    for number, blocking in enumerate(sorted({most * k // steps for k in range(steps)})):
        lap = clock.lap(clock.left_s / max(steps - number, 1))
        limited = replace(problem, objective=Blend(0, blocking))
        solution = solve(limited, limits=lap.limits, seed=seed)
        if (
            solution.plan is not None
            and solution.bound is not None
            and solution.status is not Status.INFEASIBLE
        ):
            yield solution.plan, -solution.bound


def _parametric(
    problem: Problem, clock: Clock, seed: int, most: int, num_points: int
) -> Iterator[tuple[Plan, float]]:
    """Yield plans between a stable matching and the heaviest, each with the bound of the weight alone."""
    state = State(build_instance(replace(problem, objective=Blend())), clock, seed, None)
    for made in between(state):
        state.take(made)
        if (plan := state.plan()) is not None:
            yield plan, float("inf")


def _point(problem: Problem, plan: Plan, most_weight: float, optimum: float) -> Point:
    value, best = weight(problem, plan), int(optimum)
    return Point(
        plan=plan,
        weight=value,
        blocking_pairs=len(blocking_pairs(problem, plan)),
        distance=best - value,
        share=(best - value) / max(abs(best), 1),
        most_weight=int(min(most_weight, best)),
    )


def _undominated(points: Iterable[Point]) -> list[Point]:
    """Return the points that no other one beats in both, from the fewest blocking pairs on."""
    kept: list[Point] = []
    for point in sorted(points, key=lambda p: (p.blocking_pairs, -p.weight, p.most_weight)):
        if not kept or point.weight > kept[-1].weight:
            kept.append(point)
    return kept


def _spread(points: list[Point], most: int) -> tuple[Point, ...]:
    """Return at most so many points, the two ends among them, the others evenly by their place."""
    if len(points) <= most:
        return tuple(points)
    return tuple(points[round(k * (len(points) - 1) / (most - 1))] for k in range(most))
