"""What villages answer and what committees and governments decide: dated records, without which no scenario is carried out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import cast

from orgraph.errors import InputError
from orgraph.findings import Finding, Json, Severity, has_errors
from orgraph.graph import Node, NodeKey, Value
from orgraph.service.scenarios.amending import Amendment, Asked, amend, stepped
from orgraph.service.scenarios.life import Status
from orgraph.service.scenarios.plans import PlanRecord, plan_of
from orgraph.service.scenarios.records import Scenario
from orgraph.store.port import Change, DeleteNode, Direction, PutNode, PutRelationship, Store


class Answer(StrEnum):
    """What a village says."""

    PENDING = "pending"
    AGREED = "agreed"
    REFUSED = "refused"


class Decision(StrEnum):
    """What an authority says."""

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"


TOWN, COUNTY_COMMITTEE, COUNTY_GOVERNMENT = "town_committee", "county_committee", "county_government"


@dataclass(frozen=True)
class Consent:
    """The answer of one village, and the meeting that gave it. ``entitled``, ``attended``, ``votes_for`` are people or households, as the meeting counts."""

    unit_code: str
    answer: Answer
    meeting: str = ""
    notice_date: date | None = None
    meeting_date: date | None = None
    entitled: int | None = None
    attended: int | None = None
    votes_for: int | None = None
    reason: str = ""
    recorded_by: str = ""

    @classmethod
    def of(cls, node: Node) -> Consent:
        """Return the consent that a node holds."""
        stored = node.properties
        return cls(
            str(stored.get("about_code") or ""),
            Answer(str(stored["answer"])),
            str(stored.get("meeting") or ""),
            _day(stored.get("notice_date")),
            _day(stored.get("meeting_date")),
            cast("int | None", stored.get("entitled")),
            cast("int | None", stored.get("attended")),
            cast("int | None", stored.get("votes_for")),
            str(stored.get("reason") or ""),
            str(stored.get("recorded_by") or ""),
        )


@dataclass(frozen=True)
class Approval:
    """The decision of one authority."""

    authority: str
    decision: Decision
    decision_date: date | None = None
    document_number: str = ""
    reason: str = ""
    recorded_by: str = ""

    @classmethod
    def of(cls, node: Node) -> Approval:
        """Return the approval that a node holds."""
        stored = node.properties
        return cls(
            str(stored["authority"]),
            Decision(str(stored["answer"])),
            _day(stored.get("decision_date")),
            *(str(stored.get(name) or "") for name in ("document_number", "reason", "recorded_by")),
        )


async def consents(store: Store, code: str) -> tuple[Consent, ...]:
    """Return the answers recorded for a scenario, by village."""
    return tuple(Consent.of(node) for node in await _recorded(store, code, "Consent"))


async def approvals(store: Store, code: str) -> tuple[Approval, ...]:
    """Return the decisions recorded for a scenario, by authority."""
    return tuple(Approval.of(node) for node in await _recorded(store, code, "Approval"))


async def record_consent(
    store: Store, code: str, consent: Consent, asked: Asked
) -> tuple[Scenario, tuple[Finding, ...]]:
    """Record what a village answers; the later answer counts.

    A refusal, or a refusal withdrawn, changes what is planned: the scenario is a draft again whose settings leave the village out (take it in), and
    decisions on the plan before are deleted. Answers of other villages stay.

    Returns
    -------
    tuple
        The scenario, and warnings: a meeting without a majority.

    Raises
    ------
    NotFound, VersionConflict
        As :func:`~orgraph.service.scenarios.amending.amend`.
    InputError
        When the village is not concerned, the numbers or dates cannot be, or the scenario is applied.
    """
    return await record_consents(store, code, (consent,), asked)


async def record_consents(
    store: Store, code: str, given: Sequence[Consent], asked: Asked
) -> tuple[Scenario, tuple[Finding, ...]]:
    """Record what several villages answer, in one commit or not at all. Returns and raises as :func:`record_consent`, with all findings at once."""
    warnings = tuple(finding for consent in given for finding in _meeting_findings(consent))

    async def change(scenario: Scenario) -> Amendment:
        plan = await plan_of(store, scenario)
        _require_sound(scenario, plan, given, warnings)
        if scenario.status in (Status.APPLIED, Status.REVERTED):
            raise InputError("scenario_closed", scenario=scenario.code, status=scenario.status.value)
        changes = tuple(change for c in given for change in _consent_changes(scenario, c, asked))
        refused = set(_refused(scenario))
        left = refused - {c.unit_code for c in given} | {
            c.unit_code for c in given if c.answer is Answer.REFUSED
        }
        if left == refused:
            return Amendment(scenario, changes)
        units = {
            **cast(Mapping[str, Json], scenario.settings.get("units") or {}),
            "refuse": list[Json](sorted(left)),
        }
        draft = replace(
            stepped(scenario, Status.DRAFT, asked), settings={**scenario.settings, "units": units}
        )
        dropped = [DeleteNode("Approval", n.code) for n in await _recorded(store, scenario.code, "Approval")]
        return Amendment(draft, (*changes, *dropped))

    return await amend(store, code, asked, change), warnings


def _require_sound(
    scenario: Scenario, plan: PlanRecord, given: Sequence[Consent], findings: Sequence[Finding]
) -> None:
    """Refuse answers that cannot be, of villages that are not asked, and two of one village."""
    concerned, codes = {*plan.seat_by_unit, *plan.refused}, [c.unit_code for c in given]
    strange = [code for code in codes if code not in concerned]
    if len(given) == 1 and strange and not has_errors(findings):
        raise InputError("village_not_concerned", scenario=scenario.code, unit=strange[0])
    wrong = [Finding("scenario.not_concerned", subject=(c,), numbers={"unit": c}) for c in strange]
    twice = [code for code in dict.fromkeys(codes) if codes.count(code) > 1]
    wrong += [Finding("scenario.answered_twice", subject=(c,), numbers={"unit": c}) for c in twice]
    if wrong or has_errors(findings):
        found = (*findings, *wrong)
        raise InputError("consent_invalid", findings=found, num_errors=sum(f.is_error for f in found))


async def consult(store: Store, code: str, asked: Asked) -> Scenario:
    """Close the consultation: every village that the plan merges has agreed.

    Raises
    ------
    NotFound, VersionConflict
        As :func:`~orgraph.service.scenarios.amending.amend`.
    InputError
        With a finding per village that has not agreed; or when this step does not follow.
    """

    async def change(scenario: Scenario) -> Amendment:
        consulted = stepped(scenario, Status.CONSULTED, asked)
        plan = await plan_of(store, scenario)
        answers = {c.unit_code: c.answer for c in await consents(store, code)}
        missing = [
            Finding("scenario.not_agreed", subject=(unit,), numbers={"unit": unit})
            for unit in plan.seat_by_unit
            if answers.get(unit) is not Answer.AGREED
        ]
        if missing:
            raise InputError("consents_missing", findings=missing, num_missing=len(missing))
        return Amendment(consulted)

    return await amend(store, code, asked, change)


def needed_approvals(plan: PlanRecord) -> tuple[str, ...]:
    """Return the authorities that decide on a plan, in their order.

    The township proposes, the county's government approves (村民委员会组织法 art. 3); a committee of a new village also needs the approval
    of the county's party committee (农村基层组织工作条例 art. 5).
    """
    forms = {
        cast(Mapping[str, Json], d).get("organization") for d in cast(list[Json], plan.document["districts"])
    }
    return (TOWN, *((COUNTY_COMMITTEE,) if "committee" in forms else ()), COUNTY_GOVERNMENT)


async def record_approval(store: Store, code: str, approval: Approval, asked: Asked) -> Scenario:
    """Record what an authority decides; with the last one that is needed the scenario is approved.

    Raises
    ------
    NotFound, VersionConflict
        As :func:`~orgraph.service.scenarios.amending.amend`.
    InputError
        When the villages have not been consulted, the authority does not decide here, or one before it has not approved.
    """

    async def change(scenario: Scenario) -> Amendment:
        if scenario.status not in (Status.CONSULTED, Status.APPROVED):
            raise InputError("not_consulted", scenario=scenario.code, status=scenario.status.value)
        needed = needed_approvals(await plan_of(store, scenario))
        decided = {a.authority: a.decision for a in await approvals(store, code)}
        _require_turn(approval, needed, decided)
        decided[approval.authority] = approval.decision
        is_approved = all(decided.get(a) is Decision.APPROVED for a in needed)
        changes = _approval_changes(scenario, approval, asked)
        if is_approved and scenario.status is Status.CONSULTED:
            return Amendment(stepped(scenario, Status.APPROVED, asked), changes)
        if not is_approved and scenario.status is Status.APPROVED:
            return Amendment(stepped(scenario, Status.CONSULTED, asked), changes)
        return Amendment(scenario, changes)

    return await amend(store, code, asked, change)


def _require_turn(approval: Approval, needed: Sequence[str], decided: Mapping[str, Decision]) -> None:
    if approval.authority not in needed:
        raise InputError("authority_unknown", authority=approval.authority, needed=list[Json](needed))
    before = [
        a for a in needed[: needed.index(approval.authority)] if decided.get(a) is not Decision.APPROVED
    ]
    if before and approval.decision is Decision.APPROVED:
        raise InputError("approval_out_of_turn", authority=approval.authority, before=list[Json](before))


def _refused(scenario: Scenario) -> list[str]:
    units = cast(Mapping[str, Json], scenario.settings.get("units") or {})
    return [str(unit) for unit in cast(Iterable[Json], units.get("refuse") or ())]


async def _recorded(store: Store, code: str, kind: str) -> list[Node]:
    (found,) = await store.neighbours([NodeKey("Scenario", code)], "RECORDED_FOR", direction=Direction.IN)
    return [n.node for n in found if n.node.kind == kind]


def _consent_changes(scenario: Scenario, consent: Consent, asked: Asked) -> tuple[Change, ...]:
    node = PutNode(
        "Consent",
        f"{scenario.code}-C-{consent.unit_code}",
        {
            "answer": consent.answer.value,
            "meeting": consent.meeting or None,
            "notice_date": _iso(consent.notice_date),
            "meeting_date": _iso(consent.meeting_date),
            "entitled": consent.entitled,
            "attended": consent.attended,
            "votes_for": consent.votes_for,
            "reason": consent.reason or None,
            "recorded_by": asked.by or None,
            "unit_code": scenario.unit_code,
            "about_code": consent.unit_code,
        },
    )
    return node, PutRelationship("RECORDED_FOR", NodeKey("Consent", node.code), scenario.key)


def _approval_changes(scenario: Scenario, approval: Approval, asked: Asked) -> tuple[Change, ...]:
    node = PutNode(
        "Approval",
        f"{scenario.code}-A-{approval.authority}",
        {
            "authority": approval.authority,
            "answer": approval.decision.value,
            "decision_date": _iso(approval.decision_date),
            "document_number": approval.document_number or None,
            "reason": approval.reason or None,
            "recorded_by": asked.by or None,
            "unit_code": scenario.unit_code,
            "about_code": scenario.unit_code,
        },
    )
    return node, PutRelationship("RECORDED_FOR", NodeKey("Approval", node.code), scenario.key)


def _meeting_findings(consent: Consent) -> Iterator[Finding]:
    """Yield what cannot be about a meeting, and, as a warning, an agreement without the votes of more than half of those present."""
    unit, numbers = consent.unit_code, (consent.entitled, consent.attended, consent.votes_for)
    counted: dict[str, Json] = {
        "unit": unit,
        "entitled": consent.entitled,
        "attended": consent.attended,
        "votes_for": consent.votes_for,
    }
    given = [n for n in numbers if n is not None]
    if any(n < 0 for n in given) or given != sorted(given, reverse=True):
        yield Finding("scenario.votes_impossible", subject=(unit,), numbers=counted)
    elif (
        consent.answer is Answer.AGREED
        and consent.attended is not None
        and consent.votes_for is not None
        and 2 * consent.votes_for <= consent.attended
    ):
        yield Finding("scenario.no_majority", Severity.WARNING, (unit,), numbers=counted)
    if consent.notice_date and consent.meeting_date and consent.notice_date > consent.meeting_date:
        yield Finding(
            "scenario.notice_after_meeting",
            subject=(unit,),
            numbers={
                "unit": unit,
                "notice": _iso(consent.notice_date),
                "meeting": _iso(consent.meeting_date),
            },
        )


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _day(value: Value) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else None
