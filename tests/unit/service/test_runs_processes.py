"""Runs in real worker processes: a plan, its progress, a cancel, workers that are killed or want too much memory."""

import asyncio
import pickle
import subprocess
import sys

import pytest
from runs_town import BY, Killing, ended, grid, scenario_in

from orgraph.planning.restructuring import Options
from orgraph.service.runs.executor import Died, ProcessExecutor
from orgraph.service.runs.job import Job, Refusal, packed
from orgraph.service.runs.records import RunStatus
from orgraph.service.runs.service import Runs
from orgraph.service.runs.worker import LENGTH_BYTES
from orgraph.service.scenarios.amending import read_scenario
from orgraph.service.scenarios.life import Status
from orgraph.service.scenarios.plans import read_plan

pytestmark = pytest.mark.anyio


async def test_a_run_solves_its_scenario_and_tells_how_far_it_is(store):
    scenario = await scenario_in(store)
    async with Runs(store, ProcessExecutor()) as runs:
        started = await runs.start(scenario.code, BY)
        run, states = await ended(runs, started.code)
    solved = await read_scenario(store, scenario.code)
    plan = await read_plan(store, run.plan_code)
    assert (run.status, run.solution_status, run.is_current) == (RunStatus.DONE, "OPTIMAL", True)
    assert (solved.status, solved.plan_code) == (Status.SOLVED, plan.code)
    assert sorted(len(d.members) for d in plan.districts) == [4, 4]
    assert run.objective == pytest.approx(plan.measures["distance"])
    assert states[0].status is RunStatus.QUEUED
    assert [state.is_terminal for state in states] == [False] * (len(states) - 1) + [True]
    assert [state.order for state in states] == sorted(state.order for state in states)
    told = [state.objective for state in states if state.objective is not None]
    assert told == sorted(told, reverse=True)
    assert told[-1] == run.objective


async def test_a_cancelled_run_ends_and_leaves_no_process(store):
    scenario = await scenario_in(store)
    executor = ProcessExecutor()
    async with Runs(store, executor) as runs:
        started = await runs.start(scenario.code, BY)
        async for state in runs.watch(started.code):
            if state.status is RunStatus.RUNNING:
                break
        run = await runs.cancel(started.code, BY)
        assert run.status is RunStatus.CANCELLED
        assert [s.status for s in (await ended(runs, run.code))[1]] == [RunStatus.CANCELLED]
        assert (await runs.cancel(run.code, BY)).ended_at == run.ended_at
    assert executor.pids == set()
    assert (await read_scenario(store, scenario.code)).status is Status.DRAFT


async def test_a_killed_worker_is_started_once_more(store):
    scenario = await scenario_in(store)
    async with Runs(store, Killing(1)) as runs:
        started = await runs.start(scenario.code, BY)
        run, states = await ended(runs, started.code)
    assert (run.status, run.attempt) == (RunStatus.DONE, 2)
    assert {state.attempt for state in states} == {1, 2}


async def test_a_worker_killed_twice_fails_the_run_and_says_so(store):
    scenario = await scenario_in(store)
    async with Runs(store, Killing(2)) as runs:
        started = await runs.start(scenario.code, BY)
        run, _ = await ended(runs, started.code)
    assert (run.status, run.attempt, run.error_code) == (RunStatus.FAILED, 2, "run_worker_died")
    assert run.error is not None
    assert "-9" in run.error.en
    assert "-9" in run.error.zh
    assert (await read_scenario(store, scenario.code)).status is Status.DRAFT


async def test_a_worker_ends_at_its_limit_of_memory(store):
    await scenario_in(store)
    graph = packed(await store.snapshot("T"))
    job = Job("", graph, Options(k=2), 60.0, 1, memory_mib=64, seed=1)
    verdict = await ProcessExecutor().execute(job, lambda moment: None, asyncio.Event())
    assert isinstance(verdict, Died)
    assert verdict.is_out_of_memory


async def test_a_worker_that_gives_no_answer_in_time_is_ended():
    job = Job("", packed(grid(3)), Options(k=2), 0.01, 1, memory_mib=4096, seed=1)
    verdict = await ProcessExecutor(overtime_s=0).execute(job, lambda moment: None, asyncio.Event())
    assert isinstance(verdict, Died)
    assert verdict.is_overdue


async def test_a_worker_hands_back_what_is_wrong_with_its_problem():
    job = Job("", packed(grid(3)), Options(k=99, seats=("X",)), 60.0, 1, memory_mib=4096, seed=1)
    verdict = await ProcessExecutor().execute(job, lambda moment: None, asyncio.Event())
    assert isinstance(verdict, Refusal)
    assert verdict.code == "invalid_problem"
    assert "planning.unit_unknown" in {finding.code for finding in verdict.findings}


def test_a_worker_ends_when_nobody_waits_for_it_any_more():
    options = Options(k=20, balance={})
    job = pickle.dumps(Job("", packed(grid(16)), options, 600.0, 1, memory_mib=4096, seed=1))
    command = [sys.executable, "-P", "-m", "orgraph.service.runs.worker"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as worker:
        worker.communicate(len(job).to_bytes(LENGTH_BYTES, "big") + job)
    assert worker.returncode in (
        0,
        1,
    )  # it stopped in time by itself, or was ended: in seconds, not after its 600


def test_a_worker_loads_no_store_and_no_settings():
    code = "import sys, orgraph.service.runs.worker as w; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    names = loaded.stdout.split()
    assert "orgraph.planning.restructuring" in names
    assert [n for n in names if n.startswith(("orgraph.store", "orgraph.cli", "sqlite3", "neo4j"))] == []
