"""A database that an earlier program made, set up again."""

from datetime import date

import pytest
from neo4j_login import Login, connected, database_of, empty

from orgraph.graph import NodeKey
from orgraph.store import DeleteNode, PutNode, PutRelationship, open_store

pytestmark = pytest.mark.anyio

D1, D2 = date(2020, 1, 1), date(2021, 1, 1)
FORGET = (
    "MATCH (n) WHERE n._synthetic IS NOT NULL OR n._once_synthetic IS NOT NULL REMOVE n._synthetic, n._once_synthetic",
    "MATCH (s:_Store {name: 'store'}) SET s.digest = 'old'",
)


async def test_it_learns_what_was_generated_now_and_once(neo4j_credentials: Login) -> None:
    login = neo4j_credentials
    empty(login.url, login.user, login.password)
    codes = ("now", "once", "ended", "never")
    async with open_store(login.url) as store:
        await store.ensure_schema()
        await store.apply(
            [
                *(PutNode("Unit", code, {"name": code}) for code in codes),
                *(PutNode("Household", code, {"is_synthetic": code != "never"}) for code in codes),
                *(PutRelationship("PART_OF", NodeKey("Household", c), NodeKey("Unit", c)) for c in codes),
            ],
            effective=D1,
        )
        await store.apply(
            [PutNode("Household", "once", {"is_synthetic": None}), DeleteNode("Household", "ended")],
            effective=D2,
        )
    with connected(login.url, login.user, login.password) as driver:
        for statement in FORGET:
            driver.execute_query(statement, database_=database_of(login.url))
    async with open_store(login.url) as store:
        await store.ensure_schema()
        for day, generated in ((D1, ["now", "once", "ended"]), (D2, ["now"]), (None, ["now"])):
            rows = [(await store.rollup(code, as_of=day))[0] for code in codes]
            assert [row.unit.code for row in rows if row.is_synthetic] == generated
