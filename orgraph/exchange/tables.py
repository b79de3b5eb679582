"""The tables that files may hold: one per node kind of the schema, and ``edges`` for adjacency."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache

from orgraph.messages import Text, text
from orgraph.schema import NODE_KINDS, RELATIONSHIP_KINDS, Field, NodeKind, ValueType

EDGES = "edges"
GEOMETRY = "geometry"
"""Not a table: a GeoJSON file."""
ADJACENT = "ADJACENT"

_BARRIER_ALIASES = ("barrier", "屏障", "阻隔", "障碍")


@dataclass(frozen=True)
class Table:
    """What one file holds: its name in commands, its labels, its columns, and the node kind (``None`` for edges)."""

    name: str
    label: Text
    columns: tuple[Field, ...]
    kind: NodeKind | None = None
    aliases: tuple[str, ...] = ()

    @property
    def has_open_weights(self) -> bool:
        """Whether further numeric columns are weights."""
        return self.kind is not None and self.kind.has_open_weights

    @property
    def required(self) -> tuple[Field, ...]:
        """The columns without which nothing can be read."""
        return tuple(f for f in self.columns if f.is_required)


@cache
def tables() -> Mapping[str, Table]:
    """Return every table by name: the plural of its kind, or ``edges``."""
    nodes = {
        kind.plural: Table(kind.plural, kind.label, kind.fields, kind, (kind.name, *kind.aliases))
        for kind in NODE_KINDS.values()
    }
    return {**nodes, EDGES: _edges()}


def _edges() -> Table:
    ends = tuple(
        Field(name, ValueType.CODE, text(f"exchange.column.{name}"), is_required=True, pattern=r"\S{1,64}")
        for name in ("a", "b")
    )
    fields = tuple(
        replace(f, aliases=_BARRIER_ALIASES) if f.name == "is_barrier" else f
        for f in RELATIONSHIP_KINDS[ADJACENT].fields
    )
    aliases = ("edge", "adjacency", ADJACENT, "邻接", "相邻", "相邻关系")
    return Table(EDGES, text("exchange.table.edges"), ends + fields, None, aliases)
