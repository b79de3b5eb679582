"""Hand edits: the plan is repaired around them with the least change, and the price is told; without them, nothing changes."""

import pytest
from runs_town import BY, Beside, ended, scenario_in

from orgraph.errors import InputError, NotFound
from orgraph.service.runs.service import Runs
from orgraph.service.scenarios.amending import read_scenario
from orgraph.service.scenarios.editing import Forbid, Lock, Move, edits_json, in_force, read_edits
from orgraph.service.scenarios.plans import read_plan
from orgraph.service.scenarios.solving import choose_plan
from orgraph.service.scenarios.starting import change_settings

pytestmark = pytest.mark.anyio

LOOSE = {"k": 2, "balance": {"population": "0.5"}}


async def solved(store, runs, settings=LOOSE):
    scenario = await scenario_in(store, settings)
    run, _ = await ended(runs, (await runs.start(scenario.code, BY)).code)
    return scenario, await read_plan(store, run.plan_code)


async def repaired(store, runs, scenario, *edits):
    run, _ = await ended(runs, (await runs.repair(scenario.code, edits, BY)).code)
    return run, await read_plan(store, run.plan_code)


def movable(plan):
    """Return a unit and the seat of the other district, such that the unit lies beside that district and cuts nothing off."""
    one, other = plan.districts
    border = {"A": "BE", "B": "ACF", "C": "BDG", "D": "CH", "E": "AF", "F": "EBG", "G": "FCH", "H": "GD"}
    for unit in sorted(set(one.members) - {one.seat}):
        rest = set(one.members) - {unit}
        reached = {one.seat}
        while more := {n for u in reached for n in border[u]} & rest - reached:
            reached |= more
        if reached == rest and set(border[unit]) & set(other.members):
            return unit, other.seat
    raise AssertionError("no such unit")


async def test_a_moved_unit_is_where_it_was_put_and_nobody_else_moves(store):
    async with Runs(store, Beside()) as runs:
        scenario, before = await solved(store, runs)
        unit, seat = movable(before)
        run, plan = await repaired(store, runs, scenario, Move(unit, seat))
    price = {p["objective"]: p for p in run.prices}
    assert plan.origin == "edited"
    assert plan.seat_by_unit[unit] == plan.seat_by_unit[seat]
    assert price["moved"]["after"] == 100.0
    assert price["distance"]["difference"] == pytest.approx(
        plan.measures["distance"] - before.measures["distance"]
    )
    assert price["distance"]["difference"] > 0
    assert set(price["moved"]["text"]) == {"zh", "en"}
    assert (await read_scenario(store, scenario.code)).plan_code == plan.code


async def test_a_locked_district_stays_as_it_is(store):
    async with Runs(store, Beside()) as runs:
        scenario, before = await solved(store, runs)
        unit, seat = movable(before)
        locked = before.seat_by_unit[unit]
        run, plan = await repaired(store, runs, scenario, Lock(seat=locked))
        assert {d.members for d in plan.districts} == {d.members for d in before.districts}
        assert {p["difference"] for p in run.prices} == {0.0}
        run, plan = await repaired(store, runs, scenario, Move(unit, seat))
    assert run.solution_status == "INFEASIBLE"
    rules = {reason["rule"] for reason in plan.document["reasons"]}
    assert "fixed" in rules
    assert run.is_current is False


async def test_a_forbidden_unit_leaves_and_an_earlier_plan_can_be_chosen_again(store):
    async with Runs(store, Beside()) as runs:
        scenario, before = await solved(store, runs)
        unit, _ = movable(before)
        home = before.seat_by_unit[unit]
        _, plan = await repaired(store, runs, scenario, Forbid(unit, home))
    assert plan.seat_by_unit[unit] != plan.seat_by_unit[home]
    undone = await choose_plan(store, scenario.code, before.code, BY)
    assert undone.plan_code == before.code
    await change_settings(store, scenario.code, LOOSE | {"k": 3}, BY)
    with pytest.raises(InputError) as refused:
        await choose_plan(store, scenario.code, plan.code, BY)
    assert [f.code for f in refused.value.findings] == ["editing.other_number"]
    other = await scenario_in(store)
    with pytest.raises(NotFound):
        await choose_plan(store, other.code, plan.code, BY)


async def test_an_edit_of_a_village_that_has_refused_since_is_left_out(store):
    async with Runs(store, Beside()) as runs:
        scenario, before = await solved(store, runs)
        unit, seat = movable(before)
        await repaired(store, runs, scenario, Move(unit, seat))
        await change_settings(store, scenario.code, LOOSE | {"units": {"refuse": [unit]}}, BY)
        one, other = sorted(set(before.seat_by_unit) - {unit, seat})[:2]
        run, plan = await repaired(store, runs, scenario, Lock((one, other)))
    assert run.solution_status == "OPTIMAL"
    assert unit not in plan.seat_by_unit
    assert plan.seat_by_unit[one] == plan.seat_by_unit[other]


async def test_edits_that_name_what_is_not_there_are_all_told(store):
    async with Runs(store, Beside()) as runs:
        draft = await scenario_in(store)
        with pytest.raises(InputError) as without:
            await runs.repair(draft.code, [Move("A", "B")], BY)
        assert without.value.code == "scenario_without_plan"
        scenario, plan = await solved(store, runs)
        seat = plan.districts[0].seat
        with pytest.raises(InputError) as refused:
            await runs.repair(scenario.code, [Move("Z", "Y"), Forbid(seat, seat)], BY)
    codes = [f.code for f in refused.value.findings]
    assert codes == ["editing.seat_unknown", "editing.unit_unknown", "editing.own_seat"]


async def test_new_edits_take_earlier_ones_back(store):
    async with Runs(store, Beside()) as runs:
        scenario, before = await solved(store, runs)
        unit, seat = movable(before)
        home = before.seat_by_unit[unit]
        _, plan = await repaired(store, runs, scenario, Forbid(unit, home), Lock((unit, seat)))
    assert in_force(plan, [Move(unit, home)]) == (Lock((unit, seat)), Move(unit, home))


def test_edits_are_read_as_they_were_written():
    edits = (Move("A", "B"), Lock(("A", "C")), Lock(seat="B"), Forbid("A", "B"))
    assert read_edits(edits_json(edits)) == edits


@pytest.mark.parametrize(
    "entry",
    [
        7,
        {},
        {"edit": "move", "unit": "A"},
        {"edit": "lock", "units": ["A"]},
        {"edit": "swap", "unit": "A", "seat": "B"},
    ],
)
def test_what_is_no_edit_is_refused(entry):
    with pytest.raises(InputError) as refused:
        read_edits([entry])
    assert [f.numbers["number"] for f in refused.value.findings] == [1]
