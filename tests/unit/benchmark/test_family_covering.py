"""The covering family as the benchmark sees it: files read, refused with findings, solved, written down."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from orgraph.benchmark.families.covering import COVERING
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
        ({**JOINING, "members": [0, 0, 0], "prices": None}, None, {"plan": None}),
        ({**OPENING, "uncovered": 0}, 0.0, {"plan": [[], [1]], "new_groups": []}),
    ],
)
def test_a_file_is_read_solved_and_written_down(
    tmp_path: Path, content: object, objective: float | None, answer: object
) -> None:
    (case,) = COVERING.read(written(tmp_path, content), None)
    assert (case.name, case.is_synthetic) == ("town", False)
    solution = COVERING.solve(case.problem, limits=Limits(), seed=1)
    assert solution.objective == objective
    assert COVERING.answer(case, solution) == answer
    if solution.plan is not None:
        assert COVERING.violations(case.problem, solution.plan) == ()
        assert COVERING.objective(case.problem, solution.plan) == objective


def test_a_file_may_ask_for_generated_instances(tmp_path: Path) -> None:
    cases = COVERING.read(written(tmp_path, {"generate": {"units": 12, "seed": 1}}), None)
    assert [(c.name, c.objective_name, len(c.units)) for c in cases] == [
        ("joining_12_1", "joined", 12),
        ("opening_12_1", "new_groups", 12),
    ]
    assert all(c.is_synthetic for c in cases)


@pytest.mark.parametrize(
    ("content", "codes"),
    [
        ("{", {"instance.not_json"}),
        ({}, {"instance.field"}),
        ({"kind": "flying"}, {"instance.field"}),
        ({**JOINING, "edges": [[0]]}, {"instance.field"}),
        ({**JOINING, "edges": [[0, 7]], "members": [1]}, {"covering.edge_range", "covering.vector_shape"}),
        ({**JOINING, "least": True}, {"instance.field"}),
        ({**JOINING, "prices": 3}, {"instance.field"}),
        ({**OPENING, "groups": [3]}, {"instance.field"}),
        ({**OPENING, "groups": [{"id": "g", "units": [0], "existing": 1}]}, {"instance.field"}),
    ],
)
def test_a_malformed_file_is_refused_with_findings(tmp_path: Path, content: object, codes: set[str]) -> None:
    with pytest.raises(InputError) as caught:
        COVERING.read(written(tmp_path, content), None)
    assert {f.code for f in caught.value.findings} == codes
    assert all(f.text.zh and f.place and f.place.file == "town.json" for f in caught.value.findings)


def test_generated_instances_are_all_proven() -> None:
    cases = COVERING.generated(1)
    assert [case.problem for case in cases] == [case.problem for case in COVERING.generated(1)]
    for case in cases:
        solution = COVERING.solve(case.problem, limits=Limits(), seed=1)
        assert solution.status is Status.OPTIMAL
        assert solution.plan is not None
        assert COVERING.violations(case.problem, solution.plan) == ()


def test_warming_up_needs_no_file() -> None:
    COVERING.warm_up()
    assert COVERING.name == "covering"
