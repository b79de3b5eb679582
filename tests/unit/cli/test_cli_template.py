import csv


def test_the_name_of_the_file_tells_its_kind(call, tmp_path):
    result = call("template", tmp_path / "units.csv", "--json")
    assert result.code == 0
    assert result.json == {"file": str(tmp_path / "units.csv"), "kind": "units"}
    rows = list(csv.reader((tmp_path / "units.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert rows[0][:2] == ["code", "name"]


def test_the_kind_may_be_named_in_chinese_and_the_header_follows_the_language(call, tmp_path):
    result = call("template", "网格", tmp_path / "表.csv", "--lang", "zh")
    assert result.code == 0
    assert "名称" in (tmp_path / "表.csv").read_text(encoding="utf-8-sig").splitlines()[0]


def test_a_filled_template_can_be_imported(call, tmp_path):
    path = tmp_path / "units.csv"
    call("template", path, "--lang", "zh")
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    values = {"代码": "370503", "名称": "河口区", "层级": "county"}
    header = next(csv.reader(lines[:1]))
    with path.open("a", encoding="utf-8") as file:
        file.write(",".join(values.get(title, "") for title in header) + "\n")
    result = call("import", path, "--dry-run", "--json")
    assert result.code == 0, result.out
    assert result.json["new"] == {"Unit": 1}


def test_a_folder_that_is_missing_is_told_and_nothing_is_left(call, tmp_path):
    result = call("template", tmp_path / "none" / "units.csv", "--json")
    assert (result.code, result.error["code"]) == (5, "output_no_folder")
    assert list(tmp_path.iterdir()) == []
