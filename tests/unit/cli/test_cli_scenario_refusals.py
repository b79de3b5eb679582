"""What the commands on scenarios refuse, with which exit code, and that nothing is written then."""

import pytest
from scenario_towns import TOWN, VILLAGES, Loop, imported, write

A, B = VILLAGES[:2]


@pytest.fixture
def loop(call, tmp_path):
    return Loop(call, imported(call, tmp_path, f"sqlite:///{tmp_path / 'town.db'}")).created()


@pytest.fixture
def solved(loop):
    loop.on("run")
    return loop


def revision(loop):
    return loop.on("show", by="")["scenario"]["revision"]


def test_who_does_it_must_be_said(loop):
    for arguments in (("run", loop.code), ("create", TOWN, "--name", "x", "--k", 2)):
        assert loop(*arguments, by="").code == 2
    assert loop("rebase", loop.code, by=" ").code == 2
    assert loop("compare", loop.code, "--reason", "x", by="").code == 2


def test_everything_wrong_with_what_is_asked_comes_at_once(loop):
    result = loop("create", TOWN, "--name", "x", "--k", 9, "--objective", "nearness", "--balance", "gold=1")
    assert result.code == 1
    codes = {f["code"].partition(".")[0] for f in result.error["findings"]}
    assert codes == {"planning"}
    assert len(result.error["findings"]) >= 2
    assert len(loop("list", by="").json["scenarios"]) == 1


def test_an_unknown_unit_scenario_run_or_plan_is_told(call, loop):
    assert loop("create", "999", "--name", "x", "--k", 2).error["code"] == "not_found"
    for command in ("show", "changes", "plans", "proposal"):
        assert loop(command, "S-0", by="").error["code"] == "not_found"
    assert loop.refused("choose", "P-0")["code"] == "not_found"
    for command, who in (("show", ()), ("watch", ()), ("cancel", ("--by", "a"))):
        result = call("run", command, "R-0", *who, "--store", loop.store, "--json")
        assert (result.code, result.error["details"]["kind"]) == (1, "Run")


def test_a_configuration_that_cannot_be_read_is_told(loop, tmp_path):
    config = tmp_path / "plan.toml"
    assert loop.refused("set", "--config", config)["findings"][0]["code"] == "exchange.config_missing"
    config.write_text("k = 2\nobjective = \n", encoding="utf-8")
    assert loop.refused("set", "--config", config)["findings"][0]["place"]["row"] == 2
    config.write_text('date = 2020-08-03\nk = 2\nobjective = "border"\n[balance]\npopulation = 0.5\n')
    settings = loop.on("set", "--config", config, "--k", 3)["scenario"]["settings"]
    assert settings == {
        "date": "2020-08-03",
        "k": 3,
        "objective": "border",
        "balance": {"population": 0.5},
    }


def test_a_revision_that_was_overtaken_changes_nothing(solved):
    for command in (("rebase",), ("set", "--k", 2), ("run",), ("compare",), ("consent", A, "agreed")):
        assert solved.refused(*command, "--revision", 1)["code"] == "scenario_changed"
    assert revision(solved) == 2
    assert solved.on("compare", "--revision", 2)["scenario"]["revision"] == 3


def test_a_step_out_of_turn_is_refused(loop):
    assert loop.refused("compare")["code"] == "scenario_without_plan"
    assert loop.refused("proposal", by="")["code"] == "scenario_without_plan"
    assert loop.refused("edit", "--lock", A)["code"] == "scenario_without_plan"
    assert loop.refused("consult")["code"] == "scenario_step"
    assert loop.refused("approve", "town_committee")["code"] == "not_consulted"
    assert loop.refused("apply")["code"] == "scenario_step"
    assert loop.refused("revert")["code"] == "scenario_step"
    assert revision(loop) == 1


def test_edits_that_cannot_be_are_told_together(solved):
    assert solved("edit", solved.code).code == 2
    assert solved("edit", solved.code, "--move", A).code == 2
    told = solved.refused("edit", "--move", "999=998", "--forbid", f"{A}={A}")
    assert {f["code"] for f in told["findings"]} >= {"editing.seat_unknown", "editing.unit_unknown"}


def test_a_bad_table_of_answers_is_told_cell_by_cell_and_nothing_is_recorded(solved, tmp_path):
    header = "code,answer,meeting_date,entitled,attended,votes_for"
    rows = [(A, "perhaps", "July", "ten", 9, 8), (B, "agreed", "2020-07-10", 10, 9, 8)]
    told = solved.refused("consent", "--file", write(tmp_path / "a.csv", header, rows))
    assert [(f["code"], f["place"]["row"], f["place"]["column"]) for f in told["findings"]] == [
        ("cli.cell_day", 2, "meeting_date"),
        ("cli.cell_number", 2, "entitled"),
        ("cli.cell_choice", 2, "answer"),
    ]
    rows = [(A, "agreed", "", 10, 11, 8), ("999", "agreed", "", "", "", ""), (B, "agreed", "", "", "", "")]
    told = solved.refused("consent", "--file", write(tmp_path / "b.csv", header, [*rows, rows[2]]))
    places = {f["code"]: f["place"]["row"] for f in told["findings"]}
    assert places == {
        "scenario.votes_impossible": 2,
        "scenario.not_concerned": 3,
        "scenario.answered_twice": 5,
    }
    told = solved.refused("consent", "--file", write(tmp_path / "c.csv", "unit,answer", []))
    assert {f["code"] for f in told["findings"]} == {"cli.column_missing", "cli.column_unknown"}
    assert solved.on("show", by="")["consents"] == []


def test_a_village_or_a_table_but_not_both(solved, tmp_path):
    table = write(tmp_path / "a.csv", "code,answer", [(A, "agreed")])
    assert solved("consent", solved.code).code == 2
    assert solved("consent", solved.code, A).code == 2
    assert solved("consent", solved.code, A, "agreed", "--file", table).code == 2
    assert solved("consent", solved.code, "--file", table, "--entitled", 3).code == 2
    assert solved("consent", solved.code, A, "maybe").code == 2


def test_names_of_new_villages_are_judged(solved, tmp_path):
    solved.agreed(tmp_path)
    solved.on("consult")
    solved.approved()
    names = tmp_path / "names.csv"
    told = solved.on("proposal", "--out", names, by="")
    seat = told["villages"][0]["seat"]
    assert names.read_bytes().startswith("\ufeffseat,code,name\r\n".encode())
    for row, code in (
        ((seat, A, "新村"), "village_code_used"),
        (("999", "370503100260", "新村"), "seat_unknown"),
        ((seat, "", "新村"), "invalid_input"),
    ):
        table = write(names, "seat,code,name", [row])
        assert solved.refused("apply", "--names", table, "--effective", "2020-08-03")["code"] == code
    assert solved("apply", solved.code, "--names", tmp_path / "names.txt").code == 2
    assert solved("apply", solved.code, "--effective", "soon").code == 2
    early = solved.refused("apply", "--effective", "2019-12-31")
    assert (early["code"], early["details"]["last"]) == ("effective_too_early", "2020-01-01")
    assert solved.on("show", by="")["scenario"]["status"] == "approved"


def test_a_store_that_is_not_there_is_not_made(call, tmp_path):
    store = f"sqlite:///{tmp_path / 'none.db'}"
    result = Loop(call, store)("create", TOWN, "--name", "x", "--k", 2)
    assert (result.code, result.error["code"]) == (5, "store_missing")
    assert not (tmp_path / "none.db").exists()
