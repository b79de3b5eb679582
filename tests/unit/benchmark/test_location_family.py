"""Location in the benchmark: files in their published form, malformed files, generated towns, the answer."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from orgraph.benchmark.families.location import FAMILY, town
from orgraph.errors import InputError
from orgraph.solver import Limits, Status
from orgraph.solver.location import Plan, Points, findings

STATED: dict[str, object] = {
    "name": "four",
    "n": 4,
    "p": 2,
    "distance": "Euclidean rounded DOWN to integer",
    "xy": [[0, 0], [1, 1], [10, 0], [11, 1]],
    "demand": [1.0, 2.0, 1.5, 1.0],
    "capacity": [4.0, 4.0, 4.0, 4.0],
    "published": {"best_known": 2},
}


def written(tmp_path: Path, stated: object) -> Path:
    path = tmp_path / "four.json"
    path.write_text(stated if isinstance(stated, str) else json.dumps(stated), encoding="utf-8")
    return path


def test_a_published_file_is_read_and_answered(tmp_path: Path) -> None:
    (case,) = FAMILY.read(written(tmp_path, STATED), None)
    problem = case.problem
    assert (case.name, case.objective_name, case.units, case.is_synthetic) == (
        "four",
        "distance",
        ("0", "1", "2", "3"),
        False,
    )
    assert (problem.p, problem.demand, problem.upper, dict(case.notes)) == (
        2,
        (10, 20, 15, 10),
        (40,) * 4,
        {"demand_scale": 10},
    )
    solution = FAMILY.solve(problem, limits=Limits(), seed=1)
    assert (solution.status, solution.objective) == (Status.OPTIMAL, 2.0)
    assert solution.plan is not None
    assert FAMILY.violations(problem, solution.plan) == ()
    assert FAMILY.objective(problem, solution.plan) == 2.0
    answer = FAMILY.answer(case, Plan((0, 0, 3, 3)))
    assert answer == {
        "plan": [0, 0, 3, 3],
        "centers": [0, 3],
        "districts": [
            {"seat": "0", "members": ["0", "1"], "totals": {"demand": 30}},
            {"seat": "3", "members": ["2", "3"], "totals": {"demand": 25}},
        ],
    }


def test_p_may_be_left_out_when_opening_costs_decide(tmp_path: Path) -> None:
    stated = {k: v for k, v in STATED.items() if k != "p"} | {
        "opening": [20, 20, 20, 20],
        "lower": [1, 1, 1, 1],
    }
    (case,) = FAMILY.read(written(tmp_path, stated), None)
    assert (case.problem.p, case.problem.opening, case.problem.lower) == (None, (20.0,) * 4, (10,) * 4)


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"xy": [[0, 0], [1]]}, ["xy"]),
        ({"xy": [[0, 0], [1], [10, 0], [11, 1]]}, ["xy[1]"]),
        ({"demand": [1, 2, 3, "x"], "p": 0}, ["demand", "p"]),
        ({"capacity": [1, 2, 3]}, ["capacity"]),
        ({"capacity": None, "p": True}, ["{}", "p"]),
        ({"lower": [0, 0, 0, -1], "opening": {}}, ["lower", "opening"]),
        ({"n": 5}, ["xy", "demand", "capacity"]),
        ({"distance": "miles"}, ["distance"]),
    ],
)
def test_every_wrong_field_is_found(tmp_path: Path, change: dict[str, object], fields: list[str]) -> None:
    with pytest.raises(InputError) as refused:
        FAMILY.read(written(tmp_path, {**STATED, **change}), None)
    assert [f.subject[0] for f in refused.value.findings] == fields


def test_generated_towns_are_well_stated_and_equal_for_equal_seeds() -> None:
    first, second = FAMILY.generated(4), FAMILY.generated(4)
    assert [case.name for case in first] == ["town60_5_4", "town50_free_4", "matrix40_4_4"]
    assert all(case.is_synthetic and findings(case.problem) == () for case in first)
    here, there = first[0].problem.distance, second[0].problem.distance
    assert isinstance(here, Points) and isinstance(there, Points)
    assert np.array_equal(here.xy, there.xy)
    assert town(200, 10, seed=1).p == 10
