"""What may exist: node and relationship kinds, their fields, what may connect to what, and the dated rule book."""

from orgraph.schema.kinds import COVERAGE_MEASURES, NODE_KIND_BY_PLURAL, NODE_KINDS, RELATIONSHIP_KINDS
from orgraph.schema.model import (
    Cardinality,
    Choice,
    CoverageMeasure,
    Field,
    NodeKind,
    RelationshipKind,
    Sensitivity,
    ValueType,
)
from orgraph.schema.rules import RULES, Certainty, Rule, RuleUse, rule_in_force, rules_in_force
from orgraph.schema.territory import LEVEL_RANK, LEVELS

__all__ = [
    "COVERAGE_MEASURES",
    "LEVELS",
    "LEVEL_RANK",
    "NODE_KINDS",
    "NODE_KIND_BY_PLURAL",
    "RELATIONSHIP_KINDS",
    "RULES",
    "Cardinality",
    "Certainty",
    "Choice",
    "CoverageMeasure",
    "Field",
    "NodeKind",
    "RelationshipKind",
    "Rule",
    "RuleUse",
    "Sensitivity",
    "ValueType",
    "rule_in_force",
    "rules_in_force",
]
