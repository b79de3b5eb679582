"""Covering tiny problems gives what enumeration gives."""

from __future__ import annotations

from dataclasses import replace
from threading import Event

import covering_brute_force as brute
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orgraph.solver import Limits, Status
from orgraph.solver.covering import Joining, Opening, findings, solve
from orgraph.solver.covering.bound import price_sets
from orgraph.solver.covering.check import evaluate, violations
from orgraph.solver.covering.sets import write_sets

SOME = settings(max_examples=120, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
FEW = settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


@SOME
@given(brute.joinings())
def test_joining_as_enumeration(problem: Joining) -> None:
    assert findings(problem) == ()
    solution, expected = solve(problem), brute.cheapest_partition(problem)
    if expected is None:
        assert solution.status is Status.INFEASIBLE
        placed = [problem.unit_ids.index(r.subject[0]) for r in solution.reasons]
        assert placed
        assert brute.cheapest_partition(problem, set(placed)) is None
        for unit in placed:
            assert brute.cheapest_partition(problem, set(placed) - {unit}) is not None
        assert all(r.is_proven_minimal and r.text.zh for r in solution.reasons)
        return
    assert solution.plan is not None
    assert violations(problem, solution.plan) == ()
    assert sum(evaluate(problem, solution.plan).values()) == expected
    assert (solution.status, solution.objective, solution.bound) == (Status.OPTIMAL, expected, expected)


@SOME
@given(brute.openings())
def test_opening_as_enumeration(problem: Opening) -> None:
    assert findings(problem) == ()
    solution, expected = solve(problem), brute.cheapest_groups(problem)
    if expected is None:
        assert solution.status is Status.INFEASIBLE
        found = list(solution.reasons)
        assert found
        assert brute.cheapest_groups(brute.only(problem, found)) is None
        for dropped in found:
            assert (
                brute.cheapest_groups(brute.only(problem, [r for r in found if r is not dropped])) is not None
            )
        assert all(r.is_proven_minimal and r.text.zh for r in found)
        return
    assert solution.plan is not None
    assert violations(problem, solution.plan) == ()
    assert sum(evaluate(problem, solution.plan).values()) == expected
    assert (solution.status, solution.objective, solution.bound) == (Status.OPTIMAL, expected, expected)


@FEW
@given(brute.joinings(), st.sampled_from([0, 3]))
def test_the_relaxation_is_a_bound_and_its_misses_are_sound(problem: Joining, num_rounds: int) -> None:
    """No partition costs less than the bound; one that uses a set costs at least the bound plus what the set misses it by."""
    expected = brute.cheapest_partition(problem)
    sets = write_sets(problem, lambda: False)
    priced = price_sets(sets, np.arange(len(sets.cost)), lambda: False, num_rounds=num_rounds)
    assert (priced.extra >= -1e-6).all()
    if expected is None:
        return
    assert priced.bound <= expected + 1e-6
    plan = solve(problem).plan
    assert plan is not None
    used = {
        tuple(k for k, u in enumerate(problem.small) if plan.set_of[u] == s)
        for s in plan.set_of
        if s is not None
    }
    for number, units in enumerate(sets.tuples(np.arange(len(sets.cost)))):
        if tuple(sorted(units)) in used:
            assert priced.bound + priced.extra[number] <= expected + 1e-6


@pytest.mark.parametrize("kind", [brute.joinings, brute.openings])
@FEW
@given(data=st.data())
def test_renamed_and_repeated_and_stopped(kind: type, data: st.DataObject) -> None:
    problem = data.draw(kind())
    renamed = replace(problem, unit_ids=tuple(f"x{i}" for i in range(problem.num_units)))
    assert solve(renamed).objective == solve(problem).objective
    assert solve(problem, seed=3).plan == solve(problem, seed=3).plan
    stop = Event()
    stop.set()
    stopped = solve(problem, limits=Limits(stop=stop))
    assert (stopped.status, stopped.plan, stopped.bound) == (Status.INTERRUPTED, None, 0.0)
    if (plan := solve(problem).plan) is not None:
        hinted = solve(problem, limits=Limits(time_s=0.0), hint=plan)
        assert hinted.plan == plan
