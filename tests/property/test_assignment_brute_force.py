"""Solving tiny assignment problems gives what enumeration gives, for every feature, alone and together."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from random import Random

import numpy as np
import pytest
from assignment_brute_force import FEATURES, best, is_feasible, only, problems
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orgraph.findings import Reason
from orgraph.solver import Limits, Progress, Status
from orgraph.solver.assignment import Problem, findings, solve
from orgraph.solver.assignment.bound import Lagrangian
from orgraph.solver.assignment.check import evaluate, terms, violations
from orgraph.solver.assignment.core import Core, build_core
from orgraph.solver.assignment.knapsacks import solve_knapsacks
from orgraph.solver.assignment.model import Model
from orgraph.solver.assignment.prices import linear_prices
from orgraph.solver.assignment.rules import rules
from orgraph.solver.assignment.solve import conclude
from orgraph.solver.assignment.state import State
from orgraph.solver.cp_sat import solve_cp_sat
from orgraph.solver.engine import Clock

FEW = settings(max_examples=8, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
VERY_FEW = settings(FEW, max_examples=5)
SOME = settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
LIMITS = Limits(time_s=60.0)


def _agrees(problem: Problem) -> None:
    """Assert that the solution is proven and equal to what enumeration finds."""
    assert findings(problem) == ()
    solution, expected = solve(problem, limits=LIMITS, seed=1), best(problem)
    if expected is None:
        assert solution.status is Status.INFEASIBLE
        _is_irreducible(problem, solution.reasons)
        return
    assert solution.status is Status.OPTIMAL
    assert solution.plan is not None and solution.bound is not None
    assert violations(problem, solution.plan) == ()
    assert evaluate(problem, solution.plan) == pytest.approx(expected, rel=1e-6, abs=1e-6)
    assert [stage.objective for stage in solution.stages] == pytest.approx(expected, rel=1e-6, abs=1e-6)
    assert solution.bound <= expected[0] + 1e-6 * max(1.0, expected[0])
    assert sum(solution.terms.values()) == pytest.approx(solution.objective)
    everything = terms(problem, solution.plan)
    assert dict(solution.terms) == {name: everything[name] for name in solution.terms}


def _is_irreducible(problem, reasons) -> None:
    assert reasons
    assert all(reason.is_proven_minimal for reason in reasons)
    for dropped in reasons:
        rest = [reason for reason in reasons if reason is not dropped]
        assert is_feasible(_bare(problem, rest))
    assert not is_feasible(_bare(problem, list(reasons)))


def _bare(problem: Problem, kept) -> Problem:
    """Return the problem with the rules of the kept reasons only."""
    kinds = {(r.rule.removeprefix("assignment."), r.subject, r.numbers.get("weight")) for r in kept}
    everything = []
    for rule in rules(problem):
        task = (problem.task_ids[rule.task],) if rule.task >= 0 else ()
        agent = (problem.agent_ids[rule.agent],) if rule.agent >= 0 else ()
        everything.append(
            Reason(f"assignment.{rule.kind}", (*task, *agent), {"weight": rule.resource or None})
        )
    chosen = [
        r for r in everything if (r.rule.removeprefix("assignment."), r.subject, r.numbers["weight"]) in kinds
    ]
    return only(problem, chosen, tuple(everything))


@pytest.mark.parametrize("feature", FEATURES)
@FEW
@given(data=st.data())
def test_one_feature(feature: str, data: st.DataObject) -> None:
    _agrees(data.draw(problems(feature)))


@FEW
@given(problems(with_backup=True, most_tasks=3))
def test_backups(problem: Problem) -> None:
    _agrees(problem)


@SOME
@given(data=st.data())
def test_features_together(data: st.DataObject) -> None:
    chosen = data.draw(st.lists(st.sampled_from(FEATURES), min_size=2, max_size=5, unique=True))
    with_backup = data.draw(st.booleans())
    _agrees(data.draw(problems(*chosen, most_tasks=3, with_backup=with_backup)))


@SOME
@given(data=st.data())
def test_reasons_are_irreducible(data: st.DataObject) -> None:
    chosen = data.draw(st.lists(st.sampled_from(FEATURES[:6]), min_size=1, max_size=3, unique=True))
    with_backup = data.draw(st.booleans())
    _agrees(data.draw(problems(*chosen, most_tasks=3, with_backup=with_backup, is_tight=True)))


@SOME
@given(problems("eligible", "optional", most_tasks=4), st.randoms(use_true_random=False))
def test_new_names_and_another_order_keep_the_objective(problem: Problem, random: Random) -> None:
    order = list(range(problem.num_tasks))
    random.shuffle(order)
    renamed = replace(
        problem,
        agent_ids=tuple(f"new {name}" for name in problem.agent_ids),
        task_ids=tuple(f"new {problem.task_ids[t]}" for t in order),
        cost=problem.cost[:, order],
        loads={name: load[:, order] for name, load in problem.loads.items()},
        eligible=problem.eligible[:, order],
        skip_penalty={order.index(t): p for t, p in problem.skip_penalty.items()},
    )
    first, second = solve(problem, limits=LIMITS), solve(renamed, limits=LIMITS, seed=2)
    assert first.status == second.status
    assert first.objective == pytest.approx(second.objective)


def _classical(seed: int) -> Problem:
    rng = np.random.default_rng(seed)
    return Problem(
        agent_ids=tuple("abc"),
        task_ids=tuple("1234567"),
        cost=rng.integers(1, 30, (3, 7)).astype(np.float64) / rng.choice([1, 4]),
        loads={"hours": rng.integers(1, 10, (3, 7))},
        capacities={"hours": (11, 10, 9)},
        skip_penalty={0: 25.0},
    )


@FEW
@given(st.integers(0, 1000))
def test_the_bound_and_the_fixing_keep_every_better_plan(seed: int) -> None:
    """Pairs of plans up to a cutoff survive, and no plan is below the bound."""
    problem = _classical(seed)
    core, clock = build_core(problem), Clock(Limits())
    lagrangian = Lagrangian(core, linear_prices(core, clock).task)
    costs = _all_plans(core)
    least = min(costs.values(), default=100.0)
    lagrangian.climb(60, least, clock)
    assert not costs or lagrangian.bound <= least
    allowed = lagrangian.fixed(least + 3)
    for assigned, cost in costs.items():
        if cost <= least + 3:
            assert all(allowed[a, t] for t, a in enumerate(assigned))


@FEW
@given(st.integers(0, 1000))
def test_the_method_for_classical_problems(seed: int) -> None:
    problem = _classical(seed)
    state = State(problem, Clock(LIMITS), seed, None)
    solve_knapsacks(state)
    least = min(_all_plans(build_core(problem)).values(), default=None)
    assert state.is_infeasible == (least is None)
    if least is not None:
        assert state.is_proven(0)
        assert state.values[0] == pytest.approx(least)


@VERY_FEW
@given(st.integers(0, 1000), st.sampled_from([1.0, 3.0]), st.booleans())
def test_larger_classical_problems_against_one_integer_program(
    seed: int, divisor: float, is_optional: bool
) -> None:
    """Tight, with costs against loads: search, bound, fixing and small programs together; no bound on the way is above the optimum."""
    rng = np.random.default_rng(seed)
    load = rng.integers(1, 100, (4, 16))
    problem = Problem(
        agent_ids=tuple("abcd"),
        task_ids=tuple(f"{t}" for t in range(16)),
        cost=(111 - load + rng.integers(-10, 11, load.shape)).astype(np.float64) / divisor,
        loads={"hours": load},
        capacities={"hours": tuple(int(0.85 * row.sum() / 4) for row in load)},
        skip_penalty=dict.fromkeys(range(3), 120.0) if is_optional else {},
    )
    model = Model(problem)
    model.add_rules()
    model.minimize(("cost", "penalty"))
    exact = solve_cp_sat(model.mip, Clock(LIMITS))
    seen: list[Progress] = []
    state = State(problem, Clock(LIMITS), seed, seen.append)
    solve_knapsacks(state)
    solution = conclude(state)
    if exact.x is None:
        assert solution.status is Status.INFEASIBLE
        return
    least = model.mip.value(exact.x)
    assert solution.status is Status.OPTIMAL
    assert solution.objective == pytest.approx(least)
    assert all(p.bound is not None and p.bound <= least + 1e-6 for p in seen)


def _all_plans(core: Core) -> dict[tuple[int, ...], float]:
    found = {}
    for assigned in product(range(len(core.capacity)), repeat=core.cost.shape[1]):
        used = np.bincount(assigned, core.load[list(assigned), range(len(assigned))], len(core.capacity))
        cost = float(core.cost[list(assigned), range(len(assigned))].sum())
        if cost < np.inf and (used <= core.capacity).all():
            found[assigned] = cost
    return found
