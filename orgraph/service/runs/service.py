"""`Runs`: start, watch and cancel runs of scenarios; what was left behind by a crash is taken up again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from types import TracebackType
from typing import Self

from orgraph.errors import InputError, InvalidProblem, OrgraphError, VersionConflict
from orgraph.findings import Finding, Json
from orgraph.graph import NodeKey
from orgraph.service.runs.executor import RunExecutor
from orgraph.service.runs.owners import HEARTBEAT_S, is_alive, this_process
from orgraph.service.runs.records import (
    MOST_TRIES,
    RunLimits,
    RunRecord,
    RunStatus,
    put_unended,
    read_run,
    run_code,
    runs_of,
)
from orgraph.service.runs.states import Channel, RunState
from orgraph.service.runs.work import MOST_ATTEMPTS, Work
from orgraph.service.scenarios.amending import OUTSIDE, Asked, now, read_scenario, require_revision
from orgraph.service.scenarios.editing import Edit
from orgraph.service.scenarios.solving import Asking, asking_of, prepared
from orgraph.store.port import Change, Condition, Operator, PutRelationship, Store

LOOK_S = 0.5
"""A run of another process is looked up this often while it is watched."""
MOST_SEED = 2**31 - 1


class Runs:
    """The runs of one store. One object per process looks after those that it started or took up; every process may read them all.

    Enter it with ``async with``: that takes up what was left behind, and hands back what is under way at the end.
    """

    def __init__(self, store: Store, executor: RunExecutor) -> None:
        self._store = store
        self._executor = executor
        self._places = asyncio.Semaphore(executor.num_at_once)
        self._works: dict[str, Work] = {}
        self._beating: asyncio.Task[None] | None = None
        self._is_closed = False
        self._queueing = asyncio.Lock()
        """All runs are written to one scope: those who queue them here wait for each other instead of getting into each other's way."""

    async def __aenter__(self) -> Self:
        """Take up what was left behind."""
        await self.recover()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Hand back what is under way."""
        await self.close()

    async def start(
        self,
        scenario_code: str,
        asked: Asked,
        *,
        limits: RunLimits | None = None,
        seed: int = 1,
        edits: Sequence[Edit] = (),
    ) -> RunRecord:
        """Queue a run of a scenario and return its record. With ``edits``, its plan is repaired around them.

        Raises
        ------
        NotFound
            When there is no such scenario.
        VersionConflict
            When the county has changed since the scenario was made or rebased, or the scenario since the caller saw it.
        InvalidProblem
            With every finding on settings, edits and limits, when any of them is an error.
        InputError
            When a scenario of this status cannot be solved, when edits name what its plan has not, or when the key was used for another request.
        """
        async with self._queueing:
            return await self._queue(scenario_code, asked, limits or RunLimits(), seed, edits)

    async def _queue(
        self, scenario_code: str, asked: Asked, limits: RunLimits, seed: int, edits: Sequence[Edit]
    ) -> RunRecord:
        code = run_code(asked.key and f"{scenario_code} {asked.key}")
        judged: Asking | None = None
        for attempt in range(1, MOST_TRIES + 1):
            version = await self._store.version(OUTSIDE)
            known = await self._known(code, asked)
            if known is not None:
                return known
            scenario = await read_scenario(self._store, scenario_code)
            require_revision(scenario, asked)
            asking = await asking_of(self._store, scenario, edits)
            if asking != judged:
                # others commit while this goes on: judge once, and try again quickly
                await self._require_valid(asking, limits, seed)
                judged = asking
            run = RunRecord(
                code,
                asking,
                limits,
                seed,
                queued_at=now(),
                queued_by=asked.by,
                owner=str(this_process()),
                heartbeat_at=now(),
                request={"key": asked.key, "digest": asked.digest} if asked.key else {},
            )
            changes = (run.put(), PutRelationship("HAS_RUN", scenario.key, run.key))
            try:
                await self._store.apply(
                    changes, expected={OUTSIDE: version}, by=asked.by, reason=asked.reason
                )
            except VersionConflict:
                if attempt == MOST_TRIES:
                    raise
            else:
                self._take_up(run)
                return run
        raise AssertionError("the last attempt returns or raises")

    async def repair(
        self,
        scenario_code: str,
        edits: Sequence[Edit],
        asked: Asked,
        *,
        limits: RunLimits | None = None,
        seed: int = 1,
    ) -> RunRecord:
        """Queue a run that repairs the plan of a scenario around hand edits; its record then tells the price. Raises as :meth:`start`."""
        if not edits:
            raise InputError("invalid_edits", num_errors=1)
        return await self.start(scenario_code, asked, limits=limits, seed=seed, edits=edits)

    async def cancel(self, code: str, asked: Asked) -> RunRecord:
        """Cancel a run and return it as it is then; a run that has ended stays as it is.

        Raises
        ------
        NotFound
            When there is no such run.
        """
        work = self._works.get(code)
        if work is not None:
            return await work.cancel(asked)
        run = await read_run(self._store, code)
        if run.status.is_ended:
            return run
        # its owner sees that with its next heartbeat
        run = replace(run, status=RunStatus.CANCELLED, ended_at=now())
        ended = await put_unended(self._store, code, (run.put(),), by=asked.by, reason=asked.reason)
        return ended or run

    async def get(self, code: str) -> RunRecord:
        """Return a run.

        Raises
        ------
        NotFound
            When there is none with this code.
        """
        return await read_run(self._store, code)

    async def list_of(self, scenario_code: str) -> tuple[RunRecord, ...]:
        """Return the runs of a scenario, newest first.

        Raises
        ------
        NotFound
            When there is no such scenario.
        """
        await read_scenario(self._store, scenario_code)
        return await runs_of(self._store, scenario_code)

    async def watch(self, code: str) -> AsyncIterator[RunState]:
        """Yield the present state of a run, then newer ones, and its end as the last one, once. A slow watcher gets the latest.

        Raises
        ------
        NotFound
            When there is no such run.
        """
        last: RunState | None = None
        while last is None or not (last.is_terminal or self._is_closed):
            work = self._works.get(code)
            if work is None:
                state = RunState.of(await self._looked_up(code))
                if last is None or (state != last and state.order >= last.order):
                    last = state
                    yield state
                if not last.is_terminal and code not in self._works:
                    await asyncio.sleep(LOOK_S)
                continue
            async for state in work.channel.states():
                if last is None or (state != last and state.order >= last.order):
                    last = state
                    yield state

    async def recover(self) -> tuple[RunRecord, ...]:
        """Take up the runs whose owner is gone, and return them: what was at work is queued once more, and has failed when that was its second attempt."""
        left = [run for run in await self._unended() if self._is_left(run)]
        return tuple([await self._recovered(run) for run in left])

    async def close(self) -> None:
        """End all workers and let go of all watchers; the runs are queued again, for whoever opens the store next."""
        self._is_closed = True
        works = tuple(self._works.values())
        await asyncio.gather(*(work.hand_back() for work in works))
        if self._beating is not None:
            self._beating.cancel()
            await asyncio.gather(self._beating, return_exceptions=True)
            self._beating = None

    async def _known(self, code: str, asked: Asked) -> RunRecord | None:
        """Return the run that this request has led to before."""
        node = await self._store.get("Run", code) if asked.key else None
        if node is None:
            return None
        run = RunRecord.of(node)
        if run.request.get("digest") != asked.digest:
            raise InputError("idempotency_key_reused", key=asked.key)
        return run

    async def _require_valid(self, asking: Asking, limits: RunLimits, seed: int) -> None:
        findings = list(limits.findings())
        if not 0 <= seed <= MOST_SEED:
            findings.append(Finding("run.seed", numbers={"found": seed, "most": MOST_SEED}))
        try:
            await prepared(self._store, asking)
        except InvalidProblem as error:
            findings = [*error.findings, *findings]
        if findings:
            num_errors = sum(f.is_error for f in findings)
            raise InvalidProblem("invalid_problem", findings=findings, num_errors=num_errors)

    def _take_up(self, run: RunRecord) -> None:
        channel = Channel(RunState.of(run))
        work = Work(self._store, self._executor, self._places, run, channel)
        self._works[run.code] = work
        work.begin(lambda: self._works.pop(run.code, None))
        if self._beating is None or self._beating.done():
            self._beating = asyncio.create_task(self._beat())

    async def _beat(self) -> None:
        """Write down, every two seconds and at once for all, that the runs of this process are looked after, and how far they are."""
        while self._works:
            await asyncio.sleep(HEARTBEAT_S)
            try:
                await self._beat_once()
            except OrgraphError:
                # the store is away or busy: the next beat tells more than this one would have
                continue

    async def _beat_once(self) -> None:
        works = list(self._works.values())
        version = await self._store.version(OUTSIDE)
        stored = await self._store.get_many([NodeKey("Run", work.code) for work in works])
        changes: list[Change] = []
        for work, node in zip(works, stored, strict=True):
            if node is None or RunRecord.of(node).status.is_ended:
                work.stop()
            elif put := work.heartbeat():
                changes.append(put)
        if changes:
            await self._store.apply(changes, expected={OUTSIDE: version})

    async def _unended(self) -> tuple[RunRecord, ...]:
        statuses = (RunStatus.QUEUED.value, RunStatus.RUNNING.value)
        where = [Condition("status", Operator.IN, statuses)]
        found: list[RunRecord] = []
        page = await self._store.page("Run", where=where)
        found += (RunRecord.of(node) for node in page.nodes)
        while page.has_next:
            page = await self._store.page("Run", where=where, after=page.cursors[-1])
            found += (RunRecord.of(node) for node in page.nodes)
        return tuple(found)

    def _is_left(self, run: RunRecord) -> bool:
        if run.status.is_ended or run.code in self._works or self._is_closed:
            return False
        return run.owner == str(this_process()) or not is_alive(run.owner, run.heartbeat_at)

    async def _looked_up(self, code: str) -> RunRecord:
        """Return a run that this process does not look after; when nobody does any more, take it up."""
        run = await read_run(self._store, code)
        return await self._recovered(run) if self._is_left(run) else run

    async def _recovered(self, run: RunRecord) -> RunRecord:
        """Take up a run, or let it fail; whoever was quicker may have done either."""
        for _ in range(MOST_TRIES):
            version = await self._store.version(OUTSIDE)
            stored = await read_run(self._store, run.code)
            if not self._is_left(stored):
                return stored
            mine = _taken_over(stored)
            try:
                await self._store.apply((mine.put(),), expected={OUTSIDE: version}, by=run.queued_by)
            except VersionConflict:
                continue
            if not mine.status.is_ended and run.code not in self._works:
                self._take_up(mine)
            return mine
        return run


def _taken_over(run: RunRecord) -> RunRecord:
    """Return a run whose owner is gone: one that was at work is queued once more, and has failed when that was its second attempt."""
    was_at_work = run.status is RunStatus.RUNNING
    mine = replace(run, owner=str(this_process()), heartbeat_at=now())
    if was_at_work and run.attempt >= MOST_ATTEMPTS:
        nothing: dict[str, Json] = {}
        return replace(
            mine,
            status=RunStatus.FAILED,
            ended_at=now(),
            error_code="run_lost",
            answer={"error": nothing},
        )
    return replace(mine, status=RunStatus.QUEUED, attempt=run.attempt + was_at_work, started_at="")
