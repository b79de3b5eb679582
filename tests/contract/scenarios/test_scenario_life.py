"""A scenario from the draft to the decision carried out, and back; on every store."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from scenario_examples import (
    CLERK,
    COUNTY,
    SETTINGS,
    TOWN,
    VILLAGES,
    agreed,
    approved,
    drafted,
    ready,
    solved,
)

from orgraph.errors import InputError, InvalidProblem, NotFound, VersionConflict
from orgraph.graph import NodeKey, difference
from orgraph.planning.restructuring import NewVillage
from orgraph.service.scenarios.amending import Asked, read_scenario
from orgraph.service.scenarios.applying import apply_scenario, proposed_merger, revert_scenario
from orgraph.service.scenarios.comparing import compare_scenarios, mark_compared
from orgraph.service.scenarios.consulting import (
    COUNTY_COMMITTEE,
    COUNTY_GOVERNMENT,
    Answer,
    Approval,
    Consent,
    Decision,
    approvals,
    consents,
    consult,
    record_approval,
    record_consent,
)
from orgraph.service.scenarios.life import Status
from orgraph.service.scenarios.plans import read_plan
from orgraph.service.scenarios.starting import branch, change_settings, create, rebase
from orgraph.store import DeleteNode, PutNode, PutRelationship, Store

pytestmark = pytest.mark.anyio

DAY, LATER = date(2020, 8, 3), date(2021, 1, 1)


async def test_a_draft_stands_on_the_version_of_its_county(store: Store) -> None:
    scenario = await drafted(store)
    assert (scenario.status, scenario.base_version, scenario.revision) == (Status.DRAFT, 1, 1)
    assert await read_scenario(store, scenario.code) == scenario


async def test_thinking_raises_no_version_of_the_county(store: Store) -> None:
    await ready(store)
    assert await store.version(TOWN) == 1


async def test_everything_wrong_with_the_settings_comes_at_once(store: Store) -> None:
    await drafted(store)
    wrong = {"k": 9, "objektive": "distance", "units": {"refuse": ["nobody"]}}
    with pytest.raises(InvalidProblem) as caught:
        await create(store, TOWN, "方案", wrong, CLERK)
    assert {"planning.unit_unknown", "planning.option_unknown"} <= {f.code for f in caught.value.findings}
    assert await store.count("Scenario") == 1


async def test_unknown_units_and_empty_names_are_refused(store: Store) -> None:
    await drafted(store)
    with pytest.raises(NotFound):
        await create(store, "nowhere", "方案", SETTINGS, CLERK)
    with pytest.raises(InputError) as caught:
        await create(store, TOWN, " ", SETTINGS, CLERK)
    assert caught.value.code == "scenario_without_name"


async def test_one_key_makes_one_scenario(store: Store) -> None:
    await drafted(store)
    asked = Asked("甲", key="k1", request={"name": "方案"})
    first, _ = await create(store, TOWN, "方案", SETTINGS, asked)
    again, _ = await create(store, TOWN, "方案", SETTINGS, asked)
    assert first == again
    with pytest.raises(InputError) as caught:
        await create(store, TOWN, "别的", SETTINGS, replace(asked, request={"name": "别的"}))
    assert caught.value.code == "idempotency_key_reused"
    assert await store.count("Scenario") == 2


async def test_an_older_revision_is_a_conflict_and_the_same_key_is_not(store: Store) -> None:
    scenario = await drafted(store)
    asked = Asked("甲", revision=1, key="k")
    changed, _ = await change_settings(store, scenario.code, {**SETTINGS, "k": 3}, asked)
    assert changed.revision == 2
    again, _ = await change_settings(store, scenario.code, {**SETTINGS, "k": 3}, asked)
    assert again == changed
    with pytest.raises(VersionConflict) as caught:
        await change_settings(store, scenario.code, SETTINGS, Asked("乙", revision=1))
    assert (caught.value.details["expected"], caught.value.details["actual"]) == (1, 2)
    assert await read_scenario(store, scenario.code) == changed


async def test_a_branch_starts_with_the_plan_and_goes_its_own_way(store: Store) -> None:
    origin = await solved(store, await drafted(store))
    other = await branch(store, origin.code, "另一方案", CLERK)
    assert (other.status, other.plan_code, other.settings) == (
        Status.SOLVED,
        origin.plan_code,
        origin.settings,
    )
    await change_settings(store, other.code, {**SETTINGS, "k": 3}, CLERK)
    assert await read_scenario(store, origin.code) == origin
    (found,) = await store.neighbours([NodeKey("Scenario", other.code)], "BRANCHED_FROM")
    assert [n.node.code for n in found] == [origin.code]


async def test_steps_are_dated_signed_and_have_a_reason(store: Store) -> None:
    scenario = await ready(store)
    assert [s.status for s in scenario.steps] == ["draft", "solved", "consulted", "approved"]
    assert {(s.by, s.reason) for s in scenario.steps} == {("组织部", "测试")}
    assert all(s.at.endswith("+00:00") for s in scenario.steps)


@pytest.mark.parametrize("step", ["consult", "approve", "apply", "revert"])
async def test_no_step_is_left_out(store: Store, step: str) -> None:
    scenario = await solved(store, await drafted(store))
    with pytest.raises(InputError):
        match step:
            case "consult":
                await consult(store, scenario.code, CLERK)
            case "approve":
                await record_approval(
                    store, scenario.code, Approval("town_committee", Decision.APPROVED), CLERK
                )
            case "apply":
                await apply_scenario(store, scenario.code, CLERK, effective=DAY)
            case "revert":
                await revert_scenario(store, scenario.code, CLERK, effective=DAY)
    assert await read_scenario(store, scenario.code) == scenario
    assert await store.version(TOWN) == 1


async def test_consultation_names_every_village_that_has_not_agreed(store: Store) -> None:
    scenario = await solved(store, await drafted(store))
    await record_consent(store, scenario.code, Consent(VILLAGES["A"], Answer.AGREED), CLERK)
    await record_consent(store, scenario.code, Consent(VILLAGES["B"], Answer.PENDING), CLERK)
    with pytest.raises(InputError) as caught:
        await consult(store, scenario.code, CLERK)
    assert sorted(f.subject[0] for f in caught.value.findings) == sorted(VILLAGES[v] for v in "BCDEF")


async def test_a_refusal_is_a_village_of_its_own_in_the_next_plan(store: Store) -> None:
    scenario = await solved(store, await drafted(store))
    refused, _ = await record_consent(store, scenario.code, Consent(VILLAGES["F"], Answer.REFUSED), CLERK)
    assert refused.status is Status.DRAFT
    assert refused.settings["units"] == {"refuse": [VILLAGES["F"]]}
    again = await solved(store, refused)
    plan = await read_plan(store, again.plan_code)
    assert plan.refused == (VILLAGES["F"],)
    assert len(plan.districts) == 2
    assert VILLAGES["F"] not in plan.seat_by_unit
    back, _ = await record_consent(store, scenario.code, Consent(VILLAGES["F"], Answer.AGREED), CLERK)
    assert (back.status, back.settings["units"]) == (Status.DRAFT, {"refuse": []})


async def test_a_refusal_drops_decisions_on_the_plan_and_keeps_the_answers(store: Store) -> None:
    scenario = await agreed(store, await solved(store, await drafted(store)))
    await record_approval(store, scenario.code, Approval("town_committee", Decision.APPROVED), CLERK)
    await record_consent(store, scenario.code, Consent(VILLAGES["F"], Answer.REFUSED), CLERK)
    assert await approvals(store, scenario.code) == ()
    assert sorted(c.answer for c in await consents(store, scenario.code)) == ["agreed"] * 5 + ["refused"]


@pytest.mark.parametrize(
    ("numbers", "codes"),
    [
        ((100, 80, 60), []),
        ((100, 80, 40), ["scenario.no_majority"]),
        ((100, 120, 60), ["scenario.votes_impossible"]),
        ((None, 50, 60), ["scenario.votes_impossible"]),
        ((100, None, 60), []),
    ],
)
async def test_votes_must_be_possible(store: Store, numbers: tuple[int, int, int], codes: list[str]) -> None:
    scenario = await solved(store, await drafted(store))
    consent = Consent(VILLAGES["A"], Answer.AGREED, "villagers", None, None, *numbers)
    if "scenario.votes_impossible" in codes:
        with pytest.raises(InputError) as caught:
            await record_consent(store, scenario.code, consent, CLERK)
        assert [f.code for f in caught.value.findings] == codes
        assert await consents(store, scenario.code) == ()
    else:
        _, found = await record_consent(store, scenario.code, consent, CLERK)
        assert [f.code for f in found] == codes
        assert [c.attended for c in await consents(store, scenario.code)] == [numbers[1]]


async def test_a_village_that_is_not_concerned_has_no_say(store: Store) -> None:
    scenario = await solved(store, await drafted(store))
    with pytest.raises(InputError) as caught:
        await record_consent(store, scenario.code, Consent("elsewhere", Answer.AGREED), CLERK)
    assert caught.value.code == "village_not_concerned"


async def test_authorities_decide_in_their_order(store: Store) -> None:
    """Three villages of 40 members make a committee, so that the county's party committee decides as well."""
    scenario = await agreed(store, await solved(store, await drafted(store)))
    for authority in (COUNTY_GOVERNMENT, COUNTY_COMMITTEE):
        with pytest.raises(InputError) as caught:
            await record_approval(store, scenario.code, Approval(authority, Decision.APPROVED), CLERK)
        assert caught.value.code == "approval_out_of_turn"
    assert (await approved(store, scenario)).status is Status.APPROVED
    rejected = await record_approval(
        store, scenario.code, Approval(COUNTY_COMMITTEE, Decision.REJECTED), CLERK
    )
    assert rejected.status is Status.CONSULTED


async def test_comparison_with_today_tells_flows_and_indicators(store: Store) -> None:
    scenario = await solved(store, await drafted(store))
    found = await compare_scenarios(store, scenario.code)
    assert {u.code for u in found.units} == set(VILLAGES.values())
    indicators = {i.name: (i.before, i.after) for i in found.indicators}
    assert indicators["villages"] == (6.0, 2.0)
    assert indicators["coverage.villages_with_organization"] == (1.0, 1.0)
    # one village of each new one stays where it is, the people of the four others move
    assert (found.flows.total, found.flows.moved) == (600, 400)
    assert all(i.label.zh and i.label.en for i in found.indicators)


async def test_comparison_says_that_its_indicators_count_generated_data(store: Store) -> None:
    scenario = await solved(store, await drafted(store))
    assert (await compare_scenarios(store, scenario.code)).is_synthetic is False
    grid, village = NodeKey("Grid", "G"), NodeKey("Unit", VILLAGES["A"])
    await store.apply(
        [
            PutNode("Grid", "G", {"name": "一", "kind": "base", "is_synthetic": True}),
            PutRelationship("PART_OF", grid, village),
        ]
    )
    assert (await compare_scenarios(store, scenario.code)).is_synthetic is True


async def test_comparison_with_another_plan(store: Store) -> None:
    first = await solved(store, await drafted(store))
    second = await solved(store, await drafted(store, {**SETTINGS, "k": 3}, "三个新村"))
    found = await compare_scenarios(store, second.code, first.code)
    assert (found.before_name, found.after_name) == ("方案", "三个新村")
    assert {i.name: (i.before, i.after) for i in found.indicators}["villages"] == (2.0, 3.0)
    same = await compare_scenarios(store, first.code, first.code)
    assert (same.flows.moved, {i.difference for i in same.indicators}) == (0, {0.0})


async def test_marking_as_compared_is_a_step(store: Store) -> None:
    scenario = await solved(store, await drafted(store))
    assert (await mark_compared(store, scenario.code, CLERK)).status is Status.COMPARED
    assert (await agreed(store, scenario)).status is Status.CONSULTED


async def test_applying_loses_nobody_and_keeps_every_day_true(store: Store) -> None:
    scenario = await ready(store)
    before = await store.snapshot(TOWN)
    applied = await apply_scenario(store, scenario.code, CLERK, effective=DAY)
    assert (applied.status, applied.applied_on, applied.applied_version) == (Status.APPLIED, DAY, 2)
    assert await store.version(TOWN) == 2
    eve = await store.snapshot(TOWN, as_of=DAY - timedelta(days=1))
    assert not difference(before, eve)
    (row,) = await store.rollup(
        TOWN, sums=[("Unit", "population"), ("Unit", "members")], measures=["villages_with_organization"]
    )
    assert (row.counts["Unit"], row.counts["Household"], row.counts["PartyMember"]) == (3, 6, 6)
    assert (row.sums["Unit.population"], row.sums["Unit.members"]) == (600, 240)
    assert row.coverage["villages_with_organization"] == (2, 2)
    (same,) = await store.rollup(TOWN, sums=[("Unit", "population"), ("Unit", "members")], as_of=DAY)
    assert (same.counts, same.sums) == (row.counts, row.sums)


async def test_lineage_leads_from_every_old_village_to_a_new_one(store: Store) -> None:
    scenario = await ready(store)
    merger = await proposed_merger(store, scenario.code)
    await apply_scenario(store, scenario.code, CLERK, effective=DAY)
    keys = [NodeKey("Unit", code) for code in VILLAGES.values()]
    found = await store.neighbours(keys, "MERGED_INTO")
    assert {k.code: f.node.code for k, (f,) in zip(keys, found, strict=True)} == merger.part_by_unit
    (tie,) = found[0]
    assert tie.relationship.properties == {"plan_code": scenario.plan_code, "date": DAY.isoformat()}
    assert await store.ancestors(keys[0]) == ()
    assert [n.code for n in await store.search("A村委会")] == [VILLAGES["A"]]


async def test_new_villages_bear_the_names_and_codes_that_were_chosen(store: Store) -> None:
    scenario = await ready(store)
    merger = await proposed_merger(store, scenario.code)
    assert [v.code for v in merger.villages] == ["370503100250", "370503100251"]
    seat = merger.villages[0].seat
    names = {seat: NewVillage("370503100299", "嘉和新村")}
    await apply_scenario(store, scenario.code, CLERK, effective=DAY, names=names)
    node = await store.get("Unit", "370503100299")
    assert node is not None
    assert (node.name, node.properties["population"]) == ("嘉和新村", 300)
    assert await store.get("Unit", "370503100251") is not None


async def test_codes_in_use_and_seats_that_are_none_are_refused(store: Store) -> None:
    scenario = await ready(store)
    seat = (await proposed_merger(store, scenario.code)).villages[0].seat
    for names, code in (
        ({seat: NewVillage(VILLAGES["A"], "新村")}, "village_code_used"),
        ({"nobody": NewVillage("X", "新村")}, "seat_unknown"),
    ):
        with pytest.raises(InputError) as caught:
            await apply_scenario(store, scenario.code, CLERK, effective=DAY, names=names)
        assert caught.value.code == code
    assert await store.version(TOWN) == 1


async def test_ties_to_the_outside_go_over_too(store: Store) -> None:
    """An organization elsewhere is paired with a village, and a village elsewhere borders on one."""
    scenario = await drafted(store)
    elsewhere, firm = NodeKey("Unit", "370503101201"), NodeKey("Enterprise", "E")
    await store.apply(
        [
            PutNode(*elsewhere, {"name": "邻村", "level": "village"}),
            PutRelationship("PART_OF", elsewhere, NodeKey("Unit", COUNTY)),
            PutRelationship("ADJACENT", elsewhere, NodeKey("Unit", VILLAGES["A"]), {"shared_border_m": 7.0}),
            PutNode(*firm, {"name": "厂"}),
            PutRelationship("PAIRED_WITH", firm, NodeKey("Unit", VILLAGES["A"])),
        ],
        effective=date(2020, 2, 1),
    )
    fresh, _ = await rebase(store, scenario.code, CLERK)
    scenario = await approved(store, await agreed(store, await solved(store, fresh)))
    new = (await proposed_merger(store, scenario.code)).part_by_unit[VILLAGES["A"]]
    await apply_scenario(store, scenario.code, CLERK, effective=DAY)
    ((border,),) = await store.neighbours([elsewhere], "ADJACENT")
    assert (border.node.code, border.relationship.properties) == (new, {"shared_border_m": 7.0})
    ((pair,),) = await store.neighbours([firm], "PAIRED_WITH")
    assert pair.node.code == new


async def test_a_stale_scenario_tells_what_changed_and_can_be_rebased(store: Store) -> None:
    scenario = await ready(store)
    await store.apply([PutNode("Unit", VILLAGES["A"], {"population": 120})], by="统计", effective=DAY)
    with pytest.raises(VersionConflict) as caught:
        await apply_scenario(store, scenario.code, CLERK, effective=LATER)
    assert caught.value.details["changes"] == [f"+ Unit {VILLAGES['A']} (统计, {DAY.isoformat()})"]
    assert await read_scenario(store, scenario.code) == scenario
    rebased, _ = await rebase(store, scenario.code, CLERK)
    assert (rebased.status, rebased.base_version, rebased.plan_code) == (Status.DRAFT, 2, "")
    again = await approved(store, await agreed(store, await solved(store, rebased)))
    assert (await apply_scenario(store, again.code, CLERK, effective=LATER)).status is Status.APPLIED


async def test_rebasing_tells_which_settings_name_units_that_are_gone(store: Store) -> None:
    scenario = await drafted(store, {**SETTINGS, "units": {"refuse": [VILLAGES["F"]]}})
    await store.apply([DeleteNode("Unit", VILLAGES["F"], subtree=True)], effective=DAY)
    with pytest.raises(InvalidProblem) as caught:
        await rebase(store, scenario.code, CLERK)
    assert [f.subject for f in caught.value.findings if f.is_error] == [(VILLAGES["F"],)]


async def test_reverting_restores_what_was_and_keeps_every_day_true(store: Store) -> None:
    scenario = await ready(store)
    before = await store.snapshot(TOWN)
    await apply_scenario(store, scenario.code, CLERK, effective=DAY)
    between = await store.snapshot(TOWN)
    reverted = await revert_scenario(store, scenario.code, CLERK, effective=LATER)
    assert reverted.status is Status.REVERTED
    assert not difference(before, await store.snapshot(TOWN))
    assert not difference(between, await store.snapshot(TOWN, as_of=LATER - timedelta(days=1)))
    assert not difference(before, await store.snapshot(TOWN, as_of=DAY - timedelta(days=1)))
    assert await store.get("Unit", "370503100250") is None


async def test_a_later_change_of_the_same_things_forbids_to_revert(store: Store) -> None:
    scenario = await ready(store)
    await apply_scenario(store, scenario.code, CLERK, effective=DAY)
    household = NodeKey("Household", "NEW")
    await store.apply(
        [
            PutNode("Unit", "370503100250", {"name": "嘉和新村"}),
            PutNode(*household, {}),
            PutRelationship("PART_OF", household, NodeKey("Unit", "370503100250")),
            PutNode("Unit", COUNTY, {"population": 9}),
        ],
        effective=DAY,
        by="民政",
    )
    state = await store.snapshot("")
    with pytest.raises(InputError) as caught:
        await revert_scenario(store, scenario.code, CLERK, effective=LATER)
    things = [f.numbers["thing"] for f in caught.value.findings]
    assert things == ["Unit 370503100250", "PART_OF Household NEW Unit 370503100250"]
    assert not difference(state, await store.snapshot(""))


async def test_a_later_change_of_other_things_does_not(store: Store) -> None:
    scenario = await ready(store)
    await apply_scenario(store, scenario.code, CLERK, effective=DAY)
    await store.apply([PutNode("Unit", COUNTY, {"population": 9})], effective=DAY)
    assert (await revert_scenario(store, scenario.code, CLERK, effective=LATER)).status is Status.REVERTED
    county = await store.get("Unit", COUNTY)
    assert county is not None
    assert county.properties["population"] == 9
