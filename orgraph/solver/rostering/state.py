"""What a solve call knows so far: the best roster, the best bound, and how they came about."""

from __future__ import annotations

from fractions import Fraction
from math import isfinite

from orgraph.solver.certificate import refuse_wrong
from orgraph.solver.engine import Clock, Outcome, Result
from orgraph.solver.rostering.check import evaluate, violations
from orgraph.solver.rostering.model import Model
from orgraph.solver.rostering.problem import Plan, Problem
from orgraph.solver.solution import OnProgress, Progress


class State:
    """The best plan and bound of one solve call. Bounds are lower bounds of the problem as stated."""

    def __init__(self, problem: Problem, clock: Clock, seed: int, on_progress: OnProgress | None) -> None:
        self.problem = problem
        self.clock = clock
        self.seed = seed
        self.plan: Plan | None = None
        self.objective: Fraction | None = None
        self.bound: Fraction | None = None
        self.seconds_to_best: float | None = None
        self.engines: list[str] = []
        self.is_infeasible = False
        self._on_progress = on_progress

    @property
    def is_proven(self) -> bool:
        """Return whether the plan is known to be best."""
        return self.objective is not None and self.bound is not None and self.bound >= self.objective

    @property
    def is_over(self) -> bool:
        """Return whether there is nothing left to do, or no time."""
        return self.is_infeasible or self.is_proven or self.clock.is_over()

    def offer(self, plan: Plan) -> bool:
        """Keep a plan if it is valid and better than the best so far; return whether it is valid."""
        if violations(self.problem, plan):
            return False
        objective = evaluate(self.problem, plan)
        if self.objective is None or objective < self.objective:
            self.plan, self.objective, self.seconds_to_best = plan, objective, self.clock.seconds
            self._tell("plan")
        return True

    def lift(self, bound: Fraction) -> None:
        """Keep a proven bound if it is better than the best so far."""
        if self.bound is None or bound > self.bound:
            self.bound = bound if self.objective is None else min(bound, self.objective)
            self._tell("bound")

    def cutoff(self, model: Model) -> float | None:
        """Return a cost that every better plan stays below, and no plan equals; ``None`` without a plan."""
        return None if self.objective is None else model.cost_below(self.objective)

    def learn(self, model: Model, outcome: Outcome, cutoff: float | None, *, is_relaxed: bool) -> None:
        """Take over what an engine has found out about a model of the whole problem, or of a relaxation."""
        if outcome.x is not None and not is_relaxed:
            self.take(model, outcome.x)
        if outcome.result is Result.INFEASIBLE and self.objective is None:
            self.is_infeasible = True
        elif outcome.result is Result.INFEASIBLE and cutoff is not None:
            assert self.objective is not None
            self.lift(self.objective)
        elif outcome.bound is not None and isfinite(outcome.bound):
            self.lift(model.objective(outcome.bound))

    def take(self, model: Model, point: tuple[float, ...]) -> None:
        """Offer the plan of a point of a model. Raises ``PlanRejected`` when the checker finds it invalid: a defect of the model."""
        plan = model.plan(point)
        if not self.offer(plan):
            refuse_wrong(violations(self.problem, plan))

    def _tell(self, phase: str) -> None:
        if self._on_progress is not None:
            objective = None if self.objective is None else float(self.objective)
            bound = None if self.bound is None else float(self.bound)
            self._on_progress(Progress(phase, self.clock.seconds, objective, bound))
