"""The rule book on a plan: what its new villages may form, whose consent is still needed, what it never does.

Every finding is a warning with the id of its rule; which text applies is decided by the plan's date. They change neither status nor plan.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from orgraph.findings import Finding, Json, Severity
from orgraph.planning.restructuring.names import joined
from orgraph.planning.restructuring.outcome import District
from orgraph.planning.restructuring.statement import MOST_NAMED, Statement
from orgraph.schema import Rule, rule_in_force


def rule_findings(statement: Statement, districts: Sequence[District]) -> tuple[Finding, ...]:
    """Return what the rule book says about a plan on its date; nothing for areas that the rule book is not made for, or without a plan."""
    if not districts or not has_rule_book(statement):
        return ()
    case = _Case(statement, tuple(districts), statement.options.date)
    checks: tuple[Callable[[_Case], Iterable[Finding]], ...] = (
        _farmers_will,
        _consent,
        _meeting,
        _township,
        _forms,
        _branches,
        _delegates,
        _residents,
        _seats,
        _collective,
    )
    return tuple(finding for check in checks for finding in check(case))


def has_rule_book(statement: Statement) -> bool:
    """Whether the rule book, which is Chinese, applies: unless the data say that they are of another country."""
    return statement.area.provenance.get("country", "CN") == "CN"


@dataclass(frozen=True)
class _Case:
    """A plan before the rule book on a day."""

    statement: Statement
    districts: tuple[District, ...]
    on: date

    @property
    def changed(self) -> tuple[str, ...]:
        """Return the codes of all units that merge with another."""
        return tuple(c for d in self.districts if len(d.members) > 1 for c in d.members)

    def rule(self, id_: str) -> Rule | None:
        """Return the text of this rule's topic that is in force."""
        return rule_in_force(id_, self.on)

    def values(self, column: str) -> dict[str, float]:
        """Return the known numbers of changed units by code."""
        area = self.statement.area
        known = zip(area.codes, area.column(column), strict=True)
        return {code: v for code, v in known if v is not None and code in set(self.changed)}


def _finding(name: str, rule: Rule | None, subject: Iterable[str] = (), **numbers: Json) -> Finding:
    return Finding(
        f"planning.rule_{name}",
        Severity.WARNING,
        tuple(subject),
        numbers=numbers,
        rule=rule.id if rule else "",
    )


def _farmers_will(case: _Case) -> Iterator[Finding]:
    if rule := case.rule("R39"):
        yield _finding("no_force", rule)


def _consent(case: _Case) -> Iterator[Finding]:
    if not case.changed:
        return
    if rule := case.rule("R27"):
        yield _finding("consent", rule, case.changed, num_units=len(case.changed))
    else:
        yield _finding("not_in_force", None, case.changed, date=case.on.isoformat())


def _meeting(case: _Case) -> Iterator[Finding]:
    if case.changed and (rule := case.rule("R29")):
        yield _finding("meeting", rule, case.changed, notice_days=rule.number("notice_days"))
    if case.changed and (rule := case.rule("R32")):
        begins = rule.valid_from.isoformat() if rule.valid_from else "-"
        yield _finding("village_law", rule, case.changed, valid_from=begins)


def _township(case: _Case) -> Iterator[Finding]:
    created = sum(len(d.members) > 1 for d in case.districts)
    if created and (rule := case.rule("R19")):
        yield _finding("township", rule, case.changed, num_abolished=len(case.changed), num_created=created)


def _forms(case: _Case) -> Iterator[Finding]:
    """Say for each form of party organization which new villages it is open to."""
    ladder = case.rule("R17") or case.rule("R15")
    merged = [d for d in case.districts if d.organization and len(d.members) > 1]
    for form, column in _FORMS.items():
        found = [d for d in merged if d.organization == form]
        if ladder and found:
            threshold = ladder.number("min_full" if form == "joint_branch" else "committee")
            yield _finding(
                form,
                ladder,
                [d.seat for d in found],
                num_districts=len(found),
                districts=joined([f"{d.number} ({d.totals[column]})" for d in found]),
                short=joined([f"{d.number} ({max(threshold - d.totals['members'], 0)})" for d in found]),
                threshold=threshold,
            )


_FORMS = {
    "committee": "members",
    "general_branch": "members",
    "branch": "members",
    "joint_branch": "full_members",
}
"""The forms, and the count that each is told with."""


def _branches(case: _Case) -> Iterator[Finding]:
    """Every old village organization becomes a grid branch; some are too large or too small for one."""
    rule, joint = case.rule("R04"), case.rule("R05")
    if rule is None:
        return
    most, least = rule.number("soft_max_members"), rule.number("min_full")
    large = [code for code, members in case.values("members").items() if members > most]
    small = [code for code, members in case.values("full_members").items() if members < least]
    if large:
        yield _finding("large_branch", rule, large, threshold=most, **_named(case, large))
    if small:
        yield _finding("small_branch", joint or rule, small, threshold=least, **_named(case, small))


def _delegates(case: _Case) -> Iterator[Finding]:
    election, rural = case.rule("R23"), case.rule("R17")
    rule = election or rural
    if rule is None:
        return
    threshold = rule.number("delegate_from" if election else "delegate_election")
    for district in case.districts:
        members = district.totals.get("members", 0)
        if members >= threshold:
            numbers: dict[str, Json] = {
                "number": district.number,
                "members": members,
                "threshold": threshold,
            }
            yield _finding("delegates", rule, [district.seat], **numbers)


def _residents(case: _Case) -> Iterator[Finding]:
    """Size of residents committees, where communities merge."""
    rule = case.rule("R34")
    communities = {u.code for u in case.statement.area.units if u.properties.get("level") == "community"}
    if rule is None or not communities:
        return
    least, most = rule.range("households")
    for district in case.districts:
        households = district.totals.get("households")
        if households is None or least <= households <= most or not communities & {*district.members}:
            continue
        numbers: dict[str, Json] = {
            "number": district.number,
            "households": households,
            "least": least,
            "most": most,
        }
        yield _finding("residents", rule, [district.seat], **numbers)


def _seats(case: _Case) -> Iterator[Finding]:
    if rule := case.rule("R28"):
        yield _finding("seats", rule)
    elif rule := case.rule("R32"):
        yield _finding("seats_new_text", rule)


def _collective(case: _Case) -> Iterator[Finding]:
    if not case.changed:
        return
    if rule := case.rule("R38"):
        yield _finding("collective", rule, creditor_days=rule.number("creditor_notice_days"))
    elif rule := case.rule("R30"):
        yield _finding("property", rule)


def _named(case: _Case, codes: Sequence[str]) -> dict[str, Json]:
    names = [case.statement.area.name[code] for code in codes]
    return {"num_units": len(names), "names": joined(names, MOST_NAMED)}
