import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from fractions import Fraction
from importlib import import_module
from types import ModuleType

import pytest
from planning_maps import STEP_KM, WIDE, band, drawn

from orgraph.datasets import load
from orgraph.errors import InputError, InvalidProblem, PlanRejected
from orgraph.graph import OrgGraph
from orgraph.planning.restructuring import Alternatives, Options, Outcome, plan, problem, read_options
from orgraph.planning.restructuring.certificate import check
from orgraph.solver.districting.problem import Plan
from orgraph.solver.solution import Limits, Progress, Solution, Status

LIMITS = Limits(time_s=60, workers=1)
ON = date(2020, 8, 3)
LINE = drawn("ABCDEF", {"population": {"A": 10, "B": 20, "C": 30, "D": 40, "E": 50, "F": 60}})


def planned(graph: OrgGraph, options: Options) -> Outcome:
    outcome = plan(graph, replace(options, date=ON), limits=LIMITS)
    assert outcome.status is Status.OPTIMAL, [r.text.en for r in outcome.reasons]
    return outcome


def parts(outcome: Outcome) -> set[str]:
    return {"".join(d.members) for d in outcome.districts}


def value(outcome: Outcome) -> float:
    assert outcome.solution.objective is not None
    return outcome.solution.objective


def test_a_line_of_six_into_two_by_distance():
    # ABCD with the seat C costs 20 + 20 + 40, EF with F 50; ABC with B and DEF with E would cost 40 + 100.
    outcome = planned(LINE, Options(k=2, balance=WIDE))
    assert parts(outcome) == {"ABCD", "EF"}
    assert value(outcome) == pytest.approx(130 * STEP_KM)
    assert [d.seat for d in outcome.districts] == ["C", "F"]
    assert outcome.km_to_seat["A"] == pytest.approx(2 * STEP_KM)


def test_a_band_changes_the_plan():
    # ABCD at C and EF at F cost 41 + 12; the band of 0.35 leaves only ABCDE with 53 people and F with 100.
    graph = drawn("ABCDEF", {"population": dict(zip("ABCDEF", (10, 10, 10, 11, 12, 100), strict=True))})
    free = planned(graph, Options(k=2, balance=WIDE))
    assert (parts(free), value(free)) == ({"ABCD", "EF"}, pytest.approx(53 * STEP_KM))
    held = planned(graph, Options(k=2, balance={"population": band("-0.35", "0.35")}))
    assert (parts(held), value(held)) == ({"ABCDE", "F"}, pytest.approx(65 * STEP_KM))


def test_a_minimum_changes_the_plan():
    people = {"A": 10, "B": 20, "C": 30, "D": 40, "E": 50, "F": 60}
    graph = drawn("ABCDEF", {"population": people, "members": dict.fromkeys("ABCDEF", 1)})
    held = planned(graph, Options(k=2, balance=WIDE, minimum={"members": Fraction(3)}))
    assert (parts(held), value(held)) == ({"ABC", "DEF"}, pytest.approx(140 * STEP_KM))


@pytest.mark.parametrize(
    ("options", "holds"),
    [
        (Options(k=2, balance=WIDE, together=(("D", "E"),)), lambda d: d["D"] == d["E"]),
        (Options(k=2, balance=WIDE, apart=(("C", "D"),)), lambda d: d["C"] != d["D"]),
        (Options(k=2, balance=WIDE, fixed={"D": "F"}), lambda d: d["D"] == d["F"]),
        (Options(k=2, balance=WIDE, seats=("A", "F")), lambda d: d["A"] != d["F"]),
    ],
)
def test_locks_change_the_plan_and_cost(options: Options, holds: Callable[[dict[str, int]], bool]):
    def where(outcome: Outcome) -> dict[str, int]:
        return {code: d.number for code, d in outcome.district_by_unit.items()}

    free = planned(LINE, Options(k=2, balance=WIDE))
    locked = planned(LINE, options)
    assert holds(where(locked))
    assert value(locked) > value(free)


def test_seats_stay_among_the_candidates():
    outcome = planned(LINE, Options(k=2, balance=WIDE, seats=("A", "F")))
    assert [d.seat for d in outcome.districts] == ["A", "F"]


def test_a_refusal_stays_out_of_plan_totals_and_target():
    outcome = planned(LINE, Options(k=2, balance={"population": band("-0.6", "0.6")}, refuse=("F",)))
    assert outcome.refused == ("F",)
    assert "F" not in outcome.district_by_unit
    assert sum(d.totals["population"] for d in outcome.districts) == 150
    answer = outcome.to_json()
    assert answer["refused"] == ["F"]
    assert isinstance(answer["plan"], list)
    assert answer["plan"][5] is None


def test_an_extra_edge_makes_a_plan_possible():
    graph, options = drawn("AB.C"), Options(k=1, balance=WIDE, date=ON)
    assert plan(graph, options, limits=LIMITS).status is Status.INFEASIBLE
    assert parts(planned(graph, replace(options, extra_edges=(("B", "C"),)))) == {"ABC"}


def test_a_barrier_changes_the_plan():
    square = drawn("AB/CD", {"population": {"A": 90, "B": 90}})
    wide = drawn("AB/CD", {"population": {"A": 90, "B": 90}}, barriers=("AC", "BD"))
    options = Options(k=2, balance={"population": band("-0.01", "0.01")})
    assert parts(planned(square, options)) == {"AC", "BD"}
    assert plan(wide, replace(options, date=ON), limits=LIMITS).status is Status.INFEASIBLE


def test_moment_and_distance_may_disagree():
    # One village two steps away costs 4 by the square and 2 by the way; two villages one step away cost 2 either way.
    graph = drawn("ABCD", {"population": {"A": 30, "B": 1, "C": 1, "D": 22}})
    distance = planned(graph, Options(k=1, balance=WIDE))
    moment = planned(graph, Options(k=1, balance=WIDE, objectives=("moment",)))
    assert distance.districts[0].seat == "A"
    assert moment.districts[0].seat == "B"
    assert value(moment) == pytest.approx((30 + 1 + 22 * 4) * STEP_KM**2)


def test_border_is_least():
    assert value(planned(drawn("ABC/DEF"), Options(k=2, balance=WIDE, objectives=("border",)))) == 2000.0


def test_seats_that_no_objective_decides_about_are_medoids():
    graph = drawn("ABC/DEF", {"population": {"A": 500}})
    rows = Options(
        k=2, balance=WIDE, objectives=("border",), together=(tuple("ABC"), tuple("DEF")), apart=(("A", "D"),)
    )
    outcome = planned(graph, rows)
    assert value(outcome) == 3000.0
    assert [d.seat for d in outcome.districts] == ["A", "E"]
    chosen = planned(graph, replace(rows, seats=("B", "C", "F")))
    assert [d.seat for d in chosen.districts] == ["B", "F"]


def test_change_keeps_the_reference_where_it_may():
    columns = {"reference_part": dict(zip("ABCDEF", "111122", strict=True))}
    graph = drawn("ABCDEF", columns)
    free = planned(graph, Options(k=2, balance=WIDE, objectives=("change",)))
    assert (value(free), parts(free)) == (0.0, {"ABCD", "EF"})
    even = planned(graph, Options(k=2, balance={"population": band("0", "0")}, objectives=("change",)))
    assert (value(even), parts(even)) == (100.0, {"ABC", "DEF"})


def test_change_of_a_decimal_weight_is_told_in_its_own_unit():
    columns = {
        "area_km2": dict.fromkeys("ABCD", 1.25),
        "reference_part": dict(zip("ABCD", "1112", strict=True)),
    }
    options = Options(
        k=2,
        distance_weight="area_km2",
        objectives=("change", "distance"),
        balance={"area_km2": band("0", "0")},
    )
    outcome = planned(drawn("ABCD", columns), options)
    assert value(outcome) == 1.25
    assert [(s.name, s.objective) for s in outcome.stages] == [
        ("change", 1.25),
        ("distance", pytest.approx(2.5 * STEP_KM)),
    ]
    assert outcome.terms == {"change": 1.25, "distance": pytest.approx(2.5 * STEP_KM)}
    assert outcome.certificate.scale == {"area_km2": 100}


def test_alternatives_differ_from_all_before_and_none_is_better():
    options = Options(k=2, balance=WIDE, alternatives=Alternatives(2, Fraction(1, 6)))
    outcome = planned(LINE, options)
    first, second = outcome.alternatives
    assert (first.solution.status, second.solution.status) == (Status.OPTIMAL, Status.OPTIMAL)
    assert first.num_asked == 1
    assert first.num_different[0] >= 1
    assert min(second.num_different) >= 1
    values = [value(outcome), first.solution.objective, second.solution.objective]
    assert values == sorted(v for v in values if v is not None)


def test_when_no_alternative_is_left_that_is_proven():
    options = Options(
        k=2, balance={"population": band("0", "0")}, alternatives=Alternatives(3, Fraction(1, 4))
    )
    outcome = planned(drawn("ABCD"), options)
    (last,) = outcome.alternatives
    assert last.solution.status is Status.INFEASIBLE
    assert last.districts == ()
    assert last.to_json()["plan"] is None


def test_without_alternatives_asked_there_are_none():
    assert planned(LINE, Options(k=2, balance=WIDE)).alternatives == ()


def test_the_answer_is_the_object_of_the_contract():
    options = Options(k=2, balance={"population": band("-0.1", "0.1")})
    graph = drawn(
        "ABCDEF",
        {"population": dict(zip("ABCDEF", (10, 20, 30, 40, 50, 60), strict=True))},
        provenance={"name": "line", "is_synthetic": True, "attribution": "nobody", "attribution_zh": "无"},
    )
    answer = json.loads(json.dumps(planned(graph, options).to_json()))
    assert answer["instance"] == "line"
    assert answer["family"] == "districting"
    assert answer["objective_name"] == "distance"
    assert answer["status"] == "OPTIMAL"
    assert answer["objective"] == pytest.approx(130 * STEP_KM)
    assert answer["gap"] <= 1e-6
    assert answer["seed"] == 1
    assert answer["workers"] == 1
    assert answer["checked"] is True
    assert answer["units"] == list("ABCDEF")
    assert answer["plan"] == [0, 0, 0, 0, 1, 1]
    assert answer["centers"] == ["C", "F"]
    first = answer["districts"][0]
    assert (first["seat"], first["members"], first["totals"]["population"]) == ("C", list("ABCD"), 100)
    assert first["deviation"] == {"population": pytest.approx(100 / 105 - 1)}
    assert answer["terms"] == {"distance": answer["objective"]}
    assert answer["reasons"] == []
    assert {f["rule"] for f in answer["findings"]} == {"R27", "R29", "R19", "R28", "R30"}
    consent = next(f for f in answer["findings"] if f["rule"] == "R27")
    assert consent["source"]["valid_from"] == "2018-12-29"
    assert (answer["synthetic"], answer["attribution"]) == (True, {"zh": "无", "en": "nobody"})
    assert answer["stats"]["engine"]
    assert set(answer["explanations"]) == {"seats", "moves", "wishes", "binding"}


def test_infeasible_is_an_answer_with_reasons_and_no_plan():
    graph = drawn("ABCD", {"population": {"A": 1000}})
    outcome = plan(graph, Options(k=2, date=ON), limits=LIMITS)
    assert outcome.status is Status.INFEASIBLE
    assert outcome.districts == ()
    answer = json.loads(json.dumps(outcome.to_json()))
    assert (answer["plan"], answer["centers"], answer["objective"], answer["bound"]) == (
        None,
        None,
        None,
        None,
    )
    (reason,) = answer["reasons"]
    assert (reason["rule"], reason["subject"]) == ("balance.upper", ["A"])
    assert answer["checked"] is False


def test_findings_stop_a_plan_all_at_once():
    graph = drawn("AB", {"population": {"A": None}})
    with pytest.raises(InvalidProblem) as caught:
        plan(graph, Options(k=2, refuse=("x",)), limits=LIMITS)
    assert [f.code for f in caught.value.findings] == ["planning.unit_unknown", "planning.weight_missing"]


def test_the_checker_refuses_a_plan_that_breaks_a_rule_or_claims_a_wrong_value():
    asked, _ = problem(drawn("ABC"), Options(k=2, balance=WIDE))
    assert asked is not None
    split = Plan((0, 1, 0), (0, 1))
    with pytest.raises(PlanRejected):
        check(asked, Solution(Status.FEASIBLE, split, 200 * STEP_KM, 0.0))
    whole = Plan((0, 0, 1), (0, 2))
    check(asked, Solution(Status.FEASIBLE, whole, 100 * STEP_KM, 0.0))
    with pytest.raises(PlanRejected):
        check(asked, Solution(Status.FEASIBLE, whole, 99 * STEP_KM, 0.0))


def test_progress_is_told_and_an_interrupt_keeps_what_there_is():
    told = []
    plan(LINE, Options(k=2, balance=WIDE, date=ON), limits=LIMITS, on_progress=told.append)
    assert told
    stopped = Limits(time_s=60)
    stopped.stop.set()
    outcome = plan(LINE, Options(k=2, balance=WIDE, date=ON), limits=stopped)
    assert outcome.status in (Status.INTERRUPTED, Status.OPTIMAL)


def test_missing_packages_are_named_with_their_extra(monkeypatch: pytest.MonkeyPatch):
    def without(name: str) -> ModuleType:
        if name.partition(".")[0] in ("pandas", "geopandas"):
            raise ModuleNotFoundError(name)
        return import_module(name)

    monkeypatch.setattr("orgraph.planning.restructuring.frames.import_module", without)
    outcome = planned(LINE, Options(k=2, balance=WIDE))
    with pytest.raises(InputError, match=r"orgraph\[frames\]"):
        outcome.to_frame()
    with pytest.raises(InputError, match="geometry"):
        outcome.to_geodataframe()


def test_a_frame_has_a_row_per_unit(monkeypatch: pytest.MonkeyPatch):
    class Frames:
        DataFrame = staticmethod(list)

    monkeypatch.setattr("orgraph.planning.restructuring.frames.import_module", lambda _: Frames)
    rows = planned(LINE, Options(k=2, balance=WIDE, refuse=("A",))).to_frame()
    assert [row["code"] for row in rows] == list("ABCDEF")
    assert [row["district"] for row in rows] == [None, 1, 1, 1, 2, 2]
    assert [row["is_refused"] for row in rows] == [True, False, False, False, False, False]
    assert rows[1]["population"] == 20


def test_ways_are_measured_to_the_seats_that_the_objective_chose():
    graph = drawn("ABCD", {"population": {"A": 30, "B": 1, "C": 1, "D": 22}})
    outcome = planned(graph, Options(k=1, balance=WIDE, objectives=("moment",)))
    assert outcome.districts[0].seat == "B"
    assert outcome.measures["distance"] == pytest.approx((30 + 1 + 22 * 2) * STEP_KM)
    assert sum(
        outcome.km_to_seat[c] * n for c, n in zip("ABCD", (30, 1, 1, 22), strict=True)
    ) == pytest.approx(outcome.measures["distance"])


def test_change_counts_villages_without_a_part_as_moved():
    graph = drawn("ABCD", {"reference_part": {"A": "1", "B": "1", "C": "2"}})
    outcome = planned(graph, Options(k=2, balance=WIDE, objectives=("change",)))
    assert outcome.terms == {"change": 100.0}
    moved = next(n for n in outcome.explanations.wishes if n.kind == "moved_away")
    assert moved.subject == ("D",)


def test_all_may_refuse_and_then_there_is_no_plan():
    outcome = plan(drawn("AB"), Options(k=1, date=ON, refuse=("A", "B")), limits=LIMITS)
    assert outcome.status is Status.INFEASIBLE


def test_generated_data_are_flagged_in_the_answer_and_in_every_row(monkeypatch: pytest.MonkeyPatch):
    class Frames:
        DataFrame = staticmethod(list)

    monkeypatch.setattr("orgraph.planning.restructuring.frames.import_module", lambda _: Frames)
    by_field = drawn("AB", {"synthetic_fields": {"A": ("population",)}})
    for graph, is_synthetic in ((by_field, True), (drawn("AB"), False)):
        outcome = planned(graph, Options(k=1, balance=WIDE))
        assert outcome.to_json()["synthetic"] is is_synthetic
        assert {row["is_synthetic"] for row in outcome.to_frame()} == {is_synthetic}


def test_the_villages_of_yihe_become_six():
    yihe = load("yihe")
    options, findings = read_options(yihe.settings)
    assert options is not None, findings
    outcome = plan(yihe.graph, options, limits=LIMITS)
    assert outcome.status is Status.OPTIMAL
    assert [len(outcome.units), len(outcome.districts), len(outcome.district_by_unit)] == [46, 6, 46]
    assert sum(d.totals["population"] for d in outcome.districts) == 17600
    assert max(abs(d.deviation["population"]) for d in outcome.districts) <= 0.1
    assert outcome.certificate.is_synthetic
    committee = next(f for f in outcome.findings if f.code == "planning.rule_committee")
    assert committee.numbers["num_districts"] == 6
    consent = next(f for f in outcome.findings if f.rule == "R27")
    assert len(consent.subject) == 46


def test_no_plan_of_a_scaled_weight_is_told_like_any_other():
    columns = {"area_km2": {"A": 9.5, "B": 0.25}, "reference_part": {"A": "1", "B": "2"}}
    options = Options(
        k=2,
        distance_weight="area_km2",
        objectives=("change",),
        balance={"area_km2": band("-0.1", "0.1")},
        date=ON,
    )
    outcome = plan(drawn("AB", columns), options, limits=LIMITS)
    assert outcome.status is Status.INFEASIBLE
    assert outcome.solution.objective is None


def test_an_interrupt_ends_alternatives_too():
    limits = Limits(time_s=60)
    options = Options(k=2, balance=WIDE, date=ON, alternatives=Alternatives(3, Fraction(1, 6)))

    def stop(_: Progress) -> None:
        limits.stop.set()

    outcome = plan(LINE, options, limits=limits, on_progress=stop)
    assert limits.stop.is_set()
    assert outcome.alternatives == ()


def test_a_geodataframe_has_outlines_in_degrees(monkeypatch: pytest.MonkeyPatch):
    given = {}

    class Frames:
        @staticmethod
        def GeoDataFrame(rows, geometry, crs):  # noqa: N802
            given.update(rows=rows, geometry=geometry, crs=crs)

    monkeypatch.setattr(
        "orgraph.planning.restructuring.frames.import_module",
        lambda name: Frames if name == "geopandas" else import_module(name),
    )
    outline = '{"type": "Polygon", "coordinates": [[[0, 0], [2, 0], [2, 2], [0, 2], [0, 0]]]}'
    planned(drawn("AB", {"geometry": {"A": outline}}), Options(k=1, balance=WIDE)).to_geodataframe()
    assert given["crs"] == "EPSG:4326"
    assert [row["code"] for row in given["rows"]] == ["A", "B"]
    assert given["geometry"][0].area == 4
    assert given["geometry"][1] is None
