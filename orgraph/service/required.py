"""Read one node that has to be there."""

from __future__ import annotations

from orgraph.errors import NotFound
from orgraph.graph import Node
from orgraph.store.port import Store


async def required(store: Store, kind: str, code: str) -> Node:
    """Return a node.

    Raises
    ------
    NotFound
        When there is none of this kind and code.
    """
    node = await store.get(kind, code)
    if node is None:
        raise NotFound("not_found", kind=kind, code=code)
    return node
