"""Cells: what is understood, what is refused, and that each refusal names the column."""

import pytest

from orgraph.exchange.values import Problem, escape, parse, parse_number, unescape
from orgraph.messages import Text
from orgraph.schema import NODE_KINDS, Field, ValueType

NONE = Text("", "")
INTEGER = Field("population", ValueType.INTEGER, NONE, minimum=0, maximum=2_000_000)
DECIMAL = Field("lon", ValueType.DECIMAL, NONE, minimum=-180, maximum=180)
CODE = Field("code", ValueType.CODE, NONE, pattern=r"\S{1,64}")
CODES = Field("skills", ValueType.CODES, NONE, pattern=r"\S{1,64}")
DATE = Field("date", ValueType.DATE, NONE)
FLAG = Field("flag", ValueType.BOOLEAN, NONE)
TEXT = Field("text", ValueType.TEXT, NONE)
LEVEL = NODE_KINDS["Unit"].field_by_name["level"]


def problem(column: Field, cell: str) -> str:
    value = parse(column, cell)
    assert isinstance(value, Problem), value
    return value.code


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("463", 463), (" 463 ", 463), ("４６３", 463), ("1,223", 1223), ("１，２２３", 1223), ("1.76万", 17600),
        ("1.76 万", 17600), ("3萬", 30000), ("463.0", 463), ("+5", 5), ("0", 0), ("007", 7), ("1.2E+3", 1200),
        ("", None), ("-", None), ("—", None), ("/", None), ("　", None), ("2000000", 2_000_000),
    ],
)  # fmt: skip
def test_whole_numbers(cell, value):
    assert parse(INTEGER, cell) == value


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("many", "value_not_integer"), ("5.5", "value_not_integer"), ("1,2", "value_not_integer"), ("12,34", "value_not_integer"),
        ("0x1F", "value_not_integer"), ("nan", "value_not_integer"), ("inf", "value_not_integer"), ("1_000", "value_not_integer"),
        ("五", "value_not_integer"), ("463人", "value_not_integer"), ("-1", "value_too_small"), ("-3", "value_too_small"),
        ("2000001", "value_above"), ("1E+99", "value_too_large"), ("9" * 31, "value_not_integer"), ("E5", "value_not_integer"),
        ("1.23456万", "value_not_integer"), (".", "value_not_integer"), ("万", "value_not_integer"),
    ],
)  # fmt: skip
def test_what_is_no_whole_number(cell, code):
    assert problem(INTEGER, cell) == code


@pytest.mark.parametrize(
    ("cell", "value"),
    [("118.348834", 118.348834), ("-82.5", -82.5), (".5", 0.5), ("1e-05", 1e-05), ("−3", -3.0)],
)
def test_decimals(cell, value):
    assert parse(DECIMAL, cell) == value


def test_decimals_out_of_range():
    assert problem(DECIMAL, "180.5") == "value_above"
    assert problem(DECIMAL, "-180.5") == "value_too_small"
    assert problem(DECIMAL, "1e400") == "value_above"


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("02005", "02005"), ("370503100201", "370503100201"), ("370503100201.0", "370503100201"), ("'02005", "02005"),
        ("３７０５０３", "370503"), ("W-1", "W-1"), ("1E5", "1E5"), ('="02005"', "02005"), ("2.0", "2.0"),
    ],
)  # fmt: skip
def test_codes_are_text(cell, code):
    assert parse(CODE, cell) == code


@pytest.mark.parametrize("cell", ["3.70503E+11", "3.70503e+11", "4E+11"])
def test_codes_that_a_spreadsheet_destroyed(cell):
    assert problem(CODE, cell) == "code_scientific"


@pytest.mark.parametrize("cell", ["3705 0310", "x" * 65])
def test_codes_of_the_wrong_form(cell):
    assert problem(CODE, cell) == "value_malformed"


@pytest.mark.parametrize("cell", ["a b", "a、b", "a；b", "a, b", "a|b", "a  b", "a b a"])
def test_lists_of_codes(cell):
    assert parse(CODES, cell) == ("a", "b")


def test_a_list_with_a_destroyed_code():
    assert problem(CODES, "a 3.70503E+11") == "code_scientific"


@pytest.mark.parametrize(
    "cell",
    [
        "2020-08-03",
        "2020/8/3",
        "2020.8.3",
        "2020年8月3日",
        "20200803",
        "２０２０-０８-０３",
        "2020 年 8 月 3 日",
    ],
)
def test_dates(cell):
    assert parse(DATE, cell) == "2020-08-03"


@pytest.mark.parametrize("cell", ["2020-02-30", "44046", "3/8/2020", "2020-8", "2020年", "20-08-03"])
def test_what_is_no_date(cell):
    assert problem(DATE, cell) == "value_not_date"


@pytest.mark.parametrize(
    ("cell", "value"),
    [("是", True), ("否", False), ("true", True), ("FALSE", False), ("1", True), ("0", False), ("有", True), ("无", False), ("√", True)],
)  # fmt: skip
def test_yes_and_no(cell, value):
    assert parse(FLAG, cell) is value


def test_neither_yes_nor_no():
    assert problem(FLAG, "或许") == "value_not_boolean"


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("village", "village"),
        ("Village", "village"),
        ("村", "village"),
        ("行政村", "village"),
        ("街道", "town"),
    ],
)
def test_choices(cell, value):
    assert parse(LEVEL, cell) == value


def test_an_unknown_choice_lists_the_known():
    value = parse(LEVEL, "5")
    assert isinstance(value, Problem)
    assert value.code == "value_unknown_choice"
    assert "village" in str(value.numbers["allowed"])


@pytest.mark.parametrize("start", list("=+-@'"))
def test_texts_that_look_like_formulas_are_disarmed_and_come_back(start):
    written = escape(start + "SUM(A1)")
    assert written == "'" + start + "SUM(A1)"
    assert unescape(written) == start + "SUM(A1)"
    assert parse(TEXT, written) == start + "SUM(A1)"


@pytest.mark.parametrize("plain", ["SUM", "", "a=b", "大牟村"])
def test_other_texts_stay(plain):
    assert escape(plain) == plain
    assert unescape(plain) == plain


def test_numbers_are_exact():
    assert str(parse_number("0.1")) == "0.1"
    assert parse_number("1.76万") == 17600
    assert parse_number("x") is None


@pytest.mark.parametrize(
    ("row", "code", "column"),
    [
        (",甲,5,", "value_missing", "代码"),
        ("01,,5,", "value_missing", "名称"),
        ("01,甲,-5,", "value_too_small", "人口"),
        ("01,甲,多,", "value_not_integer", "人口"),
        ("01,甲,5,村庄", "value_unknown_choice", "层级"),
        ("3.70503E+11,甲,5,", "code_scientific", "代码"),
    ],
)
def test_findings_name_file_row_and_the_column_as_written(read_units, row, code, column):
    result = read_units(f"代码,名称,人口,层级\n00,乙,1,村\n{row}\n")
    (finding,) = result.findings
    assert result.graph is None
    assert (finding.code, finding.place.file, finding.place.row, finding.place.column) == (
        f"exchange.{code}", "units.csv", 3, column,
    )  # fmt: skip
    assert finding.text.zh
    assert finding.todo is not None


def test_all_findings_come_at_once(read_units):
    result = read_units("code,name,population\n,甲,x\n02,,-1\n02,乙,1\n03,丙,1\n", "a,b\n02,99\n03,03\n")
    found = [
        (f.code.removeprefix("exchange."), f.place.file, f.place.row) for f in result.findings if f.is_error
    ]
    assert found == [
        ("edge_end_unknown", "edges.csv", 2),
        ("edge_loop", "edges.csv", 3),
        ("value_missing", "units.csv", 2),
        ("value_not_integer", "units.csv", 2),
        ("value_missing", "units.csv", 3),
        ("value_too_small", "units.csv", 3),
        ("code_twice", "units.csv", 4),
    ]


def test_counts_that_contradict_each_other(read_units):
    (finding,) = read_units("code,name,党员数,正式党员数\n01,甲,5,6\n").findings
    assert (finding.code, finding.place.row, finding.place.column) == ("graph.exceeds", 2, "正式党员数")
