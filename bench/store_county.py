"""A synthetic county, made from a fixed seed: towns, villages, grids, households, centre households that serve them, organizations.

Needs and resources meet only inside a town, so that a town can be deleted whole.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

from orgraph.graph import NodeKey, Properties
from orgraph.store import Change, PutNode, PutRelationship

COUNTY = "370503"

HOUSEHOLDS_PER_CENTRE = 18
SIZE_BANDS = ("one", "two", "three", "four", "five_or_more")
SYLLABLES = "嘉和颐丰同仁正义新村东西南北大小王李张刘陈杨黄赵周吴徐孙马朱胡郭何林罗高"


@dataclass(frozen=True)
class Size:
    """How much of everything there is; needs and resources of a grid meet ``num_met`` others."""

    num_households: int
    num_towns: int = 10
    villages_per_town: int = 40
    grids_per_village: int = 5
    num_met: int = 38


def county(size: Size, seed: int = 1) -> Iterator[Change]:
    """Yield the changes that make the county: all nodes of a village, then its relationships."""
    rng = random.Random(seed)
    yield PutNode("Unit", COUNTY, {"name": "河口区", "level": "county", "is_synthetic": True})
    yield PutNode("PartyOrganization", f"{COUNTY}-O", {"name": "区委", "kind": "COMMITTEE"})
    yield _has_organization(NodeKey("Unit", COUNTY), f"{COUNTY}-O")
    num_grids = size.num_towns * size.villages_per_town * size.grids_per_village
    for t in range(size.num_towns):
        town = f"{COUNTY}{t + 100:03d}"
        yield from _unit(town, COUNTY, "town", _name(rng) + "镇", f"{COUNTY}-O")
        for v in range(size.villages_per_town):
            village = f"{town}{v + 200:03d}"
            yield from _unit(village, town, "village", _name(rng) + "村", f"{town}-O")
            for g in range(size.grids_per_village):
                number = (t * size.villages_per_town + v) * size.grids_per_village + g
                first, last = (n * size.num_households // num_grids for n in (number, number + 1))
                yield from _grid(rng, village, g, range(first, last))
                yield from _needs(rng, size, NodeKey("Grid", f"{village}-{g + 1:02d}"), village)


def _name(rng: random.Random) -> str:
    return "".join(rng.choices(SYLLABLES, k=2))


def _unit(code: str, parent: str, level: str, name: str, superior: str) -> Iterator[Change]:
    yield PutNode("Unit", code, {"name": name, "level": level, "population": 900, "is_synthetic": True})
    yield PutRelationship("PART_OF", NodeKey("Unit", code), NodeKey("Unit", parent))
    yield from _organization(NodeKey("Unit", code), code, name, superior)


def _organization(place: NodeKey, unit: str, name: str, superior: str) -> Iterator[Change]:
    code = f"{place.code}-O"
    kind = "BRANCH" if place.kind == "Grid" else "COMMITTEE"
    yield PutNode(
        "PartyOrganization", code, {"name": f"{name}党组织", "kind": kind, "members": 30, "full_members": 28}
    )
    yield PutRelationship("LOCATED_IN", NodeKey("PartyOrganization", code), NodeKey("Unit", unit))
    yield _has_organization(place, code)
    yield PutRelationship(
        "SUBORDINATE_TO", NodeKey("PartyOrganization", code), NodeKey("PartyOrganization", superior)
    )


def _has_organization(place: NodeKey, code: str) -> Change:
    return PutRelationship("HAS_ORGANIZATION", place, NodeKey("PartyOrganization", code))


def _grid(rng: random.Random, village: str, number: int, households: range) -> Iterator[Change]:
    grid = NodeKey("Grid", f"{village}-{number + 1:02d}")
    centres = max(1, len(households) // HOUSEHOLDS_PER_CENTRE)
    name = f"第{number + 1}网格"
    properties: Properties = {"name": name, "kind": "base", "households": len(households)}
    yield PutNode("Grid", grid.code, properties)
    yield PutRelationship("PART_OF", grid, NodeKey("Unit", village))
    yield from _organization(grid, village, name, f"{village}-O")
    worker = NodeKey("GridWorker", f"{grid.code}-W")
    yield PutNode("GridWorker", worker.code, {"kind": "base", "skills": ("mediation",), "capacity_hours": 40})
    yield PutRelationship("LOCATED_IN", worker, NodeKey("Unit", village))
    yield PutRelationship("COVERS", worker, grid, {"share": 1})
    for c in range(centres):
        centre = NodeKey("CenterHousehold", f"{grid.code}-C{c:02d}")
        yield PutNode("CenterHousehold", centre.code, {"capacity_households": 20, "skills": ("mediation",)})
        yield PutRelationship("LOCATED_IN", centre, grid)
    for i, h in enumerate(households):
        household = NodeKey("Household", f"{village}H{h:06d}")
        lon, lat = 118.0 + rng.random(), 37.5 + rng.random()
        band = SIZE_BANDS[h % len(SIZE_BANDS)]
        yield PutNode(
            "Household",
            household.code,
            {"size_band": band, "has_party_member": h % 9 == 0, "lon": lon, "lat": lat, "is_synthetic": True},
        )
        yield PutRelationship("PART_OF", household, grid)
        if i < centres * HOUSEHOLDS_PER_CENTRE + 3:
            centre = NodeKey("CenterHousehold", f"{grid.code}-C{i % centres:02d}")
            yield PutRelationship("SERVES", centre, household)
    yield from _members(grid, village)


def _members(grid: NodeKey, village: str) -> Iterator[Change]:
    """Yield party members of a grid, who belong to its branch and check in at its village."""
    for m in range(4):
        member = NodeKey("PartyMember", f"{grid.code}-M{m}")
        yield PutNode("PartyMember", member.code, {"membership_status": "full", "skills": ("law",)})
        yield PutRelationship("LOCATED_IN", member, NodeKey("Unit", village))
        yield PutRelationship("BELONGS_TO", member, NodeKey("PartyOrganization", f"{grid.code}-O"))
        yield PutRelationship("CHECKS_IN_AT", member, NodeKey("Unit", village))


def _needs(rng: random.Random, size: Size, grid: NodeKey, village: str) -> Iterator[Change]:
    """Yield needs and resources of a grid, and which of the county's resources could meet which need."""
    for n in range(2):
        need, resource = NodeKey("Need", f"{grid.code}-N{n}"), NodeKey("Resource", f"{grid.code}-R{n}")
        yield PutNode("Need", need.code, {"name": f"{_name(rng)}修路", "priority": 1 + n, "status": "open"})
        yield PutNode("Resource", resource.code, {"name": f"{_name(rng)}资金", "amount": 2.5})
        yield PutRelationship("LOCATED_IN", need, NodeKey("Unit", village))
        yield PutRelationship("LOCATED_IN", resource, NodeKey("Unit", village))
        yield PutRelationship("HAS_NEED", grid, need)
        yield PutRelationship("OFFERS", NodeKey("PartyOrganization", f"{grid.code}-O"), resource)
        for other in rng.sample(range(size.grids_per_village * size.villages_per_town), size.num_met):
            town, (v, g) = village[:9], divmod(other, size.grids_per_village)
            met = f"{town}{v + 200:03d}-{g + 1:02d}-N{n}"
            yield PutRelationship("MEETS", resource, NodeKey("Need", met))
