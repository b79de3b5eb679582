"""Tables and templates are written so that a spreadsheet opens them and the reader reads them back."""

import csv
from pathlib import Path

import pytest

from orgraph.datasets import load
from orgraph.errors import InputError
from orgraph.exchange import read, template, write_csv
from orgraph.exchange.tables import tables
from orgraph.graph import GraphBuilder, NodeKey


def content(graph):
    nodes = {n.key: dict(n.properties) for n in graph.nodes()}
    edges = {(r.kind, r.source, r.target): dict(r.properties) for r in graph.relationships()}
    return nodes, edges


def rows(path):
    with Path(path).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


@pytest.mark.parametrize("lang", [None, "zh", "en"])
@pytest.mark.parametrize("name", ["yihe", "glarus"])
def test_a_data_set_survives_writing_and_reading(tmp_path, name, lang):
    graph = load(name).graph
    kinds = [k for k, t in tables().items() if t.kind and any(True for _ in graph.nodes(t.kind.name))]
    for kind in [*kinds, "edges"]:
        write_csv(graph, kind, tmp_path / f"{kind}.csv", lang=lang)
    result = read(sorted(tmp_path.iterdir()))
    assert [f.code for f in result.findings if f.is_error] == []
    nodes, edges = content(result.graph)
    wanted_nodes, wanted_edges = content(graph)
    assert nodes == wanted_nodes
    assert edges.keys() == wanted_edges.keys()
    assert edges == wanted_edges


def test_the_header_is_in_the_language_asked_for(tmp_path):
    graph = load("glarus").graph
    for lang, first in ((None, "code"), ("zh", "代码"), ("en", tables()["units"].columns[0].label.en)):
        assert write_csv(graph, "units", tmp_path / "units.csv", lang=lang) == 25
        assert rows(tmp_path / "units.csv")[0][0] == first


def test_the_file_starts_with_a_byte_order_mark(tmp_path):
    write_csv(load("glarus").graph, "edges", tmp_path / "edges.csv")
    assert (tmp_path / "edges.csv").read_bytes().startswith(b"\xef\xbb\xbfa,b,shared_border_m")


def test_weights_are_columns_of_their_own(tmp_path):
    builder = GraphBuilder()
    builder.add_node("Unit", "1", {"name": "甲", "学生": 3, "pupils": 2.5})
    builder.add_node("Unit", "2", {"name": "乙", "学生": 0})
    write_csv(builder.freeze(), "units", tmp_path / "units.csv")
    assert rows(tmp_path / "units.csv")[0][-2:] == ["学生", "pupils"]
    result = read([tmp_path / "units.csv"])
    assert result.graph.node("Unit", "1").properties["pupils"] == 2.5
    assert result.graph.node("Unit", "2").properties["学生"] == 0


def test_a_required_unit_is_found_above_the_grid(tmp_path):
    builder = GraphBuilder()
    unit = builder.add_node("Unit", "01", {"name": "甲"})
    grid = builder.add_node("Grid", "g1", {"name": "网格", "kind": "base"})
    household = builder.add_node("Household", "h1", {})
    builder.add_relationship("PART_OF", grid, unit)
    builder.add_relationship("PART_OF", household, grid)
    write_csv(builder.freeze(), "households", tmp_path / "households.csv")
    header, row = rows(tmp_path / "households.csv")
    filled = {name: cell for name, cell in zip(header, row, strict=True) if cell}
    assert filled == {"code": "h1", "grid_code": "g1", "unit_code": "01"}


def test_a_cycle_of_containers_ends(tmp_path):
    builder = GraphBuilder()
    first, second = NodeKey("Grid", "g1"), NodeKey("Grid", "g2")
    for key in (first, second):
        builder.add_node(key.kind, key.code, {"name": "网格", "kind": "base"})
    builder.add_relationship("PART_OF", first, second)
    builder.add_relationship("PART_OF", second, first)
    assert write_csv(builder.freeze(), "grids", tmp_path / "grids.csv") == 2


@pytest.mark.parametrize("start", list("=+-@'"))
def test_names_that_look_like_formulas_are_disarmed(tmp_path, start):
    builder = GraphBuilder()
    builder.add_node("Unit", "1", {"name": f"{start}HYPERLINK(1)", "lon": -3.5})
    write_csv(builder.freeze(), "units", tmp_path / "units.csv")
    header, row = rows(tmp_path / "units.csv")
    assert row[header.index("name")] == f"'{start}HYPERLINK(1)"
    assert row[header.index("lon")] == "-3.5"
    assert read([tmp_path / "units.csv"]).graph.node("Unit", "1").name == f"{start}HYPERLINK(1)"


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    path = tmp_path / "units.csv"
    path.write_text("old")

    def refuse(self, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(InputError) as caught:
        write_csv(load("glarus").graph, "units", path)
    assert (caught.value.code, caught.value.details["reason"]) == (
        "file_not_written",
        "No space left on device",
    )
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["units.csv"]


def test_a_missing_folder_is_said(tmp_path):
    with pytest.raises(InputError) as caught:
        template("units", tmp_path / "none" / "units.csv")
    assert caught.value.code == "file_not_written"


def test_an_unknown_kind_is_said(tmp_path):
    with pytest.raises(InputError) as caught:
        template("things", tmp_path / "things.csv")
    assert caught.value.code == "table_unknown"
    assert "units" in str(caught.value.details["kinds"])


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("kind", sorted(tables()))
def test_every_template_is_read_back_as_its_kind_without_a_row(tmp_path, kind, lang):
    path = tmp_path / "some file.csv"
    template(kind, path, lang=lang)
    header, notes = rows(path)
    assert len(header) == len(notes) == len(tables()[kind].columns)
    assert notes[0].startswith("# ")
    result = read([path], kind=kind)
    assert [f.code for f in result.findings] == ["exchange.no_rows"]


def test_a_filled_template_reads_without_a_warning(tmp_path):
    path = tmp_path / "units.csv"
    template("units", path)
    with path.open("a", encoding="utf-8") as file:
        file.write("01,甲村,村\n")
    result = read([path])
    assert result.findings == ()
    assert dict(result.graph.node("Unit", "01").properties) == {"name": "甲村", "level": "village"}
