"""Territory: administrative units of every tier, grids, buildings, households.

Units and their codes are public; a household is a pseudonymous point without name, address or number, with a size band only.
"""

from orgraph.schema.declare import (
    amount_field,
    choice_field,
    choices,
    codes_field,
    count_field,
    document_field,
    flag_field,
    name_field,
    node_kind,
    point_fields,
    reference_field,
    text_field,
)
from orgraph.schema.model import Sensitivity, ValueType

LEVELS = ("province", "city", "county", "town", "village", "community", "group")
"""Tiers of administrative units, widest first. Village and community are the same tier."""

LEVEL_RANK = {"province": 0, "city": 1, "county": 2, "town": 3, "village": 4, "community": 4, "group": 5}
"""Depth of each level: a unit lies inside a unit of smaller rank."""

_PUBLIC = Sensitivity.PUBLIC
_PERSONAL = Sensitivity.PERSONAL

UNIT = node_kind(
    "Unit",
    "units",
    (
        name_field(),
        choice_field(
            "level",
            choices(
                "level",
                *LEVELS,
                aliases={
                    "province": ("自治区", "直辖市"),
                    "city": ("市", "地级市"),
                    "county": ("县", "区", "县级"),
                    "town": ("镇", "乡", "街道", "乡镇", "township", "subdistrict"),
                    "village": ("行政村", "村委会"),
                    "community": ("居委会",),
                    "group": ("村民小组", "组"),
                },
            ),
            sensitivity=_PUBLIC,
        ),
        reference_field("parent_code", "PART_OF", "Unit", sensitivity=_PUBLIC, aliases=("上级区划代码",)),
        count_field("population", sensitivity=_PUBLIC, aliases=("人口数", "总人口", "户籍人口", "people")),
        count_field("households", "household", sensitivity=_PUBLIC, aliases=("总户数", "户")),
        count_field("members", aliases=("党员",)),
        count_field("full_members"),
        amount_field("arable_mu", "mu", sensitivity=_PUBLIC, aliases=("耕地", "耕地面积")),
        amount_field("area_km2", "km2", sensitivity=_PUBLIC, aliases=("面积",)),
        *point_fields(),
        text_field("reference_part", is_filterable=True, sensitivity=_PUBLIC),
        text_field("reference_name", sensitivity=_PUBLIC),
        document_field("geometry", ValueType.GEOMETRY, sensitivity=_PUBLIC),
        codes_field("synthetic_fields", sensitivity=_PUBLIC),
    ),
    has_open_weights=True,
    aliases=("单元", "村庄", "villages"),
)

GRID = node_kind(
    "Grid",
    "grids",
    (
        name_field(),
        choice_field(
            "kind",
            choices("grid_kind", "base", "dedicated", "all_purpose"),
            is_required=True,
            sensitivity=_PUBLIC,
        ),
        reference_field("parent_code", "PART_OF", "Grid", sensitivity=_PUBLIC),
        reference_field("unit_code", "PART_OF", "Unit", is_required=True, sensitivity=_PUBLIC),
        reference_field("organization_codes", "HAS_ORGANIZATION", "PartyOrganization", is_list=True),
        count_field("population"),
        count_field("households", "household", aliases=("总户数", "户")),
        amount_field("load_hours", "h", aliases=("工作量",)),
        *point_fields(),
        document_field("geometry", ValueType.GEOMETRY, sensitivity=_PUBLIC),
        codes_field("synthetic_fields", sensitivity=_PUBLIC),
    ),
)

BUILDING = node_kind(
    "Building",
    "buildings",
    (
        name_field(is_required=False),
        reference_field("grid_code", "PART_OF", "Grid"),
        reference_field("unit_code", "PART_OF", "Unit", is_required=True),
        count_field("population"),
        count_field("households", "household", aliases=("总户数", "户")),
        count_field("floors", "floor", sensitivity=_PUBLIC),
        *point_fields(),
    ),
    aliases=("楼",),
)

HOUSEHOLD = node_kind(
    "Household",
    "households",
    (
        choice_field(
            "size_band",
            choices("size_band", "one", "two", "three", "four", "five_or_more"),
            sensitivity=_PERSONAL,
        ),
        flag_field("has_party_member", sensitivity=_PERSONAL),
        reference_field("building_code", "PART_OF", "Building"),
        reference_field("grid_code", "PART_OF", "Grid"),
        reference_field("unit_code", "PART_OF", "Unit", is_required=True),
        *point_fields(_PERSONAL),
    ),
    code_sensitivity=_PERSONAL,
    aliases=("户",),
)

TERRITORY = (UNIT, GRID, BUILDING, HOUSEHOLD)
