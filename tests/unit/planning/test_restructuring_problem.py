from fractions import Fraction
from math import pi

import numpy as np
import pytest
from planning_maps import STEP_KM, WIDE, drawn, stated

from orgraph.graph import GraphBuilder, OrgGraph
from orgraph.planning.restructuring import Options, problem
from orgraph.planning.restructuring.measures import kilometres, scale_of, scaled
from orgraph.solver.districting.problem import Band, BorderLength, CenterCost, Change


def codes(graph: OrgGraph, options: Options) -> list[str]:
    return [f.code.removeprefix("planning.") for f in problem(graph, options)[1]]


def test_a_quarter_of_a_meridian_is_a_quarter_of_the_circumference():
    assert kilometres([(0, 0), (0, 90)])[0, 1] == pytest.approx(6371.0088 * pi / 2)


def test_kilometres_are_symmetric_and_nought_on_the_spot():
    km = kilometres([(118.5, 37.9), (118.6, 38.0), (-3.7, 40.4)])
    assert np.array_equal(km, km.T)
    assert np.array_equal(np.diag(km), [0, 0, 0])


def test_the_problem_of_a_square():
    asked, findings = problem(drawn("AB/CD"), Options(k=2))
    assert findings == ()
    assert asked is not None
    assert asked.unit_ids == ("A", "B", "C", "D")
    assert asked.edges == ((0, 1), (0, 2), (1, 3), (2, 3))
    assert asked.weights == {"population": (100, 100, 100, 100)}
    assert asked.bounds("population") == (180, 220)
    assert asked.seats is None


def test_distance_is_people_times_kilometres_and_moment_their_square():
    people = {"population": {"A": 10, "B": 20}}
    asked = stated(drawn("AB", people), Options(k=1, objectives=("distance", "moment")))[1]
    distance, moment = asked.objectives
    assert isinstance(distance, CenterCost)
    assert isinstance(moment, CenterCost)
    assert distance.cost == pytest.approx(np.array([[0, 10 * STEP_KM], [20 * STEP_KM, 0]]))
    assert moment.cost == pytest.approx(np.array([[0, 10 * STEP_KM**2], [20 * STEP_KM**2, 0]]))


def test_another_weight_may_be_counted():
    area = {"area_km2": {"A": 2.5, "B": 1.0}}
    options = Options(k=1, distance_weight="area_km2", balance={})
    (distance,) = stated(drawn("AB", area), options)[1].objectives
    assert isinstance(distance, CenterCost)
    assert distance.cost[0, 1] == pytest.approx(2.5 * STEP_KM)


def test_decimals_are_scaled_once_and_the_scale_is_stated():
    area = {"area_km2": {"A": 1.25, "B": 3.105}}
    options = Options(k=2, balance={"area_km2": WIDE["population"]}, minimum={"area_km2": Fraction("0.5")})
    asked = stated(drawn("AB", area), options)[1]
    assert asked.scale == {"area_km2": 1000, "population": 1}
    assert asked.weights["area_km2"] == (1250, 3105)
    assert asked.minimums == {"area_km2": 500}


def test_a_minimum_is_rounded_up_to_the_scale():
    options = Options(k=1, minimum={"population": Fraction("99.5")})
    assert stated(drawn("AB"), options)[1].minimums == {"population": 100}


def test_more_than_six_decimals_are_rounded():
    assert scale_of([0.1234567]) == 10**6
    assert scaled(0.1234567, 10**6) == 123457


def test_units_are_villages_not_the_towns_that_hold_them():
    builder = GraphBuilder()
    town = builder.add_node("Unit", "T", {"name": "镇", "level": "town"})
    for code in ("1", "2"):
        village = builder.add_node("Unit", code, {"level": "village", "population": 1, "lon": 0, "lat": 0})
        builder.add_relationship("PART_OF", village, town)
        group = builder.add_node("Unit", code + "g", {"level": "group"})
        builder.add_relationship("PART_OF", group, village)
    asked, _ = problem(builder.freeze(), Options(k=2))
    assert asked is not None
    assert asked.unit_ids == ("1", "2")


def test_without_villages_the_lowest_units_are_planned():
    builder = GraphBuilder()
    top = builder.add_node("Unit", "T", {})
    for code in ("1", "2"):
        unit = builder.add_node("Unit", code, {"population": 1, "lon": 0, "lat": 0})
        builder.add_relationship("PART_OF", unit, top)
    asked, _ = problem(builder.freeze(), Options(k=2))
    assert asked is not None
    assert asked.unit_ids == ("1", "2")


def test_no_unit_is_an_error():
    assert codes(GraphBuilder().freeze(), Options(k=1)) == ["no_units"]


def test_a_barrier_is_no_way_but_an_extra_edge_is():
    graph = drawn("AB/CD", barriers=("AB",))
    assert stated(graph, Options(k=2))[1].edges == ((0, 2), (1, 3), (2, 3))
    joined = Options(k=2, extra_edges=(("B", "A"), ("D", "A")))
    assert stated(graph, joined)[1].edges == ((0, 1), (0, 2), (0, 3), (1, 3), (2, 3))


def test_border_is_metres_and_nothing_for_extra_edges():
    options = Options(k=2, objectives=("border",), extra_edges=(("A", "C"),))
    (border,) = stated(drawn("ABC", metres=250.0), options)[1].objectives
    assert isinstance(border, BorderLength)
    assert border.length == (250.0, 0.0, 250.0)


def test_without_lengths_borders_are_counted_and_that_is_said():
    graph, options = drawn("ABC", metres=None), Options(k=2, objectives=("border",))
    assert codes(graph, options) == ["border_counted"]
    (border,) = stated(graph, options)[1].objectives
    assert isinstance(border, BorderLength)
    assert border.length == (1.0, 1.0)


def test_some_lengths_missing_is_an_error_only_for_border():
    builder = GraphBuilder()
    keys = [builder.add_node("Unit", c, {"population": 1, "lon": 0, "lat": 0}) for c in "ABC"]
    builder.add_relationship("ADJACENT", keys[0], keys[1], {"shared_border_m": 5})
    builder.add_relationship("ADJACENT", keys[1], keys[2])
    graph = builder.freeze()
    asked, findings = problem(graph, Options(k=2, objectives=("border",)))
    assert asked is None
    assert [(f.code, f.numbers["pairs"]) for f in findings] == [("planning.border_missing", "B-C")]
    assert codes(graph, Options(k=2)) == []


def test_change_counts_people_against_the_reference():
    parts = {"reference_part": {"A": "东", "B": "东", "C": "西"}}
    (change,) = stated(drawn("ABC", parts), Options(k=2, objectives=("change",)))[1].objectives
    assert change == Change("change", (0, 0, 1), (100, 100, 100))


def test_change_without_a_reference_is_an_error_and_with_gaps_a_warning():
    options = Options(k=2, objectives=("change",))
    assert codes(drawn("AB"), options) == ["reference_missing"]
    partial = drawn("ABC", {"reference_part": {"A": "东", "B": "西"}})
    asked, findings = problem(partial, options)
    assert asked is not None
    assert [(f.code, f.is_error, f.subject) for f in findings] == [
        ("planning.reference_partial", False, ("C",))
    ]


def test_the_reference_band_is_exactly_what_the_parts_keep():
    columns = {
        "population": {"A": 100, "B": 100, "C": 300, "D": 300},
        "reference_part": {"A": "1", "B": "1", "C": "2", "D": "3"},
    }
    options = Options(k=3, balance={"population": "reference"})
    asked = stated(drawn("AB/CD", columns), options)[1]
    mean = Fraction(800, 3)
    assert asked.bands == {"population": Band(200 / mean - 1, 300 / mean - 1)}
    assert asked.bounds("population") == (200, 300)


def test_every_unknown_code_is_named_with_its_place():
    options = Options(
        k=2,
        seats=("A", "v"),
        together=(("A", "w"),),
        apart=(("x", "B"),),
        fixed={"y": "A"},
        refuse=("z",),
        extra_edges=(("A", "u"),),
    )
    asked, findings = problem(drawn("AB"), options)
    assert asked is None
    assert {(f.subject[0], f.place.column if f.place else "") for f in findings} == {
        ("v", "units.seats"),
        ("w", "units.together"),
        ("x", "units.apart"),
        ("y", "units.fixed"),
        ("z", "units.refuse"),
        ("u", "units.extra_edges"),
    }


def test_missing_weights_name_their_units_unless_these_refuse():
    graph = drawn("ABC", {"population": {"B": None}})
    asked, findings = problem(graph, Options(k=2))
    assert asked is None
    assert [(f.code, f.subject, f.numbers["names"]) for f in findings] == [
        ("planning.weight_missing", ("B",), "B村")
    ]
    assert problem(graph, Options(k=2, refuse=("B",)))[0] is not None


def test_an_unknown_weight_names_what_there_is():
    (finding,) = problem(drawn("AB"), Options(k=2, balance={"peple": WIDE["population"]}))[1]
    assert finding.code == "planning.weight_unknown"
    assert finding.numbers["known"] == "population"


def test_weights_that_make_no_sense_are_errors():
    assert codes(drawn("AB", {"population": {"A": -1}}), Options(k=1)) == ["weight_negative"]
    assert codes(drawn("AB", {"population": {"A": 0, "B": 0}}), Options(k=1)) == ["weight_zero"]


def test_points_are_needed_for_distance_only():
    graph = drawn("AB", {"lon": {"A": None}})
    assert codes(graph, Options(k=1)) == ["point_missing"]
    assert codes(graph, Options(k=1, objectives=("border",))) == []


def test_a_point_off_the_earth_is_missing():
    assert codes(drawn("AB", {"lat": {"A": 91}}), Options(k=1)) == ["point_missing"]


def test_a_map_in_pieces_is_a_warning_that_names_them():
    asked, (finding,) = problem(drawn("AB.C"), Options(k=2))
    assert asked is not None
    assert (finding.code, finding.is_error, finding.subject) == ("planning.map_in_pieces", False, ("C",))
    assert finding.numbers["pieces"] == "2: A村、B村; 1: C村"
    assert codes(drawn("AB.C"), Options(k=2, extra_edges=(("B", "C"),))) == []


def test_a_refusal_may_cut_the_map():
    assert codes(drawn("ABC"), Options(k=2, refuse=("B",))) == ["map_in_pieces"]


def test_locks_become_indexes():
    options = Options(
        k=2,
        seats=("A", "D"),
        together=(("A", "B"),),
        apart=(("A", "C", "D"),),
        fixed={"B": "A"},
        refuse=("C",),
    )
    asked = stated(drawn("AB/CD"), options)[1]
    assert asked.seats == {0, 3}
    assert asked.together == ((0, 1),)
    assert asked.apart == ((0, 2), (0, 3), (2, 3))
    assert asked.fixed == ((1, 0),)
    assert asked.refused == {2}
