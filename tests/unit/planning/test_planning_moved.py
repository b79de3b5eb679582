"""``moved``: change against the plan that is being changed, beside change against today's partition."""

from planning_maps import drawn

from orgraph.planning.restructuring import Options, plan
from orgraph.solver import Limits

CURRENT = {"A": "A", "B": "A", "C": "D", "D": "D"}
TODAY = {"reference_part": {"A": "x", "B": "y", "C": "y", "D": "y"}}


def planned(columns=None, **asked):
    options = Options(k=2, balance={}, **asked)
    told = []
    outcome = plan(drawn("ABCD", columns), options, limits=Limits(30), on_progress=told.append)
    return outcome, told


def parts(outcome):
    return {frozenset(d.members) for d in outcome.districts}


def test_moved_keeps_the_plan_where_nothing_forbids_it():
    outcome, _ = planned(objectives=("moved",), current=CURRENT)
    assert parts(outcome) == {frozenset("AB"), frozenset("CD")}
    assert outcome.measures["moved"] == 0


def test_moved_pays_only_for_what_an_edit_takes():
    people = {"population": {"C": 300}}
    outcome, _ = planned(people, objectives=("moved", "distance"), current=CURRENT, fixed={"B": "C"})
    assert parts(outcome) == {frozenset("A"), frozenset("BCD")}
    assert outcome.terms["moved"] == 100


def test_moved_and_change_are_counted_apart():
    outcome, _ = planned(TODAY, objectives=("moved",), current=CURRENT)
    assert (outcome.measures["moved"], outcome.measures["change"]) == (0, 100)


def test_without_a_plan_before_nothing_is_moved():
    outcome, _ = planned()
    assert "moved" not in outcome.measures


def test_progress_is_told_in_the_unit_of_the_data():
    columns = {"area_km2": {"A": 1.25, "B": 0.5, "C": 1.0, "D": 1.0}}
    outcome, told = planned(
        columns, objectives=("moved",), current=CURRENT, fixed={"B": "C"}, distance_weight="area_km2"
    )
    assert outcome.certificate.objective == 0.5
    assert told[-1].objective == 0.5
