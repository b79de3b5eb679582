"""The life of a scenario on the command line: from a what-if to a decision that is carried out, and back."""

import json
import re
import tomllib

import pytest
from scenario_towns import TOWN, VILLAGES, Loop, imported

A, B, C, D, E, F = VILLAGES


@pytest.fixture
def loop(call, tmp_path):
    return Loop(call, imported(call, tmp_path, f"sqlite:///{tmp_path / 'town.db'}")).created()


def covered(call, loop, day):
    result = call("coverage", TOWN, "--store", loop.store, "--json", "--as-of", day)
    assert (result.code, result.json["as_of"]) == (0, day)
    return [row["code"] for row in result.json["rows"][1:]]


def test_the_whole_way_and_back(call, loop, tmp_path):
    ran = loop.on("run", "--time-limit", 30)
    assert (ran["run"]["status"], ran["run"]["solution"]) == ("DONE", "OPTIMAL")
    members = [d["members"] for d in ran["plan"]["document"]["districts"]]
    assert sorted(sorted(m) for m in members) == [[A, B], [C, D], [E, F]]
    assert ran["run"]["objective"] == 100 + 200
    assert (ran["scenario"]["status"], ran["scenario"]["revision"]) == ("solved", 2)

    out = tmp_path / "compare.json"
    compared = loop.on("compare", "--out", out)
    assert compared["scenario"]["status"] == "compared"
    table = {i["name"]: (i["before"], i["after"], i["difference"]) for i in compared["indicators"]}
    assert table["villages"] == (6, 3, -3)
    assert compared["moved_people"] == 300
    assert json.loads(out.read_text(encoding="utf-8"))["units"] == compared["units"]

    consented = loop.agreed(tmp_path)
    assert consented["waiting"] == []
    assert loop.on("consult")["scenario"]["status"] == "consulted"
    assert loop.approved()["scenario"]["status"] == "approved"

    names = tmp_path / "names.toml"
    proposal = loop.on("proposal", "--out", names, by="")
    assert proposal["counts"]["Grid"] == {"before": 6, "after": 6}
    assert proposal["counts"]["Unit"]["after"] == proposal["counts"]["Unit"]["before"] + 3
    assert proposal["sums"]["population"] == {"before": 600, "after": 600}
    proposed = tomllib.loads(names.read_text(encoding="utf-8"))
    assert {seat: entry["code"] for seat, entry in proposed.items()} == {
        v["seat"]: v["code"] for v in proposal["villages"]
    }
    first = proposal["villages"][0]
    names.write_text(names.read_text(encoding="utf-8").replace(first["name"], "新甲村"), encoding="utf-8")

    applied = loop.on("apply", "--names", names, "--effective", "2020-08-03", "--yes")
    assert applied["scenario"]["applied_on"] == "2020-08-03"
    assert applied["villages"][0]["name"] == "新甲村"
    assert covered(call, loop, "2020-08-02") == list(VILLAGES)
    new = [v["code"] for v in applied["villages"]]
    assert covered(call, loop, "2020-08-03") == sorted(new)
    assert call("check", "--store", loop.store).code == 0

    reverted = loop.on("revert", "--effective", "2021-03-01", "--yes")
    assert reverted["scenario"]["status"] == "reverted"
    assert covered(call, loop, "2021-02-28") == sorted(new)
    assert covered(call, loop, "2021-03-01") == list(VILLAGES)
    shown = loop.on("show", by="")
    assert [step["status"] for step in shown["scenario"]["steps"]] == [
        *("draft", "solved", "compared", "consulted", "approved", "applied", "reverted")
    ]


def test_a_refusal_leaves_the_village_out_of_the_next_plan(loop, tmp_path):
    loop.on("run")
    loop.agreed(tmp_path, VILLAGES[:5])
    told = loop.on("consent", F, "refused", "--meeting", "villagers", "--entitled", 9, "--attended", 8)
    assert (told["scenario"]["status"], told["scenario"]["settings"]["units"]) == ("draft", {"refuse": [F]})
    assert loop.refused("consult")["code"] == "scenario_step"
    loop.on("set", "--balance", "population=0.5")
    plan = loop.on("run")["plan"]["document"]
    assert (plan["refused"], sorted(u for d in plan["districts"] for u in d["members"])) == (
        [F],
        list(VILLAGES[:5]),
    )
    assert loop.on("consult")["scenario"]["status"] == "consulted"


def test_a_hand_edit_repairs_the_plan_and_tells_its_price_and_is_undone(loop):
    loop.on("set", "--balance", "population=0.5")
    first = loop.on("run")
    seat = next(d["seat"] for d in first["plan"]["document"]["districts"] if B in d["members"])
    other = next(d["seat"] for d in first["plan"]["document"]["districts"] if C in d["members"])
    assert seat != other
    edited = loop.on("edit", "--move", f"{B}={other}")
    assert edited["plan"]["origin"] == "edited"
    # whether B goes to C and D, or C to A and B: one village changes, and the second cut is shorter
    members = sorted(sorted(d["members"]) for d in edited["plan"]["document"]["districts"])
    assert members == [[A, B, C], [D], [E, F]]
    prices = {p["objective"]: p["difference"] for p in edited["run"]["prices"]}
    assert prices["moved"] == 100
    assert prices["border"] == 800 - 100
    plans = loop.on("plans", by="")
    assert [p["origin"] for p in plans["plans"]] == ["edited", "solved"]
    assert plans["current"] == edited["plan"]["code"]
    assert loop.on("choose", first["plan"]["code"])["scenario"]["plan"] == first["plan"]["code"]


def test_a_branch_is_compared_with_its_origin(call, loop):
    loop.on("run")
    branched = loop("branch", loop.code, "--name", "六村合二").json["scenario"]
    assert (branched["status"], branched["settings"]["k"]) == ("solved", 3)
    other = Loop(call, loop.store)
    other.code = branched["code"]
    other.on("set", "--k", 2, "--balance", "population=0.5")
    other.on("run")
    told = other.on("compare", "--with", loop.code, by="")
    assert (told["before"], told["after"]) == ("六村合三", "六村合二")
    assert next(i for i in told["indicators"] if i["name"] == "villages")["difference"] == -1
    found = loop("list", "--unit", TOWN, by="").json["scenarios"]
    assert {s["code"] for s in found} == {loop.code, other.code}
    assert loop("list", "--unit", A, by="").json["scenarios"] == []


def test_a_scenario_on_older_data_says_what_changed_and_is_rebased(call, loop, tmp_path):
    loop.on("run")
    assert loop.on("changes", by="")["stale"] is False
    table = tmp_path / "more.csv"
    table.write_text(
        f"code,name,level,parent_code,population\n{A},甲村,village,{TOWN},101\n", encoding="utf-8"
    )
    assert call("import", table, "--kind", "units", "--store", loop.store).code == 0
    told = loop.on("changes", by="")
    assert (told["stale"], told["version"], len(told["changes"])) == (True, 2, 1)
    assert A in told["changes"][0]["text"]
    assert loop.refused("run")["code"] == "scenario_stale"
    assert loop.on("show", by="")["stale"] is True
    rebased = loop.on("rebase")["scenario"]
    assert (rebased["status"], rebased["base_version"], rebased["plan"]) == ("draft", 2, None)
    assert loop.on("run")["scenario"]["status"] == "solved"


def test_runs_are_listed_and_shown(call, loop):
    code = loop.on("run")["run"]["code"]
    listed = call("run", "list", "--scenario", loop.code, "--store", loop.store, "--json").json["runs"]
    assert [(r["code"], r["status"], r["gap"]) for r in listed] == [(code, "DONE", 0)]
    assert call("run", "list", "--store", loop.store, "--json").json["runs"] == listed
    for command in ("show", "watch"):
        shown = call("run", command, code, "--store", loop.store, "--json")
        assert (shown.code, shown.json["run"]) == (0, listed[0])
    stays = call("run", "cancel", code, "--by", "a", "--store", loop.store, "--json")
    assert stays.json["run"]["status"] == "DONE"


def test_an_infeasible_scenario_ends_with_its_reasons(call, loop):
    loop.on("set", "--k", 4)
    told = loop("run", loop.code)
    assert (told.code, told.json["run"]["solution"]) == (3, "INFEASIBLE")
    assert told.json["scenario"]["status"] == "draft"
    assert told.json["plan"]["document"]["reasons"]
    assert told.json["run"]["remark"]["en"]
    shown = call("run", "show", told.json["run"]["code"], "--store", loop.store, "--lang", "zh")
    assert "已证明" in shown.out
    assert shown.code == 0


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_answer_is_told_in_one_language(call, loop, tmp_path, lang):
    def say(command, *arguments):
        result = call(*command, *arguments, "--store", loop.store, "--lang", lang)
        assert result.code == 0, result.err
        outside = re.sub(r"[甲乙丙丁戊己新]村|义和镇|六村合三", "", result.out + result.err)
        assert bool(re.search("[\u4e00-\u9fff]", outside)) is (lang == "zh"), result.out
        return result.out

    run = say(("scenario", "run"), loop.code, "--by", "a")
    loop.on("consent", A, "refused")
    loop.on("consent", A, "agreed")
    loop.on("run")
    loop.agreed(tmp_path)
    loop.on("consult")
    loop.approved()
    for command in ("show", "plans", "changes", "compare", "proposal"):
        say(("scenario", command), loop.code)
    say(("scenario", "list"))
    say(("run", "list"))
    code = re.search(r"R-\w+", run)[0]
    say(("run", "show"), code)
    applied = say(("scenario", "apply"), loop.code, "--by", "a", "--effective", "2020-08-03")
    assert "2020" in applied
    say(("scenario", "revert"), loop.code, "--by", "a", "--effective", "2020-09-01")
