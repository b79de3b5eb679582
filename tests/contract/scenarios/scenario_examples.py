"""A town of six villages in two rows, small enough to know by heart, and a scenario brought to any step of its life."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date

from orgraph.findings import Json
from orgraph.graph import NodeKey
from orgraph.planning import restructuring
from orgraph.service.scenarios.amending import Amendment, Asked, amend, read_scenario, stepped
from orgraph.service.scenarios.basis import read_basis
from orgraph.service.scenarios.consulting import (
    Answer,
    Approval,
    Consent,
    Decision,
    consult,
    needed_approvals,
    record_approval,
    record_consent,
)
from orgraph.service.scenarios.life import Status
from orgraph.service.scenarios.plans import put_plan, read_plan
from orgraph.service.scenarios.records import Scenario
from orgraph.service.scenarios.starting import create
from orgraph.solver import Limits
from orgraph.store import Change, PutNode, PutRelationship, Store

COUNTY, TOWN = "370503", "370503100"
VILLAGES = {letter: f"37050310020{n}" for n, letter in enumerate("ABCDEF", 1)}
"""``ABC`` over ``DEF``; every village has 100 people, one household, one member and a branch."""
CLERK = Asked("组织部", reason="测试")
FIRST_DAY = date(2020, 1, 1)
SETTINGS: Mapping[str, Json] = {"k": 2, "balance": {"population": "none"}}


def town() -> Iterator[Change]:
    """Yield the county, the town with its committee, and its villages."""
    yield PutNode("Unit", COUNTY, {"name": "河口区", "level": "county"})
    yield PutNode("Unit", TOWN, {"name": "义和镇", "level": "town"})
    yield PutRelationship("PART_OF", NodeKey("Unit", TOWN), NodeKey("Unit", COUNTY))
    yield PutNode("PartyOrganization", "TP", {"name": "镇党委", "kind": "COMMITTEE"})
    yield PutRelationship("LOCATED_IN", NodeKey("PartyOrganization", "TP"), NodeKey("Unit", TOWN))
    for place, (letter, code) in enumerate(VILLAGES.items()):
        yield from _village(letter, code, lon=118 + place % 3 / 100, lat=37.5 - place // 3 / 100)
    for a, b in ("AB", "BC", "DE", "EF", "AD", "BE", "CF"):
        ends = (NodeKey("Unit", VILLAGES[a]), NodeKey("Unit", VILLAGES[b]))
        yield PutRelationship("ADJACENT", *ends, {"shared_border_m": 100.0})


def _village(letter: str, code: str, lon: float, lat: float) -> Iterator[Change]:
    unit = NodeKey("Unit", code)
    counts = {"population": 100, "households": 30, "members": 40, "full_members": 38}
    yield PutNode(
        "Unit", code, {"name": f"{letter}村委会", "level": "village", "lon": lon, "lat": lat, **counts}
    )
    yield PutRelationship("PART_OF", unit, NodeKey("Unit", TOWN))
    party = NodeKey("PartyOrganization", f"{letter}P")
    yield PutNode(*party, {"name": f"{letter}村党支部", "kind": "BRANCH", "members": 40, "full_members": 38})
    yield PutRelationship("LOCATED_IN", party, unit)
    yield PutRelationship("HAS_ORGANIZATION", unit, party)
    yield PutRelationship("SUBORDINATE_TO", party, NodeKey("PartyOrganization", "TP"))
    yield PutNode("Household", f"{letter}H", {})
    yield PutRelationship("PART_OF", NodeKey("Household", f"{letter}H"), unit)
    yield PutNode("PartyMember", f"{letter}M", {"membership_status": "full"})
    yield PutRelationship("LOCATED_IN", NodeKey("PartyMember", f"{letter}M"), unit)
    yield PutRelationship("BELONGS_TO", NodeKey("PartyMember", f"{letter}M"), party)


async def drafted(store: Store, settings: Mapping[str, Json] = SETTINGS, name: str = "方案") -> Scenario:
    """A town and a draft about it."""
    if not await store.get("Unit", TOWN):
        await store.apply(town(), effective=FIRST_DAY)
    return (await create(store, TOWN, name, settings, CLERK))[0]


async def solved(store: Store, scenario: Scenario) -> Scenario:
    """Give a scenario the optimal plan of its settings."""
    basis = await read_basis(store, scenario.unit_code, scenario.settings)
    outcome = restructuring.plan(basis.graph, basis.options, limits=Limits(time_s=20))
    code = f"P-{scenario.code}-{scenario.revision}"

    async def change(found: Scenario) -> Amendment:
        plan = put_plan(code, found.key, outcome, origin="solved", edits={}, unit_code=TOWN)
        return Amendment(replace(stepped(found, Status.SOLVED, CLERK), plan_code=code), plan)

    return await amend(store, scenario.code, CLERK, change)


async def agreed(store: Store, scenario: Scenario) -> Scenario:
    """Let every village that the plan merges agree, and close the consultation."""
    for unit in (await read_plan(store, scenario.plan_code)).seat_by_unit:
        await record_consent(store, scenario.code, Consent(unit, Answer.AGREED), CLERK)
    return await consult(store, scenario.code, CLERK)


async def approved(store: Store, scenario: Scenario) -> Scenario:
    """Let every authority approve."""
    for authority in needed_approvals(await read_plan(store, scenario.plan_code)):
        await record_approval(store, scenario.code, Approval(authority, Decision.APPROVED), CLERK)
    return await read_scenario(store, scenario.code)


async def ready(store: Store) -> Scenario:
    """A scenario that only needs to be applied."""
    return await approved(store, await agreed(store, await solved(store, await drafted(store))))
