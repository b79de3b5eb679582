"""One run under way: waiting for a place, solving, a second attempt when its worker dies, and the commit that ends it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import TypedDict

from orgraph.errors import OrgraphError
from orgraph.findings import Json
from orgraph.graph import NodeKey
from orgraph.planning.restructuring import Outcome
from orgraph.service.runs.executor import Died, RunExecutor, Stopped, Verdict
from orgraph.service.runs.job import Job, Moment, Refusal, packed
from orgraph.service.runs.owners import this_process
from orgraph.service.runs.records import RunRecord, RunStatus, put_unended, read_run
from orgraph.service.runs.states import Channel, RunState
from orgraph.service.scenarios.amending import Amendment, Asked, amend, now
from orgraph.service.scenarios.editing import edits_json, prices
from orgraph.service.scenarios.plans import put_plan, read_plan
from orgraph.service.scenarios.records import Scenario
from orgraph.service.scenarios.solving import Prepared, prepared, set_aside, with_plan
from orgraph.solver.solution import gap
from orgraph.store.port import Change, PutNode, PutRelationship, Store

MOST_ATTEMPTS = 2


class _Figures(TypedDict):
    seconds: float | None
    objective: float | None
    bound: float | None
    gap: float | None


class Work:
    """Looks after one run until it has ended or is handed back."""

    def __init__(
        self,
        store: Store,
        executor: RunExecutor,
        places: asyncio.Semaphore,
        run: RunRecord,
        channel: Channel,
    ) -> None:
        self._store = store
        self._executor = executor
        self._places = places
        self.run = run
        self.channel = channel
        self._stop = asyncio.Event()
        self._asked = Asked(run.queued_by, run.code)
        self._task: asyncio.Task[None] | None = None

    @property
    def code(self) -> str:
        """Return the code of the run."""
        return self.run.code

    def begin(self, forget: Callable[[], object]) -> None:
        """Begin; ``forget`` is called when nothing is left to do."""
        self._task = asyncio.create_task(self._attended())
        self._task.add_done_callback(lambda _: forget())

    def stop(self) -> None:
        """Ask it to end."""
        self._stop.set()

    async def cancel(self, asked: Asked) -> RunRecord:
        """Cancel and return the run as it has ended."""
        assert self._task is not None
        self._asked = asked
        self.stop()
        await asyncio.wait((self._task,))
        return await read_run(self._store, self.code)

    async def hand_back(self) -> None:
        """End the worker and queue the run for whoever opens the store next."""
        assert self._task is not None
        self._task.cancel()
        await asyncio.wait((self._task,))
        if not self.run.status.is_ended:
            back = replace(self.run, status=RunStatus.QUEUED, owner="", heartbeat_at="", started_at="")
            try:
                stored = await put_unended(self._store, self.code, (back.put(),), by=self.run.queued_by)
            except OrgraphError:
                stored = None  # whoever opens the store next finds an owner that is gone
            if stored is not None:
                self._tell(stored)
        self.channel.close()

    def heartbeat(self) -> PutNode | None:
        """Return the change that writes down how far it is, ``None`` when it has ended."""
        if self.run.status.is_ended:
            return None
        self.run = replace(self.run, heartbeat_at=now(), **self._so_far())
        return self.run.put()

    def _so_far(self) -> _Figures:
        """Return how far the present attempt has come."""
        state = self.channel.state
        if self.run.status is not RunStatus.RUNNING:
            return {"seconds": None, "objective": None, "bound": None, "gap": None}
        return {
            "seconds": state.seconds,
            "objective": state.objective,
            "bound": state.bound,
            "gap": state.gap,
        }

    async def _attended(self) -> None:
        try:
            if await self._has_place():
                try:
                    await self._attempts()
                finally:
                    self._places.release()
            else:
                await self._cancelled(None)
        except OrgraphError as error:
            await self._fail(error.code, dict(error.details), error)
        finally:
            if not self.run.status.is_ended and not _is_cancelled():
                await self._fail("run_broken_off", {})

    async def _has_place(self) -> bool:
        """Wait for a place among those that are solved at once; false when it is to be stopped first."""
        place = asyncio.create_task(self._places.acquire())
        stopped = asyncio.create_task(self._stop.wait())
        try:
            await asyncio.wait((place, stopped), return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            if place.done():
                self._places.release()
            raise
        finally:
            place.cancel()
            stopped.cancel()
        return place.done()

    async def _attempts(self) -> None:
        ready = await prepared(self._store, self.run.asking)
        job = self._job(ready)
        while True:
            if self._stop.is_set():
                return await self._cancelled(None)
            await self._put(
                replace(
                    self.run,
                    status=RunStatus.RUNNING,
                    owner=str(this_process()),
                    started_at=now(),
                    heartbeat_at=now(),
                )
            )
            verdict = await self._executor.execute(job, self._hear, self._stop)
            if not _may_help_again(verdict) or self.run.attempt >= MOST_ATTEMPTS:
                return await self._end(verdict)
            again = replace(self.run, status=RunStatus.QUEUED, attempt=self.run.attempt + 1)
            await self._put(replace(again, seconds=None, objective=None, bound=None, gap=None))

    def _job(self, ready: Prepared) -> Job:
        limits = self.run.limits
        return Job(
            ready.name,
            packed(ready.graph),
            ready.options,
            limits.time_s,
            limits.workers,
            limits.memory_mib,
            self.run.seed,
        )

    def _hear(self, moment: Moment) -> None:
        state = RunState.of(self.run)
        self.channel.tell(
            replace(
                state,
                phase=moment.phase,
                seconds=moment.seconds,
                objective=moment.objective,
                bound=moment.bound,
            )
        )

    async def _end(self, verdict: Verdict) -> None:
        if isinstance(verdict, Stopped):
            await self._cancelled(verdict.outcome)
        elif isinstance(verdict, Refusal):
            await self._fail(verdict.code, dict(verdict.details))
        elif isinstance(verdict, Died):
            await self._fail(*_told(verdict, self.run))
        else:
            await self._done(verdict)

    async def _done(self, outcome: Outcome) -> None:
        """Commit plan, run and scenario together; a plan that the scenario has moved on from is kept with the run alone."""
        reason = "no_plan"
        if outcome.districts:
            try:
                await self._become_plan(outcome)
                return
            except _OvertakenError as overtaken:
                reason = overtaken.reason
        await self._keep(RunStatus.DONE, outcome, reason)

    async def _become_plan(self, outcome: Outcome) -> None:
        price = await self._prices(outcome)
        ended = self._answered(RunStatus.DONE, outcome, "", price)

        async def change(scenario: Scenario) -> Amendment:
            if reason := set_aside(scenario, self.run.asking, outcome):
                raise _OvertakenError(reason)
            if (await read_run(self._store, self.code)).status.is_ended:
                raise _OvertakenError("cancelled")
            changes = (*self._plan_changes(outcome, price), ended.put(), self._produces(ended))
            return Amendment(with_plan(scenario, ended.plan_code, self._asked), changes)

        await amend(self._store, self.run.scenario_code, self._asked, change)
        self._tell(ended)

    async def _keep(self, status: RunStatus, outcome: Outcome, reason: str) -> None:
        price = await self._prices(outcome)
        ended = self._answered(status, outcome, reason, price)
        changes = (*self._plan_changes(outcome, price), ended.put(), self._produces(ended))
        await self._put(ended, *changes)

    def _answered(self, status: RunStatus, outcome: Outcome, reason: str, price: list[Json]) -> RunRecord:
        certificate = outcome.certificate
        return replace(
            self.run,
            status=status,
            ended_at=now(),
            seconds=max(self.channel.state.seconds, certificate.seconds),
            objective=certificate.objective,
            bound=certificate.bound,
            gap=gap(certificate.objective, certificate.bound),
            digest=certificate.digest,
            answer={
                "status": outcome.status.value,
                "plan_code": f"P-{self.code.partition('-')[2]}",
                "set_aside": reason,
                "prices": price,
            },
        )

    def _plan_changes(self, outcome: Outcome, price: list[Json]) -> tuple[Change, ...]:
        asking = self.run.asking
        edits: dict[str, Json] = {}
        if asking.edits:
            edits = {"before": asking.edited_code, "edits": edits_json(asking.edits), "prices": price}
        return put_plan(
            f"P-{self.code.partition('-')[2]}",
            NodeKey("Scenario", asking.scenario_code),
            outcome,
            origin="edited" if asking.edits else "solved",
            edits=edits,
            unit_code=asking.unit_code,
        )

    def _produces(self, ended: RunRecord) -> PutRelationship:
        return PutRelationship("PRODUCES", ended.key, NodeKey("Plan", ended.plan_code))

    async def _prices(self, outcome: Outcome) -> list[Json]:
        if not self.run.asking.edits or not outcome.districts:
            return []
        before = await read_plan(self._store, self.run.asking.edited_code)
        return [price.to_json() for price in prices(before, outcome)]

    async def _cancelled(self, outcome: Outcome | None) -> None:
        if outcome is not None and outcome.districts:
            await self._keep(RunStatus.CANCELLED, outcome, "cancelled")
        else:
            await self._put(replace(self.run, status=RunStatus.CANCELLED, ended_at=now(), **self._so_far()))

    async def _fail(self, code: str, details: dict[str, Json], error: OrgraphError | None = None) -> None:
        findings = [f.to_json() for f in error.findings] if error else []
        failed = replace(
            self.run,
            status=RunStatus.FAILED,
            ended_at=now(),
            error_code=code,
            answer={"error": details, **({"findings": list[Json](findings)} if findings else {})},
            **self._so_far(),
        )
        try:
            await self._put(failed)
        except OrgraphError:
            # the store cannot take it down: watchers are told, and whoever looks at the run later finds its heartbeat silent
            self._tell(failed)

    async def _put(self, run: RunRecord, *changes: Change) -> None:
        """Write the run, unless it was ended from elsewhere, and tell its watchers."""
        ended = await put_unended(
            self._store,
            self.code,
            changes or (run.put(),),
            by=self._asked.by,
            reason=self._asked.reason,
        )
        if ended is not None:
            self._stop.set()
        self._tell(ended or run)

    def _tell(self, run: RunRecord) -> None:
        self.run = run
        self.channel.tell(RunState.of(run))


class _OvertakenError(Exception):
    """The scenario has moved on while a run was at work."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def _may_help_again(verdict: Verdict) -> bool:
    return isinstance(verdict, Died) and not verdict.is_out_of_memory and not verdict.is_overdue


def _told(died: Died, run: RunRecord) -> tuple[str, dict[str, Json]]:
    if died.is_out_of_memory:
        return "run_out_of_memory", {"memory_mib": run.limits.memory_mib}
    if died.is_overdue:
        return "run_overdue", {"time_s": run.limits.time_s}
    return "run_worker_died", {"exit_code": died.code, "said": died.said or "-"}


def _is_cancelled() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
