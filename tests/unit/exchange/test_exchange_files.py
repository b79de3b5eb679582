"""Is it a file, is it text, in which encoding, with which delimiter."""

import os
from pathlib import Path

import pytest

from orgraph.exchange import Source, read
from orgraph.exchange.source import TextFile, open_text
from orgraph.findings import Finding

UNITS = "代码,名称,人口\n01,坬里村,5\n02,圐圙村,7\n"


def people(result):
    assert result.graph is not None, [f.text.en for f in result.findings]
    return {n.code: (n.name, n.properties["population"]) for n in result.graph.nodes("Unit")}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_every_encoding_gives_the_same(read_units, encoding):
    assert people(read_units(UNITS.encode(encoding))) == {"01": ("坬里村", 5), "02": ("圐圙村", 7)}


@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_every_delimiter_gives_the_same(read_units, delimiter):
    assert people(read_units(UNITS.replace(",", delimiter))) == {"01": ("坬里村", 5), "02": ("圐圙村", 7)}


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_every_line_end_gives_the_same(read_units, line_end):
    assert len(people(read_units(UNITS.replace("\n", line_end)))) == 2


def test_broken_utf8_names_the_byte(read_units):
    content = UNITS.encode()
    position = content.index(b"7")
    result = read_units(content[:position] + b"\xff" + content[position:])
    (finding,) = result.findings
    assert (finding.code, finding.numbers["byte"]) == ("exchange.file_undecodable", position)


def test_broken_utf8_after_many_chunks_names_the_byte(read_units):
    content = (
        b"code,name\n" + b"".join(b"%06d,%s\n" % (i, "村".encode()) for i in range(20_000)) + b"\xe6\x9d,x\n"
    )
    (finding,) = read_units(content).findings
    assert finding.numbers["byte"] == len(content) - 5


def test_broken_gb18030_names_the_byte(read_units):
    content = UNITS.encode("gb18030")
    position = content.index(b"7")
    (finding,) = read_units(content[:position] + b"\xff" + content[position:]).findings
    assert (finding.code, finding.numbers["byte"]) == ("exchange.file_undecodable", position)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_empty"),
        (b"PK\x03\x04rest", "file_is_workbook"),
        (b"\xd0\xcf\x11\xe0rest", "file_is_workbook"),
        (b"\x89PNG\x00\x01", "file_binary"),
        (b"\n\n", "header_not_found"),
        (b"just words\nand more\n", "header_not_found"),
        (b'code,name\n01,"open\n', "csv_broken"),
    ],
)
def test_unreadable_files_say_why(read_units, content, code):
    result = read_units(content)
    assert result.graph is None
    assert [f.code for f in result.findings] == [f"exchange.{code}"]


def test_missing_file_and_folder(tmp_path):
    result = read([tmp_path / "none.csv", tmp_path])
    assert {f.code for f in result.findings} == {"exchange.file_missing", "exchange.file_is_folder"}


def test_a_name_that_no_file_can_have():
    (finding,) = read(["a\0b.csv"]).findings
    assert finding.code == "exchange.file_missing"


def test_a_pipe_is_refused_without_waiting(tmp_path):
    os.mkfifo(tmp_path / "units.csv")
    (finding,) = read([tmp_path / "units.csv"]).findings
    assert finding.code == "exchange.file_not_regular"


def test_a_file_that_may_not_be_read_says_why(write, monkeypatch):
    path = write("units.csv", UNITS)

    def refuse(self, *args, **options):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    (finding,) = read([path]).findings
    assert (finding.code, finding.numbers["reason"]) == ("exchange.file_unreadable", "Permission denied")


def test_too_large_names_both_sizes(write):
    path = write("units.csv", b"x" * 3_000_000)
    finding = open_text(path, max_bytes=2_000_000)
    assert isinstance(finding, Finding)
    assert (finding.numbers["megabytes"], finding.numbers["limit_megabytes"]) == (3, 2)


def test_within_the_limit_is_opened(write):
    assert isinstance(open_text(write("units.csv", b"x" * 100), max_bytes=100), TextFile)


@pytest.mark.parametrize(
    "name",
    ["units.csv", "行政单元.csv", "义和镇行政单元.csv", "units_2020.csv", "real-units (1).csv", "Units.TXT"],
)
def test_kind_by_file_name(write, name):
    result = read([write(name, "code,name,unit_code\n01,a,\n")])
    assert result.graph is not None
    assert [n.kind for n in result.graph.nodes()] == ["Unit"]


def test_kind_by_argument_beats_the_file_name(write):
    path = write("units.csv", "code,unit_code\nh1,01\n")
    result = read([Source(path, "households")], is_partial=True)
    assert result.graph is not None
    assert [n.kind for n in result.graph.nodes()] == ["Household"]


def test_kind_by_header_where_only_one_fits(write):
    result = read([write("data.csv", "code,name,population,arable_mu\n01,a,3,4\n")])
    assert result.graph is not None
    assert [n.kind for n in result.graph.nodes()] == ["Unit"]


def test_kind_by_header_is_refused_where_several_fit(write):
    (finding,) = read([write("data.csv", "code,name,kind,unit_code\n01,a,base,1\n")]).findings
    assert finding.code == "exchange.kind_ambiguous"
    assert {"organizations", "grids", "posts"} <= set(finding.numbers["kinds"])


def test_unknown_kind_lists_the_known_ones(write):
    (finding,) = read([write("data.csv", UNITS)], kind="things").findings
    assert finding.code == "exchange.kind_unknown"
    assert "units" in finding.numbers["kinds"]


def test_a_file_that_fails_hides_no_finding_of_another(write, codes):
    bad_edges = write("edges.csv", "a,b\n01,01\n")
    result = read([write("units.csv", b""), bad_edges])
    assert codes(result) == {"file_empty", "edge_loop"}


def test_a_file_that_fails_does_not_make_others_wrong(write, codes):
    result = read([write("units.csv", b""), write("edges.csv", "a,b\n01,02\n")])
    assert codes(result) == {"file_empty"}


def test_broken_quotes_name_their_row(read_units):
    (finding,) = read_units('code,name\n01,甲\n02,"乙"丙\n03,丁\n').findings
    assert (finding.code, finding.place.row) == ("exchange.csv_broken", 3)


def test_broken_quotes_far_below_the_header_name_their_row(read_units):
    rows = "".join(f"{i},村\n" for i in range(100))
    (finding,) = read_units(f'code,name\n{rows}x,"open\n').findings
    assert (finding.code, finding.place.row) == ("exchange.csv_broken", 102)
