"""Whether a roll-up met anything that was generated.

Most stores hold nothing of the kind, demonstrations hold hardly anything else. So the root is asked first, along an index that holds only what
was generated, for the kinds that can matter; nodes of other kinds are not looked at, and looking ends with the first that was generated.
A present node that was generated has its kind in ``_synthetic``; a node with such a state in the past has it in ``_once_synthetic``.
"""

from __future__ import annotations

from collections.abc import Sequence

from orgraph.store.neo4j.layout import CONTAINERS, INSIDE_BY_KIND, LABELS
from orgraph.store.neo4j.lens import Lens


def is_generated(state: str) -> str:
    """Return the condition that a state was generated, as a whole or in some values: :func:`orgraph.graph.is_synthetic`."""
    return f"({state}.is_synthetic OR size({state}.synthetic_fields) > 0)"


ONCE_GENERATED = {
    kind: f"MATCH (p:{label.past}) WHERE {is_generated('p')} OPTIONAL MATCH (p)-[:_STATE_OF]->(i)"
    " WITH DISTINCT coalesce(i, p) AS n"
    for kind, label in LABELS.items()
}
"""By kind: binds the nodes ``n`` with a past state that was generated."""

_MARKED = "MATCH (g:_Identity) WHERE g._synthetic = kind"
_PRESENT = f"EXISTS {{ {_MARKED} AND g._scope IN scopes AND g._part IS NOT NULL }}"
_ANY_DAY = (
    f"EXISTS {{ {_MARKED} AND g._scope IS NOT NULL AND g._part IS NOT NULL }}"
    " OR EXISTS { MATCH (g:_Identity) WHERE g._once_synthetic = kind }"
)


def generated_kinds(lens: Lens) -> str:
    """Return the expression for those of ``$kinds`` that have a generated node in ``scopes``, for a day anywhere and at any time."""
    look = _PRESENT if lens.day is None else _ANY_DAY
    return f"COLLECT {{ UNWIND $kinds AS kind WITH kind WHERE {look} RETURN kind }}"


PARTS = (
    "MATCH (t:Unit) WHERE t._scope IN $scopes WITH DISTINCT t._scope AS scope, t._part AS part UNWIND $generated AS kind"
    f" WITH scope, part, kind WHERE EXISTS {{ {_MARKED} AND g._scope = scope AND g._part = part }} RETURN collect(DISTINCT part)"
)
"""The parts of ``$scopes`` with nodes of the kinds ``$generated`` that were."""


def holds_generated(lens: Lens, kinds: Sequence[str]) -> str:
    """Return the condition that one of ``containers``, or a node directly inside one, is a generated node of these kinds.

    What lies directly in a container, and is none itself, is in the same part.
    """
    conditions = []
    if own := [k for k in kinds if k in CONTAINERS]:
        conditions.append(f"(c:{lens.labels(own)}) AND {_was_generated(lens, 'c')}")
    if others := [k for k in kinds if k not in CONTAINERS]:
        types = lens.types(*dict.fromkeys(t for k in others for t in INSIDE_BY_KIND[k]))
        inside = f"(c)<-[r:{types}{lens.held('r')}]-(n:{lens.labels(others)})"
        conditions.append(f"EXISTS {{ MATCH {inside} WHERE {_was_generated(lens, 'n')} }}")
    if not conditions:
        return "false"
    part = "c._part IN $parts AND " if lens.day is None else ""
    return f"any(c IN containers WHERE {part}({' OR '.join(conditions)}))"


def _was_generated(lens: Lens, identity: str) -> str:
    """Return the condition that the state of an identity was generated."""
    if lens.day is None:
        return f"{identity}._synthetic IS NOT NULL"
    present = f"{is_generated(identity)} AND {lens.held(identity, '')}"
    past = f"EXISTS {{ MATCH (p)-[:_STATE_OF]->({identity}) WHERE {is_generated('p')} AND {lens.held('p', '')} }}"
    return f"({present} OR {identity}._once_synthetic IS NOT NULL AND {past})"
