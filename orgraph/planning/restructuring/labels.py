"""Names of weights and objectives for people."""

from __future__ import annotations

from orgraph.messages import Text, keys, text
from orgraph.schema import NODE_KINDS


def weight_label(name: str) -> Text:
    """Return the label of a weight: that of the schema's field, or the column's own name for a further column."""
    field = NODE_KINDS["Unit"].field_by_name.get(name)
    return field.label if field else Text(name, name)


def objective_label(name: str) -> Text:
    """Return the name of an objective."""
    return text(f"planning.objective.{name}")


def objective_unit(name: str, weight: str, *, has_metres: bool = True) -> Text:
    """Return the unit of an objective's value: person-km for people and kilometres; metres of border, or pairs of neighbours."""
    if name == "border":
        return text(f"planning.unit.{'border_m' if has_metres else 'border_pairs'}")
    known = f"planning.weight_unit.{weight}"
    base = text(known if known in keys("en") else "planning.weight_unit.other")
    return text(f"planning.unit.{name}", base=base)


def rule_label(kind: str) -> Text:
    """Return the name of a rule that moves break, by the kind of its note."""
    return text(f"planning.rule.{kind}")
