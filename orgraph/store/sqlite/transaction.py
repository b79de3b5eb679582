"""Apply a stream of changes in one transaction: the recipe. What is only known at the end is checked at the end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

import apsw

from orgraph.errors import InvalidGraph
from orgraph.findings import has_errors
from orgraph.store import queries
from orgraph.store.intake import BATCH, Batch, Request, Step, steps
from orgraph.store.judging import Days, Report
from orgraph.store.port import Commit, DeleteNode
from orgraph.store.sqlite.binding import fetch, value
from orgraph.store.sqlite.final_checks import check_cardinality, check_circles, check_ends, check_levels
from orgraph.store.sqlite.layout import Layout, sorted_indexes
from orgraph.store.sqlite.nodes import delete_node, put_nodes
from orgraph.store.sqlite.relationships import delete_relationship, put_relationships
from orgraph.store.sqlite.tree import settle
from orgraph.store.sqlite.versions import check_expected, note_scopes_before, raise_versions
from orgraph.store.sqlite.work import TEMPORARY_TABLES, Work


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
    indexes = _SortedIndexes(work)
    for step in steps(request.changes):
        stop_if_unwanted()
        _do(work, step, indexes)
    versions = _finish(work, request)
    indexes.restore()
    return Commit(versions, work.num_put, work.num_deleted)


def _do(work: Work, step: Step, indexes: _SortedIndexes) -> None:
    if isinstance(step, Batch):
        indexes.expect(step.num_puts)
        _put(work, step)
    elif isinstance(step, DeleteNode):
        work.report.date(step.kind)
        delete_node(work, step)
    else:
        work.report.date(step.kind)
        delete_relationship(work, step)


def _put(work: Work, batch: Batch) -> None:
    work.report.note_intake(batch)
    for kind, nodes in batch.nodes.items():
        work.report.date(kind)
        put_nodes(work, kind, nodes)
    for kind, relationships in batch.relationships.items():
        work.report.date(kind)
        put_relationships(work, kind, relationships)


def _begin(connection: apsw.Connection, layout: Layout, effective: date) -> Work:
    for table in ("awaited", "gone", "doomed", "unsettled", "scoped"):
        connection.execute(f"DELETE FROM temp.{table}")
    meta: dict[str, int] = dict(fetch(connection, "SELECT name, value FROM meta"))
    commit = value(connection, "SELECT coalesce(max(id), 0) + 1 FROM commits")
    report = Report(Days(effective.toordinal(), queries.today().toordinal()), meta.get("latest_day", 0))
    return Work(connection, layout, commit, report, meta.get("last_sequence", 0))


def _finish(work: Work, request: Request) -> Mapping[str, int]:
    work.report.date(None)
    check_ends(work)
    note_scopes_before(work)
    settle(work)
    check_cardinality(work)
    check_circles(work)
    check_levels(work)
    if has_errors(work.report.findings):
        raise InvalidGraph(
            "invalid_changes", findings=work.report.findings, num_errors=len(work.report.findings)
        )
    if not (work.num_put or work.num_deleted):
        return {}
    versions = raise_versions(work, request.by, request.reason)
    latest = max(work.report.day, work.report.latest_day)
    work.run("INSERT OR REPLACE INTO meta VALUES ('latest_day', :latest)", latest=latest)
    work.run("INSERT OR REPLACE INTO meta VALUES ('last_sequence', :last)", last=work.last_sequence)
    return versions


class _SortedIndexes:
    """The indexes for sorting: the first load of an empty store is twice as fast when they are made at its end."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._was_empty = not work.value("SELECT EXISTS (SELECT 1 FROM place)")
        self._num_puts = 0
        self._dropped: dict[str, str] = {}

    def expect(self, num_puts: int) -> None:
        """Drop them when a first load turns out to be a large one."""
        self._num_puts += num_puts
        if self._was_empty and not self._dropped and self._num_puts > 2 * BATCH:
            self._dropped = sorted_indexes(self._work.layout)
            for name in self._dropped:
                self._work.run(f"DROP INDEX {name}")

    def restore(self) -> None:
        """Make again what was dropped."""
        for name, statement in self._dropped.items():
            self._work.run(statement.replace("INDEX", f"INDEX {name}", 1))
