"""Runs on every store: from a scenario to its plan, and a run that a process which is gone has left behind."""

import asyncio
from dataclasses import replace

import pytest
from runs_town import BY, Beside, ended, scenario_in

from orgraph.service.runs.owners import Owner, this_process
from orgraph.service.runs.records import RunStatus
from orgraph.service.runs.service import Runs
from orgraph.service.scenarios.amending import read_scenario
from orgraph.service.scenarios.editing import Lock
from orgraph.service.scenarios.plans import read_plan

pytestmark = pytest.mark.anyio

NOBODY = Owner(this_process().host, 0, "1")


async def test_a_run_is_kept_with_its_plan_and_the_plan_repaired(store):
    scenario = await scenario_in(store)
    async with Runs(store, Beside()) as runs:
        first, _ = await ended(runs, (await runs.start(scenario.code, BY)).code)
        units = (await read_plan(store, first.plan_code)).districts[0].members[:2]
        second, _ = await ended(runs, (await runs.repair(scenario.code, [Lock(units)], BY)).code)
        assert {run.code for run in await runs.list_of(scenario.code)} == {first.code, second.code}
    assert {first.status, second.status} == {RunStatus.DONE}
    assert (await read_scenario(store, scenario.code)).plan_code == second.plan_code
    assert second.prices[0]["after"] == 0


async def test_a_run_left_behind_is_taken_up(store):
    scenario = await scenario_in(store)
    async with Runs(store, Beside(asyncio.Event())) as runs:
        run = await runs.start(scenario.code, BY)
    await store.apply([replace(run, status=RunStatus.RUNNING, owner=str(NOBODY)).put()])
    async with Runs(store, Beside()) as later:
        found, _ = await ended(later, run.code)
    assert (found.status, found.attempt) == (RunStatus.DONE, 2)
