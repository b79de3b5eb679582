"""The shares that coverage queries count."""

from orgraph.schema.declare import coverage_measure

_VILLAGES = ("level", ("village",))
_COMMUNITIES = ("level", ("community",))

COVERAGE = (
    coverage_measure(
        "villages_with_organization", "Unit", "LOCATED_IN", "in", _VILLAGES, other_kind="PartyOrganization"
    ),
    coverage_measure(
        "communities_with_organization",
        "Unit",
        "LOCATED_IN",
        "in",
        _COMMUNITIES,
        other_kind="PartyOrganization",
    ),
    coverage_measure("grids_with_organization", "Grid", "HAS_ORGANIZATION", "out"),
    coverage_measure("grids_with_worker", "Grid", "COVERS", "in"),
    coverage_measure("grids_with_backup", "Grid", "BACKS_UP", "in"),
    coverage_measure("households_served", "Household", "SERVES", "in"),
    coverage_measure("enterprises_with_organization", "Enterprise", "HAS_ORGANIZATION", "out"),
    coverage_measure("needs_met", "Need", "MEETS", "in"),
)
