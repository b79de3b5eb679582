"""What a run needs from a scenario, and what becomes of its outcome there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast

from orgraph.errors import InputError, InvalidProblem, NotFound
from orgraph.findings import Finding, Json, has_errors
from orgraph.graph import NodeKey, OrgGraph
from orgraph.planning import restructuring
from orgraph.planning.restructuring import Options, Outcome
from orgraph.service.scenarios.amending import Amendment, Asked, amend, read_scenario, stepped
from orgraph.service.scenarios.basis import read_basis, require_fresh
from orgraph.service.scenarios.editing import (
    Edit,
    edit_findings,
    edited,
    edits_json,
    in_force,
    read_edits,
)
from orgraph.service.scenarios.life import Status, may_follow
from orgraph.service.scenarios.plans import plan_of, read_plan
from orgraph.service.scenarios.records import Scenario, written
from orgraph.store.port import Direction, Store


@dataclass(frozen=True)
class Asking:
    """What is asked of a run: a scenario's settings on one footing, and for hand edits the plan that they change (``edited_code``)."""

    scenario_code: str
    unit_code: str
    settings: Mapping[str, Json]
    base_version: int
    edits: tuple[Edit, ...] = ()
    edited_code: str = ""

    @classmethod
    def of(cls, stored: Mapping[str, Json]) -> Asking:
        """Return what :meth:`to_json` wrote."""
        return cls(
            str(stored["scenario"]),
            str(stored["unit"]),
            cast(Mapping[str, Json], stored["settings"]),
            int(cast(int, stored["base_version"])),
            read_edits(stored["edits"]),
            str(stored["edited"]),
        )

    def to_json(self) -> dict[str, Json]:
        """Return it as JSON."""
        return {
            "scenario": self.scenario_code,
            "unit": self.unit_code,
            "settings": dict(self.settings),
            "base_version": self.base_version,
            "edits": edits_json(self.edits),
            "edited": self.edited_code,
        }


@dataclass(frozen=True)
class Prepared:
    """A problem, ready to be solved; ``findings`` are warnings."""

    name: str
    graph: OrgGraph
    options: Options
    findings: tuple[Finding, ...]


async def asking_of(store: Store, scenario: Scenario, edits: Sequence[Edit] = ()) -> Asking:
    """Return what a run of a scenario is asked, with hand edits of its plan or without.

    Raises
    ------
    InputError
        When a scenario of this status cannot be solved; with findings when edits name what the plan has not; when there is no plan to edit.
    """
    if not may_follow(Status.SOLVED, scenario.status):
        raise InputError(
            "scenario_step",
            scenario=scenario.code,
            status=scenario.status.value,
            wanted=Status.SOLVED.value,
        )
    asking = Asking(scenario.code, scenario.unit_code, scenario.settings, scenario.base_version)
    if not edits:
        return asking
    plan = await plan_of(store, scenario)
    findings = edit_findings(plan, edits)
    if findings:
        raise InputError("invalid_edits", findings=findings, num_errors=len(findings))
    return replace(asking, edits=in_force(plan, edits), edited_code=plan.code)


async def prepared(store: Store, asking: Asking) -> Prepared:
    """Read the graph and state the problem on it.

    Raises
    ------
    NotFound
        When there is no such scenario, unit or plan.
    VersionConflict
        When the county has changed since the scenario was made or rebased.
    InvalidProblem
        With every finding, when any of them is an error.
    """
    scenario = await read_scenario(store, asking.scenario_code)
    await require_fresh(store, replace(scenario, base_version=asking.base_version))
    basis = await read_basis(store, asking.unit_code, asking.settings)
    if not asking.edits:
        return Prepared(scenario.name, basis.graph, basis.options, basis.findings)
    plan = await read_plan(store, asking.edited_code)
    options = edited(basis.graph, basis.options, plan, asking.edits)
    _, findings = restructuring.problem(basis.graph, options)
    if has_errors(findings):
        raise InvalidProblem(
            "invalid_problem", findings=findings, num_errors=sum(f.is_error for f in findings)
        )
    return Prepared(scenario.name, basis.graph, options, findings)


def set_aside(scenario: Scenario, asking: Asking, outcome: Outcome) -> str:
    """Return why an outcome does not become the plan of its scenario, empty when it does.

    ``no_plan``; ``rebased``, ``settings`` or ``plan``: changed since the run was asked for; ``status``: decided meanwhile.
    """
    if not outcome.districts:
        return "no_plan"
    if scenario.base_version != asking.base_version:
        return "rebased"
    if written(scenario.settings) != written(asking.settings):
        return "settings"
    if asking.edited_code and scenario.plan_code != asking.edited_code:
        return "plan"
    return "" if may_follow(Status.SOLVED, scenario.status) else "status"


def with_plan(scenario: Scenario, plan_code: str, asked: Asked) -> Scenario:
    """Return a scenario that is solved by a plan."""
    return replace(stepped(scenario, Status.SOLVED, asked), plan_code=plan_code)


async def choose_plan(store: Store, code: str, plan_code: str, asked: Asked) -> Scenario:
    """Make an earlier plan of a scenario its plan again: what undoes an edit, or takes up a plan that was set aside.

    Raises
    ------
    NotFound
        When there is no such scenario, or it has no such plan.
    VersionConflict
        When the county, or the scenario, has changed since.
    InvalidProblem
        When the plan names units that are gone.
    InputError
        When a scenario of this status cannot be solved; when the plan has no districts; with a finding per rule of the present settings that it breaks.
    """

    async def change(scenario: Scenario) -> Amendment:
        chosen = with_plan(scenario, plan_code, asked)
        await require_fresh(store, scenario)
        await _require_plan(store, scenario, plan_code)
        return Amendment(chosen)

    return await amend(store, code, asked, change)


async def _require_plan(store: Store, scenario: Scenario, plan_code: str) -> None:
    if NodeKey("Plan", plan_code) not in await _plans_of(store, scenario):
        raise NotFound("not_found", kind="Plan", code=plan_code)
    plan = await read_plan(store, plan_code)
    if not plan.districts:
        raise InputError("plan_without_districts", plan=plan_code)
    basis = await read_basis(store, scenario.unit_code, scenario.settings)
    judgement = restructuring.judge(basis.graph, plan.seat_by_unit, basis.options)
    broken = [
        Finding(
            "editing.breaks", subject=note.subject, numbers={"kind": note.kind, "units": list(note.subject)}
        )
        for note in judgement.violations
    ]
    if len(judgement.districts) != basis.options.k:
        numbers: dict[str, Json] = {"found": len(judgement.districts), "asked": basis.options.k}
        broken.append(Finding("editing.other_number", numbers=numbers))
    broken += [
        Finding("editing.refused_inside", subject=(unit,), numbers={"unit": unit})
        for unit in basis.options.refuse
        if unit in plan.seat_by_unit
    ]
    if broken:
        raise InputError("plan_breaks", findings=broken, plan=plan_code, num_errors=len(broken))


async def _plans_of(store: Store, scenario: Scenario) -> set[NodeKey]:
    """Return the plans of a scenario and of the one that it was branched from."""
    (origin,) = await store.neighbours([scenario.key], "BRANCHED_FROM", direction=Direction.OUT)
    keys = [scenario.key, *(neighbour.node.key for neighbour in origin)]
    found = await store.neighbours(keys, "PROPOSES", direction=Direction.OUT)
    return {neighbour.node.key for plans in found for neighbour in plans}
