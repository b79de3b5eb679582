"""Walks over pages through cursors as text, while rows come and go: what was there all the time is met exactly once, in order, both ways."""

import asyncio

import pytest
from graphql_towns import Asking, asking
from hypothesis import given, settings
from hypothesis import strategies as st

from orgraph.graph import NodeKey
from orgraph.store import open_store, url_of
from orgraph.store.port import DeleteNode, PutNode, PutRelationship

NAMES = st.sampled_from(["薄家村", "嘉和村", "佳和村", "a", "A", "第2组", "第10组", "𠮷村"])
ROW = st.tuples(NAMES, st.none() | st.integers(0, 3))
CODES = st.text("abcdef", min_size=1, max_size=2)
ORDERS = st.lists(
    st.tuples(st.sampled_from(["NAME", "POPULATION", "CODE"]), st.sampled_from(["ASC", "DESC"])),
    max_size=2,
    unique_by=lambda order: order[0],
)
FORWARD = """query($o: [UnitOrder!], $n: Int, $c: String) { units(orderBy: $o, first: $n, after: $c) {
  nodes { code } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"""
BACKWARD = FORWARD.replace("first: $n, after: $c", "last: $n, before: $c")


class Walk:
    """Reads page after page, and changes rows between them."""

    def __init__(self, ask: Asking, order, size: int, changes) -> None:
        self.ask, self.size, self.changes = ask, size, list(changes)
        self.order = [{"field": field, "direction": way} for field, way in order]
        self.changed: set[str] = set()

    async def pages(self, query: str, onward: str, is_more: str) -> list[list[str]]:
        pages, cursor = [], None
        while True:
            found = (await self.ask.data(query, o=self.order, n=self.size, c=cursor))["units"]
            pages.append([node["code"] for node in found["nodes"]])
            if not found["pageInfo"][is_more]:
                return pages
            cursor = found["pageInfo"][onward]
            await self.change()

    async def change(self) -> None:
        if not self.changes:
            return
        code, (name, population) = self.changes.pop()
        self.changed.add(code)
        if await self.ask.store.get("Unit", code) is None:
            await self.ask.store.apply([PutNode("Unit", code, {"name": name, "population": population})])
        else:
            await self.ask.store.apply([DeleteNode("Unit", code)])


@settings(max_examples=40)
@given(
    st.dictionaries(CODES, ROW, max_size=15),
    ORDERS,
    st.integers(1, 4),
    st.lists(st.tuples(CODES, ROW), max_size=4),
)
def test_every_stable_row_is_met_once_both_ways(tmp_path_factory, rows, order, size, changes):
    async def walk() -> None:
        folder = tmp_path_factory.mktemp("walk")
        async with open_store(url_of(folder / "area.db")) as store:
            await store.ensure_schema()
            await store.apply(
                [PutNode("Unit", code, {"name": n, "population": p}) for code, (n, p) in rows.items()]
            )
            async with asking(store) as ask:
                whole = Walk(ask, order, 1000, ())
                (expected,) = await whole.pages(FORWARD, "endCursor", "hasNextPage")
                assert sorted(expected) == sorted(rows)
                there = Walk(ask, order, size, changes[:2])
                forward = [c for page in await there.pages(FORWARD, "endCursor", "hasNextPage") for c in page]
                assert_once(forward, expected, there.changed)
                (expected,) = await whole.pages(FORWARD, "endCursor", "hasNextPage")
                back = Walk(ask, order, size, changes[2:])
                pages = await back.pages(BACKWARD, "startCursor", "hasPreviousPage")
                assert_once([c for page in reversed(pages) for c in page], expected, back.changed)

    asyncio.run(walk())


def assert_once(met: list[str], expected: list[str], changed: set[str]) -> None:
    assert [c for c in met if c not in changed] == [c for c in expected if c not in changed]


@pytest.fixture
async def three(store):
    town = [PutNode("Unit", "T", {"name": "镇"})]
    units = [PutNode("Unit", code, {"name": code}) for code in "abc"]
    inside = [PutRelationship("PART_OF", NodeKey("Unit", code), NodeKey("Unit", "T")) for code in "abc"]
    await store.apply([*town, *units, *inside])
    return store


@pytest.mark.anyio
async def test_a_cursor_is_good_for_its_list_and_order_alone(three):
    query = "query($c: String) { units(first: 1, after: $c) { nodes { code } pageInfo { endCursor } } }"
    async with asking(three) as ask:
        cursor = (await ask.data(query))["units"]["pageInfo"]["endCursor"]
        assert (await ask.data(query, c=cursor))["units"]["nodes"][0]["code"] == "b"
        other = query.replace("first", "orderBy: [{field: NAME, direction: DESC}], first")
        assert await ask.code(other, c=cursor) == "cursor_invalid"
        assert await ask.code(query.replace("units", "grids"), c=cursor) == "cursor_invalid"
        cut = [cursor[:-4], cursor[:8] + "AAAA" + cursor[12:], "arrayconnection:-5", "", "é", "W10="]
        for forged in cut:
            assert await ask.code(query, c=forged) == "cursor_invalid"
        for both in ("first: 1, last: 1", 'first: 1, before: "x"', 'last: 1, after: "x"'):
            assert await ask.code(f"{{ units({both}) {{ totalCount }} }}") == "page_both_ways"


@pytest.mark.anyio
async def test_related_nodes_come_in_pages_too(three):
    query = """query($c: String) { unit(code: "T") { insideUnits(first: 2, after: $c) {
      totalCount nodes { code } pageInfo { hasNextPage hasPreviousPage endCursor } } } }"""
    async with asking(three) as ask:
        first = (await ask.data(query))["unit"]["insideUnits"]
        assert [n["code"] for n in first["nodes"]] == ["a", "b"]
        assert (first["totalCount"], first["pageInfo"]["hasNextPage"]) == (3, True)
        rest = (await ask.data(query, c=first["pageInfo"]["endCursor"]))["unit"]["insideUnits"]
        assert [n["code"] for n in rest["nodes"]] == ["c"]
        assert rest["pageInfo"]["hasPreviousPage"] is True
        assert await ask.code(query, c="zzz") == "cursor_invalid"
