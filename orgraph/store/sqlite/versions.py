"""Versions of scopes, and the log of commits."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

import apsw

from orgraph.errors import VersionConflict
from orgraph.findings import Json
from orgraph.store.sqlite.binding import fetch, value
from orgraph.store.sqlite.layout import Layout
from orgraph.store.sqlite.work import Work

_MANY = 20_000
_MAX_TOLD = 20
_LARGEST = 2**63 - 1


def scope_of(connection: apsw.Connection, layout: Layout, unit_code: str) -> str:
    """Return the scope that a unit belongs to; a code without a unit stands for itself."""
    unit = layout.tables["Unit"].name
    code = value(
        connection,
        f"SELECT s.code FROM {unit} u JOIN place p ON p.id = u.id JOIN {unit} s ON s.id = p.scope WHERE u.code = ?",
        (unit_code,),
    )
    return unit_code if code is None else str(code)


def version_of(connection: apsw.Connection, layout: Layout, unit_code: str) -> int:
    """Return the version of the scope of a unit, 0 when nothing was ever in it."""
    scope = scope_of(connection, layout, unit_code)
    number = value(connection, "SELECT max(version) FROM commit_scope WHERE scope = ?", (scope,))
    return int(number or 0)


def check_expected(connection: apsw.Connection, layout: Layout, expected: Mapping[str, int]) -> None:
    """Compare the versions that a caller expects with those in the store.

    Raises
    ------
    VersionConflict
        For the first scope that has moved on; tells what changed.
    """
    for code, version in sorted(expected.items()):
        actual = version_of(connection, layout, code)
        if actual != version:
            scope = scope_of(connection, layout, code)
            changes: list[Json] = [*changed_since(connection, layout, scope, version)]
            raise VersionConflict(
                "version_conflict",
                scope=scope,
                expected=version,
                actual=actual,
                changes=changes,
            )


def changed_since(connection: apsw.Connection, layout: Layout, scope: str, version: int) -> list[str]:
    """Return the first keys of what changed in a scope after a version, such as ``Unit 370503100201``."""
    rows = fetch(
        connection,
        "SELECT DISTINCT t.a, t.kind, t.b FROM commit_scope s JOIN touched t ON t.commit_id = s.commit_id"
        f" WHERE s.scope = :scope AND s.version > :since AND {IN_SCOPE} LIMIT :limit",
        {"scope": scope, "since": version, "limit": _MAX_TOLD},
    )
    told = []
    for a, number, b in rows:
        ends = " → ".join(_told(connection, layout, i) for i in (a, b) if i)
        told.append(f"{layout.relationship_by_number[number].name} {ends}" if number else ends)
    return told


def _told(connection: apsw.Connection, layout: Layout, node_id: int) -> str:
    return f"{layout.table_of(node_id).kind.name} {code_of(connection, layout, node_id)}"


def code_of(connection: apsw.Connection, layout: Layout, node_id: int) -> str:
    """Return the code of a node that exists or existed."""
    table = layout.table_of(node_id)
    code = value(
        connection,
        f"SELECT code FROM {table.name} WHERE id = ?1 UNION ALL SELECT code FROM {table.past} WHERE id = ?1",
        (node_id,),
    )
    return "" if code is None else str(code)


IN_SCOPE = (
    "(NOT EXISTS (SELECT 1 FROM touched_scope x WHERE x.commit_id = t.commit_id) OR EXISTS"
    " (SELECT 1 FROM touched_scope x WHERE (x.commit_id, x.scope, x.a, x.kind, x.b)"
    " = (t.commit_id, :scope, t.a, t.kind, t.b)))"
)
"""Whether what a row ``t`` of the log names was or is in ``:scope``; a commit that changed one scope only needs no list."""


_SCOPED = (
    "SELECT p.scope, t.a, t.kind, t.b FROM touched t JOIN place p ON p.id = t.{end}"
    " WHERE t.commit_id = :commit AND t.{end} > 0 AND t.{end} < {below}"
)


def note_scopes_before(work: Work) -> None:
    """Note the scopes of what a transaction touched and what existed before it; call before the tree is settled."""
    for end in ("a", "b"):
        work.run(f"INSERT OR IGNORE INTO scoped {_SCOPED.format(end=end, below=':first_new')}")
    work.run("DELETE FROM place WHERE id IN gone")


def raise_versions(work: Work, by: str, reason: str) -> dict[str, int]:
    """Enter the commit into the log and raise the version of every scope that it changed; call when the tree is settled."""
    scopes = _changed_scopes(work)
    at = datetime.now(UTC).isoformat(timespec="milliseconds")
    work.run("INSERT INTO commits VALUES (:commit, :at, :by, :reason, :day)", at=at, by=by, reason=reason)
    # a unit that ended and one created with its code are one scope
    versions = {code: _raise(work, code) for code in sorted(set(scopes.values()))}
    if len(versions) > 1:
        for scope, code in scopes.items():
            work.run(
                "INSERT OR IGNORE INTO touched_scope SELECT :commit, :code, a, kind, b FROM scoped WHERE scope = :scope",
                code=code,
                scope=scope,
            )
    return versions


def _changed_scopes(work: Work) -> dict[int, str]:
    """Return codes by identifier of every scope that something was or is in."""
    scopes = {s for (s,) in work.rows("SELECT DISTINCT scope FROM scoped")}
    if work.num_put > _MANY and (only := _only_scope(work)) is not None:
        scopes.add(only)
    else:
        for end in ("a", "b"):
            work.run(f"INSERT OR IGNORE INTO scoped {_SCOPED.format(end=end, below=_LARGEST)}")
        scopes = {s for (s,) in work.rows("SELECT DISTINCT scope FROM scoped")}
    return {s: code_of(work.connection, work.layout, s) if s else "" for s in scopes}


def _only_scope(work: Work) -> int | None:
    """Return the scope that every node belongs to, before and after, if there is one."""
    low, high = work.rows("SELECT min(scope), max(scope) FROM place")[0]
    before = {s for (s,) in work.rows("SELECT DISTINCT scope FROM scoped")}
    return int(low) if low is not None and low == high and before <= {low} else None


def _raise(work: Work, scope: str) -> int:
    number: int = work.value(
        "INSERT INTO commit_scope SELECT :scope, coalesce(max(version), 0) + 1, :commit FROM commit_scope"
        " WHERE scope = :scope RETURNING version",
        scope=scope,
    )
    return number
