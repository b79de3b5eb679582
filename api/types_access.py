"""What of the graph the API shows.

Two rules, both read from the sensitivity that the schema declares (Personal Information Protection Law, articles 6 and 28):

1. A field or reference that is ``personal`` is nowhere in the API: not as a field, filter or order, nor as the relationship that it stands for.
2. A kind of people's own records (its code is ``personal``) is known by its pseudonymous code alone; where even its place is ``personal``
   (members, cadres, volunteers) it is counted, and never listed.
"""

from __future__ import annotations

from orgraph.schema import NODE_KINDS, RELATIONSHIP_KINDS, Field, NodeKind, Sensitivity, ValueType

_CONTAINMENT = frozenset(name for name, kind in RELATIONSHIP_KINDS.items() if kind.is_containment)

WITHHELD = {
    "Scenario": frozenset({"settings", "steps", "answers"}),
    "Plan": frozenset({"document", "edits", "inverse"}),
    "Run": frozenset({"problem", "answer", "owner", "heartbeat_at"}),
}
"""Documents of the program itself: clients get typed fields made of them, or nothing."""


def is_personal(field: Field) -> bool:
    """Return whether a field is about one person."""
    return field.sensitivity is Sensitivity.PERSONAL


def shown_fields(kind: NodeKind) -> tuple[Field, ...]:
    """Return the properties of a node kind that the API shows."""
    withheld = WITHHELD.get(kind.name, frozenset())
    return tuple(
        f
        for f in kind.properties
        if not is_personal(f) and f.name not in withheld and f.name != "is_synthetic"
    )


def is_listed(kind: NodeKind) -> bool:
    """Return whether nodes of a kind are shown one by one."""
    return not any(is_personal(f) and f.reference in _CONTAINMENT for f in kind.references)


LISTED = {name: kind for name, kind in NODE_KINDS.items() if is_listed(kind)}
"""The node kinds whose nodes are shown."""

SEARCHED = tuple(name for name, kind in LISTED.items() if not is_personal(kind.field_by_name["code"]))
"""The node kinds that a search looks at: never people's own records."""


def is_shown(relationship: str, source: str, target: str) -> bool:
    """Return whether the API shows relationships of a kind between two node kinds."""
    if source not in LISTED or target not in LISTED:
        return False
    return not any(
        is_personal(f) and f.reference == relationship
        for kind, is_incoming in ((source, False), (target, True))
        for f in NODE_KINDS[kind].references
        if f.is_incoming is is_incoming
    )


def is_document(field: Field) -> bool:
    """Return whether a field holds JSON as text."""
    return field.type in (ValueType.JSON, ValueType.GEOMETRY)
