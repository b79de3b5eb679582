"""Apply a stream of changes in one transaction: the recipe.

Changes are collected and written kind by kind, a few thousand at a time. Puts of different things may change places with each other; a
deletion, or a second change of the same thing, first writes what was collected. What is only known at the end is checked at the end.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import apsw

from orgraph.errors import InvalidGraph
from orgraph.findings import has_errors
from orgraph.graph import NodeKey, Properties, node_findings, relationship_findings
from orgraph.schema import NODE_KINDS, RELATIONSHIP_KINDS
from orgraph.store.port import Change, Commit, DeleteNode, PutNode, PutRelationship
from orgraph.store.sqlite.binding import fetch, value
from orgraph.store.sqlite.final_checks import check_cardinality, check_circles, check_ends, check_levels
from orgraph.store.sqlite.layout import Layout, sorted_indexes
from orgraph.store.sqlite.nodes import delete_node, put_nodes
from orgraph.store.sqlite.relationships import (
    Ends,
    delete_relationship,
    ends_of,
    is_to_one,
    put_relationships,
)
from orgraph.store.sqlite.tree import settle
from orgraph.store.sqlite.versions import check_expected, note_scopes_before, raise_versions
from orgraph.store.sqlite.work import TEMPORARY_TABLES, Work
from orgraph.store.storable import storage_findings

_BATCH = 5_000
_NODE_KINDS, _RELATIONSHIP_KINDS = frozenset(NODE_KINDS), frozenset(RELATIONSHIP_KINDS)


@dataclass(frozen=True)
class Request:
    """What ``apply`` was asked."""

    changes: Iterable[Change]
    expected: Mapping[str, int]
    effective: date
    by: str
    reason: str


def apply(
    connection: apsw.Connection, layout: Layout, request: Request, stop_if_unwanted: Callable[[], None]
) -> Commit:
    """Apply all changes, or none.

    ``stop_if_unwanted`` raises when nobody waits any more; it is called between batches and for the last time right before
    the commit.
    """
    for statement in TEMPORARY_TABLES:
        connection.execute(statement)
    connection.execute("BEGIN IMMEDIATE")
    try:
        commit = _apply(connection, layout, request, stop_if_unwanted)
        stop_if_unwanted()
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    return commit


def _apply(
    connection: apsw.Connection, layout: Layout, request: Request, stop_if_unwanted: Callable[[], None]
) -> Commit:
    check_expected(connection, layout, request.expected)
    work = _begin(connection, layout, request.effective)
    intake = _Intake(work, stop_if_unwanted)
    for change in request.changes:
        intake.add(change)
    intake.flush()
    versions = _finish(work, request, intake.close)
    return Commit(versions, work.num_put, work.num_deleted)


def _begin(connection: apsw.Connection, layout: Layout, effective: date) -> Work:
    for table in ("awaited", "gone", "doomed", "unsettled", "scoped"):
        connection.execute(f"DELETE FROM temp.{table}")
    meta: dict[str, int] = dict(fetch(connection, "SELECT name, value FROM meta"))
    commit = value(connection, "SELECT coalesce(max(id), 0) + 1 FROM commits")
    day = effective.toordinal()
    return Work(connection, layout, commit, day, meta.get("latest_day", 0), meta.get("last_sequence", 0))


def _finish(work: Work, request: Request, close: Callable[[], None]) -> Mapping[str, int]:
    check_ends(work)
    note_scopes_before(work)
    settle(work)
    check_cardinality(work)
    check_circles(work)
    check_levels(work)
    if has_errors(work.findings):
        raise InvalidGraph("invalid_changes", findings=work.findings, num_errors=len(work.findings))
    if not (work.num_put or work.num_deleted):
        return {}
    versions = raise_versions(work, request.by, request.reason)
    latest = max(work.day, work.latest_day)
    work.run("INSERT OR REPLACE INTO meta VALUES ('latest_day', :latest)", latest=latest)
    work.run("INSERT OR REPLACE INTO meta VALUES ('last_sequence', :last)", last=work.last_sequence)
    close()
    return versions


class _Intake:
    """Collects changes by kind and writes them in batches."""

    def __init__(self, work: Work, stop_if_unwanted: Callable[[], None]) -> None:
        self._work = work
        self._stop_if_unwanted = stop_if_unwanted
        self._nodes: defaultdict[str, dict[str, PutNode]] = defaultdict(dict)
        self._relationships: defaultdict[str, dict[Ends, Properties]] = defaultdict(dict)
        self._sources: dict[str, set[NodeKey]] = {
            name: set() for name in RELATIONSHIP_KINDS if is_to_one(name)
        }
        self._num_waiting = 0
        self._num_written = 0
        self._was_empty = not work.value("SELECT EXISTS (SELECT 1 FROM place)")
        self._dropped: dict[str, str] = {}

    def add(self, change: Change) -> None:
        """Take one change."""
        if isinstance(change, PutNode):
            self._add_node(change)
        elif isinstance(change, PutRelationship):
            self._add_relationship(change)
        elif isinstance(change, DeleteNode):
            self.flush()
            delete_node(self._work, change)
        else:
            self.flush()
            delete_relationship(self._work, change)
        if self._num_waiting >= _BATCH:
            self.flush()

    def _add_node(self, change: PutNode) -> None:
        if change.kind not in _NODE_KINDS or not change.code.isprintable():
            findings = node_findings(change.kind, change.code, change.properties)
            self._work.note(findings or storage_findings(change.kind, change.code, {}))
            self._work.excused.add(NodeKey(change.kind, change.code))
            return
        if change.code in self._nodes[change.kind]:
            self.flush()
        self._nodes[change.kind][change.code] = change
        self._num_waiting += 1

    def _add_relationship(self, change: PutRelationship) -> None:
        kind, ends = change.kind, ends_of(change)
        if not self._is_known(kind, ends):
            return
        sources = self._sources.get(kind)
        if ends in self._relationships[kind] or (sources is not None and ends[0] in sources):
            self.flush()
        self._relationships[kind][ends] = change.properties
        if sources is not None:
            sources.add(ends[0])
        self._num_waiting += 1

    def _is_known(self, kind: str, ends: Ends) -> bool:
        source, target = ends
        if (
            kind in _RELATIONSHIP_KINDS
            and source[0] in _NODE_KINDS
            and target[0] in _NODE_KINDS
            and source[1].isprintable()
            and target[1].isprintable()
        ):
            return True
        findings = relationship_findings(kind, source, target) or (
            *storage_findings(source.kind, source.code, {}),
            *storage_findings(target.kind, target.code, {}),
        )
        self._work.note(findings)
        return False

    def flush(self) -> None:
        """Write what was collected: nodes first."""
        if not self._num_waiting:
            return
        self._stop_if_unwanted()
        self._num_written += self._num_waiting
        if self._was_empty and not self._dropped and self._num_written > 2 * _BATCH:
            self._drop_indexes()
        for kind, changes in self._nodes.items():
            put_nodes(self._work, kind, changes)
        for name, relationships in self._relationships.items():
            put_relationships(self._work, name, relationships)
        self._nodes.clear()
        self._relationships.clear()
        self._num_waiting = 0
        for sources in self._sources.values():
            sources.clear()

    def _drop_indexes(self) -> None:
        """Leave sorting to the end: the first load of an empty store is twice as fast without these indexes."""
        self._dropped = sorted_indexes(self._work.layout)
        for name in self._dropped:
            self._work.run(f"DROP INDEX {name}")

    def close(self) -> None:
        """Make again what a first load dropped."""
        for name, statement in self._dropped.items():
            self._work.run(statement.replace("INDEX", f"INDEX {name}", 1))
