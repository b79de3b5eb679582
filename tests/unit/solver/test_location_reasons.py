"""Why no plan exists: exactly the rules that collide, with their numbers."""

from __future__ import annotations

import pytest
from location_brute_force import is_feasible, only
from location_towns import street

from orgraph.findings import Reason
from orgraph.solver import Limits, Status
from orgraph.solver.location import Problem, solve
from orgraph.solver.location.explain import reasons


def why(problem: Problem) -> list[Reason]:
    """The reasons of the solve call, after a check that they are irreducible."""
    solution = solve(problem)
    assert solution.status is Status.INFEASIBLE
    assert (solution.plan, solution.objective, solution.bound) == (None, None, None)
    found = list(solution.reasons)
    assert all(reason.is_proven_minimal and reason.text.zh and reason.text.en for reason in found)
    assert not is_feasible(only(problem, found))
    assert all(is_feasible(only(problem, [o for o in found if o is not reason])) for reason in found)
    return found


@pytest.mark.parametrize(
    ("stated", "rules"),
    [
        ({"p": 1, "upper": (3,) * 4, "lower": (1,) * 4}, ["upper", "number"]),
        ({"p": 3, "upper": (3,) * 4, "lower": (2,) * 4}, ["number", "lower"]),
        ({"p": 5}, ["number"]),
        ({"p": 2, "fixed": frozenset({0, 1, 2})}, ["number", "fixed", "fixed", "fixed"]),
        ({"fixed": frozenset({0, 3}), "forbidden": frozenset({3})}, ["forbidden", "fixed"]),
        ({"forbidden": frozenset(range(4))}, ["forbidden"]),
        ({"demand": (1, 1, 9, 1), "upper": (8,) * 4}, ["upper"]),
        (
            {"demand": (1, 1, 9, 1), "upper": (8, 8, 9, 8), "forbidden": frozenset({2})},
            ["upper", "forbidden"],
        ),
        ({"p": 2, "demand": (3, 3, 3, 3), "upper": (7,) * 4, "fixed": frozenset({0})}, None),
        ({"p": 2, "demand": (3, 3, 3, 1), "upper": (5,) * 4}, ["upper", "number"]),
        ({"p": 2, "demand": (2, 2, 2, 4), "upper": (5,) * 4}, ["upper", "number"]),
        ({"lower": (5,) * 4}, ["lower"]),
    ],
)
def test_what_collides_is_named(stated: dict[str, object], rules: list[str] | None) -> None:
    problem = street(0, 1, 10, 12, **stated)
    if rules is None:
        assert solve(problem).status is Status.OPTIMAL
        return
    assert [reason.rule.removeprefix("location.") for reason in why(problem)] == rules


def test_a_heavy_node_is_named() -> None:
    (reason,) = why(street(0, 1, 10, 12, demand=(1, 1, 9, 1), upper=(8,) * 4))
    assert (reason.subject, dict(reason.numbers)) == (("c",), {"demand": 9, "most": 8})
    assert reason.text.en.startswith("c: the first has a demand of 9")


def test_what_could_not_be_decided_stays_in_and_is_marked() -> None:
    problem = street(0, 1, 10, 12, p=2, upper=(1,) * 4, lower=(1,) * 4)
    found = reasons(problem, prove=lambda relaxed: None, limits=Limits())
    assert [reason.rule for reason in found] == ["location.upper", "location.number", "location.lower"]
    assert not any(reason.is_proven_minimal for reason in found)
