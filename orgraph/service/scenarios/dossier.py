"""Everything recorded for a scenario, read together: its plan, what villages and authorities said, its runs, and whether it is stale."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from orgraph.findings import Finding
from orgraph.service.scenarios.amending import read_scenario
from orgraph.service.scenarios.basis import changes_since
from orgraph.service.scenarios.consulting import (
    Answer,
    Approval,
    Consent,
    approvals,
    consents,
    needed_approvals,
)
from orgraph.service.scenarios.listing import unit_names
from orgraph.service.scenarios.plans import PlanRecord, read_plan
from orgraph.service.scenarios.records import Scenario
from orgraph.store.port import ChangeRecord, Store


@dataclass(frozen=True)
class Decisions:
    """What villages and authorities said about a scenario.

    ``needed``: authorities that decide on its plan, in their order; empty without a plan. ``names``: of every unit of the plan. ``findings``: warnings
    about what was recorded last.
    """

    scenario: Scenario
    plan: PlanRecord | None
    consents: tuple[Consent, ...]
    approvals: tuple[Approval, ...]
    needed: tuple[str, ...]
    names: Mapping[str, str]
    findings: tuple[Finding, ...] = ()

    @property
    def waiting(self) -> tuple[str, ...]:
        """Return the villages of the plan that have neither agreed nor refused, in the order of the plan."""
        answers = {consent.unit_code: consent.answer for consent in self.consents}
        units = self.plan.seat_by_unit if self.plan else {}
        return tuple(unit for unit in units if answers.get(unit, Answer.PENDING) is Answer.PENDING)


@dataclass(frozen=True)
class Staleness:
    """How the county of a scenario has changed since the scenario was made or rebased. ``changes``: the first of them, oldest first."""

    scenario: Scenario
    version: int
    changes: tuple[ChangeRecord, ...]

    @property
    def is_stale(self) -> bool:
        """Whether there is another version now than the scenario stands on."""
        return self.version != self.scenario.base_version


@dataclass(frozen=True)
class Dossier:
    """A scenario with everything recorded for it."""

    decisions: Decisions
    version: int

    @property
    def scenario(self) -> Scenario:
        """Return the scenario."""
        return self.decisions.scenario

    @property
    def is_stale(self) -> bool:
        """Whether the county has changed since the scenario was made or rebased; what applying it changed does not count."""
        return self.scenario.applied_version is None and self.version != self.scenario.base_version


async def read_decisions(store: Store, scenario: Scenario, findings: Sequence[Finding] = ()) -> Decisions:
    """Return what villages and authorities said about a scenario."""
    plan = await read_plan(store, scenario.plan_code) if scenario.plan_code else None
    told = await consents(store, scenario.code)
    units = (scenario.unit_code, *(plan.units if plan else ()), *(c.unit_code for c in told))
    return Decisions(
        scenario,
        plan,
        told,
        await approvals(store, scenario.code),
        needed_approvals(plan) if plan else (),
        await unit_names(store, units),
        tuple(findings),
    )


async def read_dossier(store: Store, code: str) -> Dossier:
    """Return everything recorded for a scenario.

    Raises
    ------
    NotFound
        When there is no such scenario, or its unit is gone.
    """
    scenario = await read_scenario(store, code)
    return Dossier(await read_decisions(store, scenario), await store.version(scenario.unit_code))


async def staleness(store: Store, code: str) -> Staleness:
    """Return how the county of a scenario has changed since.

    Raises
    ------
    NotFound
        When there is no such scenario, or its unit is gone.
    """
    scenario = await read_scenario(store, code)
    version = await store.version(scenario.unit_code)
    return Staleness(scenario, version, await changes_since(store, scenario))
