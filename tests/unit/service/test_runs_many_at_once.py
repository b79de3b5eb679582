"""Many runs asked for at the same moment: each of them is queued, though all write to one place."""

import asyncio

import pytest
from runs_town import BY, Beside, ended, scenario_in

from orgraph.service.runs.records import MOST_TRIES, RunStatus
from orgraph.service.runs.service import Runs
from orgraph.service.scenarios.solving import prepared

pytestmark = pytest.mark.anyio


async def test_more_runs_than_tries_are_queued_at_once_and_judged_once_each(store, monkeypatch):
    scenario = await scenario_in(store)
    others = [await scenario_in(store) for _ in range(MOST_TRIES)]
    judged = []

    async def counted(store, asking):
        judged.append(asking.scenario_code)
        return await prepared(store, asking)

    monkeypatch.setattr("orgraph.service.runs.service.prepared", counted)
    gate = asyncio.Event()
    async with Runs(store, Beside(gate)) as runs:
        codes = [s.code for s in (scenario, *others)]
        started = await asyncio.gather(*(runs.start(code, BY) for code in codes))
        assert sorted(judged) == sorted(codes)
        gate.set()
        for run in started:
            await ended(runs, run.code)
            assert (await runs.get(run.code)).status is RunStatus.DONE
