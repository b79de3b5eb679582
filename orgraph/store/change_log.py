"""What every store's change log has in common: how two states differ, and the order of changes inside a commit."""

from __future__ import annotations

from collections.abc import Mapping

from orgraph.graph import Value
from orgraph.store.port import Change, DeleteNode, DeleteRelationship, PutNode, PutRelationship

_ORDER = (DeleteRelationship, DeleteNode, PutNode, PutRelationship)


def rank(change: Change) -> int:
    """Return the place of a change inside its commit: in this order it can be applied again."""
    return _ORDER.index(type(change))


def difference(old: Mapping[str, Value], new: Mapping[str, Value]) -> dict[str, Value]:
    """Return the properties to put so that the old state becomes the new one: ``None`` for what is gone."""
    changed = {name: v for name, v in new.items() if name not in old or old[name] != v}
    return {**changed, **{name: None for name in old if name not in new}}
