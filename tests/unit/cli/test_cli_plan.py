import json
from pathlib import Path

import pytest

UNITS = """code,name,population
01,一村,100
02,二村,100
03,三村,100
04,四村,100
"""
EDGES = """a,b
01,02
02,03
03,04
"""


@pytest.fixture
def files(tmp_path, monkeypatch):
    """Four villages in a row, a hundred people each; two new villages have one best plan by border."""
    monkeypatch.chdir(tmp_path)
    Path("units.csv").write_text(UNITS, encoding="utf-8")
    Path("edges.csv").write_text(EDGES, encoding="utf-8")
    return tmp_path


def plan(call, *further):
    asked = ("--units", "units.csv", "--edges", "edges.csv", "--objective", "border", "--k", "2", *further)
    return call("plan", "restructure", *asked)


def test_a_plan_is_printed_with_its_certificate(call, files):
    result = plan(call, "--lang", "zh")
    assert result.code == 0
    assert "已证明最优" in result.out
    assert "OPTIMAL" in result.out
    assert "独立检验" in result.out
    result = plan(call, "--lang", "en")
    assert "proven optimal" in result.out


def test_the_json_answer_is_that_of_the_contract(call, files):
    result = plan(call, "--json")
    assert result.err == ""
    answer = result.json
    assert answer["instance"] == "units"
    assert answer["family"] == "districting"
    assert answer["status"] == "OPTIMAL"
    assert answer["checked"] is True
    assert (answer["objective"], answer["bound"], answer["gap"]) == (1.0, 1.0, 0.0)
    assert answer["plan"] == [0, 0, 1, 1]
    assert [d["totals"]["population"] for d in answer["districts"]] == [200, 200]


def test_the_answer_and_the_page_are_written_whole(call, files):
    result = plan(call, "--json", "--out", "plan.json", "--report", "plan.html")
    assert json.loads(Path("plan.json").read_text(encoding="utf-8")) == result.json
    assert Path("plan.html").read_text(encoding="utf-8").rstrip().endswith("</html>")
    assert names(Path()) == ["edges.csv", "plan.html", "plan.json", "units.csv"]


def test_a_proof_that_no_plan_exists_has_its_own_exit_code_and_reasons(call, files):
    Path("plan.toml").write_text('[units]\ntogether=[["01","02"]]\napart=[["01","02"]]\n')
    result = plan(call, "--config", "plan.toml", "--json", "--out", "plan.json")
    assert result.code == 3
    assert result.json["status"] == "INFEASIBLE"
    assert result.json["plan"] is None
    assert sorted(r["rule"] for r in result.json["reasons"]) == ["apart", "together"]
    assert json.loads(Path("plan.json").read_text(encoding="utf-8")) == result.json
    shown = plan(call, "--config", "plan.toml", "--lang", "zh")
    assert shown.code == 3
    assert "一村 (01)" in shown.out


def test_flags_override_the_configuration(call, files):
    Path("plan.toml").write_text('k = 4\nobjective = "change"\n[balance]\npopulation = 0.5\n')
    assert plan(call, "--config", "plan.toml", "--json").json["objective_name"] == "border"


def test_everything_wrong_with_files_and_options_comes_at_once_and_nothing_is_written(call, files):
    Path("units.csv").write_text(UNITS.replace("100\n02", "many\n02").replace("03,三村", "02,三村"))
    Path("edges.csv").write_text(EDGES + "01,99\n")
    Path("plan.toml").write_text('[units]\nseats="01"\n[alternatives]\ndiffer=7\n')
    wrong = ("--config", "plan.toml", "--balance", "population=wide", "--objective", "distanze")
    result = plan(call, *wrong, "--json", "--out", "plan.json")
    assert result.code == 1
    assert result.error["code"] == "invalid_input"
    places = {(f["place"].get("file"), f["place"].get("row")) for f in result.error["findings"]}
    assert {("units.csv", 2), ("units.csv", 4), ("edges.csv", 5)} <= places
    at = {f["numbers"].get("at") for f in result.error["findings"]}
    assert {"units.seats", "alternatives.differ", "balance.population", "objective"} <= at
    assert not Path("plan.json").exists()
    text = plan(call, *wrong, "--lang", "zh").err
    assert "units.csv 第 2 行" in text
    assert text.count("错误 [") == len(result.error["findings"])


def test_an_unknown_code_in_the_options_is_a_finding(call, files):
    Path("plan.toml").write_text('[units]\nseats=["01","77"]\nrefuse=["78"]\n')
    result = plan(call, "--config", "plan.toml", "--json")
    assert result.code == 1
    errors = [f for f in result.error["findings"] if f["severity"] == "error"]
    assert {(f["code"], f["numbers"]["code"]) for f in errors} == {
        ("planning.unit_unknown", "77"),
        ("planning.unit_unknown", "78"),
    }


def test_unknown_codes_are_told_beside_options_that_cannot_be_read(call, files):
    Path("plan.toml").write_text('date="some day"\n[units]\nrefuse=["78"]\n')
    found = plan(call, "--config", "plan.toml", "--json").error["findings"]
    assert [f["code"] for f in found] == ["planning.option_date", "planning.unit_unknown"]


@pytest.mark.parametrize(
    ("content", "code", "row"),
    [
        (b"k = \n", "exchange.config_unreadable", 1),
        ("[单位]\n".encode("gbk"), "exchange.config_encoding", None),
    ],
)
def test_a_configuration_that_cannot_be_read_is_a_finding(call, files, content, code, row):
    Path("plan.toml").write_bytes(content)
    found = plan(call, "--config", "plan.toml", "--json").error["findings"]
    assert [(f["code"], f["place"].get("row")) for f in found] == [(code, row)]


def test_a_missing_configuration_is_a_finding(call, files):
    result = plan(call, "--config", "none.toml", "--json")
    assert result.code == 1
    assert [f["code"] for f in result.error["findings"]] == ["exchange.config_missing"]


def test_a_missing_table_is_a_finding(call, files):
    Path("units.csv").unlink()
    result = plan(call, "--json")
    assert result.code == 1
    assert result.error["findings"][0]["place"]["file"] == "units.csv"


def test_a_file_in_gb18030_gives_the_same_plan(call, files):
    first = plan(call, "--json").json
    Path("units.csv").write_text(UNITS.replace("一村", "㙍㐂村"), encoding="gb18030")
    again = plan(call, "--json").json
    assert again["plan"] == first["plan"]
    assert "㙍㐂村" in plan(call, "--lang", "zh").out


@pytest.mark.parametrize("option", ["--out", "--report"])
def test_an_output_that_cannot_be_written_is_told_before_the_work(call, files, option):
    result = plan(call, option, Path("none") / "plan.json", "--json")
    assert result.code == 5
    assert result.error["code"] == "output_no_folder"
    assert names(Path()) == ["edges.csv", "units.csv"]


def test_a_full_disk_is_told(call, files):
    result = plan(call, "--out", "/dev/full", "--lang", "zh")
    assert result.code == 5
    assert "磁盘空间不足" in result.err


def test_alternatives_are_listed(call, files):
    result = plan(call, "--balance", "population=0.5", "--alternatives", 1, "--differ", 0.25, "--json")
    assert [a["status"] for a in result.json["alternatives"]] == ["OPTIMAL"]
    text = plan(call, "--balance", "population=0.5", "--alternatives", 1, "--differ", 0.25, "--lang", "zh")
    assert "备选 1" in text.out


def test_warnings_of_the_files_travel_with_the_plan(call, files):
    Path("units.csv").write_text(UNITS + "05,孤村,1\n", encoding="utf-8")
    Path("plan.toml").write_text('[units]\nrefuse=["05"]\n')
    result = plan(call, "--config", "plan.toml", "--json")
    assert result.code == 0
    assert "exchange.islands" in [f["code"] for f in result.json["findings"]]
    assert result.json["refused"] == ["05"]
    assert "孤村" in plan(call, "--config", "plan.toml").out


def names(folder):
    return sorted(path.name for path in folder.iterdir())
