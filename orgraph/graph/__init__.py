"""A read-only snapshot of the organization graph, and pure functions on it."""

from orgraph.graph.adjacency import adjacency, pieces
from orgraph.graph.comparison import Comparison, Flow, compare
from orgraph.graph.conformity import containment_findings, node_findings, relationship_findings
from orgraph.graph.coverage import Coverage, coverage
from orgraph.graph.difference import Difference, difference
from orgraph.graph.hierarchy import (
    ancestors,
    container_of,
    containers,
    contents,
    descendants,
    level_of,
    roots,
    scope_of,
    unit_at_level,
)
from orgraph.graph.lineage import Step, became, came_from, is_former, origins, present_forms
from orgraph.graph.orgraph import (
    GraphBuilder,
    Node,
    NodeKey,
    OrgGraph,
    Properties,
    Relationship,
    Value,
    is_synthetic,
)
from orgraph.graph.personal_data import has_id_number, has_mobile_number
from orgraph.graph.validate import validate

__all__ = [
    "Comparison",
    "Coverage",
    "Difference",
    "Flow",
    "GraphBuilder",
    "Node",
    "NodeKey",
    "OrgGraph",
    "Properties",
    "Relationship",
    "Step",
    "Value",
    "adjacency",
    "ancestors",
    "became",
    "came_from",
    "compare",
    "container_of",
    "containers",
    "containment_findings",
    "contents",
    "coverage",
    "descendants",
    "difference",
    "has_id_number",
    "has_mobile_number",
    "is_former",
    "is_synthetic",
    "level_of",
    "node_findings",
    "origins",
    "pieces",
    "present_forms",
    "relationship_findings",
    "roots",
    "scope_of",
    "unit_at_level",
    "validate",
]
