"""Measure stores at the size of a county, side by side: load, roll-up, pages, neighbours, search, commits beside reads, deletion.

python bench/store.py --households 200000 [--neo4j | --store URL] [--out FILE]

A SQLite file is always measured. ``--neo4j`` starts a server of its own beside it (heap 6 GB, page cache 1 GB), ``--store`` names an empty store.
Each store is measured in a process of its own, so that its memory is its own.

The server is warm as a site's is after its first days: before anything is measured, a county a twentieth as large was loaded, read and
deleted on it; and every read is repeated for a second before its repetitions are counted. ``load_s`` is then the load into an empty
database, ``rehearsal_load_s`` the small one on a server that has just started.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import TypeAlias

from store_county import COUNTY, Size, county

from orgraph.graph import NodeKey
from orgraph.store import (
    Condition,
    DeleteNode,
    Direction,
    Operator,
    Order,
    PutNode,
    Store,
    open_store,
    url_of,
)

Figures: TypeAlias = dict[str, float]
Call: TypeAlias = Callable[[], Awaitable[object]]

HEAP, PAGE_CACHE = "6g", "1g"
TOWN, LAST_TOWN = f"{COUNTY}100", f"{COUNTY}109"
DELETED_TOWNS = tuple(f"{COUNTY}{number}" for number in (106, 107, 108))
WARM_UP_S = 1.0
SIDE_BY_SIDE_S = 5.0


async def median_ms(call: Call, times: int = 15, warm_up_s: float = WARM_UP_S) -> float:
    """Return the median of some warm calls in milliseconds."""
    until = time.perf_counter() + warm_up_s
    await call()
    while time.perf_counter() < until:
        await call()
    return _ms([await _seconds(call) for _ in range(times)])


async def _seconds(call: Call) -> float:
    start = time.perf_counter()
    await call()
    return time.perf_counter() - start


def _ms(seconds: list[float]) -> float:
    return round(1000 * statistics.median(seconds), 2)


async def measure(url: str, num_households: int) -> Figures:
    """Load a county and measure it."""
    async with open_store(url) as store:
        await store.ensure_schema()
        figures = await _load(store, num_households)
        for name, call in calls(store).items():
            figures[f"{name}_ms"] = await median_ms(call)
        figures["snapshot_town_ms"] = await median_ms(lambda: store.snapshot(TOWN), times=3, warm_up_s=0)
        figures |= await _side_by_side(store)
        figures |= await _delete(store)
        figures["client_peak_mb"] = _peak_mb()
        return figures


async def rehearse(url: str, num_households: int) -> Figures:
    """Load, read and change a small county once, so that the server has compiled what it runs."""
    async with open_store(url) as store:
        await store.ensure_schema()
        seconds = await _seconds(lambda: store.apply(county(Size(num_households))))
        for call in calls(store).values():
            await median_ms(call, times=1)
        await _delete(store)
    return {"rehearsal_load_s": round(seconds, 2)}


async def _load(store: Store, num_households: int) -> Figures:
    size = Size(num_households)
    start, cpu = time.perf_counter(), time.process_time()
    commit = await store.apply(county(size))
    figures = {
        "load_s": round(time.perf_counter() - start, 2),
        "load_processor_s": round(time.process_time() - cpu, 2),
        "load_client_peak_mb": _peak_mb(),
    }
    start = time.perf_counter()
    for _ in county(size):
        pass
    making_s = round(time.perf_counter() - start, 2)
    (row,) = await store.rollup(COUNTY)
    num_nodes = sum(row.counts.values())
    return {
        "nodes": num_nodes,
        "relationships": commit.num_put - num_nodes,
        **figures,
        "making_the_changes_s": making_s,
    }


def calls(store: Store) -> dict[str, Call]:
    """Return the reads to measure, by name."""
    return {**_rollups(store), **_pages(store), **_nearby(store)}


def _rollups(store: Store) -> dict[str, Call]:
    today = date.today()
    return {
        "rollup_county_by_town": lambda: store.rollup(
            COUNTY,
            "town",
            kinds=("Household", "Grid", "PartyOrganization"),
            sums=(("Unit", "population"), ("Grid", "households")),
            measures=("households_served", "grids_with_worker", "villages_with_organization"),
        ),
        "rollup_county_by_village": lambda: store.rollup(COUNTY, "village", measures=("households_served",)),
        "as_of_rollup": lambda: store.rollup(COUNTY, "town", as_of=today),
    }


def _pages(store: Store) -> dict[str, Call]:
    bands = (Condition("size_band", Operator.EQ, "two"),)
    party = (Condition("has_party_member", Operator.EQ, True),)
    branches = (Condition("kind", Operator.EQ, "BRANCH"),)
    today = date.today()
    return {
        "page_households_in_town_by_code": lambda: store.page("Household", where=bands, within=TOWN),
        "page_households_in_last_town_by_code": lambda: store.page(
            "Household", where=bands, within=LAST_TOWN
        ),
        "page_households_in_town_by_band": lambda: store.page(
            "Household", where=party, within=LAST_TOWN, order=(Order("size_band"),)
        ),
        "page_organizations_in_town_by_name": lambda: store.page(
            "PartyOrganization", where=branches, within=LAST_TOWN, order=(Order("name"),)
        ),
        "page_households_by_code": lambda: store.page("Household", where=bands),
        "count_households_in_town": lambda: store.count("Household", where=bands, within=TOWN),
        "as_of_page": lambda: store.page("Household", where=bands, within=TOWN, as_of=today),
    }


def _nearby(store: Store) -> dict[str, Call]:
    household, today = f"{TOWN}200H000007", date.today()
    grid = NodeKey("Grid", f"{TOWN}200-01")

    async def neighbourhood() -> None:
        """All that a page about one grid shows."""
        for kind in ("PART_OF", "LOCATED_IN", "COVERS", "HAS_ORGANIZATION", "HAS_NEED"):
            await store.neighbours((grid,), kind, direction=Direction.BOTH)
        await store.ancestors(grid)

    return {
        "get": lambda: store.get("Household", household),
        "as_of_get": lambda: store.get("Household", household, as_of=today),
        "neighbours": lambda: store.neighbours((grid,), "PART_OF", direction=Direction.IN),
        "neighbourhood_of_a_grid": neighbourhood,
        "ancestors": lambda: store.ancestors(NodeKey("Household", household)),
        "search": lambda: store.search("和网"),
        "search_town": lambda: store.search("党组织", within=TOWN),
    }


async def _side_by_side(store: Store) -> Figures:
    """Count and time commits and reads done at the same time."""
    end = time.perf_counter() + SIDE_BY_SIDE_S
    commits: list[float] = []
    reads: list[float] = []

    async def write() -> None:
        while time.perf_counter() < end:
            put = PutNode("Unit", TOWN, {"population": 1000 + len(commits)})
            commits.append(await _seconds(partial(store.apply, [put])))

    async def read() -> None:
        while time.perf_counter() < end:
            reads.append(await _seconds(lambda: store.page("Household", within=TOWN, limit=20)))

    await asyncio.gather(write(), read(), read())
    return {
        "commits_per_s_side_by_side": round(len(commits) / SIDE_BY_SIDE_S, 1),
        "reads_per_s_side_by_side": round(len(reads) / SIDE_BY_SIDE_S, 1),
        "commit_side_by_side_ms": _ms(commits),
        "read_side_by_side_ms": _ms(reads),
    }


async def _delete(store: Store) -> Figures:
    """Delete some towns with all in them; the median."""
    seconds, sizes = [], []
    for town in DELETED_TOWNS:
        start = time.perf_counter()
        commit = await store.apply([DeleteNode("Unit", town, subtree=True)])
        seconds.append(time.perf_counter() - start)
        sizes.append(commit.num_deleted)
    return {
        "deleted_with_a_town": statistics.median(sizes),
        "delete_town_s": round(statistics.median(seconds), 2),
    }


def _peak_mb() -> float:
    """Return the largest memory that this process ever held."""
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def _in_own_process(work: Callable[[str, int], Awaitable[Figures]], url: str, num_households: int) -> Figures:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_run, work, url, num_households).result()


def _run(work: Callable[[str, int], Awaitable[Figures]], url: str, num_households: int) -> Figures:
    async def whole() -> Figures:
        return await work(url, num_households)

    return asyncio.run(whole())


@contextlib.contextmanager
def _server() -> Iterator[str]:
    """Start a server of our own and yield its address; user and password stand in the environment."""
    sys.path.append(str(Path(__file__).parents[1] / "deploy" / "local"))
    from neo4j_server import running_server

    with running_server(heap=HEAP, page_cache=PAGE_CACHE) as server:
        os.environ["ORGRAPH_STORE_USER"], os.environ["ORGRAPH_STORE_PASSWORD"] = server.user, server.password
        yield server.url


def _measure_server(num_households: int) -> Figures:
    with _server() as url:
        from neo4j_server import empty

        rehearsed = _in_own_process(rehearse, url, num_households // 20)
        empty(url, os.environ["ORGRAPH_STORE_USER"], os.environ["ORGRAPH_STORE_PASSWORD"])
        return {**_in_own_process(measure, url, num_households), **rehearsed}


def _table(columns: dict[str, Figures]) -> Iterator[str]:
    """Yield the lines of a table: one row per figure, and how the last store compares with the first."""
    first, *others = columns.values()
    yield f"{'':42}" + "".join(f"{name:>12}" for name in columns) + ("       ratio" if others else "")
    for name in {**first, **(others[-1] if others else {})}:
        cells = [figures.get(name) for figures in columns.values()]
        line = f"{name:42}" + "".join(f"{'' if c is None else c:>12}" for c in cells)
        a, b = cells[0], cells[-1]
        yield line + (f"{b / a:>12.2f}" if others and a and b is not None else "")


def main() -> None:
    """Run the benchmark from the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--households", type=int, default=200_000)
    parser.add_argument("--neo4j", action="store_true", help="measure a Neo4j server of its own too")
    parser.add_argument("--store", help="URL of an empty store to measure too")
    parser.add_argument("--out", type=Path, help="write the figures as JSON")
    arguments = parser.parse_args()
    columns: dict[str, Figures] = {}
    with tempfile.TemporaryDirectory() as folder:
        columns["sqlite"] = _in_own_process(measure, url_of(Path(folder) / "county.db"), arguments.households)
    if arguments.neo4j:
        columns["neo4j"] = _measure_server(arguments.households)
    if arguments.store:
        columns["store"] = _in_own_process(measure, arguments.store, arguments.households)
    print("\n".join(_table(columns)))
    if arguments.out:
        arguments.out.write_text(json.dumps(columns, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
