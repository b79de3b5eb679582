"""Numbers that identify a person are recognized, and numbers that only look like them are left alone. The numbers here are made up."""

import pytest

from orgraph.graph import has_id_number, has_mobile_number, node_findings

ID_NUMBER = "11010519491231002X"
MOBILE = "13800138000"
UNIT = {"name": "嘉和村"}


@pytest.mark.parametrize(
    "text", [ID_NUMBER, "证件" + ID_NUMBER + "号", ID_NUMBER.lower(), "１１０１０５１９４９１２３１００２Ｘ"]
)
def test_an_identity_number_is_recognized(text):
    assert has_id_number(text)


@pytest.mark.parametrize(
    "text",
    [
        "110105194912310020",  # wrong check digit
        "110105194913310021",  # month 13, right check digit
        "110105180012310027",  # born in 1800, right check digit
        "370503100201",
        "370503100201000123",
        "1" + ID_NUMBER,
        "嘉和村",
        "",
    ],
)
def test_what_is_no_identity_number(text):
    assert not has_id_number(text)


@pytest.mark.parametrize(
    "text",
    [MOBILE, "电话" + MOBILE, "+86 138 0013 8000", "86" + MOBILE, "138-0013-8000", "１３８００１３８０００"],
)
def test_a_mobile_number_is_recognized(text):
    assert has_mobile_number(text)


@pytest.mark.parametrize(
    "text", ["12800138000", "370503100201", "0.13800138000", "138001380001", "13800138000.5", "x"]
)
def test_what_is_no_mobile_number(text):
    assert not has_mobile_number(text)


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        ({"name": "张" + MOBILE}, "graph.mobile_number"),
        ({"name": ID_NUMBER}, "graph.id_number"),
        ({"reference_part": MOBILE}, "graph.mobile_number"),
        ({"population": int(MOBILE)}, "graph.mobile_number"),
        ({"population": MOBILE}, "graph.mobile_number"),
        ({"population": float(MOBILE)}, "graph.mobile_number"),
        ({"area_km2": float(MOBILE)}, "graph.mobile_number"),
        ({"level": int(MOBILE)}, "graph.mobile_number"),
        ({"name": (MOBILE, "x")}, "graph.mobile_number"),
        ({"is_new": MOBILE}, "graph.mobile_number"),
        ({"level": MOBILE}, "graph.mobile_number"),
        ({"phone": int(MOBILE)}, "graph.mobile_number"),
        ({"synthetic_fields": (ID_NUMBER,)}, "graph.id_number"),
    ],
)
def test_no_value_of_a_node_holds_one(properties, expected):
    found = node_findings("Unit", "370503100201", UNIT | properties)
    assert [f.code for f in found] == [expected]
    shown = f"{found[0].to_json()}"
    assert MOBILE not in shown
    assert ID_NUMBER not in shown


def test_a_document_holds_none():
    plan = {"status": "OPTIMAL", "document": f'{{"tel": "{MOBILE}"}}'}
    assert [f.code for f in node_findings("Plan", "P1", plan)] == ["graph.mobile_number"]


def test_a_code_that_is_an_identity_number_is_hidden_everywhere():
    found = node_findings("Household", ID_NUMBER, {"size_band": "many"})
    assert [f.code for f in found] == ["graph.id_number", "graph.choice_unknown"]
    assert all(ID_NUMBER not in f"{f.to_json()}" for f in found)


def test_a_code_may_look_like_a_mobile_number():
    """Eleven digits are a town code of nine and a number of two in several provinces."""
    assert node_findings("Unit", "13010210001", UNIT) == ()
