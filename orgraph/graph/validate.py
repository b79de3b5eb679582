"""Validate a whole graph against the schema: every finding at once."""

from __future__ import annotations

from orgraph.findings import Finding
from orgraph.graph.conformity import node_findings, relationship_findings
from orgraph.graph.orgraph import OrgGraph
from orgraph.graph.structure import structure_findings


def validate(graph: OrgGraph) -> tuple[Finding, ...]:
    """Return everything that is wrong with a graph; empty when it obeys its schema.

    First what is wrong with single nodes and relationships, in the order in which they were added (see
    :func:`~orgraph.graph.node_findings` and :func:`~orgraph.graph.relationship_findings`); then missing ends, broken cardinality, nodes
    in several places or in none, circles, and levels out of order; last, as a warning, maps in several pieces. Equal names
    are fine: names are no keys.

    Notes
    -----
    O(n log n + m), n nodes with their properties and m relationships.
    """
    findings: list[Finding] = []
    for node in graph.nodes():
        findings.extend(node_findings(node.kind, node.code, node.properties))
    for r in graph.relationships():
        findings.extend(relationship_findings(r.kind, r.source, r.target, r.properties))
    findings.extend(structure_findings(graph))
    return tuple(findings)
