from dataclasses import replace

import pytest
from planning_maps import STEP_KM, WIDE, band, drawn

from orgraph.datasets import load
from orgraph.errors import InvalidProblem
from orgraph.planning.restructuring import Judgement, Options, judge, plan, read_options
from orgraph.solver.solution import Limits, Status

LINE = drawn("ABCDEF", {"population": {"A": 10, "B": 20, "C": 30, "D": 40, "E": 50, "F": 60}})


ANYTHING = Options(k=9, balance=WIDE)


def split(parts: str, options: Options = ANYTHING) -> Judgement:
    return judge(LINE, {c: p for c, p in zip("ABCDEF", parts, strict=True) if p != "-"}, options)


def test_a_partition_is_judged_at_its_medoids():
    judged = split("xxxyyy")
    assert [d.members for d in judged.districts] == [("A", "B", "C"), ("D", "E", "F")]
    assert [d.seat for d in judged.districts] == ["B", "E"]
    assert judged.measures["distance"] == pytest.approx(140 * STEP_KM)
    assert judged.measures["moment"] == pytest.approx(140 * STEP_KM**2)
    assert judged.measures["border"] == 1000.0
    assert judged.band["population"] == pytest.approx((60 / 105 - 1, 150 / 105 - 1))
    assert judged.is_connected
    assert judged.violations == ()


def test_moment_is_measured_at_its_own_medoids():
    graph = drawn("ABCD", {"population": {"A": 30, "B": 1, "C": 1, "D": 22}})
    judged = judge(graph, dict.fromkeys("ABCD", "x"), Options(k=1, balance=WIDE))
    assert judged.districts[0].seat == "A"
    assert judged.measures["moment"] == pytest.approx((30 + 1 + 22 * 4) * STEP_KM**2)


def test_what_a_partition_breaks_is_told_with_numbers():
    judged = split("xxxyyy", Options(k=9, balance={"population": band("-0.1", "0.1")}))
    assert [(v.kind, v.numbers["number"], v.numbers["total"]) for v in judged.violations] == [
        ("break_balance_lower", 1, 60),
        ("break_balance_upper", 2, 150),
    ]


def test_a_part_in_two_pieces_is_found():
    judged = split("xyxyyy")
    assert not judged.is_connected
    assert "break_connected" in {v.kind for v in judged.violations}


def test_units_that_no_part_names_stay_out():
    judged = split("xx-yy-")
    assert [d.members for d in judged.districts] == [("A", "B"), ("D", "E")]
    assert judged.band["population"] == pytest.approx((30 / 60 - 1, 90 / 60 - 1))


def test_change_is_measured_against_the_reference():
    columns = {"reference_part": dict(zip("ABCD", "1122", strict=True))}
    graph = drawn("ABCD", columns)
    options = Options(k=2, balance=WIDE)
    assert judge(graph, dict(zip("ABCD", "xxyy", strict=True)), options).measures["change"] == 0
    assert judge(graph, dict(zip("ABCD", "xyyy", strict=True)), options).measures["change"] == 100
    assert "change" not in split("xxxyyy").measures


@pytest.mark.parametrize(
    ("partition", "code"), [({"Z": "x"}, "planning.unit_unknown"), ({}, "planning.partition_empty")]
)
def test_a_partition_that_names_nothing_known_is_refused(partition: dict[str, str], code: str):
    with pytest.raises(InvalidProblem) as caught:
        judge(LINE, partition, Options(k=2))
    assert code in {f.code for f in caught.value.findings}


def test_a_plan_judged_as_a_partition_has_the_same_values():
    options = Options(k=2, balance=WIDE)
    outcome = plan(LINE, options, limits=Limits(time_s=60))
    judged = judge(LINE, {c: str(d.number) for c, d in outcome.district_by_unit.items()}, options)
    assert judged.measures == pytest.approx(dict(outcome.measures))
    assert [d.seat for d in judged.districts] == [d.seat for d in outcome.districts]


def test_the_merger_of_glarus_beside_the_best_plans_within_its_own_band():
    glarus = load("glarus")
    options, findings = read_options(glarus.settings)
    assert options is not None, findings
    real = judge(glarus.graph, _reference(glarus.graph), options)
    assert sorted(len(d.members) for d in real.districts) == [4, 8, 13]
    assert real.band["area_km2"] == pytest.approx((-0.543, 0.897), abs=0.0005)
    assert real.is_connected
    assert real.violations == ()
    best = {
        name: plan(glarus.graph, replace(options, objectives=(name,)), limits=Limits(time_s=120))
        for name in ("distance", "border")
    }
    assert {o.status for o in best.values()} == {Status.OPTIMAL}
    found = {name: o.measures[name] for name, o in best.items()}
    assert found == {"distance": pytest.approx(3563.290, abs=0.001), "border": pytest.approx(34235.9)}
    assert real.measures["distance"] == pytest.approx(4714.029, abs=0.001)
    assert real.measures["border"] == pytest.approx(41449.8)
    reference = best["border"].reference
    assert reference is not None
    assert reference.measures == pytest.approx(dict(real.measures))
    assert [f for f in best["border"].findings if f.rule] == []


def _reference(graph) -> dict[str, str]:
    return {unit.code: str(unit.properties["reference_part"]) for unit in graph.nodes("Unit")}
