"""The relationship table: what may connect to what, how often, and with which fields.

Containment has two kinds: ``PART_OF`` makes the territory (units, grids, buildings, households), ``LOCATED_IN`` puts everything else into it.
A node has at most one of the two.
"""

from orgraph.schema.declare import amount_field, code_field, date_field, flag_field, relationship_kind
from orgraph.schema.model import Cardinality, Sensitivity
from orgraph.schema.party import PARTY
from orgraph.schema.services import SERVICES

_MANY_TO_ONE = Cardinality.MANY_TO_ONE
_ONE_TO_MANY = Cardinality.ONE_TO_MANY
_MANY_TO_MANY = Cardinality.MANY_TO_MANY
_PUBLIC = Sensitivity.PUBLIC
_PERSONAL = Sensitivity.PERSONAL

_EVERYTHING_ELSE = " ".join(kind.name for kind in (*PARTY, *SERVICES))
_TERM = (date_field("from_date"), date_field("to_date"))

_CONTAINMENT = (
    relationship_kind(
        "PART_OF",
        "Unit Grid Building Household",
        "Unit",
        _MANY_TO_ONE,
        is_acyclic=True,
        is_containment=True,
        further_ends=(
            ("Grid", "Grid"),
            ("Building", "Grid"),
            ("Household", "Grid"),
            ("Household", "Building"),
        ),
    ),
    relationship_kind(
        "LOCATED_IN", _EVERYTHING_ELSE, "Unit Grid", _MANY_TO_ONE, is_acyclic=True, is_containment=True
    ),
)

_TERRITORY = (
    relationship_kind(
        "ADJACENT",
        "Unit Grid Building",
        "Unit Grid Building",
        _MANY_TO_MANY,
        (
            amount_field("shared_border_m", "m", sensitivity=_PUBLIC),
            amount_field("point_distance_m", "m", sensitivity=_PUBLIC),
            flag_field("is_barrier", sensitivity=_PUBLIC, aliases=("barrier",)),
        ),
        is_symmetric=True,
    ),
    relationship_kind(
        "MERGED_INTO",
        "Unit",
        "Unit",
        _MANY_TO_ONE,
        (code_field("plan_code", sensitivity=_PUBLIC), date_field("date", sensitivity=_PUBLIC)),
        is_acyclic=True,
    ),
)

_PARTY = (
    relationship_kind(
        "SUBORDINATE_TO", "PartyOrganization", "PartyOrganization", _MANY_TO_ONE, is_acyclic=True
    ),
    relationship_kind(
        "CONVERTED_TO",
        "PartyOrganization",
        "PartyOrganization",
        _MANY_TO_ONE,
        (code_field("plan_code"), date_field("date")),
        is_acyclic=True,
    ),
    relationship_kind(
        "HAS_ORGANIZATION",
        "Unit Grid Building Enterprise CoBuildingUnit",
        "PartyOrganization",
        _MANY_TO_MANY,
    ),
    relationship_kind("BELONGS_TO", "PartyMember", "PartyOrganization", _MANY_TO_ONE),
    relationship_kind("CHECKS_IN_AT", "PartyMember PartyOrganization CoBuildingUnit", "Unit", _MANY_TO_ONE),
    relationship_kind("SERVES", "CenterHousehold", "Household", _ONE_TO_MANY),
    relationship_kind("POST_IN", "Post", "PartyOrganization", _MANY_TO_ONE),
    relationship_kind("ASSIGNED", "Cadre", "Post", _MANY_TO_MANY, _TERM),
)

_SERVICES = (
    relationship_kind(
        "COVERS", "GridWorker", "Grid", _MANY_TO_MANY, (amount_field("share", "share", maximum=1), *_TERM)
    ),
    relationship_kind("BACKS_UP", "Grid GridWorker", "Grid", _MANY_TO_MANY, _TERM),
    relationship_kind(
        "PAIRED_WITH", "Enterprise PartyOrganization CoBuildingUnit", "Unit", _MANY_TO_MANY, _TERM
    ),
    relationship_kind("HAS_NEED", "Unit Grid", "Need", _ONE_TO_MANY),
    relationship_kind(
        "OFFERS",
        "CoBuildingUnit Enterprise PartyOrganization VolunteerTeam Unit",
        "Resource",
        _ONE_TO_MANY,
    ),
    relationship_kind("MEETS", "Resource", "Need", _MANY_TO_MANY, (amount_field("amount", "piece"),)),
    relationship_kind("MEMBER_OF", "Volunteer", "VolunteerTeam", _MANY_TO_MANY),
    relationship_kind(
        "TAKES_PART_IN",
        "CoBuildingUnit Enterprise VolunteerTeam PartyOrganization",
        "CoBuildingProject",
        _MANY_TO_MANY,
    ),
    relationship_kind("ADDRESSES", "CoBuildingProject", "Need", _MANY_TO_MANY),
    relationship_kind("USES", "CoBuildingProject", "Resource", _MANY_TO_MANY),
)

_PROPOSALS = (
    relationship_kind("BRANCHED_FROM", "Scenario", "Scenario", _MANY_TO_ONE, is_acyclic=True, is_dated=False),
    relationship_kind("PROPOSES", "Scenario", "Plan", _ONE_TO_MANY, is_dated=False),
    relationship_kind("HAS_RUN", "Scenario", "Run", _ONE_TO_MANY, is_dated=False),
    relationship_kind("PRODUCES", "Run", "Plan", _ONE_TO_MANY, is_dated=False),
    relationship_kind("RECORDED_FOR", "Consent Approval", "Scenario", _MANY_TO_ONE, is_dated=False),
)

RELATIONSHIPS = (*_CONTAINMENT, *_TERRITORY, *_PARTY, *_SERVICES, *_PROPOSALS)
