"""Checking what is stored: the graph against its schema and rules, and the store itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from orgraph.findings import Finding, Json, Severity, has_errors
from orgraph.graph import validate
from orgraph.service.rule_checks import rule_findings
from orgraph.store.port import ALL, READABLE, WRITING, Store

_ABOUT_THE_STORE = READABLE | WRITING
"""What a store tells about itself although nothing is wrong: that it is whole, and who writes."""


@dataclass(frozen=True, slots=True)
class Check:
    """What a check found, errors first. ``num_nodes``: how many nodes were looked at."""

    findings: tuple[Finding, ...]
    num_nodes: int

    @property
    def num_errors(self) -> int:
        """Return how many findings stop the work."""
        return sum(finding.is_error for finding in self.findings)

    def to_json(self) -> Json:
        """Return it as JSON."""
        return {
            "num_nodes": self.num_nodes,
            "num_errors": self.num_errors,
            "num_warnings": len(self.findings) - self.num_errors,
            "findings": [finding.to_json() for finding in self.findings],
        }


async def check(store: Store, on: date | None = None) -> Check:
    """Check the store, then, where it can be read, everything in it as one graph: memory grows with the store.

    ``on``: the day whose text of each rule applies; today by default.
    """
    findings = [f for f in await store.diagnose() if f.code not in _ABOUT_THE_STORE]
    if has_errors(findings):
        return Check(tuple(findings), 0)
    graph = await store.snapshot(ALL)
    findings += validate(graph)
    findings += rule_findings(graph, on or date.today())
    findings.sort(key=lambda f: f.severity is not Severity.ERROR)
    return Check(tuple(findings), len(graph))
