"""The covering family as the benchmark sees it: files read, refused with findings, solved, written down."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from orgraph.benchmark import cases_of_files
from orgraph.benchmark.families.covering import FAMILY
from orgraph.errors import InputError
from orgraph.solver import Limits, Status

JOINING = {
    "kind": "joining",
    "name": "town",
    "ids": ["a", "b", "c"],
    "edges": [[0, 1], [1, 2]],
    "members": [1, 1, 1],
    "sectors": ["s", "s", "t"],
    "prices": {"alone": 100},
}
OPENING = {
    "kind": "opening",
    "ids": ["a", "b"],
    "needs": [1, 1],
    "groups": [{"id": "g", "units": [0, 1], "capacity": 2}, {"id": "h", "units": [1], "existing": True}],
}


def written(folder: Path, content: object) -> Path:
    path = folder / "town.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("content", "objective", "answer"),
    [
        (JOINING, 11.0, {"plan": [0, 0, 0], "sets": 1}),
        ({**JOINING, "members": [0, 0, 0]}, 300.0, {"plan": [None, None, None], "sets": 0}),
        ({**JOINING, "members": [0, 0, 0], "prices": None}, None, None),
        ({**OPENING, "uncovered": 0}, 0.0, {"plan": [[], [1]], "new_groups": []}),
    ],
)
def test_a_file_is_read_solved_and_written_down(
    tmp_path: Path, content: object, objective: float | None, answer: object
) -> None:
    (case,) = FAMILY.read(written(tmp_path, content), None)
    assert (case.name, case.is_synthetic) == ("town", False)
    solution = FAMILY.solve(case.problem, limits=Limits(), seed=1)
    assert solution.objective == objective
    assert (solution.plan is None) is (answer is None)
    if solution.plan is not None:
        assert FAMILY.answer(case, solution.plan) == answer
        assert FAMILY.violations(case.problem, solution.plan) == ()
        assert FAMILY.objective(case.problem, solution.plan) == objective


def test_a_file_may_ask_for_generated_instances(tmp_path: Path) -> None:
    cases = FAMILY.read(written(tmp_path, {"generate": {"units": 12, "seed": 1}}), None)
    assert [(c.name, c.objective_name, len(c.units)) for c in cases] == [
        ("joining_12_1", "joined", 12),
        ("opening_12_1", "new_groups", 12),
    ]
    assert all(c.is_synthetic for c in cases)


@pytest.mark.parametrize(
    ("content", "codes"),
    [
        ({}, {"benchmark.entry_missing"}),
        ({"kind": "flying"}, {"benchmark.entry_choice", "benchmark.entry_missing"}),
        ({**JOINING, "edges": [[0]]}, {"benchmark.entry_pair"}),
        ({**JOINING, "edges": [[0, 7]]}, {"benchmark.entry_pair"}),
        ({**JOINING, "members": [1]}, {"covering.vector_shape"}),
        ({**JOINING, "least": True}, {"benchmark.entry_whole"}),
        ({**JOINING, "prices": 3}, {"benchmark.entry_object"}),
        ({**OPENING, "groups": [3]}, {"benchmark.entry_object"}),
        ({**OPENING, "groups": [{"id": "g", "units": [0], "existing": 1}]}, {"benchmark.entry_flag"}),
    ],
)
def test_a_malformed_file_is_refused_with_findings(tmp_path: Path, content: object, codes: set[str]) -> None:
    with pytest.raises(InputError) as caught:
        cases_of_files(FAMILY, [written(tmp_path, content)], None)
    assert {f.code for f in caught.value.findings} == codes
    assert all(f.text.zh and f.place and f.place.file == "town.json" for f in caught.value.findings)


def test_generated_instances_are_all_proven() -> None:
    cases = FAMILY.generated(1)
    assert [case.problem for case in cases] == [case.problem for case in FAMILY.generated(1)]
    for case in cases:
        solution = FAMILY.solve(case.problem, limits=Limits(), seed=1)
        assert solution.status is Status.OPTIMAL
        assert solution.plan is not None
        assert FAMILY.violations(case.problem, solution.plan) == ()
