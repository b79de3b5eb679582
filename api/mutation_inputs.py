"""What mutations are given: one input type each; all tell who asks, why, on which revision, and under which idempotency key."""

from __future__ import annotations

from enum import Enum
from typing import cast

import strawberry
from strawberry.scalars import JSON

from api.types_making import nullable
from api.types_scalars import Day, enum_of
from api.types_words import said
from orgraph.errors import InputError
from orgraph.findings import Json
from orgraph.service.runs.records import RunLimits
from orgraph.service.scenarios.amending import Asked
from orgraph.service.scenarios.editing import Edit, Forbid, Lock, Move

_ANSWER = enum_of("Consent", "answer")
_MEETING = enum_of("Consent", "meeting")
_AUTHORITY = enum_of("Approval", "authority")
_DECISION = enum_of("Approval", "answer")
_ANY_MEETING = nullable(_MEETING)


@strawberry.input(description=said("input.new"))
class _New:
    """Who makes something, and why."""

    by: str = strawberry.field(description=said("input.by"))
    reason: str = strawberry.field(default="", description=said("input.reason"))
    idempotency_key: str | None = strawberry.field(default=None, description=said("input.key"))


@strawberry.input(description=said("input.change"))
class ChangeInput:
    """Who changes a scenario, and why, on which revision."""

    code: str = strawberry.field(description=said("input.code"))
    expected_version: int = strawberry.field(description=said("input.expected_version"))
    by: str = strawberry.field(description=said("input.by"))
    reason: str = strawberry.field(default="", description=said("input.reason"))
    idempotency_key: str | None = strawberry.field(default=None, description=said("input.key"))


@strawberry.input(description=said("input.create_scenario"))
class CreateScenarioInput(_New):
    """A scenario from today."""

    unit_code: str = strawberry.field(description=said("input.unit_code"))
    name: str
    settings: JSON = strawberry.field(description=said("input.settings"))


@strawberry.input(description=said("input.branch_scenario"))
class BranchScenarioInput(_New):
    """A scenario from another one."""

    code: str = strawberry.field(description=said("input.code"))
    name: str


@strawberry.input(description=said("input.change_settings"))
class ChangeScenarioSettingsInput(ChangeInput):
    """Other settings."""

    settings: JSON = strawberry.field(description=said("input.settings"))


@strawberry.input(description=said("input.limits"))
class RunLimitsInput:
    """What a run may use."""

    seconds: float = 60.0
    workers: int = 1
    memory_mib: int = 4096

    def limits(self) -> RunLimits:
        """Return them as runs take them."""
        return RunLimits(self.seconds, self.workers, self.memory_mib)


@strawberry.input(description=said("input.start_run"))
class StartRunInput(ChangeInput):
    """A run of a scenario."""

    limits: RunLimitsInput | None = None
    seed: int = 1


@strawberry.input(description=said("input.cancel_run"))
class CancelRunInput(_New):
    """The end of a run."""

    code: str = strawberry.field(description=said("input.run_code"))


@strawberry.input(description=said("input.move"))
class MoveInput:
    """A unit goes into the district of a seat."""

    unit: str
    seat: str


@strawberry.input(description=said("input.lock"))
class LockInput:
    """Units stay together, or a district stays as it is."""

    units: list[str] = strawberry.field(default_factory=list)
    seat: str = ""


@strawberry.input(description=said("input.forbid"))
class ForbidInput:
    """A unit does not go into the district of a seat."""

    unit: str
    seat: str


@strawberry.input(one_of=True, description=said("input.edit"))
class EditInput:
    """One hand edit."""

    move: MoveInput | None = strawberry.UNSET
    lock: LockInput | None = strawberry.UNSET
    forbid: ForbidInput | None = strawberry.UNSET

    def edit(self) -> Edit:
        """Return it as the service takes it."""
        if self.move:
            return Move(self.move.unit, self.move.seat)
        if self.forbid:
            return Forbid(self.forbid.unit, self.forbid.seat)
        assert self.lock
        return Lock(tuple(self.lock.units), self.lock.seat)


@strawberry.input(description=said("input.edit_scenario"))
class EditScenarioInput(StartRunInput):
    """Hand edits."""

    edits: list[EditInput]


@strawberry.input(description=said("input.choose_plan"))
class ChoosePlanInput(ChangeInput):
    """Which plan counts."""

    plan_code: str


@strawberry.input(description=said("input.consent"))
class RecordConsentInput(ChangeInput):
    """What a village answers."""

    unit_code: str = strawberry.field(description=said("input.village"))
    answer: _ANSWER  # type: ignore[valid-type]
    meeting: _ANY_MEETING = None  # type: ignore[valid-type]
    notice_date: Day | None = None
    meeting_date: Day | None = None
    entitled: int | None = strawberry.field(default=None, description=said("input.entitled"))
    attended: int | None = None
    votes_for: int | None = None


@strawberry.input(description=said("input.approval"))
class RecordApprovalInput(ChangeInput):
    """What an authority decides."""

    authority: _AUTHORITY  # type: ignore[valid-type]
    answer: _DECISION  # type: ignore[valid-type]
    decision_date: Day | None = None
    document_number: str = ""


@strawberry.input(description=said("input.new_village"))
class NewVillageInput:
    """Code and name of a new village."""

    seat: str
    code: str
    name: str


@strawberry.input(description=said("input.apply"))
class ApplyScenarioInput(ChangeInput):
    """From when, and how the new villages are called."""

    effective: Day = strawberry.field(description=said("field.effective"))
    villages: list[NewVillageInput] = strawberry.field(
        default_factory=list, description=said("input.villages")
    )


@strawberry.input(description=said("input.revert"))
class RevertScenarioInput(ChangeInput):
    """From when."""

    effective: Day = strawberry.field(description=said("field.effective"))


def asked(operation: str, given: ChangeInput | _New) -> Asked:
    """Return who asks for what.

    Raises
    ------
    InputError
        When nobody is named.
    """
    if not given.by.strip():
        raise InputError("by_missing")
    request = {name: value for name, value in _json(given).items() if name != "idempotency_key"}
    return Asked(
        given.by,
        given.reason,
        given.expected_version if isinstance(given, ChangeInput) else None,
        given.idempotency_key or "",
        {"operation": operation, **request},
    )


def _json(given: object) -> dict[str, Json]:
    return {name: _plain(value) for name, value in vars(given).items()}


def _plain(value: object) -> Json:
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if value is strawberry.UNSET:
        return None
    if hasattr(type(value), "__strawberry_definition__"):
        return _json(value)
    return cast(Json, value)
