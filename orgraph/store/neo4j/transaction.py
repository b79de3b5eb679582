"""Apply a stream of changes in one transaction: the recipe. The caller holds the lock of the store, and commits."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping
from contextlib import aclosing
from dataclasses import dataclass

from orgraph.errors import InvalidGraph
from orgraph.findings import has_errors
from orgraph.store import intake, queries
from orgraph.store.intake import Batch, Step, steps
from orgraph.store.judging import Days, Report
from orgraph.store.neo4j.connections import Writer
from orgraph.store.neo4j.final_checks import check_cardinality, check_circles, check_ends, check_levels
from orgraph.store.neo4j.nodes import delete_node, put_nodes
from orgraph.store.neo4j.relationships import delete_relationship, put_relationships
from orgraph.store.neo4j.settling import settle
from orgraph.store.neo4j.versions import check_expected, raise_versions, scopes_before
from orgraph.store.neo4j.work import BATCH, Work, pieces
from orgraph.store.port import Commit, DeleteNode
from orgraph.store.replay import Replayable

COUNTERS = "MATCH (s:_Store {name: 'store'}) RETURN s.num_commits, s.latest_day, s.last_id"
DROP_AWAITED = "UNWIND $ids AS id MATCH (n:_Identity {_id: id}) DETACH DELETE n"


@dataclass(frozen=True)
class Request(intake.Request):
    """What ``apply`` was asked, with changes that can be read again."""

    changes: Replayable


async def apply(
    writer: Writer, request: Request, stop_if_unwanted: Callable[[], None], token: str
) -> tuple[Commit, int | None]:
    """Apply all changes inside a transaction that the caller commits, or raise.

    Parameters
    ----------
    writer
        The transaction; it holds the lock of ``_Store``.
    stop_if_unwanted
        Raises when nobody waits any more; called between batches.
    token
        By which the commit can be found again.

    Returns
    -------
    tuple[Commit, int | None]
        What was done, and the number of the commit; no number when nothing changed, and then the transaction has written nothing
        that shows. ``_Store`` already counts the commit.

    Notes
    -----
    Keeps no state between calls: managed work may run it again with the same request. The changes are read in another thread, one
    batch ahead of the server.
    """
    await check_expected(writer, request.expected)
    work = await _begin(writer, Days(request.effective.toordinal(), queries.today().toordinal()))
    async with aclosing(_ahead(steps(request.changes, BATCH))) as ready:
        async for step in ready:
            stop_if_unwanted()
            await _do(work, step)
    versions = await _finish(work, request, token)
    number = work.commit if work.num_put or work.num_deleted else None
    return Commit(versions, work.num_put, work.num_deleted), number


async def _begin(writer: Writer, days: Days) -> Work:
    ((num_commits, latest_day, last_id),) = await writer.rows(COUNTERS)
    report = Report(days, int(str(latest_day or 0)))
    return Work(writer, int(str(num_commits)) + 1, report, int(str(last_id or 0)))


async def _ahead(source: Iterator[Step]) -> AsyncGenerator[Step, None]:
    """Yield steps while a thread already prepares the next one."""
    coming = asyncio.create_task(asyncio.to_thread(next, source, None))
    try:
        while (step := await asyncio.shield(coming)) is not None:
            coming = asyncio.create_task(asyncio.to_thread(next, source, None))
            yield step
    finally:
        await asyncio.wait([coming])  # nobody else may read the changes before this reader is done
        coming.exception()


async def _do(work: Work, step: Step) -> None:
    if isinstance(step, Batch):
        await _put(work, step)
    elif isinstance(step, DeleteNode):
        work.report.date(step.kind)
        await delete_node(work, step)
    else:
        work.report.date(step.kind)
        await delete_relationship(work, step)


async def _put(work: Work, batch: Batch) -> None:
    work.report.note_intake(batch)
    for kind, nodes in batch.nodes.items():
        if nodes:
            work.report.date(kind)
            await put_nodes(work, kind, nodes)
    for kind, relationships in batch.relationships.items():
        if relationships:
            work.report.date(kind)
            await put_relationships(work, kind, relationships)


async def _finish(work: Work, request: Request, token: str) -> Mapping[str, int]:
    work.report.date(None)
    await check_ends(work)
    before = await scopes_before(work)
    await settle(work)
    await check_cardinality(work)
    await check_circles(work)
    await check_levels(work)
    if has_errors(work.report.findings):
        found = work.report.findings
        raise InvalidGraph("invalid_changes", findings=found, num_errors=len(found))
    for some in pieces(work.awaited):
        await work.writer.run(DROP_AWAITED, ids=some)
    if not (work.num_put or work.num_deleted):
        return {}
    return await raise_versions(work, request, token, before)
