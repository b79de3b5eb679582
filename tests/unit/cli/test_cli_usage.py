import pytest


@pytest.mark.parametrize(
    ("arguments", "en", "zh"),
    [
        ((), "No command is given.", "没有写明命令。"),
        (("plan",), "No command is given.", "没有写明命令。"),
        (("demox",), "no command 'demox'. Did you mean 'demo'?", "没有“demox”这个命令。是否要写“demo”？"),
        (("check", "--stroe", "x"), "no option --stroe. Did you mean '--store'?", "没有 --stroe 这个选项。"),
        (("check", "--store"), "Option --store is not used correctly", "选项 --store 的写法不对"),
        (("check", "rest"), "Surplus arguments: rest.", "多余的参数：rest。"),
        (("coverage",), "CODE is missing.", "缺少 CODE。"),
        (("import",), "FILE... is missing.", "缺少 FILE...。"),
        (("import", "a.csv", "--kind", "unit"), "Did you mean 'units'?", "是否要写“units”？"),
        (("demo", "--time-limit", "0"), "'0' is not a number of seconds above 0.", "不是大于 0 的秒数"),
        (("demo", "--time-limit", "nan"), "not a number of seconds", "不是大于 0 的秒数"),
        (("demo", "--workers", "1.5"), "'1.5' is not a whole number from 1.", "不是不小于 1 的整数"),
        (("plan", "restructure", "--k", "0"), "--k cannot be used: '0' is not", "--k 的值不可用"),
        (("plan", "restructure", "--k", "6"), "Name it with --units.", "请用 --units 指定文件。"),
        (("template", "units.xlsx"), "Empty files come as CSV for now", "目前只提供 CSV"),
        (("template", "a", "b", "c.csv"), "Write [KIND] FILE.csv", "请写出 [KIND] FILE.csv"),
        (("template", "things", "a.csv"), "There is no kind 'things'.", "没有“things”这种表。"),
        (("template", "a.csv"), "does not tell the kind", "看不出表的种类"),
        (("--lang", "fr", "check"), "--lang cannot be used: 'fr' is not one of: zh, en.", ""),
    ],
)
def test_a_wrong_command_line_is_told_in_the_callers_language(call, arguments, en, zh):
    result = call(*arguments)
    assert result.code == 2
    assert result.out == ""
    assert result.err.startswith("Error: ")
    assert en in result.err
    assert "--help" in result.err
    if zh:
        result = call("--lang", "zh", *arguments)
        assert result.code == 2
        assert result.err.startswith("错误：")
        assert zh in result.err


def test_a_wrong_command_line_is_json_in_both_languages_when_asked(call):
    result = call("demox", "--json")
    assert result.code == 2
    assert result.err == ""
    assert result.error["code"] == "usage"
    assert "demox" in result.error["text"]["zh"]
    assert "demox" in result.error["text"]["en"]
    assert result.error["findings"] == []


def test_options_may_stand_before_or_after_the_command(call):
    before, after = call("--lang", "zh", "check", "--help"), call("check", "--help", "--lang=zh")
    assert before.out == after.out
    assert "用法" in before.out


def test_the_language_is_told_by_the_setting_then_by_the_locale(call, monkeypatch):
    assert "Usage" in call("--help").out
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.setenv(name, "zh_CN.UTF-8")
    assert "用法" in call("--help").out
    monkeypatch.setenv("ORGRAPH_LANG", "en")
    assert "Usage" in call("--help").out


def test_an_input_is_never_overwritten(call, tmp_path):
    units = tmp_path / "units.csv"
    units.write_text("code,name\n1,a\n")
    result = call("plan", "restructure", "--units", units, "--k", "1", "--out", units)
    assert result.code == 2
    assert "would be overwritten" in result.err
    assert units.read_text() == "code,name\n1,a\n"


def test_two_outputs_need_two_files(call, tmp_path):
    asked = ("--units", tmp_path / "units.csv", "--k", "1")
    same = ("--out", tmp_path / "x", "--report", tmp_path / "." / "x")
    assert call("plan", "restructure", *asked, *same).code == 2


def test_bad_settings_are_findings_and_help_works_all_the_same(call, monkeypatch):
    monkeypatch.setenv("ORGRAPH_WORKERS", "many")
    monkeypatch.setenv("ORGRAPH_TIME_LIMIT", "-1")
    result = call("check", "--json")
    assert result.code == 1
    assert result.error["code"] == "invalid_settings"
    assert [f["subject"] for f in result.error["findings"]] == [["ORGRAPH_TIME_LIMIT"], ["ORGRAPH_WORKERS"]]
    assert call("check", "--help").code == 0
