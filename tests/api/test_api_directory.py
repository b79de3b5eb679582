"""The read-only GraphQL slice over a real store."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from api import cursors
from api.app import create_app
from orgraph.errors import InputError
from orgraph.graph import NodeKey
from orgraph.store import open_store
from orgraph.store.port import PutNode, PutRelationship

pytestmark = pytest.mark.anyio

TOWN = "370503100"
VILLAGES = {"370503100201": "大牟村", "370503100214": "薄家村", "370503100249": "王集村"}


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    async with await open_store(f"sqlite:///{tmp_path / 'town.db'}") as store:
        town = PutNode("Unit", TOWN, {"name": "义和镇", "level": "town"})
        villages = [
            PutNode("Unit", code, {"name": name, "level": "village", "population": 400, "is_synthetic": True})
            for code, name in VILLAGES.items()
        ]
        inside = [
            PutRelationship("PART_OF", NodeKey("Unit", code), NodeKey("Unit", TOWN)) for code in VILLAGES
        ]
        await store.ensure_schema()
        await store.apply([town, *villages, *inside])
        app = httpx.ASGITransport(create_app(store))
        async with httpx.AsyncClient(transport=app, base_url="http://test") as client:
            yield client


async def ask(client: httpx.AsyncClient, query: str, **variables: object) -> dict[str, object]:
    answer = await client.post("/graphql", json={"query": query, "variables": variables})
    body = answer.json()
    assert isinstance(body, dict)
    return {"status": answer.status_code, **body}


async def test_a_unit_is_found_by_its_code(client: httpx.AsyncClient) -> None:
    answer = await ask(
        client,
        "query($c: String!) { unit(code: $c) { name level population isSynthetic } }",
        c="370503100201",
    )
    assert answer["data"] == {
        "unit": {"name": "大牟村", "level": "village", "population": 400, "isSynthetic": True}
    }


async def test_an_unknown_unit_is_null(client: httpx.AsyncClient) -> None:
    answer = await ask(client, '{ unit(code: "x") { name } }')
    assert (answer["status"], answer["data"]) == (200, {"unit": None})


async def test_pages_walk_every_unit_once_in_pinyin_order(client: httpx.AsyncClient) -> None:
    query = """query($after: String) { units(first: 2, after: $after, where: { level: { eq: village } }) {
        edges { node { name } } pageInfo { hasNextPage endCursor } } }"""
    names: list[str] = []
    after: str | None = None
    for has_next in (True, False):
        units = (await ask(client, query, after=after))["data"]["units"]
        names += [edge["node"]["name"] for edge in units["edges"]]
        assert units["pageInfo"]["hasNextPage"] is has_next
        after = units["pageInfo"]["endCursor"]
    assert names == ["薄家村", "大牟村", "王集村"]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ("first: 1001", "page_size"),
        ("first: 0", "page_size"),
        ('after: "zzz"', "cursor_invalid"),
        ('after: "W3RydWVd"', "cursor_invalid"),
    ],
)
async def test_a_wrong_page_is_a_coded_error(client: httpx.AsyncClient, arguments: str, code: str) -> None:
    answer = await ask(client, f"{{ units({arguments}) {{ edges {{ cursor }} }} }}")
    (error,) = answer["errors"]
    assert error["extensions"]["code"] == code
    assert error["extensions"]["text"]["zh"]


async def test_coverage_counts_numerator_and_denominator(client: httpx.AsyncClient) -> None:
    query = f'{{ coverage(unitCode: "{TOWN}") {{ isSynthetic rows {{ depth unit {{ code }} shares {{ measure covered total rate numGaps }} }} }} }}'
    coverage = (await ask(client, query))["data"]["coverage"]
    assert coverage["isSynthetic"] is True
    assert [row["unit"]["code"] for row in coverage["rows"]] == [TOWN, *VILLAGES]
    assert {
        "measure": "villages_with_organization",
        "covered": 0,
        "total": 3,
        "rate": 0.0,
        "numGaps": 3,
    } in coverage["rows"][0]["shares"]


@pytest.mark.parametrize("is_synthetic", [True, False])
async def test_coverage_says_that_something_deep_below_was_generated(
    tmp_path: Path, is_synthetic: bool
) -> None:
    """A town and a village, a grid in it, and a worker who covers it: only the worker can be generated."""
    async with await open_store(f"sqlite:///{tmp_path / 'deep.db'}") as store:
        village, grid, worker = NodeKey("Unit", "V"), NodeKey("Grid", "G"), NodeKey("GridWorker", "W")
        await store.ensure_schema()
        await store.apply(
            [
                PutNode("Unit", TOWN, {"name": "义和镇", "level": "town"}),
                PutNode("Unit", "V", {"name": "薄家村", "level": "village"}),
                PutNode("Unit", "U", {"name": "嘉和村", "level": "village"}),
                PutNode("Grid", "G", {"name": "一", "kind": "base"}),
                PutNode("GridWorker", "W", {"kind": "base", "is_synthetic": is_synthetic}),
                PutRelationship("PART_OF", village, NodeKey("Unit", TOWN)),
                PutRelationship("PART_OF", NodeKey("Unit", "U"), NodeKey("Unit", TOWN)),
                PutRelationship("PART_OF", grid, village),
                PutRelationship("LOCATED_IN", worker, grid),
                PutRelationship("COVERS", worker, grid),
            ]
        )
        app = httpx.ASGITransport(create_app(store))
        async with httpx.AsyncClient(transport=app, base_url="http://test") as client:
            query = f'{{ coverage(unitCode: "{TOWN}") {{ isSynthetic rows {{ isSynthetic unit {{ isSynthetic }} }} }} }}'
            coverage = (await ask(client, query))["data"]["coverage"]
    assert coverage["isSynthetic"] is is_synthetic
    assert [row["isSynthetic"] for row in coverage["rows"]] == [is_synthetic, False, is_synthetic]
    assert not any(row["unit"]["isSynthetic"] for row in coverage["rows"])


async def test_an_unknown_unit_has_no_coverage(client: httpx.AsyncClient) -> None:
    answer = await ask(client, '{ coverage(unitCode: "x") { isSynthetic } }')
    assert answer["errors"][0]["extensions"]["status"] == 404


async def test_the_cause_of_a_defect_is_not_shown(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object, **__: object) -> None:
        raise RuntimeError("password=hunter2")

    monkeypatch.setattr("api.loaders.Loaders._nodes", fail)
    answer = await client.post("/graphql", json={"query": '{ unit(code: "x") { name } }'})
    assert "hunter2" not in answer.text
    assert answer.json()["errors"][0]["extensions"]["code"] == "internal"


async def test_health_and_readiness(client: httpx.AsyncClient) -> None:
    assert (await client.get("/healthz")).json() == {"status": "ok"}
    assert (await client.get("/readyz")).status_code == 200


async def test_a_store_that_does_not_answer_is_not_ready(tmp_path: Path) -> None:
    store = await open_store(f"sqlite:///{tmp_path / 'town.db'}")
    await store.ensure_schema()
    await store.close()
    transport = httpx.ASGITransport(create_app(store))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        assert (await client.get("/readyz")).status_code == 503


def test_cursors_survive_the_round_trip() -> None:
    values = ("bojia", 3, 2.5, None, "370503100214")
    assert cursors.decode(cursors.encode(values)) == values
    with pytest.raises(InputError):
        cursors.decode("W3RydWVd")
