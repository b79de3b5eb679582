"""`orgraph scenario consent`, `consult`, `approve`: what villages and authorities say."""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from orgraph.cli.answer import Answer
from orgraph.cli.commands.scenario_options import asked_by, changing, code_argument
from orgraph.cli.help import Command, OneOf
from orgraph.cli.options import Day, Whole, path_option
from orgraph.cli.usage import UsageFault
from orgraph.cli.words import Words
from orgraph.errors import InputError

if TYPE_CHECKING:
    from orgraph.cli.consent_file import ConsentTable
    from orgraph.findings import Finding
    from orgraph.service.scenarios.consulting import Consent
    from orgraph.service.scenarios.records import Scenario
    from orgraph.store.port import Store

ANSWERS = ("agreed", "refused", "pending")
MEETINGS = ("villagers", "representatives", "residents")
AUTHORITIES = ("town_committee", "county_committee", "county_government")


def commands(words: Words) -> list[click.Command]:
    """Build the commands."""

    def day(name: str) -> click.Option:
        return click.Option([f"--{name}"], metavar="DATE", type=Day(), help=words(f"option.{name}_day"))

    def count(name: str) -> click.Option:
        key = name.replace("-", "_")
        return click.Option([f"--{name}"], metavar="N", type=Whole(0), help=words(f"option.{key}"))

    consent_params = [
        code_argument(),
        click.Argument(["unit"], metavar="[UNIT", required=False),
        click.Argument(["answer"], metavar="agreed|refused|pending]", required=False, type=OneOf(ANSWERS)),
        path_option(words, "--file", "consents.csv"),
        click.Option(["--meeting"], metavar="KIND", type=OneOf(MEETINGS), help=words("option.meeting")),
        day("notice"),
        day("date"),
        *(count(name) for name in ("entitled", "attended", "votes-for")),
        *changing(words),
    ]
    authority = click.Argument(["authority"], metavar="AUTHORITY", type=OneOf(AUTHORITIES))
    approve_params = [
        code_argument(),
        authority,
        click.Option(["--reject"], is_flag=True, help=words("option.reject")),
        day("date"),
        click.Option(["--document"], metavar="NUMBER", default="", help=words("option.document")),
        *changing(words),
    ]
    return [
        Command(words, "consent", consent, consent_params, "scenario.consent"),
        Command(words, "consult", consult, [code_argument(), *changing(words)], "scenario.consult"),
        Command(words, "approve", approve, approve_params, "scenario.approve"),
    ]


def consent(
    code: str,
    unit: str | None,
    answer: str | None,
    file: Path | None,
    meeting: str | None,
    notice: dt.date | None,
    date: dt.date | None,
    entitled: int | None,
    attended: int | None,
    votes_for: int | None,
    by: str,
    reason: str,
    revision: int | None,
    store: str | None,
) -> Answer:
    """Record what villages answer."""
    from orgraph.cli.consent_file import read_consents
    from orgraph.service.scenarios.consulting import Answer as Said
    from orgraph.service.scenarios.consulting import Consent

    given = (meeting, notice, date, entitled, attended, votes_for)
    if (unit is None) == (file is None) or (file is not None and any(value is not None for value in given)):
        raise UsageFault("consent_form")
    if file is not None:
        table = read_consents(file)
        return _consented(store, code, table.consents, by, reason, revision, table)
    if unit is None or answer is None:
        raise UsageFault("consent_form")
    one = Consent(
        unit, Said(answer), meeting or "", notice, date, entitled, attended, votes_for, reason=reason
    )
    return _consented(store, code, (one,), by, reason, revision)


def consult(code: str, by: str, reason: str, revision: int | None, store: str | None) -> Answer:
    """Close the consultation."""
    from orgraph.service.scenarios import consulting

    async def work(opened: Store) -> tuple[Scenario, Sequence[Finding]]:
        return await consulting.consult(opened, code, asked_by(by, reason, revision)), ()

    return _answer(store, work)


def approve(
    code: str,
    authority: str,
    reject: bool,
    date: dt.date | None,
    document: str,
    by: str,
    reason: str,
    revision: int | None,
    store: str | None,
) -> Answer:
    """Record what an authority decides."""
    from orgraph.service.scenarios.consulting import Approval, Decision, record_approval

    decision = Decision.REJECTED if reject else Decision.APPROVED
    approval = Approval(authority, decision, date, document.strip(), reason)

    async def work(opened: Store) -> tuple[Scenario, Sequence[Finding]]:
        return await record_approval(opened, code, approval, asked_by(by, reason, revision)), ()

    return _answer(store, work)


def _consented(
    store: str | None,
    code: str,
    given: Sequence[Consent],
    by: str,
    reason: str,
    revision: int | None,
    table: ConsentTable | None = None,
) -> Answer:
    from orgraph.service.scenarios.consulting import record_consents

    async def work(opened: Store) -> tuple[Scenario, Sequence[Finding]]:
        try:
            return await record_consents(opened, code, given, asked_by(by, reason, revision))
        except InputError as error:
            if table is None or not error.findings:
                raise
            raise table.placed(error) from None

    return _answer(store, work)


def _answer(
    store: str | None, work: Callable[[Store], Awaitable[tuple[Scenario, Sequence[Finding]]]]
) -> Answer:
    from orgraph.cli.stores import opened_to_change, run_async
    from orgraph.cli.views.decisions import decisions_json, show_decisions
    from orgraph.service.scenarios.dossier import Decisions, read_decisions

    async def decided() -> Decisions:
        async with opened_to_change(store) as opened:
            scenario, findings = await work(opened)
            return await read_decisions(opened, scenario, findings)

    decisions = run_async(decided())
    return Answer(decisions_json(decisions), partial(show_decisions, decisions=decisions))
