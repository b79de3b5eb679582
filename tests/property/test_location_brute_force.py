"""Tiny location problems: solving gives what enumeration gives, the bound holds, reasons are irreducible, names do not matter."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from location_brute_force import best, is_feasible, only

from orgraph.solver import Limits, Status
from orgraph.solver.location import METRICS, Matrix, Points, Problem, solve
from orgraph.solver.location.bound import Relaxation, allowed_pairs
from orgraph.solver.location.check import evaluate, violations
from orgraph.solver.location.counting import is_contradictory
from orgraph.solver.location.instance import build_instance

MANY = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
SOME = settings(max_examples=20, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
LIMITS = Limits(time_s=60.0)


@st.composite
def problems(draw: st.DrawFn, most_nodes: int = 6) -> Problem:
    n = draw(st.integers(1, most_nodes))
    if draw(st.booleans()):
        whole = st.integers(0, 9)
        cost = draw(st.lists(st.lists(whole, min_size=n, max_size=n), min_size=n, max_size=n))
        distance: Points | Matrix = Matrix(np.array(cost, dtype=np.float64).reshape(n, n))
    else:
        places = draw(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=n, max_size=n))
        distance = Points(np.array(places, dtype=np.float64), draw(st.sampled_from(METRICS)))
    demand = tuple(draw(st.lists(st.integers(0, 4), min_size=n, max_size=n)))
    nodes = st.frozensets(st.integers(0, n - 1), max_size=2)
    most = sum(demand)

    def some(high: int) -> tuple[int, ...]:
        each = draw(st.booleans())
        if draw(st.booleans()):
            return ()
        values = st.integers(0, max(0, high))
        return tuple(draw(st.lists(values, min_size=n, max_size=n))) if each else (draw(values),) * n

    lower, upper = some(most // 2), some(most)
    if lower and upper:
        lower = tuple(min(a, b) for a, b in zip(lower, upper, strict=True))
    return Problem(
        node_ids=tuple(f"n{i}" for i in range(n)),
        distance=distance,
        demand=demand,
        upper=upper,
        lower=lower,
        p=draw(st.none() | st.integers(1, n)),
        opening=tuple(float(v) for v in some(6)),
        fixed=draw(st.just(frozenset()) | nodes),
        forbidden=draw(st.just(frozenset()) | nodes),
    )


@MANY
@given(problems())
def test_solving_gives_what_enumeration_gives(problem: Problem) -> None:
    solution, expected = solve(problem, limits=LIMITS, seed=1), best(problem)
    if expected is None:
        assert solution.status is Status.INFEASIBLE
        found = list(solution.reasons)
        assert found
        assert all(reason.is_proven_minimal for reason in found)
        assert not is_feasible(only(problem, found))
        assert all(is_feasible(only(problem, [o for o in found if o is not reason])) for reason in found)
        return
    assert solution.status is Status.OPTIMAL
    assert solution.plan is not None and solution.bound is not None
    assert violations(problem, solution.plan) == ()
    assert evaluate(problem, solution.plan) == pytest.approx(expected, rel=1e-6, abs=1e-6)
    assert solution.objective == pytest.approx(expected, rel=1e-6, abs=1e-6)
    assert solution.bound <= expected + 1e-6 * max(1.0, expected)
    assert sum(solution.terms.values()) == pytest.approx(expected, rel=1e-6, abs=1e-6)


@MANY
@given(problems(most_nodes=7), st.lists(st.floats(0, 12), min_size=7, max_size=7), st.integers(0, 30))
def test_any_prices_prove_a_bound_and_rule_out_no_optimum(
    problem: Problem, prices: list[float], num_steps: int
) -> None:
    expected = best(problem)
    if expected is None or is_contradictory(problem):
        return
    instance = build_instance(problem)
    relaxation = Relaxation(instance, np.array(prices[: problem.num_nodes]))
    relaxation.evaluate(relaxation.price, lambda: False)
    assert relaxation.bound <= expected + 1e-9
    relaxation.run(num_steps, expected + 1.0, lambda: False)
    _is_sound(problem, relaxation, expected)
    relaxation.sharpen()
    relaxation.run(num_steps, expected + 1.0, lambda: False)
    _is_sound(problem, relaxation, expected)


def _is_sound(problem: Problem, relaxation: Relaxation, expected: float) -> None:
    assert relaxation.bound <= expected + 1e-9
    allowed = allowed_pairs(relaxation, expected)
    reduced = replace(problem, distance=Matrix(_only(relaxation.instance.net, allowed)))
    assert best(reduced) == pytest.approx(expected, rel=1e-6, abs=1e-6)


def _only(net: object, allowed: np.ndarray) -> np.ndarray:
    return np.where(allowed, net.cost, 1e6)  # type: ignore[attr-defined]


@MANY
@given(problems())
def test_counting_never_calls_a_problem_with_a_plan_contradictory(problem: Problem) -> None:
    if is_contradictory(problem):
        assert not is_feasible(problem)


@SOME
@given(problems(), st.randoms(use_true_random=False))
def test_new_names_and_another_order_keep_the_objective(problem: Problem, random: Random) -> None:
    order = list(range(problem.num_nodes))
    random.shuffle(order)
    first = solve(problem, limits=LIMITS, seed=1)
    second = solve(_reordered(problem, order), limits=LIMITS, seed=2)
    assert first.status == second.status
    assert (first.objective or 0.0) == pytest.approx(second.objective or 0.0, rel=1e-6, abs=1e-6)


def _reordered(problem: Problem, order: list[int]) -> Problem:
    """The same problem with node ``order[i]`` at place i, under another name."""
    to = {node: place for place, node in enumerate(order)}
    distance = problem.distance
    moved = (
        Matrix(distance.cost[np.ix_(order, order)])
        if isinstance(distance, Matrix)
        else Points(distance.xy[order], distance.metric)
    )
    return replace(
        problem,
        node_ids=tuple(f"new {problem.node_ids[node]}" for node in order),
        distance=moved,
        demand=tuple(problem.demand[node] for node in order),
        upper=tuple(problem.upper[node] for node in order if problem.upper),
        lower=tuple(problem.lower[node] for node in order if problem.lower),
        opening=tuple(problem.opening[node] for node in order if problem.opening),
        fixed=frozenset(to[node] for node in problem.fixed),
        forbidden=frozenset(to[node] for node in problem.forbidden),
    )
