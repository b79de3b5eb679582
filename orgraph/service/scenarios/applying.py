"""Carry a scenario out, in one transaction with full lineage, and take it back."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from orgraph.errors import InputError, InvalidGraph
from orgraph.findings import Finding, Json
from orgraph.graph import NodeKey, OrgGraph, difference
from orgraph.planning.restructuring import NewVillage, after, proposed_villages
from orgraph.service.required import required
from orgraph.service.scenarios.amending import Amendment, Asked, amend, read_scenario, stepped
from orgraph.service.scenarios.basis import require_fresh, scope_code
from orgraph.service.scenarios.changes import changes_json, changes_of, read_changes, thing_of
from orgraph.service.scenarios.conservation import require_conserved
from orgraph.service.scenarios.life import Status
from orgraph.service.scenarios.plans import PlanRecord, plan_of
from orgraph.service.scenarios.records import Scenario, listed, written
from orgraph.service.scenarios.surroundings import with_surroundings
from orgraph.store.port import Change, DeleteNode, PutNode, Store

_ALL_CHANGES = 1_000_000
_MOST_TOLD = 200


@dataclass(frozen=True)
class Merger:
    """What applying a plan will do: the new villages, and which village goes into which. A district of one village stays as it is."""

    villages: tuple[NewVillage, ...]
    part_by_unit: Mapping[str, str]


@dataclass(frozen=True)
class CarriedOut:
    """What a plan makes of the organization: the merger, and the graph before and after it, with what is tied to it outside of the unit."""

    merger: Merger
    before: OrgGraph
    after: OrgGraph

    def require_conserved(self) -> None:
        """Refuse a plan that loses anybody.

        Raises
        ------
        InvalidGraph
            With a finding per loss.
        """
        require_conserved(self.before, self.after, self.merger.part_by_unit)


async def carried_out(
    store: Store,
    graph: OrgGraph,
    plan: PlanRecord,
    names: Mapping[str, NewVillage],
    *,
    on: date | None = None,
) -> CarriedOut:
    """Return what a plan makes of the graph of its unit; nothing is written.

    Raises
    ------
    InputError
        As :func:`merger_of`.
    """
    merger = await merger_of(store, graph, plan, names)
    before = await with_surroundings(store, graph, merger.part_by_unit)
    later = after(before, merger.part_by_unit, merger.villages, plan_code=plan.code, on=on)
    return CarriedOut(merger, before, later)


async def proposed_merger(store: Store, code: str, names: Mapping[str, NewVillage] | None = None) -> Merger:
    """Return the merger that a scenario's plan leads to, with proposed codes and names where ``names`` (by seat) has none.

    Raises
    ------
    NotFound
        When there is no such scenario.
    InputError
        When it has no plan, when ``names`` has a seat that the plan has not, or a code that is or was in use.
    """
    scenario = await read_scenario(store, code)
    plan = await plan_of(store, scenario)
    graph = await store.snapshot(scenario.unit_code)
    return await merger_of(store, graph, plan, names or {})


async def apply_scenario(
    store: Store,
    code: str,
    asked: Asked,
    *,
    effective: date,
    names: Mapping[str, NewVillage] | None = None,
) -> Scenario:
    """Carry out an approved scenario: new villages, lineage, grids and branches, all in one transaction.

    Parameters
    ----------
    effective
        The day from which it is true.
    names
        Codes and names of new villages by seat; what is missing is proposed.

    Raises
    ------
    NotFound, InputError
        As :func:`proposed_merger`; when the scenario is not approved; when the day is before the last change of something that it changes.
    VersionConflict
        When the county has changed since the scenario was made or rebased, or the scenario since the caller saw it.
    InvalidGraph
        When anything would be lost, or the graph after would break its schema.
    """

    async def change(scenario: Scenario) -> Amendment:
        applied = stepped(scenario, Status.APPLIED, asked)
        await require_fresh(store, scenario)
        plan = await plan_of(store, scenario)
        graph = await store.snapshot(scenario.unit_code)
        done = await carried_out(store, graph, plan, names or {}, on=effective)
        done.require_conserved()
        inverse = written(changes_json(changes_of(difference(done.after, done.before))))
        return Amendment(
            replace(applied, applied_version=scenario.base_version + 1, applied_on=effective),
            (
                *changes_of(difference(done.before, done.after)),
                PutNode("Plan", plan.code, {"inverse": inverse}),
            ),
            expected={scenario.unit_code: scenario.base_version},
            effective=effective,
        )

    return await _amended_from(effective, amend(store, code, asked, change))


async def revert_scenario(store: Store, code: str, asked: Asked, *, effective: date) -> Scenario:
    """Take an applied scenario back: everything that it changed is as before, from a day on.

    Raises
    ------
    NotFound, VersionConflict
        As :func:`apply_scenario`.
    InputError
        When it is not applied, or with a finding per later change that touched the same things.
    """

    async def change(scenario: Scenario) -> Amendment:
        reverted = stepped(scenario, Status.REVERTED, asked)
        inverse = await _inverse(store, scenario)
        version = await store.version(scenario.unit_code)
        await _require_untouched(store, scenario, inverse)
        return Amendment(reverted, inverse, expected={scenario.unit_code: version}, effective=effective)

    return await _amended_from(effective, amend(store, code, asked, change))


async def _amended_from(effective: date, amendment: Awaitable[Scenario]) -> Scenario:
    """Wait for an amendment; when its day is too early for many things, say so once."""
    try:
        return await amendment
    except InvalidGraph as error:
        last = [str(f.numbers["last"]) for f in error.findings if f.code == "store.date_before_last"]
        if not last:
            raise
        raise InputError("effective_too_early", day=effective.isoformat(), last=max(last)) from error


async def merger_of(
    store: Store, graph: OrgGraph, plan: PlanRecord, names: Mapping[str, NewVillage]
) -> Merger:
    """Return the merger that a plan leads to.

    Raises
    ------
    InputError
        When ``names`` has a seat that the plan has not, or a code that is or was in use.
    """
    merged = {d.seat: d.members for d in plan.districts if len(d.members) > 1}
    unknown = sorted(names.keys() - merged.keys())
    if unknown:
        raise InputError("seat_unknown", seats=list[Json](unknown))
    proposed = proposed_villages(graph, merged, {village.code for village in names.values()})
    villages = tuple(names.get(village.seat, village) for village in proposed)
    villages = tuple(replace(v, seat=p.seat) for v, p in zip(villages, proposed, strict=True))
    await _require_unused(store, villages)
    parts = {unit: v.code for v in villages for unit in merged[v.seat]}
    return Merger(villages, parts)


async def _require_unused(store: Store, villages: Sequence[NewVillage]) -> None:
    codes = [village.code for village in villages]
    stored = await store.get_many([NodeKey("Unit", code) for code in codes])
    taken = {node.code for node in stored if node is not None}
    used = [code for code in dict.fromkeys(codes) if codes.count(code) > 1 or code in taken]
    if used:
        raise InputError("village_code_used", codes=list[Json](used))


async def _inverse(store: Store, scenario: Scenario) -> tuple[Change, ...]:
    plan = await required(store, "Plan", scenario.plan_code)
    return read_changes(listed(plan.properties, "inverse"))


async def _require_untouched(store: Store, scenario: Scenario, inverse: Sequence[Change]) -> None:
    """Refuse when something that reverting changes, or deletes, was changed or tied to after the scenario was applied."""
    scope = await scope_code(store, scenario.unit_code)
    assert scenario.applied_version is not None
    things = {thing_of(change) for change in inverse}
    ends = {(change.kind, change.code) for change in inverse if isinstance(change, DeleteNode)}
    findings = [
        Finding(
            "scenario.changed_later",
            subject=thing,
            numbers={
                "thing": " ".join(thing),
                "by": record.by,
                "on": record.effective.isoformat(),
                "version": record.version,
            },
        )
        for record in await store.changes(scope, scenario.applied_version, limit=_ALL_CHANGES)
        if (thing := thing_of(record.change)) in things or {thing[1:3], thing[3:5]} & ends
    ]
    if findings:
        raise InputError(
            "revert_refused",
            scenario=scenario.code,
            findings=findings[:_MOST_TOLD],
            num_changes=len(findings),
        )
