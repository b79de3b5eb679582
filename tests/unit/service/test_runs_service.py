"""Runs as a service: what is refused, keys, watchers, what a scenario that moves on does to a plan, and runs that were left behind."""

import asyncio
import subprocess
import sys
from asyncio.subprocess import PIPE
from dataclasses import replace

import pytest
from runs_town import BY, TWO, Beside, ended, scenario_in

from orgraph.errors import InputError, InvalidProblem, NotFound, VersionConflict
from orgraph.service.runs.owners import Owner, started_at, this_process
from orgraph.service.runs.records import RunLimits, RunStatus
from orgraph.service.runs.service import Runs
from orgraph.service.scenarios.amending import Asked, read_scenario
from orgraph.service.scenarios.life import Status
from orgraph.service.scenarios.plans import read_plan
from orgraph.service.scenarios.starting import change_settings
from orgraph.store.port import PutNode

pytestmark = pytest.mark.anyio


async def test_a_stale_scenario_is_refused_and_nothing_is_written(store):
    scenario = await scenario_in(store)
    await store.apply([PutNode("Unit", "A", {"population": 120})])
    async with Runs(store, Beside()) as runs:
        with pytest.raises(VersionConflict) as refused:
            await runs.start(scenario.code, BY)
        assert refused.value.code == "scenario_stale"
        assert await runs.list_of(scenario.code) == ()


async def test_a_wrong_revision_is_refused(store):
    scenario = await scenario_in(store)
    async with Runs(store, Beside()) as runs:
        with pytest.raises(VersionConflict):
            await runs.start(scenario.code, Asked("planner", revision=7))
        with pytest.raises(NotFound):
            await runs.start("S-none", BY)


async def test_all_that_is_wrong_with_the_limits_comes_at_once(store):
    scenario = await scenario_in(store)
    async with Runs(store, Beside()) as runs:
        with pytest.raises(InvalidProblem) as refused:
            await runs.start(scenario.code, BY, limits=RunLimits(0, 0, 1), seed=-1)
    codes = [finding.code for finding in refused.value.findings]
    assert codes == ["run.time_limit", "run.workers", "run.memory", "run.seed"]


async def test_one_key_starts_one_run(store):
    scenario = await scenario_in(store)
    executor = Beside()
    once = Asked("planner", key="k", request={"seed": 1})
    async with Runs(store, executor) as runs:
        first = await runs.start(scenario.code, once)
        assert (await runs.start(scenario.code, once)).code == first.code
        with pytest.raises(InputError) as refused:
            await runs.start(scenario.code, Asked("planner", key="k", request={"seed": 2}))
        assert refused.value.code == "idempotency_key_reused"
        await ended(runs, first.code)
    assert len(executor.jobs) == 1


async def test_watchers_early_late_and_many_see_one_end(store):
    scenario = await scenario_in(store)
    gate = asyncio.Event()
    async with Runs(store, Beside(gate)) as runs:
        run = await runs.start(scenario.code, BY)
        early = [asyncio.create_task(ended(runs, run.code)) for _ in range(20)]
        gate.set()
        seen = [states for _, states in await asyncio.gather(*early)]
        seen.append((await ended(runs, run.code))[1])
    async with Runs(store, Beside()) as later:
        seen.append((await ended(later, run.code))[1])
    for states in seen:
        assert [s.status for s in states if s.is_terminal] == [RunStatus.DONE]
        assert states[-1].plan_code
    assert len(seen[-1]) == len(seen[-2]) == 1


async def test_a_queued_run_is_cancelled_without_a_worker(store):
    scenario = await scenario_in(store)
    gate = asyncio.Event()
    executor = Beside(gate)
    async with Runs(store, executor) as runs:
        first = await runs.start(scenario.code, BY)
        second = await runs.start(scenario.code, BY)
        assert (await runs.cancel(second.code, BY)).status is RunStatus.CANCELLED
        gate.set()
        assert (await ended(runs, first.code))[0].status is RunStatus.DONE
    assert len(executor.jobs) == 1


async def test_no_plan_is_an_answer_and_leaves_the_scenario_a_draft(store):
    impossible = TWO | {"balance": {"population": "0"}, "minimum": {"population": 500}}
    scenario = await scenario_in(store, impossible)
    async with Runs(store, Beside()) as runs:
        run, _ = await ended(runs, (await runs.start(scenario.code, BY)).code)
    plan = await read_plan(store, run.plan_code)
    assert (run.status, run.solution_status, run.is_current) == (RunStatus.DONE, "INFEASIBLE", False)
    assert plan.districts == ()
    assert plan.document["reasons"]
    assert (await read_scenario(store, scenario.code)).status is Status.DRAFT
    assert run.remark is not None


async def test_a_scenario_that_asks_something_else_meanwhile_keeps_its_plan(store):
    scenario = await scenario_in(store)
    gate = asyncio.Event()
    async with Runs(store, Beside(gate)) as runs:
        started = await runs.start(scenario.code, BY)
        await change_settings(store, scenario.code, {"k": 4}, BY)
        gate.set()
        run, _ = await ended(runs, started.code)
    after = await read_scenario(store, scenario.code)
    assert (run.status, run.is_current, run.answer["set_aside"]) == (RunStatus.DONE, False, "settings")
    assert (after.status, after.plan_code) == (Status.DRAFT, "")
    assert len((await read_plan(store, run.plan_code)).districts) == 2


async def test_a_closed_service_hands_its_runs_to_the_next(store):
    scenario = await scenario_in(store)
    async with Runs(store, Beside(asyncio.Event())) as runs:
        run = await runs.start(scenario.code, BY)
        async for state in runs.watch(run.code):
            if state.status is RunStatus.RUNNING:
                break
    async with Runs(store, Beside()) as later:
        done, _ = await ended(later, run.code)
    assert (done.status, done.attempt) == (RunStatus.DONE, 1)


async def test_a_run_that_is_cancelled_elsewhere_ends_here(store):
    scenario = await scenario_in(store)
    async with Runs(store, Beside(asyncio.Event())) as runs:
        run = await runs.start(scenario.code, BY)
        async for state in runs.watch(run.code):
            if state.status is RunStatus.RUNNING:
                break
        await store.apply([replace(run, status=RunStatus.CANCELLED).put()])
        found, states = await ended(runs, run.code)
    assert found.status is RunStatus.CANCELLED
    assert [s.status for s in states if s.is_terminal] == [RunStatus.CANCELLED]


def gone() -> Owner:
    """Return a process that has ended."""
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        pass
    return Owner(this_process().host, process.pid, "1")


@pytest.mark.parametrize(
    ("attempt", "status", "error"),
    [(1, RunStatus.DONE, ""), (2, RunStatus.FAILED, "run_lost")],
)
async def test_a_run_whose_owner_is_gone_is_tried_once_more(store, attempt, status, error):
    scenario = await scenario_in(store)
    async with Runs(store, Beside(asyncio.Event())) as runs:
        run = await runs.start(scenario.code, BY)
    orphan = replace(run, status=RunStatus.RUNNING, attempt=attempt, owner=str(gone()))
    await store.apply([orphan.put()])
    async with Runs(store, Beside()) as later:
        found, _ = await ended(later, run.code)
    assert (found.status, found.attempt, found.error_code) == (status, 2, error)


async def test_a_run_that_another_process_looks_after_is_left_alone(store):
    scenario = await scenario_in(store)
    async with Runs(store, Beside(asyncio.Event())) as runs:
        run = await runs.start(scenario.code, BY)
    other = await asyncio.create_subprocess_exec(sys.executable, "-c", "input()", stdin=PIPE)
    owner = Owner(this_process().host, other.pid, started_at(other.pid))
    await store.apply([replace(run, status=RunStatus.RUNNING, owner=str(owner)).put()])
    async with Runs(store, Beside()) as later:
        assert await later.recover() == ()
        assert (await later.get(run.code)).status is RunStatus.RUNNING
        assert (await later.cancel(run.code, BY)).status is RunStatus.CANCELLED
        assert [s.status for s in (await ended(later, run.code))[1]] == [RunStatus.CANCELLED]
    await other.communicate(b"\n")
