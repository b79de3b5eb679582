"""Checking what is stored: the graph against its schema and rule book, and the store itself."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

from orgraph.findings import Finding, Json, Severity
from orgraph.graph import validate
from orgraph.store.port import Condition, Cursor, Operator, Store


@dataclass(frozen=True, slots=True)
class Check:
    """What a check found, errors first. ``num_nodes``: how many nodes were looked at; ``scopes``: below which topmost units."""

    findings: tuple[Finding, ...]
    num_nodes: int
    scopes: tuple[str, ...]

    def to_json(self) -> Json:
        """Return it as JSON."""
        return {
            "num_nodes": self.num_nodes,
            "scopes": list(self.scopes),
            "num_errors": sum(f.is_error for f in self.findings),
            "num_warnings": sum(not f.is_error for f in self.findings),
            "findings": [finding.to_json() for finding in self.findings],
        }


async def check(store: Store) -> Check:
    """Check the store, then everything below each topmost unit; memory is that of the largest of these graphs."""
    findings = list(await store.diagnose())
    scopes: list[str] = []
    num_nodes = 0
    async for scope in topmost_units(store):
        graph = await store.snapshot(scope)
        findings += validate(graph)
        num_nodes += len(graph)
        scopes.append(scope)
    findings.sort(key=lambda f: f.severity is not Severity.ERROR)
    return Check(tuple(findings), num_nodes, tuple(scopes))


async def topmost_units(store: Store) -> AsyncIterator[str]:
    """Yield the codes of the units that lie in no other unit."""
    where = (Condition("out:PART_OF", Operator.HAS, False),)
    after: Cursor | None = None
    while True:
        page = await store.page("Unit", where=where, after=after, limit=500)
        for node in page.nodes:
            yield node.code
        if not page.has_next:
            return
        after = page.cursors[-1]
