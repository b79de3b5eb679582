"""The list of runs."""

from __future__ import annotations

from orgraph.service.runs.records import RunRecord, runs_of
from orgraph.service.scenarios.amending import read_scenario
from orgraph.service.scenarios.listing import every
from orgraph.store.port import Store


async def list_runs(store: Store, scenario_code: str = "") -> tuple[RunRecord, ...]:
    """Return the runs of a scenario, or all of them, newest first.

    Raises
    ------
    NotFound
        When there is no such scenario.
    """
    if scenario_code:
        await read_scenario(store, scenario_code)
        return await runs_of(store, scenario_code)
    found = [RunRecord.of(node) for node in await every(store, "Run")]
    return tuple(sorted(found, key=lambda run: (run.queued_at, run.code), reverse=True))
