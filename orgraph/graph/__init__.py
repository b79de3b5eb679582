"""A read-only snapshot of the organization graph, and pure functions on it."""

from orgraph.graph.conformity import containment_findings, node_findings, relationship_findings
from orgraph.graph.orgraph import GraphBuilder, Node, NodeKey, OrgGraph, Properties, Relationship, Value

__all__ = [
    "GraphBuilder",
    "Node",
    "NodeKey",
    "OrgGraph",
    "Properties",
    "Relationship",
    "Value",
    "containment_findings",
    "node_findings",
    "relationship_findings",
]
