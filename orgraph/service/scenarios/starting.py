"""Make a scenario from today, branch one off another, change what it asks, and put it on today's footing again."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import replace

from orgraph.errors import InputError
from orgraph.findings import Finding, Json
from orgraph.graph import NodeKey, OrgGraph
from orgraph.service.scenarios.amending import Amendment, Asked, amend, now, read_scenario, stepped
from orgraph.service.scenarios.basis import read_basis
from orgraph.service.scenarios.life import Status
from orgraph.service.scenarios.records import Scenario, Step
from orgraph.store.port import PutRelationship, Store


async def create(
    store: Store, unit_code: str, name: str, settings: Mapping[str, Json], asked: Asked
) -> tuple[Scenario, tuple[Finding, ...]]:
    """Make a scenario about a unit as it is today, and return it with the warnings about its settings.

    Raises
    ------
    NotFound, InvalidProblem
        When there is no such unit, or the settings cannot be planned with there.
    InputError
        When the name is empty, or the key was used for another request.
    """
    if not name.strip():
        raise InputError("scenario_without_name")
    basis = await read_basis(store, unit_code, settings)
    at = now()
    scenario = Scenario(
        code=_code(asked),
        name=name.strip(),
        unit_code=unit_code,
        settings=settings,
        base_version=basis.version,
        created_at=at,
        created_by=asked.by,
        steps=(Step(Status.DRAFT, at, asked.by, asked.reason),),
        answers={asked.key: asked.digest} if asked.key else {},
        is_synthetic=_is_synthetic(basis.graph),
    )
    return await _put_new(store, scenario, asked), basis.findings


async def branch(store: Store, code: str, name: str, asked: Asked) -> Scenario:
    """Make a scenario that starts with the settings and the plan of another one, on the same footing.

    Raises
    ------
    NotFound, InputError
        When there is no such scenario, the name is empty, or the key was used for another request.
    """
    if not name.strip():
        raise InputError("scenario_without_name")
    origin = await read_scenario(store, code)
    at = now()
    status = Status.SOLVED if origin.plan_code else Status.DRAFT
    scenario = replace(
        origin,
        code=_code(asked),
        name=name.strip(),
        status=status,
        revision=1,
        created_at=at,
        created_by=asked.by,
        steps=(Step(status, at, asked.by, asked.reason),),
        answers={asked.key: asked.digest} if asked.key else {},
        applied_version=None,
        applied_on=None,
    )
    return await _put_new(store, scenario, asked, branched_from=origin.key)


async def change_settings(
    store: Store, code: str, settings: Mapping[str, Json], asked: Asked
) -> tuple[Scenario, tuple[Finding, ...]]:
    """Ask something else: the scenario is a draft again.

    Raises
    ------
    NotFound, InvalidProblem, VersionConflict, InputError
        As :func:`create` and :func:`~orgraph.service.scenarios.amending.amend`; and when the scenario was applied.
    """
    findings: tuple[Finding, ...] = ()

    async def change(scenario: Scenario) -> Amendment:
        nonlocal findings
        basis = await read_basis(store, scenario.unit_code, settings)
        findings = basis.findings
        return Amendment(replace(stepped(scenario, Status.DRAFT, asked), settings=settings))

    return await amend(store, code, asked, change), findings


async def rebase(store: Store, code: str, asked: Asked) -> tuple[Scenario, tuple[Finding, ...]]:
    """Put a scenario on today's state: it is a draft again, with the same settings.

    Raises
    ------
    NotFound, InvalidProblem, VersionConflict, InputError
        As :func:`change_settings`; settings that name units that are gone are errors.
    """
    findings: tuple[Finding, ...] = ()

    async def change(scenario: Scenario) -> Amendment:
        nonlocal findings
        basis = await read_basis(store, scenario.unit_code, scenario.settings)
        findings = basis.findings
        draft = stepped(scenario, Status.DRAFT, asked)
        return Amendment(replace(draft, base_version=basis.version, plan_code=""))

    return await amend(store, code, asked, change), findings


async def _put_new(
    store: Store, scenario: Scenario, asked: Asked, branched_from: NodeKey | None = None
) -> Scenario:
    stored = await store.get("Scenario", scenario.code)
    if stored is not None:
        known = Scenario.of(stored)
        if known.answers.get(asked.key) != asked.digest:
            raise InputError("idempotency_key_reused", key=asked.key)
        return known
    origin = (
        (PutRelationship("BRANCHED_FROM", scenario.key, branched_from),) if branched_from is not None else ()
    )
    await store.apply((scenario.put(), *origin), by=asked.by, reason=asked.reason)
    return scenario


def _code(asked: Asked) -> str:
    """Return a code for a new scenario: the same for the same idempotency key."""
    if asked.key:
        return f"S-{hashlib.sha256(asked.key.encode()).hexdigest()[:12]}"
    return f"S-{uuid.uuid4().hex[:12]}"


def _is_synthetic(graph: OrgGraph) -> bool:
    return any(unit.is_synthetic for unit in graph.nodes("Unit"))
