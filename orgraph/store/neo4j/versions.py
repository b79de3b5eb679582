"""Raise the versions of scopes, and enter what a transaction touched into the log."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime

from orgraph.errors import VersionConflict
from orgraph.findings import Json
from orgraph.store.intake import Request
from orgraph.store.neo4j.connections import Reader
from orgraph.store.neo4j.log import Columns, Thing
from orgraph.store.neo4j.scopes import changed_since, scope_of, version_of
from orgraph.store.neo4j.work import Work, pieces

CHUNK = 5_000
"""Things of one node of the log."""
_MANY = 20_000

SCOPES = "UNWIND $ids AS id MATCH (n:_Identity {_id: id}) WHERE n._scope IS NOT NULL RETURN id, n._scope"
_NEW = "MATCH (n:_Identity) WHERE n._id >= $first_new"
MAIN_SCOPE = f"{_NEW} WITH n._scope AS scope, count(*) AS num RETURN scope ORDER BY num DESC, scope LIMIT 1"
OTHER_SCOPES = f"{_NEW} AND n._scope <> $main RETURN n._id, n._scope"
ENTER_COMMIT = (
    "MATCH (s:_Store {name: 'store'}) SET s.num_commits = $commit, s.latest_day = $latest, s.last_id = $last_id"
    " CREATE (:_Commit {number: $commit, at: $at, by: $by, reason: $reason, effective: $day, token: $token,"
    " num_put: $num_put, num_deleted: $num_deleted})"
)
RAISE = (
    "UNWIND $scopes AS scope WITH scope, COLLECT { MATCH (v:_Version) WHERE v.scope = scope AND v.version > 0"
    " RETURN v.version ORDER BY v.scope DESC, v.version DESC LIMIT 1 } AS latest"
    " CREATE (v:_Version {scope: scope, version: coalesce(latest[0], 0) + 1, commit: $commit})"
    " RETURN scope, v.version"
)
TOUCH = "CREATE (:_Touched {commit: $commit, scope: $scope, part: $part, a: $a, kinds: $kinds, b: $b})"


async def check_expected(reader: Reader, expected: Mapping[str, int]) -> None:
    """Compare the versions that a caller expects with those in the store.

    Raises
    ------
    VersionConflict
        For the first scope that has moved on; tells what changed.
    """
    for code, version in sorted(expected.items()):
        actual = await version_of(reader, code)
        if actual != version:
            scope = await scope_of(reader, code)
            changes: list[Json] = [*await changed_since(reader, scope, version)]
            raise VersionConflict(
                "version_conflict", scope=scope, expected=version, actual=actual, changes=changes
            )


async def scopes_before(work: Work) -> dict[int, str]:
    """Return the scopes of what a transaction touched and what existed before it; call before the tree is settled."""
    return await _scopes(work, (i for i in work.log.ids() if i < work.first_new))


async def _scopes(work: Work, ids: Iterable[int]) -> dict[int, str]:
    return {
        int(str(i)): str(scope)
        for some in pieces(ids)
        for i, scope in await work.writer.rows(SCOPES, ids=some)
    }


async def raise_versions(
    work: Work, request: Request, token: str, before: Mapping[int, str]
) -> dict[str, int]:
    """Enter the commit into the log and raise the version of every scope that it changed; call when the tree is settled."""
    at = datetime.now(UTC).isoformat(timespec="milliseconds")
    await work.writer.run(
        ENTER_COMMIT,
        **work.state,
        latest=max(work.report.day, work.report.latest_day),
        last_id=work.last_id,
        at=at,
        by=request.by,
        reason=request.reason,
        token=token,
        num_put=work.num_put,
        num_deleted=work.num_deleted,
    )
    chunks = await _chunks_by_scope(work, before)
    rows = await work.writer.rows(RAISE, scopes=sorted(chunks), commit=work.commit)
    for scope, some in chunks.items():
        await _enter(work, scope, some)
    return {str(scope): int(str(version)) for scope, version in rows}


async def _chunks_by_scope(work: Work, before: Mapping[int, str]) -> Mapping[str, Iterable[Columns]]:
    """Return what was touched, by the scopes that it was in or is in."""
    main, after = await _scopes_after(work)
    if main is not None and not after and not before:
        return {main: work.log.chunks(CHUNK)}
    return {scope: _columns(things) for scope, things in _things_by_scope(work, main, after, before).items()}


def _columns(things: list[Thing]) -> Iterator[Columns]:
    for some in pieces(things, CHUNK):
        a, kinds, b = zip(*some, strict=True)
        yield list(a), list(kinds), list(b)


def _things_by_scope(
    work: Work, main: str | None, after: Mapping[int, str], before: Mapping[int, str]
) -> Mapping[str, list[Thing]]:
    things: defaultdict[str, list[Thing]] = defaultdict(list)
    for thing in work.log.in_order() if len(work.log) <= _MANY else work.log:
        a, kind, b = thing
        found = {after.get(a, main), before.get(a)}
        if kind:
            found |= {after.get(b, main), before.get(b)}
        for scope in found:
            if scope is not None:
                things[scope].append(thing)
    return things


async def _scopes_after(work: Work) -> tuple[str | None, dict[int, str]]:
    """Return the scopes of what was touched, now that the tree is settled: one for most new nodes of a large commit, and the rest."""
    if work.num_put <= _MANY:
        return None, await _scopes(work, work.log.ids())
    main = await work.writer.value(MAIN_SCOPE, first_new=work.first_new)
    others = await work.writer.rows(OTHER_SCOPES, first_new=work.first_new, main=main)
    old = await _scopes(work, (i for i in work.log.ids() if i < work.first_new))
    return None if main is None else str(main), old | {int(str(i)): str(scope) for i, scope in others}


async def _enter(work: Work, scope: str, chunks: Iterable[Columns]) -> None:
    for part, (a, kinds, b) in enumerate(chunks):
        await work.writer.run(TOUCH, commit=work.commit, scope=scope, part=part, a=a, kinds=kinds, b=b)
