"""Where a unit stands, and how a present node that lies in it is told from others.

A node knows its scope (its county) and its part: the unit directly below the scope that holds it. So a county and its towns are told by one
property; for what lies deeper, the part leaves few nodes to ask for their containers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from orgraph.errors import NotFound
from orgraph.store.neo4j.connections import Reader
from orgraph.store.neo4j.layout import INSIDE, MAX_DEPTH
from orgraph.store.neo4j.lens import Lens

PLACE = (
    "MATCH (u:Unit {code: $code}) RETURN u._scope, u._part, COLLECT {"
    " MATCH (c:Unit {level: 'county'}) WHERE c.code IS NOT NULL"
    f" AND EXISTS {{ {Lens(None).upward('c', 'u', least=1)} }} RETURN c.code }}"
)
"""The scope of a unit, its part, and the counties below it."""


@dataclass(frozen=True, slots=True)
class Place:
    """A unit. ``scopes``: those of all that lies in it, if these hold nothing else; ``part``: the part that all in it belongs to."""

    code: str
    scopes: tuple[str, ...] = ()
    part: str | None = None

    @property
    def is_part(self) -> bool:
        """Whether the unit is the part."""
        return self.part == self.code

    @property
    def bindings(self) -> dict[str, object]:
        """What :meth:`holds` asks for."""
        return {"within": self.code, "scopes": list(self.scopes), "part": self.part}

    def holds(self, name: str) -> str:
        """Return the condition that a present node lies in the unit."""
        if self.scopes:
            return f"{name}._scope IN $scopes"
        if self.is_part:
            return f"{name}._part = $part"
        walk = f"EXISTS {{ ({name})-[:{INSIDE}*0..{MAX_DEPTH}]->(:Unit {{code: $within}}) }}"
        return walk if self.part is None else f"{name}._part = $part AND {walk}"


async def place_of(reader: Reader, code: str) -> Place:
    """Return where a unit stands.

    Raises
    ------
    NotFound
        When there is none.
    """
    rows = await reader.rows(PLACE, code=code) if code.isprintable() else []
    if not rows:
        raise NotFound("not_found", kind="Unit", code=code)
    scope, part, below = rows[0]
    counties = cast("list[str]", below)
    if scope == code:
        return Place(code, (code, *counties))
    return Place(code, part=None if counties else str(part))
