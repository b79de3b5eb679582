"""What is proposed and decided: scenarios, plans, runs, consents of villages, approvals of committees and governments.

They lie outside every unit and name what they are about by its code, so that thinking about a county does not raise its version.
"""

from orgraph.schema.declare import (
    amount_field,
    choice_field,
    choices,
    code_field,
    count_field,
    date_field,
    document_field,
    name_field,
    node_kind,
    reference_field,
    text_field,
)

SCENARIO = node_kind(
    "Scenario",
    "scenarios",
    (
        name_field(),
        choice_field(
            "status",
            choices(
                "scenario_status",
                "draft",
                "solved",
                "compared",
                "consulted",
                "approved",
                "applied",
                "reverted",
            ),
            is_required=True,
        ),
        choice_field("use_case", choices("use_case", "restructuring")),
        date_field("plan_date"),
        count_field("base_version", "version"),
        text_field("created_at"),
        text_field("created_by"),
        text_field("reason"),
        document_field("settings"),
        count_field("revision", "version"),
        code_field("plan_code"),
        document_field("steps"),
        document_field("answers"),
        count_field("applied_version", "version"),
        date_field("applied_on"),
        code_field("unit_code", is_filterable=True),
        reference_field("branched_from", "BRANCHED_FROM", "Scenario"),
    ),
    is_dated=False,
)

PLAN = node_kind(
    "Plan",
    "plans",
    (
        name_field(is_required=False),
        choice_field(
            "status",
            choices("solution_status", "OPTIMAL", "FEASIBLE", "INFEASIBLE", "UNKNOWN", "INTERRUPTED"),
            is_required=True,
        ),
        text_field("objective_name"),
        amount_field("objective", "", minimum=None),
        amount_field("bound", "", minimum=None),
        amount_field("gap", "share"),
        code_field("problem_digest"),
        choice_field("origin", choices("plan_origin", "solved", "edited")),
        document_field("document"),
        document_field("edits"),
        document_field("inverse"),
        text_field("created_at"),
        code_field("unit_code", is_filterable=True),
        reference_field("scenario_code", "PROPOSES", "Scenario", is_incoming=True),
    ),
    is_dated=False,
)

RUN = node_kind(
    "Run",
    "runs",
    (
        choice_field(
            "status",
            choices("run_status", "QUEUED", "RUNNING", "DONE", "FAILED", "CANCELLED"),
            is_required=True,
        ),
        text_field("family", is_filterable=True),
        code_field("problem_digest"),
        count_field("seed", ""),
        count_field("workers", "process"),
        amount_field("time_limit_s", "s"),
        count_field("memory_limit_mib", "MiB"),
        count_field("attempt", ""),
        amount_field("seconds", "s"),
        amount_field("objective", "", minimum=None),
        amount_field("bound", "", minimum=None),
        amount_field("gap", "share"),
        text_field("queued_by"),
        text_field("queued_at"),
        text_field("started_at"),
        text_field("ended_at"),
        text_field("owner"),
        text_field("heartbeat_at"),
        text_field("error_code"),
        document_field("problem"),
        document_field("answer"),
        code_field("unit_code", is_filterable=True),
        reference_field("scenario_code", "HAS_RUN", "Scenario", is_incoming=True),
        reference_field("plan_codes", "PRODUCES", "Plan", is_list=True),
    ),
    is_dated=False,
)

CONSENT = node_kind(
    "Consent",
    "consents",
    (
        choice_field("answer", choices("consent_answer", "pending", "agreed", "refused"), is_required=True),
        choice_field("meeting", choices("meeting", "villagers", "representatives", "residents")),
        date_field("notice_date"),
        date_field("meeting_date"),
        count_field("entitled"),
        count_field("attended"),
        count_field("votes_for"),
        text_field("reason"),
        text_field("recorded_by"),
        code_field("unit_code", is_filterable=True),
        code_field("about_code", is_filterable=True),
        reference_field("scenario_code", "RECORDED_FOR", "Scenario"),
    ),
    is_dated=False,
)

APPROVAL = node_kind(
    "Approval",
    "approvals",
    (
        choice_field(
            "authority",
            choices("authority", "town_committee", "county_committee", "county_government"),
            is_required=True,
        ),
        choice_field(
            "answer", choices("approval_answer", "pending", "approved", "rejected"), is_required=True
        ),
        date_field("decision_date"),
        text_field("document_number", is_searchable=True),
        text_field("reason"),
        text_field("recorded_by"),
        code_field("unit_code", is_filterable=True),
        code_field("about_code", is_filterable=True),
        reference_field("scenario_code", "RECORDED_FOR", "Scenario"),
    ),
    is_dated=False,
)

PROPOSALS = (SCENARIO, PLAN, RUN, CONSENT, APPROVAL)
