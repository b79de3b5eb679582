"""Reasons on tiny maps: infeasible by themselves, feasible without any one of them, as enumeration decides."""

from __future__ import annotations

from dataclasses import replace

from districting_brute_force import is_feasible, only
from districting_maps import RULES, maps, ruled
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from orgraph.solver.districting.contradictions import find_contradiction
from orgraph.solver.districting.draw import is_drawn
from orgraph.solver.districting.explain import is_contradictory, reasons
from orgraph.solver.districting.problem import Problem
from orgraph.solver.districting.rules import keeping, rules
from orgraph.solver.solution import Limits

MANY = settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow],
)


def _distinct(problem: Problem) -> Problem:
    """Without repeated locks, so that a reason's units tell which lock it is."""
    return replace(
        problem,
        together=tuple(dict.fromkeys(problem.together)),
        fixed=tuple(dict.fromkeys(problem.fixed)),
        apart=tuple(dict.fromkeys(problem.apart)),
    )


@st.composite
def crowded(draw: st.DrawFn) -> Problem:
    """A map with several rules at once, so that many have no plan."""
    problem = draw(maps("border"))
    for rule in draw(st.lists(st.sampled_from(RULES), min_size=1, max_size=5, unique=True)):
        problem = draw(ruled(problem, rule))
    return _distinct(problem)


@MANY
@given(crowded())
def test_reasons_are_infeasible_together_and_feasible_without_any_one(problem: Problem) -> None:
    assume(not is_feasible(problem))
    found = list(reasons(problem, is_feasible))
    assert found
    assert all(reason.is_proven_minimal for reason in found)
    assert all(reason.text.zh and reason.text.en for reason in found)
    assert not is_feasible(only(problem, found))
    for dropped in found:
        assert is_feasible(only(problem, [reason for reason in found if reason is not dropped])), dropped


@MANY
@given(crowded())
def test_what_arithmetic_calls_contradictory_has_no_plan(problem: Problem) -> None:
    stated = rules(problem)
    assert keeping(problem, stated) == problem
    found = find_contradiction(problem, stated)
    assert is_contradictory(problem) == (found is not None)
    if found is not None:
        assert not is_feasible(problem)
        assert found.told.keys() <= found.rules <= set(stated)


@MANY
@given(crowded())
def test_a_plan_that_is_drawn_exists(problem: Problem) -> None:
    for drawn in (problem, replace(problem, is_contiguous=False, differences=(), fixed=(), together=())):
        assert not is_drawn(drawn) or is_feasible(drawn)


@MANY
@given(crowded(), st.booleans())
def test_without_time_the_reasons_are_infeasible_and_marked(problem: Problem, is_stopped: bool) -> None:
    assume(not is_feasible(problem))
    limits = Limits(time_s=60.0 if is_stopped else -1.0)
    if is_stopped:
        limits.stop.set()
    found = list(reasons(problem, _never, limits=limits))
    assert not is_feasible(only(problem, found))
    for reason in found:
        if reason.is_proven_minimal:
            assert is_feasible(only(problem, [other for other in found if other is not reason]))


def _never(problem: Problem) -> bool | None:
    raise AssertionError("no time was left to prove anything")
