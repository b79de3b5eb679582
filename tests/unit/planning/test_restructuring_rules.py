from collections.abc import Mapping
from datetime import date
from fractions import Fraction

import pytest
from planning_maps import WIDE, drawn, seated_plan, stated

from orgraph.findings import Finding
from orgraph.graph import OrgGraph, Value
from orgraph.planning.restructuring import Options, citation
from orgraph.planning.restructuring.forms import organization_form
from orgraph.planning.restructuring.partition import districts_of
from orgraph.planning.restructuring.rulebook import rule_findings

Y2015, Y2020, Y2024, Y2026 = date(2015, 1, 1), date(2020, 8, 3), date(2024, 6, 1), date(2026, 3, 1)


def village_map(members: Mapping[str, int], full: Mapping[str, int] | None = None) -> OrgGraph:
    return drawn("ABCD", {"members": members, "full_members": full or members})


FOUR = village_map(dict.fromkeys("ABCD", 20))


def found(graph: OrgGraph, on: date, parts: str = "aabb", seats: str = "AC") -> dict[str, Finding]:
    options = Options(k=len(seats), date=on, balance=WIDE)
    statement, asked = stated(graph, options)
    districts = districts_of(statement, asked, seated_plan(statement, parts, seats))
    findings = rule_findings(statement, districts)
    assert not any(f.is_error for f in findings)
    assert all("{" not in f.text.zh + f.text.en for f in findings)
    return {f.code.removeprefix("planning.rule_"): f for f in findings}


def rules(findings: Mapping[str, Finding]) -> dict[str, str]:
    return {name: f.rule for name, f in findings.items()}


def test_a_plan_of_2020_is_judged_by_the_text_of_2020():
    assert rules(found(FOUR, Y2020)) == {
        "consent": "R27",
        "meeting": "R29",
        "township": "R19",
        "branch": "R17",
        "seats": "R28",
        "property": "R30",
    }


def test_a_plan_of_2026_is_judged_by_the_text_of_2026():
    assert rules(found(FOUR, Y2026)) == {
        "no_force": "R39",
        "consent": "R27",
        "village_law": "R32",
        "township": "R19",
        "branch": "R17",
        "seats_new_text": "R32",
        "collective": "R38",
    }


def test_the_line_against_forced_mergers_stands_from_its_date():
    assert "no_force" not in found(FOUR, date(2023, 2, 12))
    assert found(FOUR, date(2023, 2, 13))["no_force"].rule == "R39"


def test_the_collective_law_follows_the_village_law_from_its_date():
    assert rules(found(FOUR, date(2025, 4, 30)))["property"] == "R30"
    after = rules(found(FOUR, date(2025, 5, 1)))
    assert after["collective"] == "R38"
    assert "property" not in after


def test_before_the_rule_book_begins_it_says_so():
    assert "consent" not in found(FOUR, Y2015)
    assert found(FOUR, Y2015)["not_in_force"].subject == ("A", "B", "C", "D")


def test_consent_is_needed_of_every_village_that_merges_and_of_no_other():
    assert found(FOUR, Y2020)["consent"].subject == ("A", "B", "C", "D")
    assert found(FOUR, Y2020, "abbb", "AC")["consent"].subject == ("B", "C", "D")
    township = found(FOUR, Y2020, "abbb", "AC")["township"]
    assert (township.numbers["num_abolished"], township.numbers["num_created"]) == (3, 1)


def test_nothing_merges_nothing_to_agree_to():
    assert rules(found(FOUR, Y2020, "abcd", "ABCD")) == {"seats": "R28"}


@pytest.mark.parametrize(
    ("members", "full", "on", "form"),
    [
        (100, 90, Y2020, "committee"),
        (99, 90, Y2020, "general_branch"),
        (51, 40, Y2020, "general_branch"),
        (50, 40, Y2020, "branch"),
        (50, 40, Y2015, "general_branch"),
        (3, 3, Y2020, "branch"),
        (9, 2, Y2020, "joint_branch"),
        (9, None, Y2020, "branch"),
        (None, None, Y2020, ""),
    ],
)
def test_members_decide_the_form(members: int | None, full: int | None, on: date, form: str):
    fraction = [None if n is None else Fraction(n) for n in (members, full)]
    assert organization_form(fraction[0], fraction[1], on) == form


def test_each_form_names_its_new_villages_with_their_members():
    graph = village_map({"A": 60, "B": 40, "C": 20, "D": 10})
    findings = found(graph, Y2020)
    assert findings["committee"].numbers["districts"] == "1 (100)"
    assert findings["branch"].numbers["districts"] == "2 (30)"
    assert findings["branch"].numbers["short"] == "2 (70)"
    assert "general_branch" not in findings


def test_old_villages_too_large_or_too_small_for_a_grid_branch_are_named():
    graph = village_map({"A": 51, "B": 50, "C": 9, "D": 9}, {"A": 50, "B": 40, "C": 2, "D": 3})
    findings = found(graph, Y2020)
    assert (findings["large_branch"].rule, findings["large_branch"].subject) == ("R04", ("A",))
    assert (findings["small_branch"].rule, findings["small_branch"].subject) == ("R05", ("C",))


def test_delegates_may_elect_from_five_hundred_members():
    graph = village_map({"A": 250, "B": 250, "C": 250, "D": 249})
    assert found(graph, Y2024)["delegates"].subject == ("A",)
    assert found(graph, Y2024)["delegates"].rule == "R23"
    assert found(graph, date(2020, 7, 12))["delegates"].rule == "R17"


def test_the_size_of_residents_committees_follows_the_date():
    households = {"households": dict.fromkeys("ABCD", 400)}
    graph = drawn("ABCD", households, level="community")
    old, new = found(graph, Y2020), found(graph, Y2026)
    assert (old["residents"].rule, old["residents"].numbers["most"]) == ("R33", 700)
    assert (new["residents"].rule, new["residents"].numbers["least"]) == ("R34", 1000)
    assert "residents" not in found(drawn("ABCD", households), Y2020)


def test_without_counts_of_members_nothing_is_said_of_forms():
    assert "branch" not in found(drawn("ABCD"), Y2020)


def test_the_rule_book_is_for_one_country():
    abroad: dict[str, Value] = {"country": "CH"}
    assert found(drawn("ABCD", provenance=abroad), Y2020) == {}


def test_a_finding_cites_document_and_article():
    source = citation(found(FOUR, Y2020)["consent"])
    assert source is not None
    assert "第三条" in source.zh
    assert source.zh.startswith("《")
    assert "article 3" in source.en
    assert citation(Finding("planning.no_units")) is None
