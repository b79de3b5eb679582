"""Reaching a Neo4j store by its address, and emptying it between tests."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from neo4j import Driver, GraphDatabase

__all__ = ["Login", "connected", "database_of", "empty"]

DELETE_DATA = """
MATCH (n) WHERE NOT n:_Store AND NOT n:_Announcement
CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 10000 ROWS
"""
# What these two nodes hold in a store that was set up and never written to.
RESET_STORE = """
MATCH (s:_Store)
SET s = {name: s.name, layout: s.layout, digest: s.digest, num_commits: 0, latest_day: 0, last_id: 0}
"""
RESET_ANNOUNCEMENT = "MATCH (a:_Announcement) SET a.number = 0"


@dataclass(frozen=True, slots=True)
class Login:
    """Address of a store, and what to log in with."""

    url: str
    user: str
    password: str = field(repr=False)


@contextlib.contextmanager
def connected(url: str, user: str, password: str) -> Iterator[Driver]:
    """Yield a synchronous driver for the server of a store's address; the database is passed with each query."""
    parts = urlsplit(url)
    driver = GraphDatabase.driver(
        f"{parts.scheme}://{parts.netloc}",
        auth=(user, password),
        connection_timeout=5,
        max_transaction_retry_time=0,
    )
    with driver:
        yield driver


def database_of(url: str) -> str:
    """Return the database that a store's address names."""
    return urlsplit(url).path.strip("/") or "neo4j"


def empty(url: str, user: str, password: str) -> None:
    """Delete the data of a store and keep its schema.

    Constraints and indexes stay, and so do the two nodes in which the store keeps what it says of itself, counters at zero: the
    store is then as ``ensure_schema`` leaves a new one, and no writer holds its lease.
    """
    with connected(url, user, password) as driver, driver.session(database=database_of(url)) as session:
        for statement in (DELETE_DATA, RESET_STORE, RESET_ANNOUNCEMENT):
            session.run(statement).consume()
