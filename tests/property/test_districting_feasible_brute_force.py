"""Whether a tiny map has any plan, with several rules at once, as enumeration decides it."""

from __future__ import annotations

from districting_brute_force import is_feasible as has_plan
from districting_maps import OBJECTIVES, RULES, maps, ruled
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orgraph.solver.districting.feasibility import is_feasible
from orgraph.solver.districting.problem import Problem


@st.composite
def crowded(draw: st.DrawFn) -> Problem:
    problem = draw(maps(draw(st.sampled_from(OBJECTIVES)), most_units=8))
    for rule in draw(st.lists(st.sampled_from(RULES), min_size=1, max_size=4, unique=True)):
        problem = draw(ruled(problem, rule))
    return problem


@settings(max_examples=120, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(crowded())
def test_feasibility_is_decided_as_enumeration_does(problem: Problem) -> None:
    assert is_feasible(problem) is has_plan(problem)
