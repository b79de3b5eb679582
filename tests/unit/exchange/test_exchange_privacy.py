"""Identity and telephone numbers do not come in, by header and by content."""

import pytest

from orgraph.exchange import read

ID = "11010519491231002X"
WRONG_CHECK_DIGIT = "110105194912310021"


@pytest.mark.parametrize(
    ("header", "code"),
    [("身份证号", "id_column"), ("公民身份号码", "id_column"), ("ID number", "id_column"), ("联系电话", "phone_column"), ("手 机", "phone_column")],
)  # fmt: skip
def test_columns_by_header(read_units, header, code):
    result = read_units(f"code,name,{header}\n01,甲,\n")
    (finding,) = result.findings
    assert (finding.code, finding.is_error, finding.place.column) == (f"exchange.{code}", True, header)


@pytest.mark.parametrize(
    ("cell", "code"), [(ID, "id_cell"), ("13800138000", "phone_cell"), ("138 0013 8000", "phone_cell")]
)
def test_cells_of_unknown_columns(read_units, cell, code):
    result = read_units(f"code,name,remark\n01,甲,{cell}\n")
    assert result.graph is None
    assert f"exchange.{code}" in {f.code for f in result.findings}


def test_the_number_itself_is_never_repeated(read_units):
    result = read_units(f"code,name,remark\n{ID},甲{ID},{ID}\n")
    assert result.graph is None
    shown = str([f.to_json() for f in result.findings])
    assert ID not in shown


@pytest.mark.parametrize("cell", [WRONG_CHECK_DIGIT, "12800138000", "370503100201"])
def test_other_long_numbers_pass(read_units, cell):
    result = read_units(f"code,name,remark\n01,甲,x{cell}\n")
    assert not any(f.is_error for f in result.findings)


def test_known_columns_are_judged_too(write):
    result = read([write("households.csv", f"code,unit_code\n{ID},01\n")], is_partial=True)
    (finding,) = result.findings
    assert (finding.code, finding.place.row, finding.place.column) == ("exchange.id_cell", 2, "code")


@pytest.mark.parametrize(
    ("header", "cell", "code"),
    [("population", ID, "id_cell"), ("population", "电话13800138000", "phone_cell"), ("parent_code", ID, "id_cell"), ("name", ID, "id_cell")],
)  # fmt: skip
def test_a_number_in_the_wrong_column_is_not_repeated(read_units, header, cell, code):
    headers = dict.fromkeys(("code", "name", header))
    values = {"code": "01", "name": "甲", header: cell}
    result = read_units(",".join(headers) + "\n" + ",".join(values[h] for h in headers) + "\n")
    assert [(f.code, f.place.column) for f in result.findings] == [(f"exchange.{code}", header)]
    assert cell not in str([f.to_json() for f in result.findings])


def test_a_telephone_number_in_a_name_is_refused(read_units):
    (finding,) = read_units("code,name\n01,甲13800138000\n").findings
    assert (finding.code, finding.place.column) == ("graph.mobile_number", "name")


def test_edges_are_judged_too(read_units):
    result = read_units("code,name\n01,甲\n02,乙\n", f"a,b,remark\n01,02,{ID}\n")
    assert "exchange.id_cell" in {f.code for f in result.findings}
