"""Villages into new villages: a graph and a planner's options in; a plan, its certificate and its explanation out."""

from orgraph.planning.restructuring.citation import citation
from orgraph.planning.restructuring.explanation import Explanations, Move, Note
from orgraph.planning.restructuring.labels import objective_label, objective_unit, weight_label
from orgraph.planning.restructuring.merged import NewVillage, after
from orgraph.planning.restructuring.names import joined
from orgraph.planning.restructuring.naming import proposed_villages
from orgraph.planning.restructuring.options import (
    DEFAULT_BAND,
    OBJECTIVES,
    Alternatives,
    Balance,
    ObjectiveName,
    Options,
)
from orgraph.planning.restructuring.outcome import (
    Alternative,
    Certificate,
    District,
    Judgement,
    Outcome,
    UnitRow,
)
from orgraph.planning.restructuring.planning import judge, plan, problem
from orgraph.planning.restructuring.reading import draft_options, overlaid, read_options

__all__ = [
    "DEFAULT_BAND",
    "OBJECTIVES",
    "Alternative",
    "Alternatives",
    "Balance",
    "Certificate",
    "District",
    "Explanations",
    "Judgement",
    "Move",
    "NewVillage",
    "Note",
    "ObjectiveName",
    "Options",
    "Outcome",
    "UnitRow",
    "after",
    "citation",
    "draft_options",
    "joined",
    "judge",
    "objective_label",
    "objective_unit",
    "overlaid",
    "plan",
    "problem",
    "proposed_villages",
    "read_options",
    "weight_label",
]
