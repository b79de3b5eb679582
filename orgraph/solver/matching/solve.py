"""Solve a matching problem: check the statement, match by the objective's method, say why where nothing can be matched, let the checker judge it."""

from __future__ import annotations

from math import fsum

import numpy as np

from orgraph.findings import Json
from orgraph.solver.certificate import (
    refuse_malformed,
    refuse_wrong,
    stats_of,
    status_with_plan,
    status_without_plan,
)
from orgraph.solver.engine import Clock
from orgraph.solver.matching import check
from orgraph.solver.matching.explain import reasons
from orgraph.solver.matching.findings import findings
from orgraph.solver.matching.instance import build_instance
from orgraph.solver.matching.methods import by_blend, by_fairness, by_stability, by_weight
from orgraph.solver.matching.problem import Blend, Fairness, Plan, Problem, Stability
from orgraph.solver.matching.state import State
from orgraph.solver.solution import Limits, OnProgress, Solution, Stage, Status, gap


def solve(
    problem: Problem,
    *,
    limits: Limits | None = None,
    seed: int = 0,
    hint: Plan | None = None,
    on_progress: OnProgress | None = None,
) -> Solution[Plan]:
    """Return the best plan found with a proven bound, or the reasons why there is none.

    Parameters
    ----------
    limits
        Wall seconds, workers, and the event that interrupts. A single flow is not interrupted (a second or two at 100,000 candidate pairs).
    seed
        Of CP-SAT; flows and deferred acceptance need none. Equal seeds give equal plans with one worker and no time limit hit.
    hint
        A plan to start from; passed over when it breaks a rule. Of no use to objectives that flows solve outright.
    on_progress
        Told of every better plan and bound.

    Returns
    -------
    Solution
        The objective is a cost: weight counts with its sign turned, so ``-objective`` is the weight and ``-bound`` proves that no plan weighs more.

    Raises
    ------
    InvalidProblem
        With everything that is wrong in the statement.
    PlanRejected
        When the independent checker disagrees; a defect.

    Notes
    -----
    Weight and fairness are polynomial (minimum cost flow), and so is stability without lower quotas (deferred acceptance). Fewest blocking pairs under lower
    quotas, and blends, are NP-hard (Hamada, Iwama, Miyazaki 2016): CP-SAT up to 4,000 candidate pairs, flows with a bonus on the pairs of a stable matching and a
    weaker bound above.
    """
    refuse_malformed(findings(problem))
    state = State(build_instance(problem), Clock(limits or Limits()), seed, on_progress)
    offer_hint(state, hint)
    if not state.clock.is_over():
        match_pairs(state)
    return conclude(problem, state)


def match_pairs(state: State) -> None:
    """Match by the method of the objective."""
    match state.instance.problem.objective:
        case Stability():
            by_stability(state)
        case Blend() as blend:
            by_blend(state, blend)
        case Fairness() as fairness:
            by_fairness(state, fairness)
        case _:
            by_weight(state)


def offer_hint(state: State, hint: Plan | None) -> None:
    """Start from the hint when it obeys every rule."""
    problem = state.instance.problem
    if hint is not None and not check.violations(problem, hint):
        made = np.zeros(state.instance.num_pairs, dtype=np.bool_)
        made[list(hint.pairs)] = True
        state.offer(made)


def conclude(problem: Problem, state: State) -> Solution[Plan]:
    """Return what is known at the end, checked."""
    plan = state.plan()
    bound = None if state.bound is None else float(state.bound)
    if plan is None:
        if state.is_infeasible:
            return Solution(
                Status.INFEASIBLE,
                reasons=reasons(problem, limits=state.clock.limits_left),
                stats=_stats(problem, state),
            )
        return Solution(status_without_plan(state.clock), bound=bound, stats=_stats(problem, state))
    terms = check.evaluate(problem, plan)
    approve(problem, plan, fsum(terms.values()), state)
    stages = tuple(Stage(*stage) for stage in state.stages(check.stages(problem, plan)))
    is_proven = all(stage.gap == 0 for stage in stages) if stages else state.is_proven
    return Solution(
        status=status_with_plan(state.clock, is_proven=is_proven),
        plan=plan,
        objective=fsum(terms.values()),
        bound=bound,
        stages=stages,
        terms=terms,
        stats=_stats(problem, state),
    )


def approve(problem: Problem, plan: Plan, objective: float, state: State) -> None:
    """Raise when the independent checker disagrees with the plan, its objective or its bound."""
    wrong = []
    if objective != state.value[0]:
        wrong.append(f"objective: {state.value[0]} != {objective}")
    if state.bound is not None and (gap(objective, state.bound) or 0) > 0 and state.bound > objective:
        wrong.append(f"bound: {state.bound} > {objective}")
    refuse_wrong(check.violations(problem, plan), wrong)


def _stats(problem: Problem, state: State) -> dict[str, Json]:
    common = stats_of(problem, state.clock, state.seed, state.engines, state.seconds_to_best)
    return {**common, "pairs": state.instance.num_pairs}
