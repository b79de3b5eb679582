"""What a scenario and a run say beside the fields of the schema: settings, steps, the plan that counts, what is still missing, staleness, prices."""

from __future__ import annotations

from typing import Self, cast

import strawberry
from strawberry.scalars import JSON
from strawberry.types import Info

from api.context import Context
from api.loaders import NodeAsked, TiesAsked
from api.types_lineage import Change, change_view
from api.types_making import nullable, resolved
from api.types_nodes import NODE_TYPES, MoreField, Seen
from api.types_plans import Price, price_view
from api.types_scalars import enum_of
from api.types_texts import BothTexts, Finding
from api.types_words import said
from orgraph.findings import Json
from orgraph.graph import NodeKey
from orgraph.service.runs.records import RunRecord
from orgraph.service.scenarios import records
from orgraph.service.scenarios.consulting import Answer, Consent, needed_approvals
from orgraph.service.scenarios.dossier import staleness
from orgraph.service.scenarios.plans import PlanRecord
from orgraph.store.port import Direction

_STATUS = enum_of("Scenario", "status")
_AUTHORITY = enum_of("Approval", "authority")


@strawberry.type(description=said("type.step"))
class Step:
    """One step of a scenario's life."""

    status: _STATUS  # type: ignore[valid-type]
    at: str = strawberry.field(description=said("field.at"))
    by: str
    reason: str

    @classmethod
    def of(cls, step: records.Step) -> Self:
        """Return the view of a step."""
        return cls(status=step.status.value, at=step.at, by=step.by, reason=step.reason)


@strawberry.type(description=said("type.staleness"))
class Staleness:
    """How the county has changed since a scenario was made or rebased."""

    is_stale: bool = strawberry.field(description=said("field.is_stale"))
    base_version: int
    version: int
    changes: list[Change] = strawberry.field(description=said("field.stale_changes"))


@strawberry.type(description=said("type.consultation"))
class Consultation:
    """What is still missing before a scenario can be applied."""

    waiting: list[str] = strawberry.field(description=said("field.waiting"))
    needed: list[_AUTHORITY] = strawberry.field(description=said("field.needed"))  # type: ignore[valid-type]


def _settings(self: Seen) -> JSON:
    return cast(JSON, records.Scenario.of(self.node).settings)


def _steps(self: Seen) -> list[Step]:
    return [Step.of(step) for step in records.Scenario.of(self.node).steps]


async def _current_plan(self: Seen, info: Info[Context, None]) -> Seen | None:
    return await _plan(self, info)


async def _plan(self: Seen, info: Info[Context, None]) -> Seen | None:
    code = self.node.properties.get("plan_code")
    if not code:
        return None
    node = await info.context["loaders"].nodes.load(NodeAsked(NodeKey("Plan", str(code)), self.as_of))
    return Seen(node, self.as_of) if node is not None else None


async def _staleness(self: Seen, info: Info[Context, None]) -> Staleness:
    found = await staleness(info.context["store"], self.node.code)
    return Staleness(
        is_stale=found.is_stale and found.scenario.applied_version is None,
        base_version=found.scenario.base_version,
        version=found.version,
        changes=[change_view(record) for record in found.changes],
    )


async def _consultation(self: Seen, info: Info[Context, None]) -> Consultation | None:
    plan = await _plan(self, info)
    if plan is None:
        return None
    asked = TiesAsked(self.node.key, "RECORDED_FOR", Direction.IN, self.as_of)
    told = await info.context["loaders"].ties.load(asked)
    answers = [Consent.of(n.node) for n in told if n.node.kind == "Consent"]
    agreed = {consent.unit_code for consent in answers if consent.answer is Answer.AGREED}
    kept = PlanRecord.of(plan.node)
    return Consultation(
        waiting=[unit for unit in kept.seat_by_unit if unit not in agreed],
        needed=list(needed_approvals(kept)),
    )


SCENARIO_FIELDS = (
    MoreField("settings", resolved(_settings, said("field.settings"), {})),
    MoreField("steps", resolved(_steps, said("field.steps"), {})),
    MoreField(
        "current_plan",
        resolved(_current_plan, said("field.current_plan"), {"return": nullable(NODE_TYPES["Plan"])}),
    ),
    MoreField("staleness", resolved(_staleness, said("field.staleness"), {})),
    MoreField("consultation", resolved(_consultation, said("field.consultation"), {})),
)
"""The fields of a scenario beside those of the schema."""


def _scenario_code(self: Seen) -> str:
    return RunRecord.of(self.node).scenario_code


def _solution_status(self: Seen) -> str | None:
    return RunRecord.of(self.node).solution_status or None


def _is_current(self: Seen) -> bool:
    return RunRecord.of(self.node).is_current


def _remark(self: Seen) -> BothTexts | None:
    remark = RunRecord.of(self.node).remark
    return BothTexts.of(remark) if remark else None


def _error(self: Seen) -> BothTexts | None:
    error = RunRecord.of(self.node).error
    return BothTexts.of(error) if error else None


def _findings(self: Seen) -> list[Finding]:
    kept = cast(list[Json], RunRecord.of(self.node).answer.get("findings") or [])
    return [Finding.read(finding) for finding in kept]


def _prices(self: Seen) -> list[Price]:
    return [price_view(price) for price in RunRecord.of(self.node).prices]


RUN_FIELDS = (
    MoreField("scenario_code", resolved(_scenario_code, said("field.scenario_code"), {})),
    MoreField("solution_status", resolved(_solution_status, said("field.solution_status"), {})),
    MoreField("is_current", resolved(_is_current, said("field.is_current"), {})),
    MoreField("remark", resolved(_remark, said("field.remark"), {})),
    MoreField("error", resolved(_error, said("field.error"), {})),
    MoreField("findings", resolved(_findings, said("field.run_findings"), {})),
    MoreField("prices", resolved(_prices, said("field.prices"), {})),
)
"""The fields of a run beside those of the schema."""
