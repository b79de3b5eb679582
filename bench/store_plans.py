"""Profile every statement that the Neo4j adapter runs for every operation of the port, on a small county that is always the same.

python bench/store_plans.py

starts a server, writes the figures to ``bench/store_plans.json`` and from there into ``docs/store.md``; a test holds the adapter to the
figures and the page to both.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import aclosing, contextmanager
from datetime import date
from typing import TypeAlias, cast

from neo4j import AsyncGraphDatabase, AsyncManagedTransaction, AsyncResult
from store_county import COUNTY, Size, county
from store_document import write_page
from store_figures import ROOT, Statement, write

from orgraph.graph import NodeKey
from orgraph.store import (
    ALL,
    Condition,
    DeleteNode,
    DeleteRelationship,
    Direction,
    Operator,
    Order,
    PutNode,
    PutRelationship,
    Store,
    open_store,
)
from orgraph.store.neo4j.address import Address
from orgraph.store.neo4j.connections import SEQUENCE, Reader, Row, Writer

SIZE = Size(320, num_towns=2, villages_per_town=4, grids_per_village=2, num_met=3)
FIRST, SECOND, THIRD = date(2024, 1, 1), date(2024, 6, 1), date(2025, 1, 1)
TOWN, OTHER_TOWN, VILLAGE = f"{COUNTY}100", f"{COUNTY}101", f"{COUNTY}100200"

Call: TypeAlias = Callable[[Store], Awaitable[object]]
Plan: TypeAlias = Mapping[str, object]


def _unit(code: str) -> NodeKey:
    return NodeKey("Unit", code)


GRID, HOUSEHOLD = NodeKey("Grid", f"{VILLAGE}-01"), NodeKey("Household", f"{VILLAGE}H000007")
_BANDS = (Condition("size_band", Operator.EQ, "two"),)
_SERVED = (Condition("in:SERVES", Operator.HAS, True),)

READS: Mapping[str, Call] = {
    "get": lambda s: s.get("Unit", VILLAGE),
    "get, as of a day": lambda s: s.get("Unit", VILLAGE, as_of=FIRST),
    "get_many, 3 nodes of 2 kinds": lambda s: s.get_many((_unit(TOWN), _unit(VILLAGE), GRID)),
    "page by code": lambda s: s.page("Household", limit=10),
    "page by name": lambda s: s.page("Grid", order=(Order("name"),), limit=10),
    "page after a cursor": lambda s: s.page("Household", after=(HOUSEHOLD.code,), limit=10),
    "page before a cursor": lambda s: s.page("Household", before=(HOUSEHOLD.code,), limit=5),
    "page with a condition": lambda s: s.page("Household", where=_BANDS, limit=10),
    "page with a relationship": lambda s: s.page("Household", where=_SERVED, limit=10),
    "page within a town": lambda s: s.page("Household", within=TOWN, limit=10),
    "page within a town by band": lambda s: s.page(
        "Household", within=TOWN, order=(Order("size_band"),), limit=10
    ),
    "page within a town, as of a day": lambda s: s.page("Household", within=TOWN, limit=10, as_of=FIRST),
    "count": lambda s: s.count("Household", where=_BANDS),
    "count within a town": lambda s: s.count("Household", where=_BANDS, within=TOWN),
    "neighbours, inward": lambda s: s.neighbours((GRID,), "PART_OF", direction=Direction.IN),
    "neighbours, outward": lambda s: s.neighbours((GRID,), "PART_OF"),
    "neighbours, as of a day": lambda s: s.neighbours(
        (GRID,), "PART_OF", direction=Direction.IN, as_of=FIRST
    ),
    "ancestors": lambda s: s.ancestors(HOUSEHOLD),
    "ancestors, as of a day": lambda s: s.ancestors(HOUSEHOLD, as_of=FIRST),
    "descendants of a village": lambda s: s.descendants(_unit(VILLAGE)),
    "descendants, one kind, one step": lambda s: s.descendants(GRID, kind="Household", max_depth=1),
    "descendants, as of a day": lambda s: s.descendants(_unit(VILLAGE), as_of=FIRST),
    "rollup of the county by town": lambda s: s.rollup(
        COUNTY, "town", sums=(("Unit", "population"),), measures=("households_served", "grids_with_worker")
    ),
    "rollup of a village": lambda s: s.rollup(VILLAGE),
    "rollup, as of a day": lambda s: s.rollup(COUNTY, "town", as_of=FIRST),
    "search": lambda s: s.search("党组织"),
    "search within a town": lambda s: s.search("党组织", within=TOWN),
    "snapshot of a village": lambda s: s.snapshot(VILLAGE),
    "snapshot of everything": lambda s: s.snapshot(ALL),
    "snapshot of a village, as of a day": lambda s: s.snapshot(VILLAGE, as_of=FIRST),
    "history": lambda s: s.history(_unit(VILLAGE)),
    "version": lambda s: s.version(VILLAGE),
    "changes": lambda s: s.changes(COUNTY, 1),
    "dump": lambda s: _drained(s),
}

WRITES: Mapping[str, Call] = {
    "apply: create a node": lambda s: s.apply([PutNode("Unit", "new", {"name": "新"})], effective=THIRD),
    "apply: change a node": lambda s: s.apply(
        [PutNode("Unit", VILLAGE, {"population": 903})], effective=THIRD
    ),
    "apply: nothing changes": lambda s: s.apply(
        [PutNode("Unit", VILLAGE, {"population": 903})], effective=THIRD
    ),
    "apply: create relationships": lambda s: s.apply(
        [PutRelationship("ADJACENT", _unit(TOWN), _unit(OTHER_TOWN), {"shared_border_m": 1})], effective=THIRD
    ),
    "apply: end a relationship": lambda s: s.apply(
        [DeleteRelationship("ADJACENT", _unit(TOWN), _unit(OTHER_TOWN))], effective=THIRD
    ),
    "apply: move a village": lambda s: s.apply(
        [PutRelationship("PART_OF", _unit(VILLAGE), _unit(OTHER_TOWN))], effective=THIRD
    ),
    "apply: as expected": lambda s: s.apply(
        [PutNode("Unit", VILLAGE, {"population": 904})], effective=THIRD, expected={COUNTY: 6}
    ),
    "apply: end a household": lambda s: s.apply([DeleteNode(*HOUSEHOLD)], effective=THIRD),
    "apply: end a village with all in it": lambda s: s.apply(
        [DeleteNode("Unit", f"{TOWN}201", subtree=True)], effective=THIRD
    ),
}


async def _drained(store: Store) -> int:
    num = 0
    async with aclosing(cast("AsyncIterator[object]", store.dump())) as records:  # type: ignore[type-var]
        async for _ in records:
            num += 1
    return num


async def build(store: Store) -> None:
    """Fill an empty store: the county, and a past."""
    await store.apply(county(SIZE), effective=FIRST)
    await store.apply([PutNode("Unit", VILLAGE, {"population": 901})], effective=SECOND)


@contextmanager
def profiling() -> Iterator[list[Statement]]:
    """Put ``PROFILE`` before every statement of the adapter inside the block, and collect what it tells."""
    found: list[Statement] = []

    async def run(self: Reader, query: str, parameters: dict[str, object]) -> list[Row]:
        transaction = cast(AsyncManagedTransaction, vars(self)["_transaction"])
        is_plain = query.startswith("SHOW")  # what only lists the schema has no profile
        result: AsyncResult = await transaction.run(query if is_plain else f"PROFILE {query}", parameters)
        rows = await result.values()
        profile = (await result.consume()).profile
        if profile is not None:
            found.append(Statement(query, tuple(_operators(profile)), _hits(profile)))
        return rows

    async def rows(self: Reader, query: str, **parameters: object) -> list[Row]:
        return await run(self, query, parameters)

    async def effect(self: Writer, query: str, **parameters: object) -> None:
        await run(self, query, parameters)

    plain = Reader.rows, Writer.run
    Reader.rows, Writer.run = rows, effect  # type: ignore[method-assign]
    try:
        yield found
    finally:
        Reader.rows, Writer.run = plain  # type: ignore[method-assign]


def _hits(plan: Plan) -> int:
    own = cast(int, plan.get("dbHits", 0))
    return own + sum(map(_hits, cast("Sequence[Plan]", plan.get("children", ()))))


def _operators(plan: Plan) -> Iterator[str]:
    for child in cast("Sequence[Plan]", plan.get("children", ())):
        yield from _operators(child)
    yield str(plan["operatorType"]).partition("@")[0]


async def profiled(store: Store, call: Call) -> list[Statement]:
    """Return the statements of one call, without those that frame every read.

    The call is made once before: it opens connections, and the planner sees its statements.
    """
    with profiling() as found:
        await call(store)
    return [statement for statement in found if statement.query != SEQUENCE]


async def measure(url: str) -> dict[str, list[Statement]]:
    """Build the county in an empty store and return the statements of every call."""
    async with open_store(url) as store:
        await store.ensure_schema()
        await build(store)
        await replan(url)
        return {name: await profiled(store, call) for name, call in {**READS, **WRITES}.items()}


async def replan(url: str) -> None:
    """Let the server count its data anew and forget plans made for other data."""
    address = Address.of(url)
    auth = (os.environ["ORGRAPH_STORE_USER"], os.environ["ORGRAPH_STORE_PASSWORD"])
    async with AsyncGraphDatabase.driver(address.server, auth=auth) as driver:
        await driver.execute_query("CALL db.prepareForReplanning(120)", database_=address.database)


def main() -> None:
    """Measure on a server of our own, and write figures and page."""
    sys.path.append(str(ROOT / "deploy" / "local"))
    from neo4j_server import running_server

    with running_server() as server:
        os.environ["ORGRAPH_STORE_USER"], os.environ["ORGRAPH_STORE_PASSWORD"] = server.user, server.password
        write(asyncio.run(measure(server.url)))
    write_page()


if __name__ == "__main__":
    main()
