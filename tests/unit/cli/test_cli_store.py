"""Commands on a store: import, coverage, check, doctor, demo."""

import subprocess
import sys
from pathlib import Path

import pytest

UNITS = "code,name,level,parent_code\n370503,河口区,county,\n370503100,义和镇,town,370503\n"
VILLAGES = "code,name,level,parent_code\n370503100201,大牟村委会,village,370503100\n"
GRIDS = "code,name,kind,unit_code\nG1,大牟网格,base,370503100201\n"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("units.csv").write_text(UNITS + VILLAGES.partition("\n")[2], encoding="utf-8")
    Path("grids.csv").write_text(GRIDS, encoding="utf-8")
    return tmp_path


@pytest.fixture
def url(folder):
    return f"sqlite:///{folder.as_posix().lstrip('/')}/area.db"


def test_files_are_imported_and_looked_up(call, url):
    result = call("import", "units.csv", "grids.csv", "--store", url, "--json")
    assert result.code == 0
    assert result.json["new"] == {"Unit": 3, "Grid": 1}
    assert result.json["versions"] == {"370503": 1}
    result = call("coverage", "370503", "--store", url, "--json")
    assert [row["code"] for row in result.json["rows"]] == ["370503", "370503100", "370503100201"]
    assert result.json["is_synthetic"] is False
    [worker] = [g for g in result.json["gaps"] if g["measure"] == "grids_with_worker"]
    assert worker["nodes"] == [{"code": "G1", "name": "大牟网格"}]
    result = call("coverage", "370503", "--store", url, "--lang", "zh")
    assert "大牟网格 (G1)" in result.out
    assert call("check", "--store", url).code == 0


def test_what_files_name_may_be_in_the_store(call, url):
    assert call("import", "units.csv", "--store", url).code == 0
    assert call("import", "grids.csv", "--store", url, "--json").json["new"] == {"Grid": 1}


def test_what_is_nowhere_is_named_at_its_place_and_nothing_is_written(call, url, folder):
    result = call("import", "grids.csv", "--store", url, "--json")
    assert result.code == 1
    [finding] = result.error["findings"]
    assert (finding["code"], finding["place"]) == (
        "service.end_unknown",
        {"file": "grids.csv", "row": 2, "column": "unit_code"},
    )
    result = call("check", "--store", url, "--json")
    assert (result.code, result.json["num_nodes"]) == (0, 0)


def test_all_findings_come_at_once_and_nothing_is_written(call, url, folder):
    Path("units.csv").write_text(UNITS + "370503100202,b,hamlet,370503100\n370503,c,county,\n")
    Path("grids.csv").write_text(GRIDS.replace("base", "round"))
    result = call("import", "units.csv", "grids.csv", "--store", url, "--json")
    assert result.code == 1
    places = {(f["place"]["file"], f["place"]["row"]) for f in result.error["findings"]}
    assert places == {("units.csv", 4), ("units.csv", 5), ("grids.csv", 2)}
    assert not (folder / "area.db").exists()


def test_a_dry_run_leaves_the_store_as_it_was(call, url, folder):
    call("import", "units.csv", "--store", url)
    before = {path.name: path.read_bytes() for path in folder.iterdir() if path.suffix == ".db"}
    result = call("import", "grids.csv", "--store", url, "--dry-run", "--json")
    assert (result.code, result.json["dry_run"], result.json["new"]) == (0, True, {"Grid": 1})
    assert {path.name: path.read_bytes() for path in folder.iterdir() if path.suffix == ".db"} == before


def test_a_dry_run_makes_no_store(call, url, folder):
    assert call("import", "units.csv", "--store", url, "--dry-run").code == 0
    assert names(folder) == ["grids.csv", "units.csv"]


def test_the_kind_may_be_named(call, url):
    Path("list.csv").write_text(VILLAGES.replace("370503100\n", "\n"), encoding="gb18030")
    assert call("import", "list.csv", "--kind", "units", "--store", url, "--json").json["new"] == {"Unit": 1}


def test_an_unknown_unit_is_told(call, url):
    call("import", "units.csv", "--store", url)
    result = call("coverage", "370504", "--store", url, "--json")
    assert (result.code, result.error["code"]) == (1, "unit_unknown")


def test_reading_a_store_that_is_not_there_is_a_failed_environment(call, url, folder):
    for command in (("coverage", "370503"), ("check",)):
        result = call(*command, "--store", url, "--json")
        assert result.code == 5
    assert not (folder / "area.db").exists()


@pytest.mark.parametrize("address", ["nonsense", "sqlite://", "postgres://secret@host/area"])
def test_what_is_no_address_is_a_wrong_command_line(call, folder, address):
    result = call("check", "--store", address)
    assert result.code == 2
    assert "sqlite:///path/file.db" in result.err
    assert "secret" not in result.err


def test_an_address_that_cannot_be_opened_is_a_failed_environment(call, folder):
    result = call("check", "--store", "bolt://127.0.0.1:1/area", "--json")
    assert (result.code, result.error["code"]) == (5, "store_unreachable")


def test_a_file_that_is_no_store_is_told_and_left_alone(call, url, folder):
    (folder / "area.db").write_text("not a store, but text " * 100)
    result = call("import", "units.csv", "--store", url)
    assert result.code == 5
    assert (folder / "area.db").read_text() == "not a store, but text " * 100


WRITER = """
import asyncio, sys
from orgraph.store import PutNode, open_store
async def main():
    async with open_store(sys.argv[1]) as store:
        await store.ensure_schema()
        await store.apply([PutNode("Unit", "1", {"name": "a"})])
        print("writing", flush=True)
        sys.stdin.read()
asyncio.run(main())
"""


def test_a_second_writer_is_told_who_the_first_is_and_readers_go_on(call, url):
    command = [sys.executable, "-c", WRITER, url]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as first:
        assert first.stdout.readline() == "writing\n"
        result = call("import", "units.csv", "--store", url, "--lang", "zh")
        assert result.code == 5
        assert str(first.pid) in result.err
        assert call("coverage", "1", "--store", url).code == 0
        assert call("import", "units.csv", "--store", url, "--dry-run").code == 0
        doctor = call("doctor", "--store", url, "--json")
        assert str(first.pid) in doctor.out
        first.stdin.close()
    assert call("import", "units.csv", "--store", url).code == 0


def test_the_default_store_lies_in_the_data_folder(call, folder, monkeypatch):
    monkeypatch.setenv("ORGRAPH_DATA_DIR", str(folder / "new" / "data"))
    assert call("import", "units.csv").code == 0
    assert (folder / "new" / "data" / "orgraph.db").exists()
    assert call("coverage", "370503").code == 0


def test_doctor_tells_what_is_usable_and_makes_nothing(call, folder, monkeypatch):
    monkeypatch.setenv("ORGRAPH_DATA_DIR", str(folder / "data"))
    result = call("doctor", "--json")
    assert (result.code, result.json["usable"]) == (0, True)
    assert {check["level"] for check in result.json["checks"]} <= {"ok", "warn"}
    assert not (folder / "data").exists()


def test_doctor_tells_what_is_not(call, folder, monkeypatch):
    (folder / "file").write_text("")
    monkeypatch.setenv("ORGRAPH_WORKERS", "none")
    monkeypatch.setenv("ORGRAPH_STROE", "x")
    result = call("doctor", "--json", "--store", f"sqlite:///{folder}/file/area.db")
    assert result.code == 5
    levels = [(c["check"]["en"], c["level"]) for c in result.json["checks"] if c["level"] != "ok"]
    assert levels == [("Settings", "fail"), ("Settings", "warn"), ("Store", "fail")]
    assert "check(s) failed" in call("doctor").out


def test_the_demo_goes_through_the_store_and_leaves_nothing(call, folder, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr("tempfile.tempdir", None)
    result = call("demo", "glarus", "--json")
    assert result.code == 0
    assert result.json["plan"]["status"] == "OPTIMAL"
    assert result.json["store"] is None
    assert result.json["published"]["municipalities_before"]["own"] == 25
    assert names(folder) == ["grids.csv", "units.csv"]


def test_the_demo_of_a_real_merger_shows_the_optimum_of_each_measure_beside_it(call):
    result = call("demo", "glarus", "--json")
    optima = result.json["optima"]
    assert {name: (o["status"], round(o["objective"], 1)) for name, o in optima.items()} == {
        "distance": ("OPTIMAL", 3563.3),
        "border": ("OPTIMAL", 34235.9),
    }
    shown = call("demo", "glarus", "--lang", "en").out
    assert "41,449.8  34,235.9  proven optimal" in shown


def test_the_demo_keeps_its_store_when_asked(call, folder, monkeypatch):
    monkeypatch.setenv("ORGRAPH_DATA_DIR", str(folder / "data"))
    result = call("demo", "yihe", "--keep", "--lang", "zh")
    assert result.code == 0
    assert "已证明最优" in result.out
    assert "17,600" in result.out
    assert "仅供演示" in result.out
    [kept] = [line for line in result.out.splitlines() if line.startswith("存储已保留：")]
    looked_up = call("coverage", "370503100", "--store", kept.partition("：")[2], "--json")
    assert looked_up.json["is_synthetic"] is True
    assert len(looked_up.json["rows"]) == 47


def test_coverage_says_that_something_deep_below_was_generated(call, url):
    workers = "code,kind,unit_code,grid_codes,is_synthetic\nW1,base,370503100201,G1,{}\n"
    for flag in ("false", "true"):
        Path("workers.csv").write_text(workers.format(flag), encoding="utf-8")
        assert call("import", "units.csv", "grids.csv", "workers.csv", "--store", url).code == 0
        for options in ((), ("--level", "town")):
            found = call("coverage", "370503", *options, "--store", url, "--json")
            assert found.json["is_synthetic"] is (flag == "true")
            assert {row["is_synthetic"] for row in found.json["rows"]} == {flag == "true"}
        for lang, remark in (("zh", "仅供演示"), ("en", "for demonstration only")):
            shown = call("coverage", "370503", "--store", url, "--lang", lang).out
            assert (remark in shown) is (flag == "true")


def test_an_unknown_demo_names_the_nearest(call):
    result = call("demo", "yihee")
    assert result.code == 2
    assert "Did you mean 'yihe'?" in result.err
    assert "georgia, glarus, yihe" in result.err


def names(folder):
    return sorted(path.name for path in folder.iterdir())
