"""What villages and authorities said, on the screen and as JSON."""

from __future__ import annotations

from collections import Counter

from orgraph.cli.screen import Column, Screen
from orgraph.cli.views.scenario import changed_json, choice, show_changed
from orgraph.cli.words import Words
from orgraph.findings import Json
from orgraph.service.scenarios.consulting import Answer, Approval, Consent
from orgraph.service.scenarios.dossier import Decisions

_MOST_NAMED = 10


def decisions_json(decisions: Decisions) -> dict[str, Json]:
    """Return scenario, answers and decisions as JSON."""
    return {
        **changed_json(decisions.scenario, decisions.findings),
        "consents": [_consent_json(c) for c in decisions.consents],
        "waiting": list(decisions.waiting),
        "approvals": [_approval_json(a) for a in decisions.approvals],
        "approvals_needed": list(decisions.needed),
    }


def _consent_json(c: Consent) -> Json:
    return {
        "unit": c.unit_code,
        "answer": c.answer.value,
        "meeting": c.meeting or None,
        "notice_date": c.notice_date.isoformat() if c.notice_date else None,
        "meeting_date": c.meeting_date.isoformat() if c.meeting_date else None,
        "entitled": c.entitled,
        "attended": c.attended,
        "votes_for": c.votes_for,
        "reason": c.reason or None,
        "recorded_by": c.recorded_by or None,
    }


def _approval_json(a: Approval) -> Json:
    return {
        "authority": a.authority,
        "decision": a.decision.value,
        "decision_date": a.decision_date.isoformat() if a.decision_date else None,
        "document_number": a.document_number or None,
        "reason": a.reason or None,
        "recorded_by": a.recorded_by or None,
    }


def show_decisions(screen: Screen, decisions: Decisions) -> None:
    """Write what was recorded, what is missing, and what became of the scenario."""
    show_consents(screen, decisions)
    show_approvals(screen, decisions)
    show_changed(screen, decisions.scenario, decisions.findings)


def show_consents(screen: Screen, decisions: Decisions) -> None:
    """Write how many villages answered what, and by name those that refuse or have not agreed."""
    words = screen.words
    counted = Counter(consent.answer for consent in decisions.consents)
    if counted:
        parts = [f"{choice(words, 'consent_answer', a.value)} {counted[a]}" for a in Answer if counted[a]]
        screen.line(words("scenario.answers", answers=words.join(parts)))
    refused = [c.unit_code for c in decisions.consents if c.answer is Answer.REFUSED]
    if refused:
        screen.line(words("scenario.refusing", names=_named(words, decisions, refused)))
    if decisions.waiting:
        names = _named(words, decisions, decisions.waiting[:_MOST_NAMED])
        num = len(decisions.waiting)
        key = "scenario.waiting" if num <= _MOST_NAMED else "scenario.waiting_more"
        screen.line(words(key, num=num, names=names))


def show_approvals(screen: Screen, decisions: Decisions) -> None:
    """Write one row per authority that decides."""
    words = screen.words
    if not decisions.approvals:
        return
    told = {approval.authority: approval for approval in decisions.approvals}
    columns = [Column(words(f"scenario.{key}")) for key in ("authority", "decision", "day", "document")]
    screen.table(
        columns,
        [_approval_row(words, name, told.get(name)) for name in dict.fromkeys((*decisions.needed, *told))],
    )


def _approval_row(words: Words, authority: str, approval: Approval | None) -> list[str]:
    name = choice(words, "authority", authority)
    if approval is None:
        return [name, words("scenario.not_decided"), "-", "-"]
    return [
        name,
        choice(words, "approval_answer", approval.decision.value),
        words.day(approval.decision_date) if approval.decision_date else "-",
        approval.document_number or "-",
    ]


def _named(words: Words, decisions: Decisions, codes: list[str] | tuple[str, ...]) -> str:
    return words.join([words("scenario.named", name=decisions.names.get(c, c), code=c) for c in codes])
