"""The assignment family as the benchmark sees it: published files in, answers out, malformed files refused with findings."""

from __future__ import annotations

import json

import pytest

from orgraph.benchmark.families.assignment import FAMILY
from orgraph.errors import InputError
from orgraph.solver import Limits

DOCUMENT = {
    "name": "tiny",
    "agents": 2,
    "items": 3,
    "cost": [[1, 2, 3], [3, 2, 1]],
    "weight": [[2, 2, 2], [1, 1, 3]],
    "capacity": [4, 4],
    "published": "not looked at",
}


def written(tmp_path, **changes):
    path = tmp_path / "tiny.json"
    path.write_text(json.dumps({**DOCUMENT, **changes}), encoding="utf-8")
    return path


def test_a_file_is_read_solved_and_written_down(tmp_path):
    (case,) = FAMILY.read(written(tmp_path), None)
    solution = FAMILY.solve(case.problem, limits=Limits(), seed=0)
    assert (case.name, case.units, case.is_synthetic) == ("tiny", ("0", "1", "2"), False)
    assert solution.objective == 4.0
    assert solution.plan is not None
    assert FAMILY.objective(case.problem, solution.plan) == 4.0
    assert FAMILY.violations(case.problem, solution.plan) == ()
    answer = FAMILY.answer(case, solution.plan)
    assert answer["plan"] == list(solution.plan.agent)
    assert json.loads(json.dumps(answer)) == answer


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({"cost": "none", "capacity": [1.5, 2]}, ["entry_list", "entry_wholes"]),
        ({"cost": [[1, 2], [3, 2, 1]]}, ["entry_length"]),
        ({"agents": -1}, ["entry_whole", "entry_length", "entry_length", "entry_length"]),
        ({"weight": [[2, 2, 2.5], [1, 1, 3]]}, ["entry_wholes"]),
        ({"capacity": [4, 4, 4]}, ["entry_length"]),
        ({"items": 4}, ["entry_length"] * 4),
    ],
)
def test_malformed_files_are_refused_with_findings(tmp_path, changes, codes):
    with pytest.raises(InputError) as refused:
        FAMILY.read(written(tmp_path, **changes), None)
    assert [f.code.removeprefix("benchmark.") for f in refused.value.findings] == codes


def test_generated_instances_are_solved():
    cases = FAMILY.generated(3)
    assert [case.is_synthetic for case in cases] == [True] * 3
    for case in cases[1:]:
        solution = FAMILY.solve(case.problem, limits=Limits(time_s=20.0), seed=0)
        assert solution.plan is not None
        assert FAMILY.violations(case.problem, solution.plan) == ()
        assert len(FAMILY.answer(case, solution.plan)["plan"]) == len(case.units)
