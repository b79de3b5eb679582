"""A town drawn as letters in a store, and executors that do as a test says."""

import asyncio
import os
import signal
from collections.abc import Callable

from orgraph.graph import GraphBuilder, NodeKey
from orgraph.planning import restructuring
from orgraph.service.runs.executor import ProcessExecutor, Stopped
from orgraph.service.runs.job import Job, Moment, unpacked
from orgraph.service.scenarios.amending import Asked
from orgraph.service.scenarios.starting import create
from orgraph.solver import Limits
from orgraph.store.port import PutNode, PutRelationship

BY = Asked("planner")
ROWS = ("ABCD", "EFGH")
TWO = {"k": 2}


def town_changes():
    """Eight villages in two rows, 100 people each, a kilometre or so apart."""
    yield PutNode("Unit", "T", {"name": "T镇", "level": "town"})
    at = {letter: (column, row) for row, line in enumerate(ROWS) for column, letter in enumerate(line)}
    for letter, (column, row) in at.items():
        values = {"name": f"{letter}村", "level": "village", "population": 100}
        yield PutNode("Unit", letter, values | {"lon": column / 100, "lat": -row / 100})
        yield PutRelationship("PART_OF", NodeKey("Unit", letter), NodeKey("Unit", "T"))
    for a, (column, row) in at.items():
        for b in (b for b, cell in at.items() if cell in ((column + 1, row), (column, row + 1))):
            ends = NodeKey("Unit", a), NodeKey("Unit", b)
            yield PutRelationship("ADJACENT", *ends, {"shared_border_m": 1000.0})


def grid(size):
    """Return a square of villages that takes far longer to plan for than any test."""
    builder = GraphBuilder()
    keys = {}
    for row in range(size):
        for column in range(size):
            place = {
                "population": 100 + (37 * row + 91 * column) % 200,
                "lon": column / 100,
                "lat": -row / 100,
            }
            keys[row, column] = builder.add_node(
                "Unit", f"{row:02}{column:02}", {"level": "village", **place}
            )
    for (row, column), key in keys.items():
        for beside in ((row + 1, column), (row, column + 1)):
            if beside in keys:
                builder.add_relationship("ADJACENT", key, keys[beside])
    return builder.freeze()


async def scenario_in(store, settings=TWO):
    """Return a scenario about the town, the town being put into the store where it is not there."""
    if await store.get("Unit", "T") is None:
        await store.apply(town_changes())
    scenario, _ = await create(store, "T", "two villages", settings, BY)
    return scenario


class Beside:
    """Solves in a thread of this process: quick to start. ``gate`` holds every job back until it is set."""

    num_at_once = 1

    def __init__(self, gate: asyncio.Event | None = None) -> None:
        self.gate = gate
        self.jobs: list[Job] = []

    async def execute(self, job: Job, tell: Callable[[Moment], None], stop: asyncio.Event):
        self.jobs.append(job)
        if self.gate is not None:
            waits = [asyncio.create_task(event.wait()) for event in (self.gate, stop)]
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            for task in waits:
                task.cancel()
        if stop.is_set():
            return Stopped()
        return await asyncio.to_thread(
            restructuring.plan, unpacked(job.graph), job.options, limits=Limits(job.time_s), seed=job.seed
        )


class Killing(ProcessExecutor):
    """Kills the first workers that it starts."""

    def __init__(self, times: int) -> None:
        super().__init__(1)
        self.left = times

    async def _attended(self, process, job, tell, stop):
        if self.left:
            self.left -= 1
            os.kill(process.pid, signal.SIGKILL)
        return await super()._attended(process, job, tell, stop)


async def ended(runs, code):
    """Return a run after its end, and every state that a watcher saw."""
    states = [state async for state in runs.watch(code)]
    return await runs.get(code), states
