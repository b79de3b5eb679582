"""The mutations: the life of a scenario and its runs. A resolver reads its input, calls one use case, and wraps the answer; refusals are data."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from enum import Enum
from typing import cast

import strawberry
from strawberry.types import Info

from api import mutation_inputs as given
from api.context import Context
from api.loaders import Loaders
from api.mutation_inputs import asked
from api.types_making import resolved
from api.types_nodes import Seen
from api.types_problems import RunPayload, RunResult, ScenarioPayload, ScenarioResult, problem_of
from api.types_scalars import day
from api.types_texts import Finding
from api.types_words import said
from orgraph.errors import InputError
from orgraph.findings import Finding as FindingRecord
from orgraph.findings import Json
from orgraph.graph import Node, Value
from orgraph.planning.restructuring import NewVillage
from orgraph.service.runs.records import RunRecord
from orgraph.service.runs.service import Runs
from orgraph.service.scenarios import applying, comparing, consulting, solving, starting
from orgraph.service.scenarios.records import Scenario
from orgraph.store.port import PutNode

AppInfo = Info[Context, None]


async def _scenario(
    info: AppInfo, work: Awaitable[Scenario | tuple[Scenario, Sequence[FindingRecord]]]
) -> ScenarioResult:
    """Do the work; what was read before is forgotten, so that the payload shows what holds now."""
    try:
        done = await work
    except InputError as error:
        return problem_of(error)
    info.context["loaders"] = Loaders(info.context["store"])
    scenario, findings = done if isinstance(done, tuple) else (done, ())
    return ScenarioPayload(
        scenario=_seen(scenario.put()), findings=[Finding.of(finding) for finding in findings]
    )


async def _run(info: AppInfo, work: Awaitable[RunRecord]) -> RunResult:
    try:
        run = await work
    except InputError as error:
        return problem_of(error)
    info.context["loaders"] = Loaders(info.context["store"])
    return RunPayload(run=_seen(run.put()))


def _seen(put: PutNode) -> Seen:
    """Return the node that a change has written."""
    stored: dict[str, Value] = {name: value for name, value in put.properties.items() if value is not None}
    return Seen(Node(put.kind, put.code, stored))


def _runs(info: AppInfo) -> Runs:
    runs = info.context["runs"]
    if runs is None:
        raise InputError("runs_not_here")
    return runs


def _table(settings: object) -> dict[str, Json]:
    if not isinstance(settings, dict):
        raise InputError("settings_no_table")
    return cast(dict[str, Json], settings)


def _value(chosen: Enum | None) -> str:
    return "" if chosen is None else str(chosen.value)


async def create_scenario(info: AppInfo, input: given.CreateScenarioInput) -> ScenarioResult:
    """Make a scenario from today."""

    async def work() -> tuple[Scenario, Sequence[FindingRecord]]:
        return await starting.create(
            info.context["store"],
            input.unit_code,
            input.name,
            _table(input.settings),
            asked("createScenario", input),
        )

    return await _scenario(info, work())


async def branch_scenario(info: AppInfo, input: given.BranchScenarioInput) -> ScenarioResult:
    """Make a scenario from another."""

    async def work() -> Scenario:
        return await starting.branch(
            info.context["store"], input.code, input.name, asked("branchScenario", input)
        )

    return await _scenario(info, work())


async def change_scenario_settings(info: AppInfo, input: given.ChangeScenarioSettingsInput) -> ScenarioResult:
    """Ask something else."""

    async def work() -> tuple[Scenario, Sequence[FindingRecord]]:
        return await starting.change_settings(
            info.context["store"],
            input.code,
            _table(input.settings),
            asked("changeScenarioSettings", input),
        )

    return await _scenario(info, work())


async def rebase_scenario(info: AppInfo, input: given.ChangeInput) -> ScenarioResult:
    """Put a scenario on today's state."""

    async def work() -> tuple[Scenario, Sequence[FindingRecord]]:
        return await starting.rebase(info.context["store"], input.code, asked("rebaseScenario", input))

    return await _scenario(info, work())


async def start_run(info: AppInfo, input: given.StartRunInput) -> RunResult:
    """Solve a scenario."""

    async def work() -> RunRecord:
        limits = input.limits.limits() if input.limits else None
        return await _runs(info).start(input.code, asked("startRun", input), limits=limits, seed=input.seed)

    return await _run(info, work())


async def edit_scenario(info: AppInfo, input: given.EditScenarioInput) -> RunResult:
    """Repair a plan around hand edits."""

    async def work() -> RunRecord:
        limits = input.limits.limits() if input.limits else None
        edits = [edit.edit() for edit in input.edits]
        return await _runs(info).repair(
            input.code, edits, asked("editScenario", input), limits=limits, seed=input.seed
        )

    return await _run(info, work())


async def cancel_run(info: AppInfo, input: given.CancelRunInput) -> RunResult:
    """Cancel a run."""

    async def work() -> RunRecord:
        return await _runs(info).cancel(input.code, asked("cancelRun", input))

    return await _run(info, work())


async def choose_plan(info: AppInfo, input: given.ChoosePlanInput) -> ScenarioResult:
    """Make an earlier plan the plan that counts."""

    async def work() -> Scenario:
        return await solving.choose_plan(
            info.context["store"], input.code, input.plan_code, asked("choosePlan", input)
        )

    return await _scenario(info, work())


async def mark_compared(info: AppInfo, input: given.ChangeInput) -> ScenarioResult:
    """Record that the plan was compared."""

    async def work() -> Scenario:
        return await comparing.mark_compared(info.context["store"], input.code, asked("markCompared", input))

    return await _scenario(info, work())


async def record_consent(info: AppInfo, input: given.RecordConsentInput) -> ScenarioResult:
    """Record what a village answers."""

    async def work() -> tuple[Scenario, Sequence[FindingRecord]]:
        consent = consulting.Consent(
            input.unit_code,
            consulting.Answer(_value(input.answer)),
            _value(input.meeting),
            day(input.notice_date),
            day(input.meeting_date),
            input.entitled,
            input.attended,
            input.votes_for,
            input.reason,
            input.by,
        )
        return await consulting.record_consent(
            info.context["store"], input.code, consent, asked("recordConsent", input)
        )

    return await _scenario(info, work())


async def consult_scenario(info: AppInfo, input: given.ChangeInput) -> ScenarioResult:
    """Close the consultation."""

    async def work() -> Scenario:
        return await consulting.consult(info.context["store"], input.code, asked("consultScenario", input))

    return await _scenario(info, work())


async def record_approval(info: AppInfo, input: given.RecordApprovalInput) -> ScenarioResult:
    """Record what an authority decides."""

    async def work() -> Scenario:
        approval = consulting.Approval(
            _value(input.authority),
            consulting.Decision(_value(input.answer)),
            day(input.decision_date),
            input.document_number,
            input.reason,
            input.by,
        )
        return await consulting.record_approval(
            info.context["store"], input.code, approval, asked("recordApproval", input)
        )

    return await _scenario(info, work())


async def apply_scenario(info: AppInfo, input: given.ApplyScenarioInput) -> ScenarioResult:
    """Carry a scenario out."""

    async def work() -> Scenario:
        on = day(input.effective)
        assert on is not None
        return await applying.apply_scenario(
            info.context["store"],
            input.code,
            asked("applyScenario", input),
            effective=on,
            names={v.seat: NewVillage(v.code, v.name, v.seat) for v in input.villages},
        )

    return await _scenario(info, work())


async def revert_scenario(info: AppInfo, input: given.RevertScenarioInput) -> ScenarioResult:
    """Take a scenario back."""

    async def work() -> Scenario:
        on = day(input.effective)
        assert on is not None
        return await applying.revert_scenario(
            info.context["store"], input.code, asked("revertScenario", input), effective=on
        )

    return await _scenario(info, work())


_MUTATIONS: tuple[Callable[..., object], ...] = (
    create_scenario,
    branch_scenario,
    change_scenario_settings,
    rebase_scenario,
    start_run,
    edit_scenario,
    cancel_run,
    choose_plan,
    mark_compared,
    record_consent,
    consult_scenario,
    record_approval,
    apply_scenario,
    revert_scenario,
)

Mutation = type(
    "Mutation", (), {m.__name__: resolved(m, said(f"mutation.{m.__name__}"), {}) for m in _MUTATIONS}
)
strawberry.type(Mutation, description=said("type.mutation"))
