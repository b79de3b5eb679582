"""What a scenario stands on: the graph of its unit at one version, and what has changed since."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from orgraph.errors import InvalidProblem, VersionConflict
from orgraph.findings import Finding, Json, has_errors
from orgraph.graph import NodeKey, OrgGraph
from orgraph.planning import restructuring
from orgraph.planning.restructuring import Options
from orgraph.service.required import required
from orgraph.service.scenarios.records import Scenario
from orgraph.store.port import ChangeRecord, DeleteNode, PutNode, Store

MOST_CHANGES = 200
"""Changes that are told at most; a larger number is told as a number."""


@dataclass(frozen=True)
class Basis:
    """The graph of a unit, the version of its county when it was read, and the options that a scenario's settings mean there."""

    graph: OrgGraph
    version: int
    options: Options
    findings: tuple[Finding, ...]


async def read_basis(store: Store, unit_code: str, settings: Mapping[str, Json]) -> Basis:
    """Read the graph of a unit and judge settings on it.

    Raises
    ------
    NotFound
        When there is no such unit.
    InvalidProblem
        With every finding, when any of them is an error: unreadable settings, unknown codes, missing numbers.
    """
    graph = await store.snapshot(unit_code)
    options, unreadable = restructuring.draft_options(settings)
    _, found = restructuring.problem(graph, options)
    findings = (*unreadable, *found)
    if has_errors(findings):
        raise InvalidProblem(
            "invalid_problem", findings=findings, num_errors=sum(f.is_error for f in findings)
        )
    version = graph.provenance["version"]
    assert isinstance(version, int)
    return Basis(graph, version, options, findings)


async def scope_code(store: Store, unit_code: str) -> str:
    """Return the code of the unit that carries the version of a unit: its county, else the topmost unit.

    Raises
    ------
    NotFound
        When there is no such unit.
    """
    unit = await required(store, "Unit", unit_code)
    way = (unit, *await store.ancestors(NodeKey("Unit", unit_code)))
    return next((n.code for n in way if n.properties.get("level") == "county"), way[-1].code)


async def changes_since(store: Store, scenario: Scenario) -> tuple[ChangeRecord, ...]:
    """Return what was changed in the county since the scenario was made or rebased, oldest first, at most :data:`MOST_CHANGES`."""
    scope = await scope_code(store, scenario.unit_code)
    return await store.changes(scope, scenario.base_version, limit=MOST_CHANGES)


async def require_fresh(store: Store, scenario: Scenario) -> None:
    """Refuse to go on with a scenario that was made on an older state.

    Raises
    ------
    VersionConflict
        With what has changed since.
    """
    version = await store.version(scenario.unit_code)
    if version != scenario.base_version:
        raise VersionConflict(
            "scenario_stale",
            scenario=scenario.code,
            expected=scenario.base_version,
            actual=version,
            changes=[told(record) for record in (await changes_since(store, scenario))[:20]],
        )


def told(record: ChangeRecord) -> str:
    """Return one entry of the log for reading: what was changed, by whom."""
    change = record.change
    if isinstance(change, PutNode | DeleteNode):
        subject = f"{change.kind} {change.code}"
    else:
        subject = f"{change.kind} {change.source.code} → {change.target.code}"
    sign = "-" if type(change).__name__.startswith("Delete") else "+"
    return f"{sign} {subject} ({record.by or '?'}, {record.effective.isoformat()})"
