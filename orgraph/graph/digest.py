"""A digest over nodes, relationships or other lines that does not depend on their order.

Every line is written as JSON, keys sorted. The SHA-256 of the lines are added modulo 2^256; the digest is the SHA-256 of that sum and of the number of
lines by kind. It shows damage and mistakes. It is no signature: whoever changes a file on purpose can compute it again.
"""

from __future__ import annotations

import hashlib
import json

from orgraph.findings import Json
from orgraph.graph.orgraph import Node, Properties, Relationship

_MODULUS = 1 << 256

encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode
"""Write a value as JSON in the one way that digests use."""


class LineSum:
    """A digest of lines in any order, with their number by kind."""

    def __init__(self) -> None:
        self._sum = 0
        self.counts: dict[str, int] = {}

    def add(self, count: str, *parts: Json) -> None:
        """Add one line; ``count`` names what it is."""
        line = encode([count, *parts]).encode()
        self._sum = (self._sum + int.from_bytes(hashlib.sha256(line).digest())) % _MODULUS
        self.counts[count] = self.counts.get(count, 0) + 1

    @property
    def hex(self) -> str:
        """The digest of what was added so far."""
        return hashlib.sha256(encode([self.counts, f"{self._sum:064x}"]).encode()).hexdigest()


class GraphDigest:
    """Adds up nodes and relationships, and counts them by kind."""

    def __init__(self) -> None:
        self._lines = LineSum()
        self.num_nodes: dict[str, int] = {}
        self.num_relationships: dict[str, int] = {}
        self.is_synthetic = False

    @property
    def hex(self) -> str:
        """The digest of what was added so far."""
        return self._lines.hex

    def add_node(self, node: Node) -> None:
        """Add a node."""
        self.is_synthetic |= node.properties.get("is_synthetic") is True
        self._lines.add("nodes", node.kind, node.code, plain(node.properties))
        self.num_nodes[node.kind] = self.num_nodes.get(node.kind, 0) + 1

    def add_relationship(self, relationship: Relationship) -> None:
        """Add a relationship."""
        kind, ends = relationship.kind, (*relationship.source, *relationship.target)
        self._lines.add("relationships", kind, *ends, plain(relationship.properties))
        self.num_relationships[kind] = self.num_relationships.get(kind, 0) + 1


def plain(properties: Properties) -> dict[str, Json]:
    """Return properties as JSON values."""
    return {name: list(v) if isinstance(v, tuple) else v for name, v in properties.items() if v is not None}
