"""Records become nodes and relationships; what does not fit together is named with both places."""

import pytest

from orgraph.errors import InputError
from orgraph.exchange import read, read_graph
from orgraph.graph import NodeKey

UNITS = "code,name,level,parent_code\n3705,县,county,\n370501,镇,town,3705\n01,甲村,village,370501\n02,乙村,village,370501\n03,丙村,village,370501\n"


def relationships(result, kind):
    assert result.graph is not None, [f.text.en for f in result.findings]
    return {(r.source.code, r.target.code): dict(r.properties) for r in result.graph.relationships(kind)}


def test_reference_columns_become_relationships(read_units):
    result = read_units(UNITS)
    assert relationships(result, "PART_OF") == {
        ("370501", "3705"): {}, ("01", "370501"): {}, ("02", "370501"): {}, ("03", "370501"): {},
    }  # fmt: skip
    assert dict(result.graph.node("Unit", "01").properties) == {"name": "甲村", "level": "village"}


def test_the_finest_container_counts(write):
    grids = write("grids.csv", "code,name,kind,unit_code\ng1,网格,基础网格,01\n")
    households = write("households.csv", "code,unit_code,grid_code\nh1,01,g1\nh2,01,\n")
    result = read([write("units.csv", UNITS), grids, households])
    contained = relationships(result, "PART_OF")
    assert ("h1", "g1") in contained
    assert ("h1", "01") not in contained
    assert ("h2", "01") in contained


def test_lists_and_incoming_references(write):
    organizations = write("organizations.csv", "code,name,kind,unit_code\np1,支部,党支部,01\n")
    grids = write("grids.csv", "code,name,kind,unit_code,organization_codes\ng1,网格,base,01,p1\n")
    workers = write("workers.csv", "code,unit_code,grid_codes\nw1,01,g1\n")
    needs = write("needs.csv", "code,name,unit_code,holder_code\nn1,修路,01,01\n")
    result = read([write("units.csv", UNITS), organizations, grids, workers, needs])
    assert ("g1", "p1") in relationships(result, "HAS_ORGANIZATION")
    assert ("w1", "g1") in relationships(result, "COVERS")
    (need,) = result.graph.relationships("HAS_NEED")
    assert (need.source, need.target) == (NodeKey("Unit", "01"), NodeKey("Need", "n1"))


def test_a_generated_row_marks_the_references_it_names(write):
    units = write("units.csv", UNITS)
    some = write(
        "grids.csv",
        "code,name,kind,unit_code,is_synthetic,synthetic_fields\ng1,甲,base,01,true,unit_code\ng2,乙,base,02,true,name\ng3,丙,base,03,true,\ng4,丁,base,03,,\n",
    )
    contained = relationships(read([units, some]), "PART_OF")
    assert [contained[f"g{i}", f"0{min(i, 3)}"] for i in (1, 2, 3, 4)] == [
        {"is_synthetic": True},
        {},
        {"is_synthetic": True},
        {},
    ]


def test_a_code_twice_names_both_rows_also_across_files(write):
    first, second = (
        write("units_a.csv", "code,name\n01,甲\n02,乙\n02,乙\n"),
        write("units_b.csv", "code,name\n01,甲\n"),
    )
    result = read([first, second])
    found = [
        (f.place.file, f.place.row, f.numbers["first_file"], f.numbers["first_row"]) for f in result.findings
    ]
    assert found == [("units_a.csv", 4, "units_a.csv", 3), ("units_b.csv", 2, "units_a.csv", 2)]


def test_equal_codes_of_different_kinds_are_no_conflict(write):
    result = read(
        [
            write("units.csv", "code,name\n01,甲\n"),
            write("grids.csv", "code,name,kind,unit_code\n01,网格,base,01\n"),
        ]
    )
    assert result.findings == ()


def test_unknown_references_are_errors_with_their_column(write):
    result = read(
        [write("units.csv", UNITS), write("grids.csv", "代码,名称,网格类型,所在单元代码\ng1,网格,base,99\n")]
    )
    (finding,) = result.findings
    assert (finding.code, finding.subject, finding.place.row, finding.place.column) == (
        "exchange.reference_unknown", ("g1", "99"), 2, "所在单元代码",
    )  # fmt: skip


def test_an_unknown_parent_of_units_is_one_warning_per_parent(read_units):
    result = read_units("code,name,parent_code\n01,甲,9\n02,乙,9\n")
    (finding,) = result.findings
    assert (finding.code, finding.subject, finding.is_error) == (
        "exchange.parent_not_in_files",
        ("9", "01", "02"),
        False,
    )
    assert relationships(result, "PART_OF") == {}


def test_partial_files_keep_what_leads_outside_and_list_it(write):
    result = read(
        [write("units.csv", "code,name,parent_code\n01,甲,9\n"), write("edges.csv", "a,b\n01,77\n")],
        is_partial=True,
    )
    assert result.findings == ()
    assert relationships(result, "PART_OF") == {("01", "9"): {}}
    assert relationships(result, "ADJACENT") == {("01", "77"): {}}
    assert (NodeKey("Unit", "9"),) in [o.target for o in result.outside]


def test_a_reference_to_itself(read_units):
    (finding,) = read_units("code,name,parent_code\n01,甲,01\n").findings
    assert (finding.code, finding.place.column) == ("exchange.reference_to_itself", "parent_code")


def test_an_ambiguous_reference(write):
    units, grids = (
        write("units.csv", "code,name\n01,甲\n"),
        write("grids.csv", "code,name,kind,unit_code\n01,网格,base,01\n"),
    )
    result = read([units, grids, write("needs.csv", "code,name,unit_code,holder_code\nn1,修路,01,01\n")])
    assert [f.code for f in result.findings] == ["exchange.reference_ambiguous"]


def test_edges_are_stored_once_from_the_smaller_code(read_units):
    result = read_units(UNITS, "a,b,shared_border_m\n02,01,5\n02,03,7.5\n")
    assert relationships(result, "ADJACENT") == {
        ("01", "02"): {"shared_border_m": 5.0},
        ("02", "03"): {"shared_border_m": 7.5},
    }


@pytest.mark.parametrize(
    ("second", "code", "is_error"),
    [
        ("02,01,5", "edge_repeated", False),
        ("01,02,6", "edge_contradicts", True),
        ("01,02,", "edge_contradicts", True),
    ],
)
def test_an_edge_given_twice(read_units, second, code, is_error):
    result = read_units(UNITS, f"a,b,shared_border_m\n01,02,5\n02,03,1\n{second}\n")
    (finding,) = result.findings
    assert (finding.code, finding.is_error, finding.place.row, finding.numbers["first_row"]) == (
        f"exchange.{code}",
        is_error,
        4,
        2,
    )


def test_a_barrier_stays_in_the_graph_but_connects_nothing(read_units):
    result = read_units(UNITS, "a,b,barrier\n01,02,否\n02,03,是\n")
    assert relationships(result, "ADJACENT")["02", "03"] == {"is_barrier": True}
    assert {f.code: f.subject for f in result.findings} == {
        "exchange.islands": ("03",),
        "exchange.map_in_pieces": ("03",),
    }


def test_islands_and_pieces_are_warnings_that_name_them(read_units):
    result = read_units(
        "code,name\n" + "".join(f"0{i},村\n" for i in range(1, 7)), "a,b\n01,02\n02,03\n04,05\n"
    )
    found = {f.code: f for f in result.findings}
    assert set(found) == {"exchange.islands", "exchange.map_in_pieces"}
    assert found["exchange.islands"].subject == ("06",)
    assert found["exchange.map_in_pieces"].numbers["pieces"] == [["01", "02", "03"], ["04", "05"], ["06"]]
    assert not any(f.is_error for f in result.findings)


def test_a_connected_map_has_no_findings(read_units):
    assert read_units(UNITS, "a,b\n01,02\n02,03\n").findings == ()


def test_units_that_hold_others_are_no_islands(read_units):
    assert read_units(UNITS, "a,b\n01,02\n02,03\n").findings == ()


def test_units_without_any_edge_file_are_fine(read_units):
    assert read_units(UNITS).findings == ()


def test_edges_between_grids(write):
    grids = write("grids.csv", "code,name,kind,unit_code\ng1,甲,base,01\ng2,乙,base,01\n")
    result = read([write("units.csv", UNITS), grids, write("edges.csv", "a,b\ng1,g2\n")])
    (edge,) = result.graph.relationships("ADJACENT")
    assert (edge.source, edge.target) == (NodeKey("Grid", "g1"), NodeKey("Grid", "g2"))


def test_an_edge_between_a_unit_and_a_grid_is_refused(write):
    grids = write("grids.csv", "code,name,kind,unit_code\ng1,甲,base,01\n")
    (finding,) = read([write("units.csv", UNITS), grids, write("edges.csv", "a,b\ng1,02\n")]).findings
    assert (finding.code, finding.subject) == ("exchange.edge_end_unknown", ("g1", "02"))


def test_read_graph_refuses_with_every_finding(write):
    path = write("units.csv", "code,name\n01,\n,乙\n")
    with pytest.raises(InputError) as caught:
        read_graph([path])
    assert caught.value.code == "invalid_input"
    assert caught.value.details["num_errors"] == len(caught.value.findings) == 2


def test_read_graph_returns_what_read_returns(write):
    path = write("units.csv", UNITS)
    assert [n.code for n in read_graph([path]).nodes()] == [n.code for n in read([path]).graph.nodes()]
