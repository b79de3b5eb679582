"""Party organizations, their members, centre households, posts and cadres. People are pseudonymous codes, and only where needed."""

from orgraph.schema.declare import (
    choice_field,
    choices,
    code_field,
    codes_field,
    count_field,
    date_field,
    flag_field,
    name_field,
    node_kind,
    point_fields,
    reference_field,
    text_field,
)
from orgraph.schema.model import Sensitivity

_PUBLIC = Sensitivity.PUBLIC
_PERSONAL = Sensitivity.PERSONAL

PARTY_ORGANIZATION = node_kind(
    "PartyOrganization",
    "organizations",
    (
        name_field(),
        choice_field(
            "kind",
            choices(
                "organization_kind",
                "COMMITTEE",
                "WORKING_COMMITTEE",
                "GENERAL_BRANCH",
                "BRANCH",
                "GROUP",
                aliases={
                    "COMMITTEE": ("基层委员会",),
                    "GENERAL_BRANCH": ("总支", "总支部委员会"),
                    "BRANCH": ("支部", "支部委员会"),
                },
            ),
            is_required=True,
            sensitivity=_PUBLIC,
        ),
        choice_field(
            "sector",
            choices("sector", "rural", "urban", "new", "organ", "institution", "state_enterprise"),
            sensitivity=_PUBLIC,
        ),
        reference_field("grid_code", "LOCATED_IN", "Grid"),
        reference_field("unit_code", "LOCATED_IN", "Unit", is_required=True),
        reference_field("parent_code", "SUBORDINATE_TO", "PartyOrganization", aliases=("上级党组织代码",)),
        flag_field("is_joint"),
        flag_field("is_temporary"),
        count_field("members", aliases=("党员",)),
        count_field("full_members"),
        code_field("secretary_code", sensitivity=_PERSONAL, aliases=("书记",)),
        date_field("term_start"),
        date_field("term_end"),
        codes_field("synthetic_fields", sensitivity=_PUBLIC),
    ),
    aliases=("party_organizations",),
)

PARTY_MEMBER = node_kind(
    "PartyMember",
    "party_members",
    (
        choice_field(
            "membership_status", choices("membership_status", "full", "probationary"), sensitivity=_PERSONAL
        ),
        choice_field(
            "employment_status",
            choices("employment_status", "employed", "retired", "other"),
            sensitivity=_PERSONAL,
        ),
        flag_field("is_mobile", sensitivity=_PERSONAL),
        codes_field("skills", sensitivity=_PERSONAL),
        reference_field("grid_code", "LOCATED_IN", "Grid", sensitivity=_PERSONAL),
        reference_field("unit_code", "LOCATED_IN", "Unit", is_required=True, sensitivity=_PERSONAL),
        reference_field("organization_code", "BELONGS_TO", "PartyOrganization", sensitivity=_PERSONAL),
        reference_field("check_in_unit_code", "CHECKS_IN_AT", "Unit", sensitivity=_PERSONAL),
    ),
    code_sensitivity=_PERSONAL,
)

CENTER_HOUSEHOLD = node_kind(
    "CenterHousehold",
    "center_households",
    (
        count_field("capacity_households", "household", sensitivity=_PERSONAL),
        count_field("capacity_people", sensitivity=_PERSONAL),
        codes_field("skills", sensitivity=_PERSONAL),
        reference_field("grid_code", "LOCATED_IN", "Grid"),
        reference_field("unit_code", "LOCATED_IN", "Unit", is_required=True),
        reference_field("household_codes", "SERVES", "Household", is_list=True, sensitivity=_PERSONAL),
        *point_fields(_PERSONAL),
    ),
    code_sensitivity=_PERSONAL,
    aliases=("中心户",),
)

POST = node_kind(
    "Post",
    "posts",
    (
        name_field(),
        choice_field(
            "kind",
            choices("post_kind", "party", "administration", "service", "grid"),
            is_required=True,
            sensitivity=_PUBLIC,
        ),
        text_field("grade", is_filterable=True),
        count_field("seats", "seat"),
        codes_field("skills"),
        reference_field("unit_code", "LOCATED_IN", "Unit", is_required=True),
        reference_field("organization_code", "POST_IN", "PartyOrganization"),
    ),
)

CADRE = node_kind(
    "Cadre",
    "cadres",
    (
        choice_field("origin", choices("cadre_origin", "county", "town", "village"), sensitivity=_PERSONAL),
        codes_field("skills", sensitivity=_PERSONAL),
        code_field("home_unit_code", sensitivity=_PERSONAL),
        count_field("terms_served", "term", sensitivity=_PERSONAL),
        reference_field("unit_code", "LOCATED_IN", "Unit", is_required=True, sensitivity=_PERSONAL),
        reference_field("post_codes", "ASSIGNED", "Post", is_list=True, sensitivity=_PERSONAL),
    ),
    code_sensitivity=_PERSONAL,
)

PARTY = (PARTY_ORGANIZATION, PARTY_MEMBER, CENTER_HOUSEHOLD, POST, CADRE)
