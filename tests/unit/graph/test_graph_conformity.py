"""One node or one relationship by itself: each check with and without its defect."""

import pytest

from orgraph.findings import Place
from orgraph.graph import Node, NodeKey, containment_findings, node_findings, relationship_findings

VILLAGE = {"name": "嘉和村", "level": "village", "population": 382, "members": 30, "full_members": 28}
GRID = {"name": "一网格", "kind": "base"}
V1, V2 = NodeKey("Unit", "370503100201"), NodeKey("Unit", "370503100202")


def codes(kind, properties, code="370503100201"):
    return [f.code for f in node_findings(kind, code, properties)]


def test_a_village_conforms():
    assert node_findings("Unit", "370503100201", VILLAGE) == ()


def test_codes_of_other_countries_conform():
    assert codes("Unit", VILLAGE, code="02005") == []


@pytest.mark.parametrize(
    ("properties", "code"),
    [
        ({"levle": "village"}, "graph.field_unknown"),
        ({"is_new": True}, "graph.field_unknown"),
        ({"forest_mu": float("nan")}, "graph.type_wrong"),
        ({"population": 12.5}, "graph.type_wrong"),
        ({"population": True}, "graph.type_wrong"),
        ({"population": "382"}, "graph.type_wrong"),
        ({"population": -1}, "graph.below_minimum"),
        ({"area_km2": float("nan")}, "graph.type_wrong"),
        ({"area_km2": float("inf")}, "graph.type_wrong"),
        ({"area_km2": -0.1}, "graph.below_minimum"),
        ({"area_km2": "1"}, "graph.type_wrong"),
        ({"lon": 180.1}, "graph.above_maximum"),
        ({"lon": -180.1}, "graph.below_minimum"),
        ({"lat": 90.1}, "graph.above_maximum"),
        ({"lat": -90.1}, "graph.below_minimum"),
        ({"level": "vilage"}, "graph.choice_unknown"),
        ({"level": 4}, "graph.choice_unknown"),
        ({"name": "  "}, "graph.pattern_broken"),
        ({"name": 7}, "graph.type_wrong"),
        ({"name": None}, "graph.field_missing"),
        ({"is_synthetic": 1}, "graph.type_wrong"),
        ({"synthetic_fields": "population"}, "graph.type_wrong"),
        ({"synthetic_fields": ("a b",)}, "graph.pattern_broken"),
        ({"geometry": "POINT (1 2)"}, "graph.document_invalid"),
        ({"geometry": '{"type": "Circle", "coordinates": []}'}, "graph.document_invalid"),
        ({"geometry": '{"type": "Polygon"}'}, "graph.document_invalid"),
        ({"geometry": 3}, "graph.type_wrong"),
        ({"full_members": 31}, "graph.exceeds"),
        ({"parent_code": "370503100"}, "graph.field_unknown"),
        ({"code": "370503100201"}, "graph.field_unknown"),
    ],
)
def test_a_village_with_a_defect(properties, code):
    assert codes("Unit", VILLAGE | properties) == [code]


@pytest.mark.parametrize(
    "properties",
    [
        {"population": 0},
        {"population": None},
        {"area_km2": 3},
        {"lon": 180.0, "lat": -90},
        {"level": "community"},
        {"synthetic_fields": ("population", "lon")},
        {"geometry": '{"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]}'},
        {"full_members": 30},
        {"name": "圐圙村"},
        {"name": "'; DROP TABLE nodes; --"},
        {"reference_part": "一片"},
        {"forest_mu": 12.5},
    ],
)
def test_a_village_without_the_defect(properties):
    assert codes("Unit", VILLAGE | properties) == []


def test_only_kinds_with_open_weights_take_further_numbers():
    assert codes("Grid", GRID | {"forest_mu": 12.5}) == ["graph.field_unknown"]
    assert codes("Grid", GRID) == []


def test_a_kind_that_is_not_declared():
    assert codes("Village", VILLAGE) == ["graph.kind_unknown"]


@pytest.mark.parametrize("code", ["", "a b", "x" * 65, "a\tb"])
def test_a_code_that_is_none(code):
    assert codes("Unit", VILLAGE, code=code) == ["graph.pattern_broken"]


@pytest.mark.parametrize("day", ["2020-8-3", "20200803", "2020-02-30", "2020年8月3日", 20200803])
def test_a_day_that_is_none(day):
    branch = {"name": "支部", "kind": "BRANCH", "term_end": day}
    assert codes("PartyOrganization", branch) == ["graph.type_wrong"]


def test_a_term_that_ends_before_it_starts():
    branch = {"name": "支部", "kind": "BRANCH", "term_start": "2020-08-03", "term_end": "2020-08-02"}
    assert codes("PartyOrganization", branch) == ["graph.exceeds"]
    assert codes("PartyOrganization", branch | {"term_end": "2020-08-03"}) == []


def test_a_json_document():
    plan = {"status": "OPTIMAL", "document": '{"k": 6}'}
    assert codes("Plan", plan) == []
    assert codes("Plan", plan | {"document": "{k: 6}"}) == ["graph.document_invalid"]


def test_everything_wrong_is_said_at_once():
    found = node_findings("Unit", "a b", {"population": -1, "level": "x", "lon": 200})
    assert [f.code for f in found] == [
        "graph.pattern_broken",
        "graph.below_minimum",
        "graph.choice_unknown",
        "graph.above_maximum",
        "graph.field_missing",
    ]
    assert all(f.is_error for f in found)


def test_a_finding_names_field_and_kind_in_both_languages():
    place = Place("units.csv", 3, "人口")
    (found,) = node_findings("Unit", "370503100201", VILLAGE | {"population": -1}, place=place)
    assert found.subject == ("370503100201",)
    assert found.place == place
    assert found.text.zh == "行政单元 370503100201 的“人口”为 -1，低于下限 0。"
    assert found.text.en == "The administrative unit 370503100201: population is -1, below the least value 0."
    assert found.todo is not None
    assert found.todo.zh == "请核对并改正。"


def test_long_values_are_cut_in_findings():
    (found,) = node_findings("Unit", "370503100201", VILLAGE | {"level": "x" * 100})
    assert found.numbers["value"] == "x" * 40 + "…"


def test_a_relationship_conforms():
    assert relationship_findings("ADJACENT", V1, V2) == ()
    assert relationship_findings("ADJACENT", V1, V2, {"shared_border_m": 12.5, "is_barrier": True}) == ()


@pytest.mark.parametrize(
    ("kind", "source", "target", "properties", "expected"),
    [
        ("NEAR", V1, V2, {}, ["graph.relationship_unknown"]),
        ("COVERS", V1, V2, {}, ["graph.ends_forbidden"]),
        ("PART_OF", V1, V1, {}, ["graph.loop"]),
        ("ADJACENT", V2, V1, {}, ["graph.wrong_way_round"]),
        ("ADJACENT", V1, V2, {"shared_border_m": -1}, ["graph.below_minimum"]),
        ("ADJACENT", V1, V2, {"length": 1}, ["graph.field_unknown"]),
        ("MERGED_INTO", V1, V2, {"date": "2020-13-01"}, ["graph.type_wrong"]),
    ],
)
def test_a_relationship_with_a_defect(kind, source, target, properties, expected):
    assert [f.code for f in relationship_findings(kind, source, target, properties)] == expected


def test_a_worker_covers_a_share_of_a_grid():
    worker, grid = NodeKey("GridWorker", "W1"), NodeKey("Grid", "G1")
    assert relationship_findings("COVERS", worker, grid, {"share": 1.0}) == ()
    assert [f.code for f in relationship_findings("COVERS", worker, grid, {"share": 1.1})] == [
        "graph.above_maximum"
    ]


def test_a_finding_on_a_relationship_speaks_of_it():
    (found,) = relationship_findings("COVERS", V1, V2)
    assert found.text.zh == "行政单元 370503100201 与行政单元 370503100202 之间不能有“负责”关系。"
    (found,) = relationship_findings("ADJACENT", V1, V2, {"shared_border_m": -1})
    assert found.text.zh == "相邻 370503100201 → 370503100202 的“公共边界长度（米）”为 -1，低于下限 0。"


@pytest.mark.parametrize(
    ("inner", "outer", "expected"),
    [
        ("village", "town", 0),
        ("group", "community", 0),
        ("village", "county", 0),
        ("town", "village", 1),
        ("village", "village", 1),
        ("community", "village", 1),
        (None, "village", 0),
    ],
)
def test_a_unit_lies_in_a_unit_of_a_wider_level(inner, outer, expected):
    child = Node("Unit", "a", {"level": inner} if inner else {})
    found = containment_findings(child, Node("Unit", "b", {"level": outer}))
    assert [f.code for f in found] == ["graph.levels_out_of_order"] * expected


def test_grids_have_no_level():
    assert containment_findings(Node("Grid", "a"), Node("Unit", "b", {"level": "group"})) == ()
