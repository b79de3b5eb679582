"""Tiny rosters: the solver, its methods by themselves, and its reasons against enumeration."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from rostering_towns import best, candidates, has_plan, only, plans, problems

from orgraph.solver import Limits, Status
from orgraph.solver.engine import Clock
from orgraph.solver.highs import Highs
from orgraph.solver.rostering import Problem, findings, is_feasible, solve
from orgraph.solver.rostering.check import evaluate, terms, violations
from orgraph.solver.rostering.contradictions import find_contradiction
from orgraph.solver.rostering.explain import reasons
from orgraph.solver.rostering.heuristic import draw as draw_plan
from orgraph.solver.rostering.instance import build_instance, groups_of_alike
from orgraph.solver.rostering.model import build_model
from orgraph.solver.rostering.rules import keeping, rules
from orgraph.solver.rostering.seek import Steps, relax_and_search
from orgraph.solver.rostering.state import State

SLOW = list(HealthCheck)
MANY = settings(max_examples=120, deadline=None, derandomize=True, suppress_health_check=SLOW)
FEW = settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=SLOW)


@MANY
@given(problems())
def test_the_optimum_is_that_of_enumeration(problem: Problem) -> None:
    assert findings(problem) == ()
    expected = best(problem)
    solution = solve(problem)
    assert is_feasible(problem) is (expected is not None)
    if expected is None:
        assert solution.status is Status.INFEASIBLE
        assert solution.reasons
        return
    assert solution.status is Status.OPTIMAL
    assert solution.plan is not None
    assert violations(problem, solution.plan) == ()
    assert solution.objective == pytest.approx(float(expected), abs=1e-9)
    assert sum(solution.terms.values()) == pytest.approx(float(expected), abs=1e-9)
    assert dict(solution.terms) == terms(problem, solution.plan)


@FEW
@given(problems(), st.booleans())
def test_relaxations_lead_to_the_same_optimum(problem: Problem, has_twins: bool) -> None:
    if has_twins:
        problem = _twins(problem)
        assume(len(candidates(problem)) <= 9)
    expected = best(problem)
    state = State(problem, Clock(Limits()), 1, None)
    with Highs() as highs:
        alike = build_model(build_instance(problem, groups_of_alike(problem)))
        for step in (Steps.relax, Steps.add_up):
            relaxed = State(problem, Clock(Limits()), 1, None)
            step(Steps(relaxed, highs.solve, "HiGHS", relaxed.clock), alike)
            assert not (relaxed.is_infeasible and expected is not None)
            assert expected is None or (relaxed.bound is not None and relaxed.bound <= expected)
        steps = Steps(state, highs.solve, "HiGHS", state.clock)
        relax_and_search(steps, build_model(build_instance(problem)), alike)
    if expected is None:
        assert state.is_infeasible
    else:
        assert state.is_proven
        assert state.objective == expected


@MANY
@given(problems())
def test_a_drawn_roster_keeps_all_upper_limits(problem: Problem) -> None:
    plan = draw_plan(build_instance(replace(problem, forced=())))
    broken = {v.rule for v in violations(problem, plan)}
    assert broken <= {"rostering.demand", "rostering.least", "rostering.forced"}


@MANY
@given(problems(is_covered=True))
def test_reasons_are_infeasible_together_and_feasible_without_any_one(problem: Problem) -> None:
    assume(not has_plan(problem))
    found = list(reasons(problem, is_feasible))
    assert found
    assert all(reason.is_proven_minimal and reason.text.zh and reason.text.en for reason in found)
    assert not has_plan(only(problem, found))
    for dropped in found:
        assert has_some_plan(only(problem, [r for r in found if r is not dropped])), dropped


@MANY
@given(problems(is_covered=True))
def test_what_arithmetic_calls_contradictory_has_no_plan(problem: Problem) -> None:
    stated = rules(problem)
    assert keeping(problem, stated) == problem
    found = find_contradiction(problem, stated)
    if found is not None:
        assert found.rules <= stated
        assert found.room < found.needed or not found.needed
        assert not has_plan(problem)
        assert is_feasible(keeping(problem, found.rules)) is False


@FEW
@given(problems())
def test_order_and_names_of_people_do_not_count(problem: Problem) -> None:
    turned = _reversed(problem)
    one, other = solve(problem), solve(turned)
    assert (one.status, one.objective) == (other.status, pytest.approx(other.objective))


@FEW
@given(problems())
def test_a_stopped_call_claims_nothing_that_is_not_proven(problem: Problem) -> None:
    limits = Limits()
    limits.stop.set()
    for solution in (solve(problem, limits=limits), solve(problem, limits=Limits(time_s=0.0))):
        expected = best(problem)
        if solution.plan is not None:
            assert violations(problem, solution.plan) == ()
            assert expected is not None
        if solution.bound is not None:
            assert expected is None or solution.bound <= float(expected) + 1e-9
        if solution.status is Status.INFEASIBLE:
            assert expected is None


@FEW
@given(problems(), st.data())
def test_a_hint_is_never_made_worse(problem: Problem, data: st.DataObject) -> None:
    found = list(plans(problem))
    assume(found)
    hint = data.draw(st.sampled_from(found))
    solution = solve(problem, limits=Limits(time_s=0.0), hint=hint)
    assert solution.objective is not None
    assert solution.objective <= float(evaluate(problem, hint)) + 1e-9


def has_some_plan(problem: Problem) -> bool:
    """By the solver: dropped rules let more duties in than enumeration can take."""
    return is_feasible(problem) is True


def _twins(problem: Problem) -> Problem:
    """Everybody as the first person, and no rule or preference about a single one."""
    n = len(problem.people)
    people = tuple(
        replace(problem.people[0], person_id=person.person_id, leave=frozenset()) for person in problem.people
    )
    kept = tuple(
        replace(p, people=tuple(range(n)), targets=p.targets[:1] * n if p.targets else ())
        for p in problem.preferences
        if hasattr(p, "measure")
    )
    soft = tuple(p for p in problem.preferences if p.name == "uncovered")
    return replace(problem, people=people, bans=(), forced=(), preferences=(*kept, *soft))


def _reversed(problem: Problem) -> Problem:
    """The same people in the opposite order, under other names."""
    last = len(problem.people) - 1
    changed = []
    for p in problem.preferences:
        if hasattr(p, "measure"):
            p = replace(p, people=tuple(last - i for i in p.people))
        elif hasattr(p, "cost"):
            p = replace(p, cost=p.cost[::-1])
        elif hasattr(p, "dislikes"):
            p = replace(p, dislikes=tuple((last - i, s, c) for i, s, c in p.dislikes))
        elif hasattr(p, "roster"):
            p = replace(p, roster=tuple(replace(d, person=last - d.person) for d in p.roster))
        changed.append(p)
    return replace(
        problem,
        people=tuple(replace(person, person_id=f"x-{person.person_id}") for person in problem.people[::-1]),
        forced=tuple(replace(d, person=last - d.person) for d in problem.forced),
        bans=tuple(replace(b, person=last - b.person) for b in problem.bans),
        preferences=tuple(changed),
    )
