"""The rule book on what is stored: organizations that are missing, too large, too small or past their term. Warnings, each with its rule."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date

from orgraph.findings import Finding, Json, Severity
from orgraph.graph import Node, OrgGraph
from orgraph.schema import Rule, rule_in_force

_WORK_UNITS = ("Enterprise", "CoBuildingUnit")
_VILLAGE_LEVELS = ("village", "community")


def rule_findings(graph: OrgGraph, on: date) -> tuple[Finding, ...]:
    """Return what the rules in force on a day say about a graph: one finding per rule, naming everything it is about.

    Notes
    -----
    O(n + m). What a graph does not tell (counts of members, terms) is not judged.
    """
    found: list[Finding] = []
    for topic, check in _CHECKS:
        if rule := rule_in_force(topic, on):
            found += check(graph, rule, on)
    return tuple(found)


def _missing_organizations(graph: OrgGraph, rule: Rule, on: date) -> Iterator[Finding]:
    """Name villages, communities and work units with three full members or more, but without an organization (R01)."""
    least = rule.number("min_full_members")
    units = [u for u in graph.nodes("Unit") if u.properties.get("level") in _VILLAGE_LEVELS]
    holders = [*units, *(n for kind in _WORK_UNITS for n in graph.nodes(kind))]
    missing = [
        n for n in holders if _count(n, "full_members", 0) >= least and not _has_organization(graph, n)
    ]
    yield from _finding("rule_no_organization", rule, missing, threshold=least)


def _large_branches(graph: OrgGraph, rule: Rule, on: date) -> Iterator[Finding]:
    """Name branches above the usual size (R04)."""
    most = rule.number("soft_max_members")
    large = [o for o in _organizations(graph, "BRANCH") if _count(o, "members", 0) > most]
    yield from _finding("rule_large_branch", rule, large, threshold=most)


def _small_branches(graph: OrgGraph, rule: Rule, on: date) -> Iterator[Finding]:
    """Name branches with fewer than three full members that are not joint ones (R04)."""
    least = rule.number("min_full")
    small = [
        o
        for o in _organizations(graph, "BRANCH")
        if _count(o, "full_members", least) < least and not o.properties.get("is_joint")
    ]
    yield from _finding("rule_small_branch", rule, small, threshold=least)


def _small_committees(graph: OrgGraph, rule: Rule, on: date) -> Iterator[Finding]:
    """Name village committees with fewer members than a committee needs (R17)."""
    least = rule.number("committee")
    small = [
        o
        for o in _organizations(graph, "COMMITTEE")
        if _count(o, "members", least) < least
        and any(u.properties.get("level") == "village" for u in graph.outgoing(o.key, "LOCATED_IN"))
    ]
    yield from _finding("rule_small_committee", rule, small, threshold=least)


def _terms(graph: OrgGraph, rule: Rule, on: date) -> Iterator[Finding]:
    """Name organizations whose term is over (R21)."""
    today = on.isoformat()
    over = [o for o in graph.nodes("PartyOrganization") if str(o.properties.get("term_end") or today) < today]
    yield from _finding("rule_term_over", rule, over, date=today)


def _communities(graph: OrgGraph, rule: Rule, on: date) -> Iterator[Finding]:
    """Name communities whose number of households is outside the usual range (R33, and what follows it)."""
    least, most = rule.range("households")
    outside = [
        u
        for u in graph.nodes("Unit")
        if u.properties.get("level") == "community" and not least <= _count(u, "households", least) <= most
    ]
    yield from _finding("rule_community_size", rule, outside, least=least, most=most)


def _organizations(graph: OrgGraph, kind: str) -> Iterator[Node]:
    return (o for o in graph.nodes("PartyOrganization") if o.properties.get("kind") == kind)


def _has_organization(graph: OrgGraph, node: Node) -> bool:
    """Whether an organization is named as the node's own, or lies in it."""
    return bool(graph.outgoing(node.key, "HAS_ORGANIZATION")) or any(
        n.kind == "PartyOrganization" for n in graph.incoming(node.key, "LOCATED_IN")
    )


def _count(node: Node, field: str, missing: float) -> float:
    value = node.properties.get(field)
    return value if isinstance(value, int | float) else missing


def _finding(name: str, rule: Rule, nodes: Sequence[Node], **numbers: Json) -> Iterator[Finding]:
    if nodes:
        told: dict[str, Json] = {"num_found": len(nodes), "names": [node.name for node in nodes], **numbers}
        subject = tuple(node.code for node in nodes)
        yield Finding(f"service.{name}", Severity.WARNING, subject, numbers=told, rule=rule.id)


_Check = Callable[[OrgGraph, Rule, date], Iterator[Finding]]
_CHECKS: tuple[tuple[str, _Check], ...] = (
    ("R01", _missing_organizations),
    ("R04", _large_branches),
    ("R04", _small_branches),
    ("R17", _small_committees),
    ("R21", _terms),
    ("R33", _communities),
)
"""Which rule, or what stands in its place on the day, each check is about."""
