"""The matching family as the benchmark sees it: files read, refused with findings, solved, written down."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from orgraph.benchmark import cases_of_files
from orgraph.benchmark.families.matching import FAMILY, OBJECTIVES
from orgraph.errors import InputError
from orgraph.solver import Limits, Status

TOWN = {
    "name": "town",
    "objectives": ["weight", "stability"],
    "left": {"ids": ["A", "B"], "lower": [0, 0], "upper": [1, 1], "rank": [0, 1, 0, 1]},
    "right": {"ids": ["x", "y"], "lower": [0, 0], "upper": [1, 1]},
    "pairs": [[0, 0, 9], [0, 1, 6], [1, 0, 6], [1, 1, 1]],
}


def written(folder: Path, content: object) -> Path:
    path = folder / "town.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


def test_a_file_is_read_solved_and_written_down(tmp_path: Path) -> None:
    weight, stability = FAMILY.read(written(tmp_path, TOWN), None)
    assert (weight.name, weight.objective_name, weight.units) == ("town", "weight", ("A", "B"))
    solution = FAMILY.solve(weight.problem, limits=Limits(), seed=1)
    assert solution.plan is not None
    assert FAMILY.violations(weight.problem, solution.plan) == ()
    assert FAMILY.objective(weight.problem, solution.plan) == solution.objective == -12.0
    assert FAMILY.answer(weight, solution.plan) == {
        "plan": [[1], [0]],
        "pairs": 2,
        "weight": 12,
        "blocking_pairs": 1,
    }
    assert FAMILY.solve(stability.problem, limits=Limits(), seed=1).objective == 0.0


def test_categories_and_locks_are_read(tmp_path: Path) -> None:
    money = {
        "categories": ["money"],
        "kept": [3],
        "forbidden": [1],
        "pairs": [[*p, 0] for p in TOWN["pairs"]],
    }
    sides = {end: {**TOWN[end], "amount": [[1], [1]]} for end in ("left", "right")}
    case = FAMILY.read(written(tmp_path, {**TOWN, **money, **sides}), None)[0]
    assert case.problem.kept == {3}
    solution = FAMILY.solve(case.problem, limits=Limits(), seed=1)
    assert FAMILY.answer(case, solution.plan)["plan"] == [[0], [1]]
    impossible = FAMILY.read(written(tmp_path, {**TOWN, "kept": [0], "forbidden": [0]}), None)[0]
    refused = FAMILY.solve(impossible.problem, limits=Limits(), seed=1)
    assert refused.status is Status.INFEASIBLE


def test_a_file_may_ask_for_generated_instances(tmp_path: Path) -> None:
    size = {"agents": 6, "candidates": 3, "quota": 2, "seed": 1}
    (case,) = FAMILY.read(written(tmp_path, {"generate": size, "objectives": ["weight"]}), None)
    assert (len(case.units), case.is_synthetic) == (6, True)


@pytest.mark.parametrize(
    ("content", "codes"),
    [
        ({}, {"benchmark.entry_missing"}),
        ({**TOWN, "pairs": [[0]]}, {"benchmark.entry_columns"}),
        ({**TOWN, "pairs": [[0, 5, 1]]}, {"matching.pair_range", "matching.rank_shape"}),
        ({**TOWN, "pairs": [[0, 0, 10**30]]}, {"benchmark.entry_wholes"}),
        ({**TOWN, "left": {**TOWN["left"], "amount": [[1], []]}}, {"benchmark.entry_columns"}),
        ({**TOWN, "objectives": ["speed"]}, {"benchmark.entry_choice"}),
        ({**TOWN, "name": 3}, {"benchmark.entry_text"}),
        ({"generate": {"agents": 0}}, {"benchmark.entry_whole", "benchmark.entry_missing"}),
    ],
)
def test_a_malformed_file_is_refused_with_findings(tmp_path: Path, content: object, codes: set[str]) -> None:
    with pytest.raises(InputError) as caught:
        cases_of_files(FAMILY, [written(tmp_path, content)], None)
    assert {f.code for f in caught.value.findings} == codes
    assert all(f.text.zh and f.place and f.place.file == "town.json" for f in caught.value.findings)


def test_generated_instances_are_all_proven() -> None:
    cases = FAMILY.generated(1)
    assert {case.objective_name for case in cases} == set(OBJECTIVES)
    for case in cases:
        assert case.is_synthetic
        solution = FAMILY.solve(case.problem, limits=Limits(), seed=1)
        assert solution.status is Status.OPTIMAL
        assert solution.plan is not None
        assert FAMILY.violations(case.problem, solution.plan) == ()
    assert FAMILY.generated(1)[0].problem.pairs.weight.tolist() == cases[0].problem.pairs.weight.tolist()
