"""Check a file and what it holds: integrity, links, derived tables, who writes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import apsw

from orgraph.errors import StoreError
from orgraph.findings import Finding, Severity
from orgraph.store.sqlite.binding import fetch, value
from orgraph.store.sqlite.layout import Layout
from orgraph.store.sqlite.schema import LAYOUT_VERSION, require_current

_MAX_TOLD = 20


def file_findings(path: Path, connection: apsw.Connection) -> Iterator[Finding]:
    """Yield what is wrong with the file, or with what it holds."""
    try:
        layout = require_current(connection, path)
    except StoreError as error:
        yield Finding(f"store.{error.code}", subject=(str(path),), numbers=dict(error.details))
        return
    yield Finding(
        "store.readable",
        Severity.WARNING,
        subject=(str(path),),
        numbers={"path": str(path), "layout": LAYOUT_VERSION, "num_nodes": _num_nodes(connection)},
    )
    for (problem,) in fetch(connection, f"PRAGMA integrity_check({_MAX_TOLD})"):
        if problem != "ok":
            yield Finding(
                "store.integrity", subject=(str(path),), numbers={"path": str(path), "problem": problem}
            )
    num_broken = len(fetch(connection, "PRAGMA foreign_key_check")) + _num_broken(connection, layout)
    if num_broken:
        yield Finding(
            "store.broken_links", subject=(str(path),), numbers={"path": str(path), "num_broken": num_broken}
        )


def _num_nodes(connection: apsw.Connection) -> int:
    number: int = value(connection, "SELECT count(*) FROM place")
    return number


def _num_broken(connection: apsw.Connection, layout: Layout) -> int:
    """Return how many relationships lack an end, and how many nodes lack a place or have one without being there."""
    ends: int = value(
        connection,
        "SELECT count(*) FROM relationship r WHERE NOT EXISTS (SELECT 1 FROM place WHERE id = r.source)"
        " OR NOT EXISTS (SELECT 1 FROM place WHERE id = r.target)",
    )
    listed = " UNION ALL ".join(f"SELECT id FROM {t.name}" for t in layout.tables.values())
    places: int = value(connection, f"SELECT count(*) FROM place WHERE id NOT IN ({listed})")
    nodes: int = value(connection, f"SELECT count(*) FROM ({listed}) WHERE id NOT IN (SELECT id FROM place)")
    return ends + places + nodes
