"""Who serves an area, and with what: grid workers, co-building units, enterprises, volunteers, needs, resources, projects, stations."""

from orgraph.schema.declare import (
    amount_field,
    choice_field,
    choices,
    codes_field,
    count_field,
    date_field,
    name_field,
    node_kind,
    point_fields,
    reference_field,
    text_field,
)
from orgraph.schema.model import Sensitivity

_PUBLIC = Sensitivity.PUBLIC
_PERSONAL = Sensitivity.PERSONAL

GRID_WORKER = node_kind(
    "GridWorker",
    "workers",
    (
        choice_field("kind", choices("worker_kind", "base", "dedicated")),
        choice_field(
            "employment_mode",
            choices("employment_mode", "full_time", "part_time"),
            sensitivity=_PERSONAL,
        ),
        choice_field("role", choices("worker_role", "leader", "worker"), sensitivity=_PERSONAL),
        codes_field("skills", sensitivity=_PERSONAL),
        amount_field("capacity_hours", "h", sensitivity=_PERSONAL),
        reference_field("unit_code", "LOCATED_IN", "Unit", is_required=True),
        reference_field("grid_codes", "COVERS", "Grid", is_list=True),
        reference_field("backup_grid_codes", "BACKS_UP", "Grid", is_list=True),
    ),
    code_sensitivity=_PERSONAL,
    aliases=("grid_workers",),
)

CO_BUILDING_UNIT = node_kind(
    "CoBuildingUnit",
    "co_building_units",
    (
        name_field(),
        choice_field(
            "kind",
            choices("co_building_kind", "organ", "institution", "enterprise", "social", "other"),
            sensitivity=_PUBLIC,
        ),
        count_field("members", aliases=("党员",)),
        reference_field("grid_code", "LOCATED_IN", "Grid"),
        reference_field("unit_code", "LOCATED_IN", "Unit", is_required=True),
        reference_field("resource_codes", "OFFERS", "Resource", is_list=True),
        *point_fields(),
    ),
    aliases=("驻区单位",),
)

ENTERPRISE = node_kind(
    "Enterprise",
    "enterprises",
    (
        name_field(),
        choice_field(
            "ownership", choices("ownership", "state", "collective", "non_public"), sensitivity=_PUBLIC
        ),
        text_field("industry", is_filterable=True, sensitivity=_PUBLIC),
        count_field("employees"),
        count_field("members", aliases=("党员",)),
        count_field("full_members"),
        reference_field("grid_code", "LOCATED_IN", "Grid"),
        reference_field("unit_code", "LOCATED_IN", "Unit", is_required=True),
        reference_field("organization_codes", "HAS_ORGANIZATION", "PartyOrganization", is_list=True),
        reference_field("paired_unit_codes", "PAIRED_WITH", "Unit", is_list=True),
        *point_fields(),
    ),
)

VOLUNTEER = node_kind(
    "Volunteer",
    "volunteers",
    (
        codes_field("skills", sensitivity=_PERSONAL),
        amount_field("available_hours", "h", sensitivity=_PERSONAL),
        reference_field("unit_code", "LOCATED_IN", "Unit", is_required=True, sensitivity=_PERSONAL),
        reference_field("team_codes", "MEMBER_OF", "VolunteerTeam", is_list=True, sensitivity=_PERSONAL),
    ),
    code_sensitivity=_PERSONAL,
)

VOLUNTEER_TEAM = node_kind(
    "VolunteerTeam",
    "volunteer_teams",
    (
        name_field(),
        text_field("category", is_filterable=True, sensitivity=_PUBLIC),
        count_field("volunteers"),
        reference_field("unit_code", "LOCATED_IN", "Unit", is_required=True),
        reference_field("resource_codes", "OFFERS", "Resource", is_list=True),
    ),
)

NEED = node_kind(
    "Need",
    "needs",
    (
        name_field(sensitivity=Sensitivity.INTERNAL),
        text_field("category", is_filterable=True),
        amount_field("amount", "piece"),
        count_field("priority", "rank", minimum=1, maximum=5),
        choice_field("status", choices("need_status", "open", "claimed", "met", "closed")),
        date_field("due_date"),
        reference_field("grid_code", "LOCATED_IN", "Grid"),
        reference_field("unit_code", "LOCATED_IN", "Unit", is_required=True),
        reference_field("holder_code", "HAS_NEED", is_incoming=True),
    ),
    aliases=("需求",),
)

RESOURCE = node_kind(
    "Resource",
    "resources",
    (
        name_field(sensitivity=Sensitivity.INTERNAL),
        text_field("category", is_filterable=True),
        amount_field("amount", "piece"),
        date_field("available_from"),
        date_field("available_to"),
        reference_field("unit_code", "LOCATED_IN", "Unit", is_required=True),
        reference_field("owner_code", "OFFERS", is_incoming=True),
    ),
    aliases=("资源",),
)

CO_BUILDING_PROJECT = node_kind(
    "CoBuildingProject",
    "projects",
    (
        name_field(),
        text_field("category", is_filterable=True, sensitivity=_PUBLIC),
        choice_field("status", choices("project_status", "planned", "running", "done", "dropped")),
        date_field("start_date"),
        date_field("end_date"),
        amount_field("budget_cny", "CNY"),
        reference_field("unit_code", "LOCATED_IN", "Unit", is_required=True),
        reference_field("need_codes", "ADDRESSES", "Need", is_list=True),
        reference_field("resource_codes", "USES", "Resource", is_list=True),
    ),
    aliases=("co_building_projects", "项目"),
)

SERVICE_STATION = node_kind(
    "ServiceStation",
    "service_stations",
    (
        name_field(),
        choice_field(
            "kind",
            choices("station_kind", "grid_station", "service_center", "mediation_center"),
            sensitivity=_PUBLIC,
        ),
        count_field("capacity_households", "household", sensitivity=_PUBLIC),
        reference_field("grid_code", "LOCATED_IN", "Grid", sensitivity=_PUBLIC),
        reference_field("unit_code", "LOCATED_IN", "Unit", is_required=True, sensitivity=_PUBLIC),
        *point_fields(),
    ),
    aliases=("服务站",),
)

SERVICES = (
    GRID_WORKER,
    CO_BUILDING_UNIT,
    ENTERPRISE,
    VOLUNTEER,
    VOLUNTEER_TEAM,
    NEED,
    RESOURCE,
    CO_BUILDING_PROJECT,
    SERVICE_STATION,
)
