"""The checker names every rule that a plan breaks, and adds up what it costs."""

from __future__ import annotations

from dataclasses import replace

import pytest
from location_towns import street

from orgraph.solver.location import Plan
from orgraph.solver.location.check import evaluate, loads, terms, violations

FOUR = street(0, 1, 10, 12, p=2, upper=(3,) * 4, lower=(1,) * 4)


def broken(plan: Plan, **stated: object) -> list[tuple[str, tuple[str, ...]]]:
    found = violations(replace(FOUR, **stated), plan)  # type: ignore[arg-type]
    assert all(violation.text.zh and violation.text.en for violation in found)
    return [(violation.rule.removeprefix("location."), violation.subject) for violation in found]


def test_a_valid_plan_breaks_nothing() -> None:
    assert broken(Plan((0, 0, 2, 2))) == []
    assert Plan((2, 1, 2, 2)).centers == (1, 2)


@pytest.mark.parametrize(
    ("center", "stated", "expected"),
    [
        ((0, 0, 2), {}, [("shape", ())]),
        ((0, 0, 2, 4), {}, [("center", ("d",))]),
        ((0, 0, 2, -1), {}, [("center", ("d",))]),
        ((0, 2, 1, 2), {"p": 3}, [("itself", ("b", "c")), ("itself", ("c", "b"))]),
        ((0, 1, 2, 2), {}, [("number", ())]),
        ((0, 0, 2, 2), {"fixed": frozenset({2, 3})}, [("fixed", ("d",))]),
        ((0, 0, 2, 2), {"forbidden": frozenset({0})}, [("forbidden", ("a",))]),
        ((0, 2, 2, 2), {"upper": (2,) * 4}, [("upper", ("c",))]),
        ((0, 2, 2, 2), {"lower": (2,) * 4}, [("lower", ("a",))]),
    ],
)
def test_each_rule(
    center: tuple[int, ...], stated: dict[str, object], expected: list[tuple[str, tuple[str, ...]]]
) -> None:
    assert broken(Plan(center), **stated) == expected


def test_costs_and_loads() -> None:
    problem = replace(FOUR, opening=(1.0, 2.0, 4.0, 8.0), demand=(1, 2, 3, 4))
    plan = Plan((0, 0, 2, 2))
    assert terms(problem, plan) == {"distance": 3.0, "opening": 5.0}
    assert evaluate(problem, plan) == 8.0
    assert loads(problem, plan) == {0: 3, 2: 7}
