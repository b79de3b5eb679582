"""A scenario through its whole life over GraphQL, on every store; refusals are data."""

import pytest
from graphql_towns import Asking, asking
from runs_town import Beside, ended, town_changes

from orgraph.service.runs.service import Runs
from orgraph.store.port import PutNode

pytestmark = pytest.mark.anyio

PROBLEMS = """
  ... on Problem { __typename code text { zh en } }
  ... on ValidationProblem { findings { code severity text { zh en } subject } }
  ... on ConflictProblem { expected actual changes }
"""
SCENARIO = "... on ScenarioPayload { scenario { code revision status planCode } findings { code severity } }"


def change(name: str, given: str) -> str:
    """Return the document of a mutation that answers with a scenario."""
    return f"mutation M($i: {given}!) {{ {name}(input: $i) {{ {SCENARIO} {PROBLEMS} }} }}"


CREATE = change("createScenario", "CreateScenarioInput")
START = f"mutation M($i: StartRunInput!) {{ startRun(input: $i) {{ ... on RunPayload {{ run {{ code status }} }} {PROBLEMS} }} }}"
EDIT = START.replace("StartRun", "EditScenario").replace("startRun", "editScenario")
CANCEL = START.replace("StartRun", "CancelRun").replace("startRun", "cancelRun")
NEW = {"unitCode": "T", "name": "two villages", "settings": {"k": 2}, "by": "planner"}


async def mutate(ask: Asking, query: str, **given):
    """Return what a mutation answers."""
    ((answer,),) = [tuple((await ask.data(query, i=given)).values())]
    return answer


async def step(ask: Asking, name: str, given: str, scenario: dict, **more) -> dict:
    """Return the scenario after a step."""
    sent = {"code": scenario["code"], "expectedVersion": scenario["revision"], "by": "planner", **more}
    answer = await mutate(ask, change(name, given), **sent)
    assert "scenario" in answer, answer
    return answer["scenario"]


async def solved(ask: Asking, runs: Runs) -> dict:
    """Return a scenario that a run has solved."""
    scenario = (await mutate(ask, CREATE, **NEW))["scenario"]
    run = await mutate(ask, START, code=scenario["code"], expectedVersion=1, by="planner")
    await ended(runs, run["run"]["code"])
    query = "query($c: String!) { scenario(code: $c) { code revision status planCode } }"
    return (await ask.data(query, c=scenario["code"]))["scenario"]


async def test_a_scenario_is_made_solved_agreed_on_applied_and_taken_back(store):
    await store.apply(town_changes())
    async with Runs(store, Beside()) as runs, asking(store, runs) as ask:
        scenario = await solved(ask, runs)
        assert scenario["status"] == "solved"
        code = scenario["code"]
        found = await ask.data(
            """query($c: String!) {
              scenario(code: $c) {
                settings steps { status by } staleness { isStale changes { version } }
                consultation { waiting needed }
                runs { nodes { status scenarioCode solutionStatus isCurrent objective bound } }
                currentPlan { code status gap document {
                  stages { name objective bound } terms { name label { zh en } value }
                  districts { number seat memberCodes totals { name value } deviation { name value } members { name } }
                  findings { code severity text { zh en } } reasons { rule }
                  certificate { isChecked digest } explanations { seats { text { zh } } moves { unit delta { value } } } } }
              }
              compareScenarios(code: $c) { before units { code isMoved } indicators { name before after difference } }
              proposedMerger(code: $c) { villages { seat code name members } sums { name before after } }
            }""",
            c=code,
        )
        plan = found["scenario"]["currentPlan"]
        assert (plan["status"], plan["gap"]) == ("OPTIMAL", 0)
        assert sorted(len(d["memberCodes"]) for d in plan["document"]["districts"]) == [4, 4]
        assert found["scenario"]["staleness"] == {"isStale": False, "changes": []}
        assert found["scenario"]["consultation"]["waiting"] == [
            c for d in plan["document"]["districts"] for c in d["memberCodes"]
        ]
        assert found["scenario"]["settings"] == {"k": 2}
        assert [s["status"] for s in found["scenario"]["steps"]] == ["draft", "solved"]
        assert {s["name"]: s["before"] == s["after"] for s in found["proposedMerger"]["sums"]}["population"]
        scenario = await step(ask, "markCompared", "ChangeInput", scenario)
        for unit in "ABCDEFGH":
            scenario = await step(
                ask, "recordConsent", "RecordConsentInput", scenario, unitCode=unit, answer="agreed"
            )
        scenario = await step(ask, "consultScenario", "ChangeInput", scenario)
        for authority in found["scenario"]["consultation"]["needed"]:
            scenario = await step(
                ask,
                "recordApproval",
                "RecordApprovalInput",
                scenario,
                authority=authority,
                answer="approved",
                decisionDate="2030-01-01",
            )
        assert scenario["status"] == "approved"
        applied = await step(ask, "applyScenario", "ApplyScenarioInput", scenario, effective="2030-02-01")
        assert applied["status"] == "applied"
        villages = found["proposedMerger"]["villages"]
        lineage = (await ask.data('{ lineage(code: "A") { became { on planCode later { code } } } }'))[
            "lineage"
        ]
        (became,) = lineage["became"]
        assert (became["on"], became["planCode"]) == ("2030-02-01", applied["planCode"])
        assert became["later"]["code"] in {v["code"] for v in villages}
        count = 'query($d: Date) { units(within: "T", first: 1, asOf: $d) { totalCount } }'
        assert (await ask.data(count, d="2030-01-31"))["units"]["totalCount"] == 9
        assert (await ask.data(count, d="2030-02-01"))["units"]["totalCount"] == 3
        reverted = await step(ask, "revertScenario", "RevertScenarioInput", applied, effective="2030-03-01")
        assert reverted["status"] == "reverted"
        assert (await ask.data(count, d="2030-02-28"))["units"]["totalCount"] == 3
        assert (await ask.data(count, d="2030-03-01"))["units"]["totalCount"] == 9


async def test_refusals_are_data_and_nothing_is_written(store):
    await store.apply(town_changes())
    async with Runs(store, Beside()) as runs, asking(store, runs) as ask:
        wrong = await mutate(ask, CREATE, **{**NEW, "settings": {"k": 99, "objective": "beauty"}})
        assert wrong["__typename"] == "ValidationProblem"
        assert len(wrong["findings"]) > 1 and wrong["findings"][0]["text"]["zh"]
        assert (await mutate(ask, CREATE, **{**NEW, "unitCode": "X"}))["__typename"] == "NotFoundProblem"
        assert (await mutate(ask, CREATE, **{**NEW, "name": " "}))["code"] == "scenario_without_name"
        assert (await mutate(ask, CREATE, **{**NEW, "by": " "}))["code"] == "by_missing"
        assert (await mutate(ask, CREATE, **{**NEW, "settings": [1]}))["code"] == "settings_no_table"
        assert (await ask.data("{ scenarios { totalCount } }"))["scenarios"]["totalCount"] == 0
        scenario = (await mutate(ask, CREATE, **NEW))["scenario"]
        conflict = await mutate(
            ask,
            change("rebaseScenario", "ChangeInput"),
            code=scenario["code"],
            expectedVersion=9,
            by="planner",
        )
        assert (conflict["__typename"], conflict["expected"], conflict["actual"]) == ("ConflictProblem", 9, 1)
        early = await mutate(
            ask,
            change("consultScenario", "ChangeInput"),
            code=scenario["code"],
            expectedVersion=1,
            by="planner",
        )
        assert early["__typename"] == "RefusedProblem"
        await store.apply([PutNode("Unit", "A", {"population": 101})])
        stale = await mutate(ask, START, code=scenario["code"], expectedVersion=1, by="planner")
        assert (stale["__typename"], stale["code"]) == ("ConflictProblem", "scenario_stale")
        assert stale["changes"]
        rebased = await step(ask, "rebaseScenario", "ChangeInput", scenario)
        assert rebased["revision"] == 2


async def test_one_key_is_done_once(store):
    await store.apply(town_changes())
    async with Runs(store, Beside()) as runs, asking(store, runs) as ask:
        once = {**NEW, "idempotencyKey": "k1"}
        first = (await mutate(ask, CREATE, **once))["scenario"]
        assert (await mutate(ask, CREATE, **once))["scenario"] == first
        other = await mutate(ask, CREATE, **{**once, "name": "another"})
        assert (other["__typename"], other["code"]) == ("RefusedProblem", "idempotency_key_reused")
        assert (await ask.data("{ scenarios { totalCount } }"))["scenarios"]["totalCount"] == 1


async def test_hand_edits_tell_their_price(store):
    await store.apply(town_changes())
    async with Runs(store, Beside()) as runs, asking(store, runs) as ask:
        scenario = await solved(ask, runs)
        districts = (
            await ask.data(
                "query($c: String!) { plan(code: $c) { document { districts { seat memberCodes } } } }",
                c=scenario["planCode"],
            )
        )["plan"]["document"]["districts"]
        moved = next(c for c in districts[0]["memberCodes"] if c != districts[0]["seat"])
        asked = {"code": scenario["code"], "expectedVersion": scenario["revision"], "by": "planner"}
        both = {"move": {"unit": moved, "seat": districts[1]["seat"]}, "lock": {"seat": "A"}}
        refused = await ask.answer(EDIT, i={**asked, "edits": [both]})
        assert refused["errors"]
        run = await mutate(ask, EDIT, **asked, edits=[{"move": both["move"]}])
        await ended(runs, run["run"]["code"])
        found = (
            await ask.data(
                """query($c: String!) { run(code: $c) {
                  prices { objective before after difference text { zh en } }
                  plans { nodes { origin edits prices { difference } } } } }""",
                c=run["run"]["code"],
            )
        )["run"]
        assert found["prices"][0]["objective"] == "moved"
        (plan,) = found["plans"]["nodes"]
        assert plan["origin"] == "edited"
        assert plan["edits"] == [{"edit": "move", **both["move"]}]
        chosen = await step(
            ask,
            "choosePlan",
            "ChoosePlanInput",
            {**scenario, "revision": scenario["revision"] + 1},
            planCode=scenario["planCode"],
        )
        assert chosen["planCode"] == scenario["planCode"]


async def test_without_runs_solving_is_refused(store):
    await store.apply(town_changes())
    async with asking(store) as ask:
        scenario = (await mutate(ask, CREATE, **NEW))["scenario"]
        refused = await mutate(ask, START, code=scenario["code"], expectedVersion=1, by="planner")
        assert (refused["__typename"], refused["code"]) == ("RefusedProblem", "runs_not_here")
        assert (await mutate(ask, CANCEL, code="R-x", by="planner"))["code"] == "runs_not_here"
