"""Check a database and what it holds: set up, complete, links sound, log whole, who writes."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import cast

from orgraph.errors import StoreError
from orgraph.findings import Finding, Json, Severity
from orgraph.schema import RELATIONSHIP_KINDS
from orgraph.store.neo4j.connections import Reader
from orgraph.store.neo4j.layout import INSIDE, LABELS, LAYOUT_VERSION, statements
from orgraph.store.neo4j.lease import HOLDER, Holder
from orgraph.store.neo4j.schema import STATE, require_current

_COUNTY = "county"

_COUNTS = " UNION ALL ".join(f"MATCH (n:{kind}) RETURN count(n) AS num" for kind in LABELS)
NUM_NODES = f"CALL () {{ {_COUNTS} }} RETURN sum(num)"
INDEXES = "SHOW INDEXES YIELD name, state WHERE name STARTS WITH 'orgraph' RETURN name, state"
CONSTRAINTS = "SHOW CONSTRAINTS YIELD name WHERE name STARTS WITH 'orgraph' RETURN name"

_TYPES = "|".join(RELATIONSHIP_KINDS)
_PAST = "|".join(label.past for label in LABELS.values())
BROKEN_LINKS = (
    f"MATCH (a)-[r:{_TYPES}]->(b) WHERE (a:_Identity OR b:_Identity) AND (NOT a:_Identity OR NOT b:_Identity"
    " OR a._ended IS NOT NULL OR b._ended IS NOT NULL) RETURN count(r)",
    f"MATCH (p:{_PAST}) WHERE NOT p:_Identity AND NOT EXISTS {{ (p)-[:_STATE_OF]->(:_Identity) }} RETURN count(p)",
    f"MATCH (n:{'|'.join(LABELS)}) WHERE n._scope IS NULL OR n._part IS NULL OR NOT n:_Identity RETURN count(n)",
    f"MATCH (a:_Identity)-[:{INSIDE}]->(b:_Identity) WHERE a._scope <> b._scope"
    " AND NOT (a:Unit AND a.level = $county) RETURN count(a)",
)
"""Each counts what must not be: present relationships that lack an end, past states of nobody, present nodes without
a scope, nodes in another scope than their container."""
BROKEN_LOG = (
    "MATCH (s:_Store {name: 'store'}) OPTIONAL MATCH (c:_Commit) WITH s, count(c) AS num RETURN abs(s.num_commits - num)",
    "MATCH (v:_Version) WHERE NOT EXISTS { (:_Commit {number: v.commit}) } RETURN count(v)",
    "MATCH (t:_Touched) WHERE NOT EXISTS { (:_Version {commit: t.commit, scope: t.scope}) } RETURN count(t)",
)
"""Each counts what must not be: commits that are missing, versions without a commit, lists of changes without a version."""


async def findings(reader: Reader, address: str) -> tuple[Finding, ...]:
    """Return what is wrong with the database, and as warnings what is well and who writes."""
    rows = await reader.rows(STATE)
    told: dict[str, Json]
    try:
        require_current(rows[0] if rows else None, address)
    except StoreError as error:
        told = {**error.details, "is_new": not rows}
        return (Finding(f"store.{error.code}", subject=(address,), numbers=told),)
    num_nodes = cast(int, await reader.value(NUM_NODES))
    told = {"address": address, "layout": LAYOUT_VERSION, "num_nodes": num_nodes}
    found = [Finding("store.database_readable", Severity.WARNING, (address,), numbers=told)]
    found += [finding async for finding in _problems(reader, address)]
    holders = await reader.rows(HOLDER)
    holder = Holder.of(holders[0] if holders else None)
    if holder is not None:
        who: dict[str, Json] = {"host": holder.host, "pid": holder.pid, "seconds": holder.seconds_left}
        found.append(Finding("store.database_writing", Severity.WARNING, (address,), numbers=who))
    return tuple(found)


async def _problems(reader: Reader, address: str) -> AsyncIterator[Finding]:
    """Yield what is missing or broken."""
    online = {str(name) for name, state in await reader.rows(INDEXES) if state == "ONLINE"}
    constraints = {str(name) for (name,) in await reader.rows(CONSTRAINTS)}
    for name, is_constraint in declared().items():
        if name not in online or (is_constraint and name not in constraints):
            yield Finding("store.database_index", subject=(name,), numbers={"address": address, "name": name})
    for code, queries in (("database_links", BROKEN_LINKS), ("database_log", BROKEN_LOG)):
        num = sum([cast(int, await reader.value(query, county=_COUNTY)) for query in queries])
        if num:
            yield Finding(
                f"store.{code}", subject=(address,), numbers={"address": address, "num_broken": num}
            )


def declared() -> dict[str, bool]:
    """Return the names of all constraints (true) and indexes (false) that the layout declares."""
    found = (re.match(r"CREATE (\w+).* (\w+) IF NOT EXISTS", statement) for statement in statements())
    return {match[2]: match[1] == "CONSTRAINT" for match in found if match}
