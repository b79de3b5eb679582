"""Stores with short limits, and changes of which the half would show."""

import traceback
from collections.abc import Iterator, Mapping

from neo4j_server import Neo4jServer

from orgraph.errors import OrgraphError
from orgraph.findings import has_errors
from orgraph.graph import NodeKey
from orgraph.settings import Secret
from orgraph.store import Change, PutNode, PutRelationship, Store
from orgraph.store.neo4j import Address, Credentials, Neo4jStore

COUNTY = "370503"
A, B = NodeKey("Unit", "370503100"), NodeKey("Unit", "370503101")


def store_on(
    server: Neo4jServer,
    url: str | None = None,
    *,
    user: str | None = None,
    password: str | None = None,
    timeout_s: float = 30.0,
    write_timeout_s: float = 60.0,
    retry_s: float = 0.0,
    lease_s: float = 60.0,
    connect_s: float = 5.0,
) -> Neo4jStore:
    """A store that gives up at its first failure, unless told otherwise; ``url`` names a way to the server other than the straight one."""
    return Neo4jStore(
        Address.of(url or server.url),
        Credentials(user or server.user, Secret(password or server.password)),
        timeout_s=timeout_s,
        write_timeout_s=write_timeout_s,
        retry_s=retry_s,
        lease_s=lease_s,
        connect_s=connect_s,
    )


def county() -> Iterator[Change]:
    yield PutNode("Unit", COUNTY, {"name": "河口区", "level": "county"})
    for key in (A, B):
        yield PutNode("Unit", key.code, {"name": key.code, "level": "town", "population": 0})
        yield PutRelationship("PART_OF", key, NodeKey("Unit", COUNTY))
    yield PutRelationship("ADJACENT", A, B, {"shared_border_m": 0})


def numbered(number: int) -> tuple[Change, ...]:
    """Two nodes and a relationship that hold one number: commit ``number + 1`` of the county, which :func:`county` begins."""
    return (
        PutNode("Unit", A.code, {"population": number}),
        PutRelationship("ADJACENT", A, B, {"shared_border_m": number}),
        PutNode("Unit", B.code, {"population": number}),
    )


async def number_in(store: Store) -> int:
    """Return the number that the store holds, after looking that all three things hold it, and that the version fits."""
    graph = await store.snapshot(COUNTY)
    numbers = {graph.node(*key).properties["population"] for key in (A, B)}
    numbers |= {r.properties["shared_border_m"] for r in graph.relationships() if r.kind == "ADJACENT"}
    (number,) = numbers
    assert isinstance(number, int)
    assert graph.provenance["version"] == number + 1
    return number


async def whole_number_in(store: Store) -> int:
    """Return the same, after looking that the log agrees: every version once, each with its number in all three things."""
    number = await number_in(store)
    logged = [
        (record.version, value)
        for record in await store.changes(COUNTY, 1)
        if isinstance(record.change, PutNode | PutRelationship)
        for value in record.change.properties.values()
    ]
    assert logged == [(number + 1, number) for number in range(1, number + 1) for _ in range(3)]
    assert not has_errors(await store.diagnose())
    return number


def told(error: OrgraphError) -> str:
    """Return everything that an error shows to anybody who prints it, in whatever way."""
    printed = "".join(traceback.format_exception(error))
    shown: Mapping[str, object] = error.details
    notes = getattr(error, "__notes__", ())
    return "\n".join(
        [
            str(error),
            repr(error),
            repr(error.args),
            repr(shown),
            *notes,
            error.text.zh,
            error.text.en,
            printed,
        ]
    )
