"""The benchmark around a family: what it collects, what it measures, what it draws, and the command."""

import json
from dataclasses import replace
from pathlib import Path
from threading import Event
from xml.etree import ElementTree

import pytest
from square_files import SQUARE, square

from orgraph.benchmark import FAMILIES, cases_of_files, draw, family, generated_cases, measure
from orgraph.cli.program import run
from orgraph.errors import InputError
from orgraph.solver import Limits, Status

DISTRICTING = family("districting")
SHORT = Limits(time_s=20)


def measured(path, **changes):
    (case,) = cases_of_files(DISTRICTING, [path], None)
    return measure(replace(DISTRICTING, **changes), case, SHORT, seed=1)


def test_a_folder_stands_for_its_files_in_their_order(tmp_path):
    for name in ("b.json", "a.json"):
        square(tmp_path / "all" / "cut_edges", name, name=name)
    square(tmp_path / "all" / "moment_hop", "c.json", name="c.json")
    (tmp_path / "all" / "README.md").write_text("no instance", encoding="utf-8")
    cases = cases_of_files(DISTRICTING, [tmp_path / "all"], None)
    assert [(case.name, case.objective_name) for case in cases] == [
        ("a.json", "cut_edges"),
        ("b.json", "cut_edges"),
        ("c.json", "moment_hop"),
    ]


def test_all_that_is_wrong_is_told_at_once(tmp_path):
    folder = tmp_path / "cut_edges"
    wrong = square(folder, "wrong.json", k=0)
    twice = square(folder, "twice.json", edges=[[0, 1], [1, 0], [1, 2], [2, 3]])
    with pytest.raises(InputError) as caught:
        cases_of_files(DISTRICTING, [wrong, twice, tmp_path / "missing.json"], None)
    codes = [finding.code for finding in caught.value.findings]
    assert codes == ["benchmark.entry_whole", "benchmark.path_empty", "districting.edge_repeated"]
    assert caught.value.findings[0].place.file == "wrong.json"


def test_a_name_chooses_a_generated_instance():
    small = generated_cases(DISTRICTING, [], seed=1)
    assert [c.name for c in generated_cases(DISTRICTING, [small[1].name], seed=1)] == [small[1].name]
    with pytest.raises(InputError) as caught:
        generated_cases(DISTRICTING, ["nowhere"], seed=1)
    assert small[0].name in caught.value.findings[0].text.en


def test_a_larger_instance_is_made_only_when_it_is_asked_for():
    case = DISTRICTING.generated(1)[0]
    made = []

    def make():
        made.append("large")
        return replace(case, name="large")

    wider = replace(DISTRICTING, larger=lambda seed: {"large": make})
    assert "large" not in [c.name for c in generated_cases(wider, [], seed=1)]
    assert made == []
    assert [c.name for c in generated_cases(wider, ["large"], seed=1)] == ["large"]


def test_the_answer_is_that_of_the_contract(tmp_path):
    answer = measured(square(tmp_path / "cut_edges")).to_json()
    assert answer["instance"] == "square"
    assert (answer["family"], answer["objective_name"]) == ("districting", "cut_edges")
    assert (answer["status"], answer["objective"], answer["bound"], answer["gap"]) == (
        "OPTIMAL",
        2.0,
        2.0,
        0.0,
    )
    assert (answer["seed"], answer["workers"], answer["checked"]) == (1, 1, True)
    assert answer["units"] == ["0", "1", "2", "3"]
    assert sorted(answer["plan"]) == [0, 0, 1, 1]
    assert answer["centers"] is None
    assert answer["terms"] == {"cut_edges": 2.0}
    assert answer["published"] == SQUARE["published"]


def test_published_values_are_read_after_solving(tmp_path):
    path = square(tmp_path / "cut_edges")

    def solve(problem, **asked):
        path.write_text(json.dumps({**SQUARE, "published": {"best_known": 7}}), encoding="utf-8")
        return DISTRICTING.solve(problem, **asked)

    found = measured(path, solve=solve)
    assert found.published_best == 7.0
    assert found.distance_to_published == pytest.approx(-5 / 7)


def test_a_plan_that_the_checker_does_not_confirm_is_not_called_checked(tmp_path):
    path = square(tmp_path / "cut_edges")
    assert measured(path).is_checked
    assert not measured(path, violations=lambda problem, plan: ("broken",)).is_checked
    assert not measured(path, objective=lambda problem, plan: 3.0).is_checked


def test_without_a_plan_there_are_reasons(tmp_path):
    answer = measured(square(tmp_path / "cut_edges", L=30, U=31)).to_json()
    assert (answer["status"], answer["plan"], answer["objective"], answer["bound"]) == (
        "INFEASIBLE",
        None,
        None,
        None,
    )
    assert answer["reasons"]
    assert answer["checked"] is False


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_chart_is_a_picture_without_outside_addresses(tmp_path, lang):
    odd = square(tmp_path / "cut_edges", "odd.json", name='<村> & "合"')
    impossible = square(tmp_path / "cut_edges", "none.json", L=30, U=31)
    picture = draw([measured(odd), measured(impossible)], lang)
    tree = ElementTree.fromstring(picture)
    written = [node.text for node in tree.iter() if node.tag.endswith("text")]
    assert '<村> & "合": OPTIMAL' in written
    assert "square: INFEASIBLE" in written
    assert picture.count("http") == 1
    lines = [node for node in tree.iter() if node.tag.endswith("polyline")]
    assert len(lines) > 5


def test_every_family_can_be_tried_without_files():
    for name in FAMILIES:
        assert family(name).name == name
        cases = family(name).generated(1)
        assert cases
        assert all(case.is_synthetic and not family(name).findings(case.problem) for case in cases)


@pytest.fixture
def bench(capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)

    def called(*arguments):
        capsys.readouterr()
        code = run(["bench", *(str(argument) for argument in arguments), "--lang", "en"])
        return code, *capsys.readouterr()

    return called


def test_the_command_prints_and_writes(bench, tmp_path):
    square(tmp_path / "cut_edges")
    code, out, err = bench("districting", "cut_edges", "--time-limit", "20", "--out", "b.json")
    assert code == 0
    assert "square" in out
    assert "proven optimal" in out
    assert "[1/1] square" in err
    (answer,) = json.loads(Path("b.json").read_text(encoding="utf-8"))
    assert answer["published"]["best_known"] == 2
    assert Path("b.svg").read_text(encoding="utf-8").startswith("<svg")
    code, out, _ = bench("districting", "cut_edges", "--time-limit", "20", "--json")
    assert [each["instance"] for each in json.loads(out)] == ["square"]


def test_the_worst_instance_decides_the_exit_code(bench, tmp_path):
    square(tmp_path / "cut_edges", "a.json")
    square(tmp_path / "cut_edges", "b.json", L=30, U=31)
    code, out, _ = bench("districting", "cut_edges", "--time-limit", "20")
    assert code == 3
    assert "proven: no plan exists" in out


def test_bad_calls_are_refused_before_anything_is_solved(bench, tmp_path):
    path = square(tmp_path / "cut_edges")
    assert bench("sorting")[0] == 2
    assert bench("districting", path, "--case", "synthetic30_cut_edges")[0] == 2
    assert bench("districting", path, "--out", path)[0] == 2
    assert bench("districting", path, "--out", "b.svg")[0] == 2
    code, _, err = bench("districting", "nowhere")
    assert code == 1
    assert "nowhere" in err
    assert json.loads(path.read_text(encoding="utf-8")) == SQUARE


def test_a_stopped_solve_keeps_what_it_has(tmp_path):
    (case,) = cases_of_files(DISTRICTING, [square(tmp_path / "cut_edges")], None)
    stop = Event()
    stop.set()
    found = measure(DISTRICTING, case, Limits(time_s=20, stop=stop), seed=1)
    assert found.solution.status in (Status.INTERRUPTED, Status.OPTIMAL)
