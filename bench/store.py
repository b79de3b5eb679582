"""Measure the store at the size of a county: load, roll-up, pages, neighbours, search, snapshot, commits beside reads.

python bench/store.py --households 200000 [--store URL] [--out FILE]

The county is synthetic, made from a fixed seed: towns, villages, grids, households, centre households that serve households, organizations.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from datetime import date
from pathlib import Path

from orgraph.graph import NodeKey
from orgraph.store import (
    Change,
    Condition,
    Direction,
    Operator,
    Order,
    PutNode,
    PutRelationship,
    Store,
    open_store,
    url_of,
)

COUNTY = "370503"
NUM_TOWNS, VILLAGES_PER_TOWN, GRIDS_PER_VILLAGE = 10, 40, 5
HOUSEHOLDS_PER_CENTRE = 18
SIZE_BANDS = ("one", "two", "three", "four", "five_or_more")
SYLLABLES = "嘉和颐丰同仁正义新村东西南北大小王李张刘陈杨黄赵周吴徐孙马朱胡郭何林罗高"


def county(num_households: int, seed: int = 1) -> Iterator[Change]:
    """Yield the changes that make the county: all nodes of a village, then its relationships."""
    rng = random.Random(seed)
    yield PutNode("Unit", COUNTY, {"name": "河口区", "level": "county", "is_synthetic": True})
    yield PutNode("PartyOrganization", f"{COUNTY}-O", {"name": "区委", "kind": "COMMITTEE"})
    yield _has_organization(NodeKey("Unit", COUNTY), f"{COUNTY}-O")
    num_grids = NUM_TOWNS * VILLAGES_PER_TOWN * GRIDS_PER_VILLAGE
    for t in range(NUM_TOWNS):
        town = f"{COUNTY}{t + 100:03d}"
        yield from _unit(town, COUNTY, "town", _name(rng) + "镇", f"{COUNTY}-O")
        for v in range(VILLAGES_PER_TOWN):
            village = f"{town}{v + 200:03d}"
            yield from _unit(village, town, "village", _name(rng) + "村", f"{town}-O")
            for g in range(GRIDS_PER_VILLAGE):
                number = (t * VILLAGES_PER_TOWN + v) * GRIDS_PER_VILLAGE + g
                first, last = (n * num_households // num_grids for n in (number, number + 1))
                yield from _grid(rng, village, g, range(first, last))


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
    properties = {"name": f"第{number + 1}网格", "kind": "base", "households": len(households)}
    yield PutNode("Grid", grid.code, properties)
    yield PutRelationship("PART_OF", grid, NodeKey("Unit", village))
    yield from _organization(grid, village, str(properties["name"]), f"{village}-O")
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
    yield from _needs(rng, grid, village)


def _members(grid: NodeKey, village: str) -> Iterator[Change]:
    """Yield party members of a grid, who belong to its branch and check in at its village."""
    for m in range(4):
        member = NodeKey("PartyMember", f"{grid.code}-M{m}")
        yield PutNode("PartyMember", member.code, {"membership_status": "full", "skills": ("law",)})
        yield PutRelationship("LOCATED_IN", member, NodeKey("Unit", village))
        yield PutRelationship("BELONGS_TO", member, NodeKey("PartyOrganization", f"{grid.code}-O"))
        yield PutRelationship("CHECKS_IN_AT", member, NodeKey("Unit", village))


def _needs(rng: random.Random, grid: NodeKey, village: str) -> Iterator[Change]:
    """Yield needs and resources of a grid, and which of the county's resources could meet which need."""
    for n in range(2):
        need, resource = NodeKey("Need", f"{grid.code}-N{n}"), NodeKey("Resource", f"{grid.code}-R{n}")
        yield PutNode("Need", need.code, {"name": f"{_name(rng)}修路", "priority": 1 + n, "status": "open"})
        yield PutNode("Resource", resource.code, {"name": f"{_name(rng)}资金", "amount": 2.5})
        yield PutRelationship("LOCATED_IN", need, NodeKey("Unit", village))
        yield PutRelationship("LOCATED_IN", resource, NodeKey("Unit", village))
        yield PutRelationship("HAS_NEED", grid, need)
        yield PutRelationship("OFFERS", NodeKey("PartyOrganization", f"{grid.code}-O"), resource)
        for other in rng.sample(range(GRIDS_PER_VILLAGE * VILLAGES_PER_TOWN), 38):
            town = village[:9]
            met = f"{town}{other // GRIDS_PER_VILLAGE + 200:03d}-{other % GRIDS_PER_VILLAGE + 1:02d}-N{n}"
            yield PutRelationship("MEETS", resource, NodeKey("Need", met))


async def median_ms(call: Callable[[], Awaitable[object]], times: int = 15) -> float:
    """Return the median of some warm calls in milliseconds."""
    await call()
    seconds = []
    for _ in range(times):
        start = time.perf_counter()
        await call()
        seconds.append(time.perf_counter() - start)
    return round(1000 * statistics.median(seconds), 2)


async def measure(url: str, num_households: int) -> dict[str, float | int | str]:
    """Load a county and measure it."""
    async with open_store(url) as store:
        await store.ensure_schema()
        start, cpu = time.perf_counter(), time.process_time()
        commit = await store.apply(county(num_households))
        seconds, cpu_seconds = time.perf_counter() - start, time.process_time() - cpu
        results: dict[str, float | int | str] = {
            "changes": commit.num_put,
            "nodes": sum((await store.rollup(COUNTY))[0].counts.values()),
            "load_s": round(seconds, 2),
            "load_processor_s": round(cpu_seconds, 2),
        }
        start = time.perf_counter()
        for _ in county(num_households):
            pass
        results["making_the_changes_s"] = round(time.perf_counter() - start, 2)
        town = f"{COUNTY}100"
        for name, call in _calls(store, town).items():
            results[f"{name}_ms"] = await median_ms(call)
        results["snapshot_town_ms"] = await median_ms(lambda: store.snapshot(town), times=3)
        results.update(await _beside(store, town))
    return results


def _calls(store: Store, town: str) -> dict[str, Callable[[], Awaitable[object]]]:
    bands = (Condition("size_band", Operator.EQ, "two"),)
    grid = NodeKey("Grid", f"{town}200-01")
    last = f"{COUNTY}109"
    return {
        "rollup_county_by_town": lambda: store.rollup(
            COUNTY,
            "town",
            kinds=("Household", "Grid", "PartyOrganization"),
            sums=(("Unit", "population"), ("Grid", "households")),
            measures=("households_served", "grids_with_worker", "villages_with_organization"),
        ),
        "rollup_county_by_village": lambda: store.rollup(COUNTY, "village", measures=("households_served",)),
        "page_households_in_town_by_code": lambda: store.page("Household", where=bands, within=town),
        "page_households_in_last_town_by_code": lambda: store.page("Household", where=bands, within=last),
        "page_households_in_town_by_band": lambda: store.page(
            "Household",
            where=(Condition("has_party_member", Operator.EQ, True),),
            within=last,
            order=(Order("size_band"),),
        ),
        "page_organizations_in_town_by_name": lambda: store.page(
            "PartyOrganization",
            where=(Condition("kind", Operator.EQ, "BRANCH"),),
            within=last,
            order=(Order("name"),),
        ),
        "page_households_by_code": lambda: store.page("Household", where=bands),
        "count_households_in_town": lambda: store.count("Household", where=bands, within=town),
        "get": lambda: store.get("Household", f"{town}200H000007"),
        "neighbours": lambda: store.neighbours((grid,), "PART_OF", direction=Direction.IN),
        "ancestors": lambda: store.ancestors(NodeKey("Household", f"{town}200H000007")),
        "search": lambda: store.search("和网"),
        "search_town": lambda: store.search("党组织", within=town),
        "as_of_rollup": lambda: store.rollup(COUNTY, "town", as_of=date.today()),
        "as_of_page": lambda: store.page("Household", where=bands, within=town, as_of=date.today()),
        "as_of_get": lambda: store.get("Household", f"{town}200H000007", as_of=date.today()),
    }


async def _beside(store: Store, town: str, seconds: float = 3.0) -> dict[str, float | int | str]:
    """Count commits and reads done at the same time."""
    end = time.perf_counter() + seconds
    done = {"commits": 0, "reads": 0}

    async def write() -> None:
        while time.perf_counter() < end:
            put = PutNode("Unit", town, {"population": 900 + done["commits"]})
            await store.apply([put])
            done["commits"] += 1

    async def read() -> None:
        while time.perf_counter() < end:
            await store.page("Household", within=town, limit=20)
            done["reads"] += 1

    await asyncio.gather(write(), read(), read())
    return {f"{name}_per_s_side_by_side": round(n / seconds, 1) for name, n in done.items()}


def main() -> None:
    """Run the benchmark from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--households", type=int, default=200_000)
    parser.add_argument("--store", help="URL of an empty store; a temporary file by default")
    parser.add_argument("--out", type=Path, help="write the figures as JSON")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = arguments.store or url_of(Path(folder) / "county.db")
        results = asyncio.run(measure(url, arguments.households))
    for name, value in results.items():
        print(f"{name:45} {value:>12}")
    if arguments.out:
        arguments.out.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
