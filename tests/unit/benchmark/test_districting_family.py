"""The districting family of the benchmark: what it reads, and what it refuses."""

import json

import pytest

from orgraph.benchmark.families.districting import FAMILY
from orgraph.errors import InputError
from orgraph.solver.solution import Limits, Status

SQUARE = {
    "name": "square",
    "n": 4,
    "k": 2,
    "L": 20,
    "U": 21,
    "population": [10, 10, 10, 11],
    "xy": [[0, 0], [1, 0], [1, 1], [0, 1]],
    "edges": [[0, 1], [1, 2], [2, 3], [0, 3]],
    "published": "never read",
}


def instance(folder, **changes):
    folder.mkdir(exist_ok=True)
    path = folder / "square.json"
    path.write_text(json.dumps({**SQUARE, **changes}), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("folder", "optimum"), [("cut_edges", 2.0), ("moment_hop", 20.0), ("moment_km", 0.2472)]
)
def test_the_folder_tells_the_objective(tmp_path, folder, optimum):
    (case,) = FAMILY.read(instance(tmp_path / folder), None)
    assert (case.name, case.objective_name, case.units) == ("square", folder, ("0", "1", "2", "3"))
    assert case.problem.bounds("population") == (20, 21)
    solution = FAMILY.solve(case.problem, limits=Limits(time_s=10), seed=0)
    assert solution.status is Status.OPTIMAL
    assert solution.objective == pytest.approx(optimum, rel=1e-3)
    assert FAMILY.objective(case.problem, solution.plan) == solution.objective
    assert FAMILY.violations(case.problem, solution.plan) == ()
    answer = FAMILY.answer(case, solution)
    assert answer["plan"] == list(solution.plan.district)
    assert (answer["centers"] is None) is (folder == "cut_edges")
    assert [d["totals"]["population"] for d in answer["districts"]] in ([20, 21], [21, 20])
    assert sorted(m for d in answer["districts"] for m in d["members"]) == ["0", "1", "2", "3"]


@pytest.mark.parametrize(
    ("changes", "subjects"),
    [
        ({"n": 5}, ["population", "xy"]),
        ({"k": 0, "edges": [[0, 0]]}, ["edges", "k"]),
        ({"edges": [[0, 1], [1, 0]]}, ["edges"]),
        ({"population": [1, 2, 3, -4]}, ["population"]),
        ({"L": "20", "U": None}, ["L", "U"]),
        ({"xy": [[0, 0]]}, ["xy"]),
    ],
)
def test_every_wrong_field_is_named(tmp_path, changes, subjects):
    with pytest.raises(InputError) as caught:
        FAMILY.read(instance(tmp_path / "moment_km", **changes), None)
    found = caught.value.findings
    assert sorted(f.subject[0] for f in found if f.subject) == subjects
    assert all(f.text.zh and f.text.en for f in found)


@pytest.mark.parametrize("text", ["", "[]", "{", "\ud800"])
def test_what_is_no_instance_is_a_finding(tmp_path, text):
    path = tmp_path / "broken.json"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    with pytest.raises(InputError) as caught:
        FAMILY.read(path, None)
    assert len(caught.value.findings) == 1


def test_an_unknown_folder_tells_no_objective(tmp_path):
    with pytest.raises(InputError) as caught:
        FAMILY.read(instance(tmp_path / "elsewhere"), None)
    assert [f.code for f in caught.value.findings] == ["districting.instance_folder"]


def test_a_map_is_read_with_its_edges_and_configuration(tmp_path):
    units, edges, config = (tmp_path / name for name in ("row.csv", "row_edges.csv", "plan.toml"))
    units.write_text(
        "code,name,population,lon,lat\nA,Aa,10,0,0\nB,Bb,10,0.1,0\nC,Cc,10,0.2,0\nD,Dd,10,0.3,0\n", "utf-8"
    )
    edges.write_text("a,b,shared_border_m\nA,B,5\nB,C,2\nC,D,5\n", "utf-8")
    config.write_text('k = 2\nobjective = ["border", "distance"]\n', "utf-8")
    (case,) = FAMILY.read(units, config)
    assert (case.name, case.objective_name, case.problem.k) == ("row", "border", 2)
    solution = FAMILY.solve(case.problem, limits=Limits(time_s=10), seed=0)
    assert solution.objective == 2.0
    assert [d["members"] for d in FAMILY.answer(case, solution)["districts"]] == [["A", "B"], ["C", "D"]]


def test_a_map_without_edges_or_configuration_names_both(tmp_path):
    with pytest.raises(InputError) as caught:
        FAMILY.read(tmp_path / "row.csv", tmp_path / "plan.toml")
    assert {f.place.file for f in caught.value.findings} == {"row.csv", "row_edges.csv", "plan.toml"}


def test_generated_maps_are_the_same_for_a_seed():
    first, again, other = FAMILY.generated(1), FAMILY.generated(1), FAMILY.generated(2)
    assert [c.name for c in first] == [c.name for c in other]
    assert [c.problem.weights for c in first] == [c.problem.weights for c in again]
    assert [c.problem.weights for c in first] != [c.problem.weights for c in other]
    assert all(c.is_synthetic and c.path is None for c in first)
