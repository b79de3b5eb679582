"""Which scope a unit belongs to, the versions of scopes, and what changed since one."""

from __future__ import annotations

from typing import cast

from orgraph.store.neo4j.connections import Cell, Reader
from orgraph.store.neo4j.layout import LABELS

_MAX_TOLD = 20

SCOPE_OF = "MATCH (u:Unit {code: $code}) RETURN u._scope"
LATEST_VERSION = (
    "MATCH (v:_Version) WHERE v.scope = $scope AND v.version > 0"
    " RETURN v.version ORDER BY v.scope DESC, v.version DESC LIMIT 1"
)
CHANGED_SINCE = (
    "MATCH (v:_Version) WHERE v.scope = $scope AND v.version > $since"
    " MATCH (t:_Touched {commit: v.commit, scope: $scope})"
    " WITH v.version AS version, t.part AS part, t.a AS a, t.kinds AS kinds, t.b AS b ORDER BY version, part"
    " UNWIND range(0, size(a) - 1) AS i WITH a[i] AS a, kinds[i] AS kind, b[i] AS b"
    " MATCH (x:_Identity {_id: a}) OPTIONAL MATCH (y:_Identity {_id: b}) WITH kind, x, y WHERE kind = '' OR y IS NOT NULL"
    " WITH DISTINCT x, kind, y LIMIT $limit RETURN kind, labels(x), x.code, labels(y), y.code"
)


async def scope_of(reader: Reader, unit_code: str) -> str:
    """Return the scope that a unit belongs to; a code without a unit stands for itself."""
    code = await reader.value(SCOPE_OF, code=unit_code)
    return unit_code if code is None else str(code)


async def version_of(reader: Reader, unit_code: str) -> int:
    """Return the version of the scope of a unit, 0 when nothing was ever in it."""
    number = await reader.value(LATEST_VERSION, scope=await scope_of(reader, unit_code))
    return cast(int, number or 0)


async def changed_since(reader: Reader, scope: str, version: int) -> list[str]:
    """Return the first keys of what changed in a scope after a version, such as ``Unit 370503100201``."""
    rows = await reader.rows(CHANGED_SINCE, scope=scope, since=version, limit=_MAX_TOLD)
    told = []
    for kind, labels, code, other_labels, other_code in rows:
        first = f"{kind_of(labels)} {code}"
        told.append(f"{kind} {first} → {kind_of(other_labels)} {other_code}" if kind else first)
    return told


_KIND_BY_LABEL = {name: label.name for label in LABELS.values() for name in (label.name, label.past)}


def kind_of(labels: Cell) -> str:
    """Return the kind of a node by its labels, present or past; labels that others gave it do not count."""
    return next(_KIND_BY_LABEL[name] for name in cast("list[str]", labels) if name in _KIND_BY_LABEL)
