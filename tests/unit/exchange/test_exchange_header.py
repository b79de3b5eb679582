"""The header is found by what it says, and rows that are no data are left out."""

import pytest

from orgraph.exchange import read


def test_title_note_and_total_are_skipped_with_warnings(read_units, codes):
    result = read_units(
        "义和镇行政村基本情况表,,\n\n代码,名称,人口\n# 必填,必填,人\n说明：下列为户籍人口,,\n01,甲村,5\n02,乙村,7\n合计,,12\n"
    )
    assert result.graph is not None
    assert [n.code for n in result.graph.nodes()] == ["01", "02"]
    assert codes(result) == {"rows_before_header", "row_is_note", "row_is_total"}


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("说明：人口为户籍人口,,,", "row_is_note"),
        ("必填,必填,整数,数值", "row_is_note"),
        ("合计,,12,3.5", "row_is_total"),
        (",总 计,12,3.5", "row_is_total"),
        ("代码,名称,人口,面积", "row_is_header"),
    ],
)
def test_rows_that_are_no_data(read_units, row, code):
    result = read_units(f"代码,名称,人口,面积\n{row}\n01,甲村,5,1.5\n")
    assert result.graph is not None
    assert [n.code for n in result.graph.nodes()] == ["01"]
    assert [(f.code, f.place.row) for f in result.findings] == [(f"exchange.{code}", 2)]


def test_one_bad_row_below_the_header_is_no_note(read_units, codes):
    result = read_units("代码,名称,人口,面积\n01,甲村,many,1.5\n")
    assert codes(result) == {"value_not_integer"}


def test_a_village_named_like_nothing_special_stays(read_units):
    result = read_units("代码,名称\n01,总村\n02,合村\n")
    assert result.graph is not None
    assert len(result.graph) == 2


@pytest.mark.parametrize(
    "header",
    [
        "code,name,population,area_km2",
        "代码,名称,人口,面积（平方公里）",
        "代码,名称,人口,面积(平方公里)",
        "代 码,名　称,人口 ,面积",
        "*代码,*名称,人口,面积",
        "ＣＯＤＥ,Ｎａｍｅ,POPULATION,Area km2",
        "编码,单位名称,总人口,面积（平方千米）",
        "\ufeffcode,name,people,area_km2",
        "村编码,村名称,人口数（人）,面积",
        "行政村代码,行政村名,人口,面积",
        "行政单元代码,行政单元名称,人口,面积",
    ],
)
def test_headers_in_every_dress(read_units, header):
    result = read_units(f"{header}\n01,甲村,5,1.5\n")
    assert result.findings == ()
    (node,) = result.graph.nodes()
    assert dict(node.properties) == {"name": "甲村", "population": 5, "area_km2": 1.5}


def test_missing_required_columns_are_all_named(write):
    result = read([write("grids.csv", "名称,经度\n甲,118\n")])
    missing = {f.numbers["name"] for f in result.findings if f.code == "exchange.column_missing"}
    assert missing == {"code", "kind", "unit_code"}
    assert {f.place.row for f in result.findings} == {1}


def test_a_column_given_twice_is_an_error(read_units):
    (finding,) = read_units("code,name,人口,population\n01,甲,5,6\n").findings
    assert (finding.code, finding.numbers["name"], finding.is_error) == (
        "exchange.column_twice",
        "population",
        True,
    )


def test_header_only_is_a_warning(read_units):
    result = read_units("code,name\n")
    assert [(f.code, f.is_error) for f in result.findings] == [("exchange.no_rows", False)]
    assert result.graph is not None
    assert len(result.graph) == 0


def test_further_numeric_columns_are_weights_and_others_ignored(read_units):
    result = read_units(
        'code,name,学生,备注,镇代码,dept\n01,甲,"1,200",x,370503100,02\n02,乙,0.5,,370503100,02\n'
    )
    assert [n.properties.get("学生") for n in result.graph.nodes()] == [1200, 0.5]
    ignored = [f.place.column for f in result.findings if f.code == "exchange.column_ignored"]
    assert sorted(ignored) == sorted(["备注", "镇代码", "dept"])
    assert not any(f.is_error for f in result.findings)


def test_one_word_among_numbers_makes_no_weight(read_units):
    result = read_units("code,name,学生\n01,甲,5\n02,乙,无\n")
    assert [f.code for f in result.findings] == ["exchange.column_ignored"]
    assert all("学生" not in n.properties for n in result.graph.nodes())


def test_numbering_is_ignored_silently(read_units):
    assert read_units("序号,code,name\n1,01,甲\n").findings == ()


def test_other_kinds_take_no_weights(write):
    result = read([write("volunteer_teams.csv", "code,name,unit_code,score\nt1,甲,01,5\n")], is_partial=True)
    assert [f.code for f in result.findings] == ["exchange.column_ignored"]


def test_cells_beyond_the_header_are_an_error(read_units):
    (finding,) = read_units("code,name\n01,甲,5\n").findings
    assert (finding.code, finding.place.row) == ("exchange.row_too_long", 2)


def test_empty_cells_beyond_the_header_and_short_rows_are_fine(read_units):
    assert read_units("code,name,population\n01,甲,,,\n02,乙\n").findings == ()


def test_rows_count_as_in_the_file(read_units):
    result = read_units('code,name,population\n\n01,"甲\n村",5\n\n02,乙,x\n')
    assert [(f.code, f.place.row, f.place.column) for f in result.findings] == [
        ("exchange.value_not_integer", 5, "population")
    ]


def test_findings_are_capped_with_a_word(read_units):
    result = read_units("code,name,population\n" + "".join(f"{i},甲,x\n" for i in range(5_000)))
    assert len(result.findings) == 2_001
    assert [f.place.row for f in result.findings if f.code == "exchange.too_many_findings"] == [2_001]


def test_more_rows_than_the_limit_are_refused(read_units, monkeypatch):
    monkeypatch.setattr("orgraph.exchange.rows.MAX_ROWS", 3)
    enough = "code,name\n1,甲\n2,乙\n3,丙\n"
    assert read_units(enough).findings == ()
    (finding,) = read_units(enough + "4,丁\n5,戊\n").findings
    assert (finding.code, finding.is_error, finding.place.row) == ("exchange.too_many_rows", True, 5)


@pytest.mark.parametrize(
    ("header", "unit"),
    [
        ("面积（亩）", "亩"),
        ("面积(公顷)", "公顷"),
        ("人口（万人）", "万人"),
        ("户数（人）", "人"),
        ("耕地(ha)", "ha"),
    ],
)
def test_a_column_in_another_unit_is_refused(read_units, header, unit):
    (finding,) = read_units(f"code,name,{header}\n01,甲,5\n").findings
    assert (finding.code, finding.is_error, finding.numbers["unit"], finding.place.column) == (
        "exchange.column_unit", True, unit, header,
    )  # fmt: skip


@pytest.mark.parametrize(
    "header", ["面积（平方公里）", "人口（人）", "户数(户)", "耕地面积（亩）", "人口（2019年）", "经度（度）"]
)
def test_a_column_in_its_own_unit_is_read(read_units, header):
    assert read_units(f"code,name,{header}\n01,甲,5\n").findings == ()


@pytest.mark.parametrize("name", ["SUM", "合计", "说明村", "Total", "注:村"])
def test_a_row_with_a_code_of_its_own_is_data_whatever_its_name(read_units, name):
    for table in (f"code,name\n01,{name}\n", f"name,code\n{name},01\n"):
        result = read_units(table)
        assert result.findings == ()
        assert result.graph.node("Unit", "01").name == name


def test_a_first_row_that_is_all_wrong_is_no_note(read_units):
    result = read_units("code,name,人口,面积\n01,甲村,many,few\n")
    assert [f.code for f in result.findings] == ["exchange.value_not_integer", "exchange.value_not_number"]


def test_the_name_of_a_kind_may_stand_before_its_code(write):
    result = read(
        [write("data.csv", "网格代码,网格名称,网格类型,所在单元代码\ng1,甲,base,01\n")], is_partial=True
    )
    assert result.findings == ()
    assert [n.key for n in result.graph.nodes()] == [("Grid", "g1")]
